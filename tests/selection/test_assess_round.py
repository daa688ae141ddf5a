"""Staff start assessment, allocate, and deal with drop-outs."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from reminders.models import Message
from selection.models import Application, AssessorAllocation, Score
from selection.services.assessment import (
    allocate_assessors,
    declare_assessor_conflict,
    include_late,
    start_assessment,
    start_moderation,
    withdraw_assessor,
)
from selection.states import ApplicationState as S
from selection.states import RoundState
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, ConflictDeclaration, Role
from tenancy.services.people import change_employer, end_role, give_role
from tests.conftest import make_member
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import SYSTEM, make_closed_round, make_scene


def live(scene):
    return Counter(
        AssessorAllocation.objects.filter(withdrawn_at__isnull=True).values_list("assessor__name", flat=True)
    )


def test_start_sends_endorsed_applications_to_assessors(scene):
    done = scene.start()
    with scene.inside(scene.staff):
        assert (done.added, done.missing) == (8, 0)
        assert live(scene) == {"Assessor A": 4, "Assessor B": 4}
        assert set(Application.objects.values_list("state", flat=True)) == {S.ELIGIBLE}
        scene.round.refresh_from_db()
        assert scene.round.state == RoundState.ASSESSING
        mails = Message.objects.filter(kind="selection.pile")
        assert {m.recipient.name for m in mails} == {"Assessor A", "Assessor B"}
        assert all(m.asks and "4 applications" in m.subject for m in mails)
        assert Change.objects.filter(name="find_eligible").count() == 4


def test_start_through_the_page(scene):
    page = scene.staff.client.get(url(scene, "assess-round"))
    assert url(scene, "assess-start") in page.content.decode()
    response = scene.staff.client.post(url(scene, "assess-start"), follow=True)
    assert response.status_code == 200
    assert "Assessor A" in response.content.decode()
    with scene.inside(scene.staff):
        assert AssessorAllocation.objects.count() == 8


def test_submitted_without_endorsement_needs_a_reason(scene):
    with scene.inside(scene.staff):
        left = scene.applications[0]
        Application.objects.filter(pk=left.pk).update(state=S.SUBMITTED)
        with pytest.raises(Refused) as refusal:
            start_assessment(round=scene.round, by=scene.staff.actor, also=[left])
        assert refusal.value.field == "reason"
        scene.round.refresh_from_db()
        assert scene.round.state == RoundState.CLOSED
        start_assessment(round=scene.round, by=scene.staff.actor, also=[left], reason="Manager is on leave")
        left.refresh_from_db()
        assert left.state == S.ELIGIBLE
        assert Change.objects.get(name="find_eligible", subject_id=left.public_id).reason == "Manager is on leave"


def test_submitted_without_endorsement_is_listed_and_may_stay_out(scene):
    with scene.inside(scene.staff):
        left = scene.applications[0]
        Application.objects.filter(pk=left.pk).update(state=S.SUBMITTED)
    page = scene.staff.client.get(url(scene, "assess-start")).content.decode()
    assert left.reference in page
    scene.staff.client.post(url(scene, "assess-start"))
    with scene.inside(scene.staff):
        left.refresh_from_db()
        assert left.state == S.SUBMITTED
        include_late(application=left, by=scene.staff.actor, reason="endorsed by letter")
        assert AssessorAllocation.objects.filter(application=left).count() == 2


def test_form_error_when_ticked_without_reason(scene):
    with scene.inside(scene.staff):
        left = scene.applications[0]
        Application.objects.filter(pk=left.pk).update(state=S.SUBMITTED)
    response = scene.staff.client.post(url(scene, "assess-start"), {"also": [left.public_id]})
    assert response.status_code == 422
    assert "Say why applications without an endorsement go forward" in response.content.decode()


def test_nobody_assesses_their_own_organisation_or_whom_they_endorse(essex, staff):
    scene = make_scene(essex, staff, assessors=4)
    first, second, third, _fourth = scene.assessors
    with scene.inside(staff):
        theirs = scene.applications[0]
        change_employer(
            person=first.person, organisation=theirs.organisation, job_title="Lead", on=date(2026, 1, 1), by=SYSTEM
        )
        theirs.endorsements.update(endorser=second.person)
        ConflictDeclaration.objects.create(
            person=theirs.applicant,
            other=third.person,
            kind="worked",
            declared_by=theirs.applicant,
            declared_at=theirs.created_at,
        )
        done = start_assessment(round=scene.round, by=staff.actor)
        names = set(AssessorAllocation.objects.filter(application=theirs).values_list("assessor__name", flat=True))
        assert names == {"Assessor D"}
        assert done.missing == 1
    page = staff.client.get(url(scene, "assess-round")).content.decode()
    assert "Assessor A: works for the same organisation" in page
    assert "Assessor B: was asked to endorse it" in page
    assert "Assessor C: Declared" in page


def test_without_assessors_it_does_not_start(essex, staff):
    scene = make_scene(essex, staff, assessors=0)
    with scene.inside(staff), pytest.raises(Refused):
        start_assessment(round=scene.round, by=staff.actor)


def test_drop_out_keeps_finished_work_and_gives_away_the_rest(essex, staff):
    scene = make_scene(essex, staff, assessors=3, applications=6)
    scene.start()
    leaver = scene.assessors[0]
    with scene.inside(staff):
        mine = list(
            AssessorAllocation.objects.filter(assessor=leaver.person).order_by("pk").select_related("application")
        )
        others = set(AssessorAllocation.objects.exclude(assessor=leaver.person).values_list("pk", flat=True))
    scene.score(leaver, mine[0].application, [4, 4, 4])
    with scene.inside(staff):
        # the role ends too, or the person would be given the same work again
        end_role(person=leaver.person, role=Role.ASSESSOR, by=SYSTEM)
        withdraw_assessor(round=scene.round, assessor=leaver.person, by=staff.actor, reason="ill")
        rows = AssessorAllocation.objects.filter(withdrawn_at__isnull=True)
        assert Counter(rows.values_list("application_id", flat=True)) == {a.pk: 2 for a in scene.applications}
        assert list(rows.filter(assessor=leaver.person).values_list("pk", flat=True)) == [mine[0].pk]
        assert others <= set(rows.values_list("pk", flat=True))
        with pytest.raises(Refused):
            withdraw_assessor(round=scene.round, assessor=leaver.person, by=staff.actor, reason="again")


def test_withdraw_page(scene):
    scene.start()
    target = url(scene, "assess-withdraw", person=scene.assessors[0].person.public_id)
    assert target in scene.staff.client.get(url(scene, "assess-round")).content.decode()
    assert scene.staff.client.post(target, {"reason": ""}).status_code == 422
    response = scene.staff.client.post(target, {"reason": "moved abroad"}, follow=True)
    assert "still lack an assessor" in response.content.decode()


def test_a_conflict_ends_access_and_scores_at_once(essex, staff):
    scene = make_scene(essex, staff, assessors=3)
    scene.start()
    knows = scene.assessors[0]
    with scene.inside(staff):
        row = AssessorAllocation.objects.filter(assessor=knows.person).select_related("application__round").first()
    page = url(scene, "assess-application", row.public_id)
    scene.score(knows, row.application, [5, 5, 5], finish=False)
    assert knows.client.get(page).status_code == 200
    response = knows.client.post(url(scene, "assess-conflict", row.public_id), {"kind": "relative"}, follow=True)
    assert "no longer in your pile" in response.content.decode()
    assert knows.client.get(page).status_code == 403
    with scene.inside(knows):
        assert not Score.objects.exists()  # void, even for who wrote them
    with scene.inside(staff):
        assert ConflictDeclaration.objects.get().other_id == row.application.applicant_id
        holders = AssessorAllocation.objects.filter(application=row.application, withdrawn_at__isnull=True)
        assert holders.count() == 2 and not holders.filter(assessor=knows.person).exists()
        told = Message.objects.get(kind="selection.conflict")
        assert told.recipient_id == staff.person.pk and "Another assessor has it now" in told.body_text


def test_a_conflict_noticed_after_finishing_still_counts(scene):
    scene.start()
    knows, other = scene.assessors
    application = scene.applications[0]
    scene.score(knows, application, [5, 5, 5])
    scene.score(other, application, [3, 3, 3])
    with scene.inside(knows):
        declare_assessor_conflict(allocation=scene.allocation(application, knows), kind="worked", by=knows.actor)
    with scene.inside(scene.staff):
        assert set(Score.objects.values_list("points", flat=True)) == {3}


def test_a_conflict_declared_elsewhere_suspends_at_once_and_is_refilled(essex, staff):
    scene = make_scene(essex, staff, assessors=3)
    scene.start()
    with scene.inside(staff):
        row = AssessorAllocation.objects.select_related("assessor", "application").first()
        who = next(a for a in scene.assessors if a.person.pk == row.assessor_id)
        ConflictDeclaration.objects.create(
            person=row.application.applicant,
            other=row.assessor,
            kind="relative",
            declared_by=row.application.applicant,
            declared_at=row.allocated_at,
        )
    page = url(scene, "assess-application", row.public_id)
    assert who.client.get(page).status_code == 403
    assert row.application.reference not in who.client.get(url(scene, "assess-pile")).content.decode()
    with pytest.raises(NotAllowed):
        scene.score(who, row.application, [1, 1, 1])
    with scene.inside(staff):
        assert allocate_assessors(round=scene.round, by=staff.actor).added == 1
        assert row.application.allocations.filter(withdrawn_at__isnull=True).count() == 2


def test_moderation_waits_for_every_score_and_says_whose(scene):
    scene.start()
    scene.score(scene.assessors[0], scene.applications[0], [4, 4, 4])
    with scene.inside(scene.staff), pytest.raises(Refused, match=r"Assessor A \(3\), Assessor B \(4\)"):
        start_moderation(round=scene.round, by=scene.staff.actor)
    page = scene.staff.client.get(url(scene, "moderation-start")).content.decode()
    assert "Assessor A: 3 applications" in page


def test_moderation_needs_at_least_one_score_each(scene):
    scene.start()
    with scene.inside(scene.staff):
        AssessorAllocation.objects.update(withdrawn_at="2026-01-01T00:00Z")
        with pytest.raises(Refused, match="Nobody has scored"):
            start_moderation(round=scene.round, by=scene.staff.actor)


def test_starting_twice_is_refused(scene):
    scene.start()
    with scene.inside(scene.staff), pytest.raises((WrongState, Refused)):
        start_assessment(round=scene.round, by=scene.staff.actor)


def test_services_ask_the_rule_themselves(scene, bystander):
    with scene.inside(bystander):
        for call in (
            lambda: start_assessment(round=scene.round, by=bystander.actor),
            lambda: allocate_assessors(round=scene.round, by=bystander.actor),
            lambda: withdraw_assessor(round=scene.round, assessor=bystander.person, by=bystander.actor, reason="x"),
            lambda: start_moderation(round=scene.round, by=bystander.actor),
        ):
            with pytest.raises(NotAllowed):
                call()


@pytest.mark.parametrize("name", ["assess-round", "assess-start", "moderation-start"])
def test_only_staff_of_the_cohort_see_the_pages(scene, stranger, bystander, name):
    assert scene.staff.client.get(url(scene, name)).status_code == 200
    assert bystander.client.get(url(scene, name)).status_code == 403
    assert scene.assessors[0].client.get(url(scene, name)).status_code == 403
    assert stranger.client.get(url(scene, name)).status_code == 404
    other = make_member(scene.tenant, "Olu Other")
    with scene.inside(scene.staff):
        cohort, _round = make_closed_round(5, 2, 2)
        give_role(person=other.person, role=Role.STAFF, by=SYSTEM, cohort_id=cohort.pk)
    assert other.client.get(url(scene, name)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=count, assessors=count + 1)
    scene.start()
    assert page_queries(staff.client, url(scene, "assess-round")) == 10
