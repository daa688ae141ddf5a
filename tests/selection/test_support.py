"""Adjustments and project interest: who reads them, in the page and in SQL."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from cohorts.models import StrategicAmbition
from reminders.models import Message
from reminders.selectors import read_obligations
from selection.models import (
    AdjustmentNeed,
    AdjustmentRequest,
    Application,
    AssessorAllocation,
    ProjectInterest,
    SelectionRound,
)
from selection.services.support import arrange_adjustment, save_adjustment, save_project_interest
from selection.states import ENDED, ApplicationState, RoundState
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Account, Change, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.people import give_role
from tests.conftest import cast_member, make_member
from tests.factories.selection import SYSTEM, make_application, make_cohort_for_round, make_round

# The page of an application asks whether equality questions may be answered.
pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])
NEED = "Canary: a hearing loop in the room"


@pytest.fixture
def scene(essex, staff) -> SimpleNamespace:
    """An applicant writing; staff of another cohort, an assessor of this one, the endorsers named."""
    with tenant_context(essex):
        round_ = make_round()
        application = make_application(round_)
        other = make_cohort_for_round("Cohort 8")
        account = Account.objects.get(email=application.applicant.email)
        ambitions = [StrategicAmbition.objects.create(name=n, position=p) for p, n in enumerate(("Homes", "Health"))]
    assessor, elsewhere = make_member(essex, "Ada Assessor"), make_member(essex, "Eli Elsewhere")
    with tenant_context(essex):
        give_role(person=assessor.person, role=Role.ASSESSOR, cohort_id=round_.cohort_id, by=SYSTEM)
        give_role(person=elsewhere.person, role=Role.STAFF, cohort_id=other.pk, by=SYSTEM)
    alice = cast_member(essex, application.applicant, account)
    return SimpleNamespace(
        tenant=essex, round=round_, application=application, alice=alice, staff=staff, assessor=assessor,
        elsewhere=elsewhere, ambitions=ambitions, endorser=application.line_manager, sponsor=application.sponsor,
    )  # fmt: skip


def at(name: str, obj) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": obj.public_id})


def seen(scene, person, table: str) -> int:
    """How many rows of a table the database shows this person, in SQL."""
    with tenant_context(scene.tenant, person), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def readers(scene, table: str) -> set[str]:
    people = {name: getattr(scene, name) for name in ("alice", "staff", "assessor", "elsewhere", "endorser", "sponsor")}
    found = {name for name, who in people.items() if seen(scene, getattr(who, "person", who), table)}
    return found | ({"nobody"} if seen(scene, None, table) else set())


def test_an_adjustment_is_the_applicants_and_the_staffs(scene, essex):
    a, alice = scene.application, scene.alice
    page = at("application-adjustment", a)
    assert "Tell us if you need anything to take part" in alice.client.get(at("application-detail", a)).content.decode()
    for who in (scene.assessor, scene.elsewhere, scene.staff):
        assert who.client.get(page).status_code == 403
    assert alice.client.post(page, {"text": NEED, "version": "0"}).status_code == 302
    assert alice.client.post(page, {"text": NEED, "version": "0"}).status_code == 302  # the second click
    assert readers(scene, "selection_adjustmentneed") == {"alice", "staff"}
    # the fact alone is seen by the portal's own jobs, which remind
    assert readers(scene, "selection_adjustmentrequest") == {"alice", "staff", "nobody"}
    for who in (scene.assessor.person, scene.endorser):
        with tenant_context(essex, who), connection.cursor() as cursor:
            cursor.execute("UPDATE selection_adjustmentneed SET arranged = 'x'")
            assert cursor.rowcount == 0
    with tenant_context(essex):
        owed = read_obligations(kind="selection.adjustment")
        assert [(o.person_id, o.about) for o in owed] == [(scene.staff.person.pk, "Alice Applicant")]
    # no list, no history, no audit has the words
    listed = scene.staff.client.get(at("application-list", scene.round)).content.decode()
    review = scene.staff.client.get(at("application-detail", a)).content.decode()
    assert "Canary" not in listed + review and "Waiting" in review
    with tenant_context(essex, scene.staff.person):
        assert not Change.objects.filter(reason__contains="Canary").exists()
        assert not Message.objects.filter(body_text__contains="Canary").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'selection_adjust%'")
        assert sorted(cursor.fetchall()) == [("selection_adjustmentneed",), ("selection_adjustmentrequest",)]

    answer = at("adjustment-arrange", a)
    for who in (scene.assessor, scene.elsewhere, alice):
        assert who.client.get(answer).status_code == who.client.post(answer, {"arranged": "x"}).status_code == 403
    assert NEED in scene.staff.client.get(answer).content.decode()
    assert scene.staff.client.post(answer, {"arranged": "", "version": "1"}).status_code == 422
    assert scene.staff.client.post(answer, {"arranged": "Room 4 has one", "version": "1"}).status_code == 302
    assert "Room 4 has one" in alice.client.get(page).content.decode()
    with tenant_context(essex, alice.person):
        assert not read_obligations(kind="selection.adjustment")
        copy = export_person(alice.person)["Applications and nominations"]
        assert copy[0]["needs to take part"] == {"asked for": NEED, "arranged": "Room 4 has one"}
    # changed words wait anew; a page opened before that is refused
    assert alice.client.post(page, {"text": "Large print too", "version": "1"}).status_code == 409
    assert alice.client.post(page, {"text": "Large print too", "version": "2"}).status_code == 302
    with tenant_context(essex):
        assert len(read_obligations(kind="selection.adjustment")) == 1
    with tenant_context(essex, alice.person):
        with pytest.raises(StaleEdit):
            save_adjustment(application=a, version=1, text="", by=alice.actor)
        assert save_adjustment(application=a, version=3, text="", by=alice.actor) is None
        assert not AdjustmentNeed.objects.exists() and not AdjustmentRequest.objects.exists()
    with tenant_context(essex, scene.staff.person), pytest.raises(WrongState):
        arrange_adjustment(application=a, version=3, arranged="Late", by=scene.staff.actor)


@pytest.mark.parametrize("state", ApplicationState.values)
def test_an_adjustment_may_be_asked_for_until_the_application_has_ended(scene, essex, state):
    with tenant_context(essex, scene.alice.person):
        Application.objects.filter(pk=scene.application.pk).update(state=state)
        if state in ENDED:
            with pytest.raises(WrongState):
                save_adjustment(application=scene.application, version=0, text=NEED, by=scene.alice.actor)
        else:
            assert (
                save_adjustment(application=scene.application, version=0, text=NEED, by=scene.alice.actor).text == NEED
            )
    with tenant_context(essex, scene.staff.person), pytest.raises(NotAllowed):
        save_adjustment(application=scene.application, version=0, text=NEED, by=scene.staff.actor)


def test_project_interest_is_nobodys_business_until_the_round_is_decided(scene, essex):
    a, alice, (homes, health) = scene.application, scene.alice, scene.ambitions
    page = at("application-interest", a)
    tasks = alice.client.get(at("application-detail", a)).content.decode()
    with tenant_context(essex):
        asked = [escape(question.text) for question in a.round.questions.all()]
    assert len(asked) == 4 and all(tasks.index(text) < tasks.index(page) for text in asked)  # after what is scored
    html = alice.client.get(page).content.decode()
    assert "Homes" in html and "isn’t scored" in html
    data = {"ambitions": [health.public_id], "question": "Canary: why do wards refer so late?", "version": "0"}
    assert alice.client.post(page, data).status_code == 302
    assert alice.client.post(page, data).status_code == 302  # the second click
    for table in ("selection_projectinterest", "selection_interestingambition"):
        assert readers(scene, table) == {"alice"}
    assert "Canary" not in scene.staff.client.get(at("application-detail", a)).content.decode()
    stale = data | {"question": "Another", "ambitions": [homes.public_id]}
    assert alice.client.post(page, stale).status_code == 409
    assert (
        alice.client.post(page, data | {"ambitions": [homes.public_id, health.public_id], "version": "1"}).status_code
        == 302
    )
    for who in (scene.staff, scene.assessor):
        assert who.client.get(page).status_code == 403
    with tenant_context(essex):
        SelectionRound.objects.filter(pk=scene.round.pk).update(state=RoundState.DECIDED)
    for table in ("selection_projectinterest", "selection_interestingambition"):
        assert readers(scene, table) == {"alice", "staff"}
    review = scene.staff.client.get(at("application-detail", a)).content.decode()
    assert "Canary: why do wards refer so late?" in review and "Homes; Health" in review
    assert alice.client.get(page)["Location"] == at("application-detail", a)
    with tenant_context(essex, alice.person):
        with pytest.raises(Refused):
            a = Application.objects.select_related("round").get(pk=a.pk)
            save_project_interest(application=a, version=2, ambitions=[], question="", by=alice.actor)
        copy = export_person(alice.person)["Applications and nominations"][0]["projects of interest"]
        assert copy == {"ambitions": ["Homes", "Health"], "question": "Canary: why do wards refer so late?"}
        assert ProjectInterest.objects.count() == 1


def test_a_persons_page_has_every_round_they_took_part_in(scene, essex):
    alice = scene.application.applicant
    with tenant_context(essex):
        second = make_round(make_cohort_for_round("Cohort 9"))
        again = make_application(second, "Alice Applicant", state=ApplicationState.SUBMITTED)
        other = make_application(second, "Bob Builder", state=ApplicationState.ELIGIBLE)
        AssessorAllocation.objects.create(
            application=other, assessor=alice, allocated_at=timezone.now(), finished_at=timezone.now()
        )
    page = reverse("tenancy:person-detail", kwargs={"tenant": "essex", "public_id": alice.public_id})
    html = scene.staff.client.get(page).content.decode()
    for application in (scene.application, again):
        assert at("application-detail", application) in html
    assert "Being written" in html and "Submitted, awaiting endorsement" in html and "1 of 1 finished" in html
    # staff of one cohort see what happened in it
    with tenant_context(essex):
        give_role(person=scene.elsewhere.person, role=Role.STAFF, cohort_id=scene.round.cohort_id, by=SYSTEM)
    html = scene.elsewhere.client.get(page).content.decode()
    assert at("application-detail", scene.application) in html and at("application-detail", again) not in html
    assert "1 of 1 finished" not in html
