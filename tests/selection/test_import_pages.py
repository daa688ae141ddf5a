"""The import in the browser: upload, columns, check, correct, leave out, add, write; and who may."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from engine.imports.steps import start_writing_sheet
from engine.jobs import run
from engine.models import Job
from selection.models import Application, NominationImport, SelectionRound
from selection.services.nominations.uploads import upload_nominations
from tenancy.errors import NotAllowed, WrongState
from tenancy.models import Organisation, Role, Sector, Tenant
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.selection import make_cohort_for_round, make_round
from tests.selection.import_setup import HEADINGS, LOG, load_organisations, outcomes, person, upload, workbook, write


@pytest.fixture
def round_(essex: Tenant) -> SelectionRound:
    with tenant_context(essex):
        load_organisations()
        return make_round()


def at(name: str, obj: object, **more: object) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": obj.public_id, **more})


def send(staff: SimpleNamespace, round_: SelectionRound, content: bytes, name: str = "log.xlsx") -> HttpResponse:
    return staff.client.post(at("import-create", round_), {"file": SimpleUploadedFile(name, content)})


def only_import(essex: Tenant) -> NominationImport:
    with tenant_context(essex):
        return NominationImport.objects.select_related("round", "job").get()


def test_upload_check_and_write(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    response = send(staff, round_, LOG.read_bytes(), "nominations.xlsx")
    nominations = only_import(essex)
    assert response["Location"] == at("import-detail", nominations)
    page = staff.client.get(response["Location"]).content.decode()
    assert "Write 119 nominations" in page
    assert "?outcome=guessed" in page
    guessed = staff.client.get(response["Location"], {"outcome": "guessed"}).content.decode()
    assert "the file says “Southend City Council”" in guessed
    assert "Zoe Greenwood" not in guessed
    with tenant_context(essex):
        assert not Application.objects.exists()
    response = staff.client.post(at("import-write", nominations))
    with tenant_context(essex):
        job = Job.objects.get(kind="selection.import")
    assert response["Location"] == reverse("engine:job-detail", kwargs={"tenant": "essex", "public_id": job.public_id})
    again = staff.client.post(at("import-write", nominations))
    assert again["Location"] == response["Location"]


def test_columns_that_arent_recognised_are_matched_on_a_page(
    staff: SimpleNamespace, essex: Tenant, round_: SelectionRound
) -> None:
    content = workbook(
        ("Who", "Zxq", "Where to write"), [("Jane Smith", "Essex County Council", "jane.smith@ecc.example")]
    )
    response = send(staff, round_, content)
    nominations = only_import(essex)
    assert response["Location"] == at("import-columns", nominations)
    page = staff.client.get(response["Location"]).content.decode()
    assert "Zxq (Essex County Council)" in page
    refused = staff.client.post(response["Location"], {"given": "0", "email": "2"})
    assert refused.status_code == 422
    assert "Choose the column for “Organisation”." in refused.content.decode()
    response = staff.client.post(at("import-columns", nominations), {"given": "0", "email": "2", "organisation": "1"})
    assert response["Location"] == at("import-detail", nominations)
    page = staff.client.get(response["Location"]).content.decode()
    assert "Jane Smith" in page and "Write 1 nomination" in page


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("log.xlsx", b"no workbook", "isn’t an Excel workbook"),
        ("log.csv", b"Name,Work email\n", "no rows under them"),
    ],
)
def test_a_bad_file_is_an_error_of_the_field(
    staff: SimpleNamespace, essex: Tenant, round_: SelectionRound, name: str, content: bytes, message: str
) -> None:
    response = send(staff, round_, content, name)
    assert response.status_code == 422
    page = response.content.decode()
    assert message in page and 'href="#id_file"' in page
    with tenant_context(essex):
        assert not NominationImport.objects.exists()


def test_a_row_is_corrected_and_confirmed(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        nominations = upload(round_, [person("Ann", "Bell", "Essex C.C."), person("Bea", "Cole", "Essex C.C.")])
        council = Organisation.objects.get(name="Essex County Council")
    url = at("import-row", nominations, number=2)
    page = staff.client.get(url).content.decode()
    assert "Read “Essex C.C.” this way in every row, and remember it" in page
    form = {"name": "Anne Bell", "email": "ann.bell@ecc.example", "organisation": council.public_id, "everywhere": "on"}
    assert staff.client.post(url, form).status_code == 302
    nominations = only_import(essex)
    assert outcomes(nominations) == {2: ("good", []), 3: ("good", [])}
    assert nominations.outcome["rows"][0]["name"] == "Anne Bell"
    with tenant_context(essex):
        council.refresh_from_db()
        assert council.aliases == []  # nothing is kept before the log is written
        write(nominations)
        council.refresh_from_db()
        assert council.aliases == ["Essex C.C."]


def test_an_organisation_chosen_for_one_row_only(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        nominations = upload(round_, [person("Ann", "Bell", "Essex C.C."), person("Bea", "Cole", "Essex C.C.")])
        university = Organisation.objects.get(name="University of Essex")
    form = {"name": "Ann Bell", "email": "ann.bell@ecc.example", "organisation": university.public_id}
    staff.client.post(at("import-row", nominations, number=2), form)
    nominations = only_import(essex)
    assert [row["organisation"] for row in nominations.outcome["rows"]] == [
        "University of Essex",
        "Essex County Council",
    ]
    assert outcomes(nominations)[3][0] == "guessed"


def test_a_formula_may_be_replaced_or_left_empty(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    row = person("Ann", "Bell")
    row[4] = '=HYPERLINK("http://example.invalid","Director")'
    with tenant_context(essex):
        nominations = upload(round_, [row])
    assert outcomes(nominations)[2] == ("wrong", ["formula"])
    form = {"name": "Ann Bell", "email": "ann.bell@ecc.example", "job_title": "", "organisation": ""}
    staff.client.post(at("import-row", nominations, number=2), form)
    assert outcomes(only_import(essex))[2] == ("good", [])


def test_a_row_is_left_out_and_taken_back(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        nominations = upload(round_, [person("Ann", "Bell"), person("Ann", "Bell")])
    assert outcomes(nominations)[3] == ("wrong", ["duplicate"])
    url = at("import-row-leave", nominations, number=2)
    staff.client.post(url)
    assert [o for o, _ in outcomes(only_import(essex)).values()] == ["left out", "good"]
    staff.client.post(url, {"leave_out": "no"})
    assert [o for o, _ in outcomes(only_import(essex)).values()] == ["good", "wrong"]


def test_an_unknown_organisation_is_added(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        nominations = upload(round_, [person("Ann", "Bell", "Kent Wildlife Trust", "kwt.example")])
        sector = Sector.objects.get(name="voluntary and community")
    assert (
        "Kent Wildlife Trust” as a new organisation"
        in staff.client.get(at("import-row", nominations, number=2)).content.decode()
    )
    form = {"name": "Kent Wildlife Trust", "sector": sector.public_id}
    assert staff.client.post(at("import-organisation", nominations, number=2), form).status_code == 302
    assert outcomes(only_import(essex))[2] == ("good", [])
    with tenant_context(essex):
        assert Organisation.objects.get(name="Kent Wildlife Trust").sector == sector


def test_a_written_import_cannot_change_any_more(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        nominations = write(upload(round_, [person("Ann", "Bell")]))
    response = staff.client.post(at("import-row-leave", nominations, number=2), follow=True)
    assert "has been dealt with already" in response.content.decode()
    assert outcomes(only_import(essex))[2][0] == "good"
    assert staff.client.post(at("import-abandon", nominations), follow=True).status_code == 200
    assert only_import(essex).state == "done"


def test_an_abandoned_import_is_never_written(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        nominations = upload(round_, [person("Ann", "Bell")])
    staff.client.post(at("import-abandon", nominations))
    with tenant_context(essex), pytest.raises(WrongState):
        start_writing_sheet(sheet=nominations, by=staff.actor)


def test_a_closed_round_takes_no_nominations(essex: Tenant, staff: SimpleNamespace, round_: SelectionRound) -> None:
    with tenant_context(essex):
        nominations, other = upload(round_, [person("Ann", "Bell")]), upload(round_, [person("Bea", "Cole")])
        job = start_writing_sheet(sheet=nominations, by=staff.actor)
    staff.client.post(at("round-close", round_))
    with tenant_context(essex):
        with pytest.raises(WrongState, match="so nominations can’t be added"):
            start_writing_sheet(sheet=other, by=staff.actor)
        run(job.tenant_id, job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == ("failed", "This round is closed, so nominations can’t be added.")
        assert not Application.objects.exists()


def test_a_row_that_isnt_there_is_404(staff: SimpleNamespace, essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        nominations = upload(round_, [person("Ann", "Bell")])
    assert staff.client.get(at("import-row", nominations, number=99)).status_code == 404


@pytest.mark.parametrize("name", ["import-detail", "import-columns", "import-row", "import-organisation"])
def test_only_the_cohorts_staff_see_an_import(
    essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace, round_: SelectionRound, name: str
) -> None:
    with tenant_context(essex):
        nominations = upload(round_, [person("Ann", "Bell")])
        other = make_cohort_for_round("Cohort 3")
    more = {"number": 2} if name in ("import-row", "import-organisation") else {}
    elsewhere = make_member(essex, "Olga Other")
    with tenant_context(essex):
        from tenancy.services.people import give_role

        give_role(person=elsewhere.person, role=Role.STAFF, cohort_id=other.pk, by=staff.actor)
    assert staff.client.get(at(name, nominations, **more)).status_code == 200
    assert elsewhere.client.get(at(name, nominations, **more)).status_code == 403
    assert stranger.client.get(at(name, nominations, **more)).status_code == 404


def test_the_service_asks_too(essex: Tenant, round_: SelectionRound) -> None:
    member = make_member(essex, "Mo Member", Role.ASSESSOR)
    with tenant_context(essex), pytest.raises(NotAllowed):
        upload_nominations(
            round=round_, name="log.xlsx", content=workbook(HEADINGS, [person("Ann", "Bell")]), by=member.actor
        )
