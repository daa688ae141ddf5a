"""Files that a framework asks for: who gives them, until when, who reads them in the page and in SQL, and when they go."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from engine.models import StoredFile
from selection.models import (
    Application,
    ApplicationFile,
    AssessorAllocation,
    Criterion,
    Question,
    SelectionFramework,
    SelectionRound,
)
from selection.retention import delete_applications
from selection.services.application_files import remove_application_file, save_application_file
from selection.services.applications import reopen_application, save_answer, submit_application, what_is_left
from selection.services.conflicts import record_conflict
from selection.services.frameworks import add_question, change_question
from selection.services.rounds import open_round
from selection.states import ApplicationState
from tenancy.actors import Actor
from tenancy.errors import AlreadySaved, NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Access, Account, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.people import give_role
from tests.conftest import cast_member, make_member
from tests.factories.files import docx, pdf
from tests.factories.selection import SYSTEM, fresh, make_application, make_cohort_for_round, make_round
from tests.queries import page_queries

pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])
CV = {"text": "Your CV on one page", "hint": "", "kind": "file", "file_kinds": ["pdf", "docx"], "max_megabytes": 1}
FREE = {"optional": False, "staff_only": False, "criterion": None, "word_limit": 250}


def ask(framework: SelectionFramework, **fields) -> Question:
    return add_question(framework=framework, by=SYSTEM, **(CV | FREE | fields))


@pytest.fixture
def scene(essex, staff) -> SimpleNamespace:
    """Alice writes in a round that names people and asks for a CV, a letter if one likes, and a proof for staff."""
    with tenant_context(essex):
        round_ = make_round(opened=False, blind=False)
        cv = ask(round_.framework)
        letter = ask(round_.framework, text="A letter", optional=True)
        proof = ask(round_.framework, text="Proof of registration", staff_only=True, optional=True)
        open_round(round=round_, by=SYSTEM)
        round_.refresh_from_db()
        other = make_cohort_for_round("Cohort 8")
        application = make_application(round_, state="invited")
        account = Account.objects.get(email=application.applicant.email)
    ada, eli = make_member(essex, "Ada Assessor"), make_member(essex, "Eli Elsewhere")
    with tenant_context(essex):
        give_role(person=ada.person, role=Role.ASSESSOR, cohort_id=round_.cohort_id, by=SYSTEM)
        give_role(person=eli.person, role=Role.STAFF, cohort_id=other.pk, by=SYSTEM)
    alice = cast_member(essex, application.applicant, account)
    return SimpleNamespace(
        tenant=essex, round=round_, application=application, alice=alice, staff=staff, ada=ada, eli=eli,
        mia=application.line_manager, cv=cv, letter=letter, proof=proof,
    )  # fmt: skip


def at(name: str, obj, **more) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": obj.public_id, **more})


def page(scene, question, name="application-question") -> str:
    return at(name, scene.application, position=question.position)


def upload(content: bytes, name: str = "CV.pdf", version: int = 0) -> dict:
    return {"file": SimpleUploadedFile(name, content), "version": str(version)}


def give(scene, question, content: bytes, name="CV.pdf", version=0):
    with tenant_context(scene.tenant, scene.alice.person):
        return save_application_file(
            application=fresh(scene.application), question=question, version=version, name=name, content=content,
            by=scene.alice.actor,
        )  # fmt: skip


def readers(scene, table: str) -> set[str]:
    """Who sees a row of the table in SQL, content and all."""
    found = set()
    where = "WHERE confidential" if table == "engine_storedfile" else ""
    for name in ("alice", "staff", "ada", "eli", "mia", None):
        who = getattr(scene, name) if name else None
        with tenant_context(scene.tenant, getattr(who, "person", who)), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} {where}")
            if cursor.fetchone()[0]:
                found.add(name or "nobody")
    return found


def test_an_applicant_gives_a_file_replaces_it_and_takes_it_out(scene, essex):
    client, url, detail = scene.alice.client, page(scene, scene.cv), at("application-detail", scene.application)
    left = client.get(detail).content.decode()
    assert "a file of up to 1 MB: PDF, Word (.docx)" in left and "Add the file" not in left
    shown = client.get(url).content.decode()
    assert (
        'enctype="multipart/form-data"' in shown and "Your CV on one page" in shown and "data-baton-auto" not in shown
    )
    missing = client.post(url, {"version": "0"})
    assert missing.status_code == 422 and "Choose a file" in missing.content.decode()
    assert client.post(url, upload(pdf("first"), "سيرة.pdf")).status_code == 302
    with tenant_context(essex, scene.alice.person):
        row = ApplicationFile.objects.select_related("file").get()
        assert (row.file.name, row.file.content_type, row.version, row.file.confidential) == (
            "سيرة.pdf", "application/pdf", 1, True,
        )  # fmt: skip
        assert fresh(scene.application).state == "draft"
    assert "سيرة.pdf" in client.get(detail).content.decode()
    lines = b"".join(scene.staff.client.get(at("application-list", scene.round) + "?download=csv")).decode("utf-8-sig")
    heading, line = (dict(enumerate(text.split(","))) for text in lines.splitlines())
    columns = {text: line[n] for n, text in heading.items() if text.startswith("File: ")}
    assert columns == {"File: Your CV on one page": "سيرة.pdf", "File: A letter": "", "File: Proof of registration": ""}
    assert "سيرة.pdf" in client.get(at("application-submit", scene.application)).content.decode()
    got = client.get(page(scene, scene.cv, "application-file"))
    assert (got.status_code, got.content, got["Content-Type"]) == (200, pdf("first"), "application/pdf")
    assert (
        got["Content-Disposition"].startswith("attachment; filename*=") and got["X-Content-Type-Options"] == "nosniff"
    )
    assert "sandbox" in got["Content-Security-Policy"] and "script-src" not in got["Content-Security-Policy"]

    # a page opened before that: refused with what is there; the second click of the same is told as the success it is
    stale = client.post(url, upload(pdf("other")))
    assert stale.status_code == 409 and "سيرة.pdf" in stale.content.decode() and 'value="1"' in stale.content.decode()
    assert client.post(url, upload(pdf("first"))).status_code == 302
    # nothing chosen leaves it; the script that saves while one types never touches it
    assert client.post(url, {"version": "1"}).status_code == 302
    assert client.post(url, {"version": "1"}, headers={"X-Baton-Autosave": "1"}).json() == {"version": 1}
    assert client.post(url, upload(docx(), "CV.docx", 1)).status_code == 302
    with tenant_context(essex, scene.alice.person):
        assert [f.name for f in StoredFile.objects.all()] == ["CV.docx"]  # the first is gone
    assert client.post(url, {"remove": "1", "version": "1"}).status_code == 302  # stale: stays
    assert "CV.docx" in client.get(url).content.decode()
    for _click in range(2):
        assert client.post(url, {"remove": "1", "version": "2"}).status_code == 302
    assert "CV.docx" not in client.get(url).content.decode()
    assert client.get(page(scene, scene.cv, "application-file")).status_code == 404
    with tenant_context(essex, scene.alice.person):
        assert not StoredFile.objects.exists()
        with pytest.raises(StaleEdit):
            give(scene, scene.cv, pdf(), version=1)
        with pytest.raises(AlreadySaved):
            give(scene, scene.cv, pdf(), version=3) and give(scene, scene.cv, pdf(), version=3)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "CV.pdf", "is empty"),
        (b"x" * (1024 * 1024 + 1), "CV.pdf", "smaller than 1 MB"),
        (b"MZ not a document", "CV.pdf", "must be one of these: PDF, Word (.docx)"),
        (b"%PDF-1.7 cut", "CV.pdf", "damaged or not complete"),
    ],
)
def test_what_isnt_taken_says_so_at_the_field_and_loses_nothing(scene, essex, content, name, words):
    give(scene, scene.cv, pdf("kept"))
    with tenant_context(essex, scene.alice.person):
        question = scene.round.questions.get(position=1)
        save_answer(
            application=fresh(scene.application), question=question, version=0, text="Mine", by=scene.alice.actor
        )
    answer = scene.alice.client.post(page(scene, scene.cv), upload(content, name, 1))
    text = answer.content.decode()
    assert answer.status_code == 422 and text.count(words) >= 2 and "govuk-file-upload--error" in text
    assert scene.alice.client.get(page(scene, scene.cv, "application-file")).content == pdf("kept")
    assert "Mine" in scene.alice.client.get(at("application-submit", scene.application)).content.decode()


def test_sending_waits_for_what_is_required_and_ends_the_writing(scene, essex):
    with tenant_context(essex, scene.alice.person):
        bob = make_application(scene.round, "Bob Both", state="invited")
    with tenant_context(essex, scene.alice.person):
        answer = {"application": scene.application, "version": 0, "by": scene.alice.actor}
        with pytest.raises(Refused, match="asks for a file"):
            save_answer(question=scene.cv, text="My CV", **answer)
        with pytest.raises(Refused, match="asks for words"):
            save_application_file(question=scene.round.questions.first(), name="CV.pdf", content=pdf(), **answer)
    write_all(scene)
    with tenant_context(essex, scene.alice.person):
        assert what_is_left(fresh(scene.application)) == [f"Add the file for question {scene.cv.position}"]
        with pytest.raises(Refused, match="Add the file for question"):
            submit_application(application=fresh(scene.application), by=scene.alice.actor)
    give(scene, scene.cv, pdf())
    with tenant_context(essex, scene.alice.person):
        submit_application(application=fresh(scene.application), by=scene.alice.actor)
    for who in (scene.ada, scene.eli, scene.staff):
        with tenant_context(essex, who.person), pytest.raises(NotAllowed):
            save_application_file(
                application=bob, question=scene.cv, version=0, name="x.pdf", content=pdf(), by=who.actor
            )
    with tenant_context(essex, scene.alice.person):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE selection_applicationfile SET version = 9")
            assert cursor.rowcount == 0  # nor in SQL
        reopen_application(application=fresh(scene.application), by=scene.alice.actor)
        remove_application_file(
            application=fresh(scene.application), question=scene.cv, version=1, by=scene.alice.actor
        )
        assert not StoredFile.objects.exists()


def write_all(scene) -> None:
    """Everything but the files."""
    from selection.services.applications import save_details, save_endorsers, save_scope

    with tenant_context(scene.tenant, scene.alice.person):
        a, by = fresh(scene.application), scene.alice.actor
        save_details(application=a, version=a.version, organisation=a.organisation, job_title="Head", grade="", by=by)
        save_scope(application=a, version=a.version, decision_scope="A budget.", by=by)
        for question in scene.round.questions.filter(kind="text"):
            save_answer(application=a, question=question, version=0, text="What I did.", by=by)
        save_endorsers(
            application=a, version=a.version, by=by, manager_name="Mia Manager", manager_email="mia@essex.example",
            sponsor_name="Otto Officer", sponsor_email="otto@essex.example",
        )  # fmt: skip


@pytest.mark.parametrize("state", ApplicationState.values)
def test_files_are_given_and_taken_out_only_while_it_is_written(scene, essex, state):
    give(scene, scene.cv, pdf())
    with tenant_context(essex):
        Application.objects.filter(pk=scene.application.pk).update(state=state)
    with tenant_context(essex, scene.alice.person):
        application = fresh(scene.application)
        remove = {"application": application, "question": scene.cv, "version": 1, "by": scene.alice.actor}
        if state in ("invited", "draft"):
            give(scene, scene.letter, pdf())
            remove_application_file(**remove)
        else:
            with pytest.raises(WrongState):
                give(scene, scene.letter, pdf())
            with pytest.raises(WrongState):
                remove_application_file(**remove)
            assert ApplicationFile.objects.count() == 1


def assessing(scene, **application) -> AssessorAllocation:
    """The round is being assessed, and Ada has an open assessment of it."""
    with tenant_context(scene.tenant):
        SelectionRound.objects.filter(pk=scene.round.pk).update(state="assessing")
        Application.objects.filter(pk=scene.application.pk).update(
            **{"state": "eligible", "submitted_at": timezone.now()} | application
        )
        return AssessorAllocation.objects.create(
            application=scene.application, assessor=scene.ada.person, allocated_at=timezone.now()
        )


def test_who_reads_a_file_in_the_page_and_in_sql(scene, essex, stranger):
    give(scene, scene.cv, pdf("cv"))
    url = page(scene, scene.cv, "application-file")
    assert readers(scene, "selection_applicationfile") == {"alice", "staff"}
    assert readers(scene, "engine_storedfile") == {"alice", "staff"}
    for who, status in ((scene.alice, 200), (scene.staff, 200), (scene.ada, 403), (scene.eli, 403), (stranger, 404)):
        assert who.client.get(url).status_code == status
    assert scene.alice.client.get(page(scene, scene.letter, "application-file")).status_code == 404
    assert scene.staff.client.get(at("application-file", scene.application, position=1)).status_code == 404
    row = assessing(scene)
    for table in ("selection_applicationfile", "engine_storedfile"):
        assert readers(scene, table) == {"alice", "staff", "ada"}
    mark = scene.ada.client.get(at("assess-application", row)).content.decode()
    assert url in mark and "CV.pdf" in mark
    assert scene.ada.client.get(url).content == pdf("cv")
    with tenant_context(essex, scene.staff.person):
        opened = Access.objects.filter(what=f"File for question {scene.cv.position}").order_by("at")
        assert [(a.by_label, a.by_role) for a in opened] == [
            ("Sita Staff", "Programme staff"),
            ("Ada Assessor", "Assessor"),
        ]
    # readers change nothing, whatever their SQL
    for who in (scene.staff, scene.ada):
        with tenant_context(essex, who.person), connection.cursor() as cursor:
            cursor.execute("UPDATE engine_storedfile SET name = 'x'")
            assert cursor.rowcount == 0
            cursor.execute("DELETE FROM selection_applicationfile")
            assert cursor.rowcount == 0
    closed = {"alice", "staff"}
    for change in ({"finished_at": timezone.now()}, {"withdrawn_at": timezone.now()}):
        with tenant_context(essex):
            AssessorAllocation.objects.filter(pk=row.pk).update(**change)
        assert readers(scene, "engine_storedfile") == closed
        assert scene.ada.client.get(url).status_code == 403
        with tenant_context(essex):
            AssessorAllocation.objects.filter(pk=row.pk).update(finished_at=None, withdrawn_at=None)
    for change in ({"blind": True}, {"state": "decided"}):
        with tenant_context(essex):
            SelectionRound.objects.filter(pk=scene.round.pk).update(**change)
        assert readers(scene, "engine_storedfile") == closed and scene.ada.client.get(url).status_code == 403
        with tenant_context(essex):
            SelectionRound.objects.filter(pk=scene.round.pk).update(blind=False, state="assessing")
    assert scene.ada.client.get(url).status_code == 200
    # a conflict closes it at once, whoever declares it
    with tenant_context(essex, scene.staff.person):
        record_conflict(
            application=fresh(scene.application), person=scene.ada.person, kind="other", by=scene.staff.actor
        )
    assert readers(scene, "engine_storedfile") == closed and scene.ada.client.get(url).status_code == 403


def test_what_only_staff_read_is_never_shown_to_assessors(scene, essex):
    give(scene, scene.proof, pdf("proof"))
    row = assessing(scene)
    assert readers(scene, "engine_storedfile") == readers(scene, "selection_applicationfile") == {"alice", "staff"}
    assert scene.ada.client.get(page(scene, scene.proof, "application-file")).status_code == 403
    assert "Proof of registration" not in scene.ada.client.get(at("assess-application", row)).content.decode()
    assert scene.staff.client.get(page(scene, scene.proof, "application-file")).status_code == 200
    assert "CV.pdf" in scene.staff.client.get(at("application-detail", scene.application)).content.decode()


def test_a_blind_round_asks_for_no_file_that_assessors_read(essex, staff):
    with tenant_context(essex, staff.person):
        round_ = make_round(opened=False)
        question = ask(round_.framework)
        with pytest.raises(Refused, match="marked blind and names can’t be taken out of a file"):
            open_round(round=round_, by=staff.actor)
    detail = staff.client.get(at("framework-detail", round_.framework)).content.decode()
    assert f"Question {question.position} asks for a file that assessors read" in detail
    assert "marked blind" in staff.client.get(at("round-detail", round_)).content.decode()
    form = staff.client.get(at("question-edit", question)).context["form"]
    data = {
        "text": "Proof of registration", "hint": "", "kind": "file", "file_kinds": ["pdf"], "max_megabytes": "2",
        "staff_only": "on", "optional": "on", "criterion": "", "word_limit": "", "seen": form["seen"].value(),
    }  # fmt: skip
    with tenant_context(essex, staff.person):
        criterion = Criterion.objects.first()
    url = at("question-edit", question)
    wrong = staff.client.post(url, data | {"criterion": criterion.public_id})
    assert wrong.status_code == 422 and "can’t be evidence for a criterion" in wrong.content.decode()
    none = staff.client.post(url, data | {"file_kinds": []})
    assert none.status_code == 422 and "Choose at least one kind of file" in none.content.decode()
    assert staff.client.post(url, data).status_code == 302
    assert staff.client.post(url, data | {"text": "Another"}).status_code == 409  # a stale edit
    with tenant_context(essex, staff.person):
        open_round(round=round_, by=staff.actor)
        question.refresh_from_db()
        assert question.asks == "a file of up to 2 MB: PDF; optional; only programme staff read it"
        copy = make_round(make_cohort_for_round("Cohort 3"), opened=False, source=round_.framework)
        twin = copy.questions.last()
        assert (twin.kind, twin.file_kinds, twin.staff_only) == ("file", ["pdf"], True)
        words = {"text": "Words", "hint": "", "kind": "text", "criterion": None, "optional": False, "word_limit": 100}
        change_question(question=twin, by=staff.actor, **words | {"staff_only": True})
        twin.refresh_from_db()
        assert (twin.kind, twin.staff_only, twin.asks) == ("text", False, "up to 100 words")
    about = staff.client.get(at("round-about", round_)).content.decode()
    assert "only programme staff read it" in about


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_it_is_in_the_persons_copy_and_goes_with_the_application(scene, essex):
    give(scene, scene.cv, pdf(), "Mine.pdf")
    with tenant_context(essex, scene.alice.person):
        (kept,) = export_person(scene.alice.person)["Applications and nominations"][0]["files"]
        assert (kept["file"], kept["question"], kept["bytes"]) == ("Mine.pdf", "Your CV on one page", len(pdf()))
    with tenant_context(essex):
        bob = make_application(scene.round, "Bob Both", state="invited")
    with tenant_context(essex, bob.applicant):
        save_application_file(
            application=bob,
            question=scene.cv,
            version=0,
            name="b.pdf",
            content=pdf(),
            by=Actor.for_person(bob.applicant),
        )
    assert kept_bytes() == ["Mine.pdf", "b.pdf"]
    with tenant_context(essex):
        delete_applications(list(Application.objects.filter(pk=scene.application.pk)))
    assert kept_bytes() == ["b.pdf"]
    # erasing the person is a cascade in the database
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM tenancy_person WHERE id = %s", [bob.applicant_id])
    assert kept_bytes() == []


def kept_bytes() -> list[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT name FROM engine_storedfile ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def test_pages_cost_one_statement_more_where_files_are_asked_for(scene, essex):
    client, url = scene.alice.client, at("application-detail", scene.application)
    before = page_queries(client, url)
    give(scene, scene.cv, pdf())
    give(scene, scene.letter, pdf("letter"))
    assert page_queries(client, url) == before
    with tenant_context(essex):
        plain = make_application(make_round(make_cohort_for_round("Cohort 9")), "Alice Applicant", state="draft")
    assert page_queries(client, at("application-detail", plain)) == before - 1
