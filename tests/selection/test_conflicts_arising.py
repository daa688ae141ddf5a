"""Conflicts that nobody declares and that arise after work was given out: what makes one suspends access and scores at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohorts.services.set_room import add_co_facilitator, remove_co_facilitator
from cohorts.services.sets import name_set
from mentoring.models import MentorMatch
from mentoring.services.matches import decline_match
from projects.services.decisions import change_project_state
from reminders.models import Message
from selection.models import AssessorAllocation, KnownConflict, Suspension
from selection.selectors.assessment import bars
from selection.selectors.conflicts import conflicts_on_record
from selection.selectors.ranking import rank_round
from selection.services.assessment import allocate_assessors
from selection.services.conflicts import record_conflict
from selection.services.endorsements import ask_endorsers, pass_on_endorsement, replace_endorser
from selection.services.suspension import end_known
from tenancy.conflicts import conflicts_between
from tenancy.models import Person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.conflicts import hold_ties, lift_conflict, ties_changed
from tenancy.services.people import change_line_manager
from tests.factories.cohorts import make_sets
from tests.factories.projects import fresh, make_approved, make_proposal
from tests.factories.projects import make_cohort as make_running_cohort
from tests.factories.selection import SYSTEM, make_application, make_round
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene


@pytest.fixture
def scene(essex, staff):
    """Two applications, three assessors, two each; of the first application one has finished with sevens, the other with threes."""
    scene = make_scene(essex, staff, applications=2, assessors=3)
    scene.start()
    application = scene.applications[0]
    with scene.inside(staff):
        held = list(application.allocations.select_related("assessor").order_by("pk"))
    by_id = {a.person.pk: a for a in scene.assessors}
    scene.extra |= {"who": by_id[held[0].assessor_id], "other": by_id[held[1].assessor_id], "row": held[0]}
    scene.extra["third"] = next(a for a in scene.assessors if a not in (scene.extra["who"], scene.extra["other"]))
    scene.score(scene.extra["who"], application, [7, 7, 7])
    scene.score(scene.extra["other"], application, [3, 3, 3])
    return scene


def is_taken(scene, kind: str) -> Suspension:
    """All that must follow, as of a declared one: read in SQL, in the mail, on the page, and by who has it now."""
    row = AssessorAllocation.objects.get(pk=scene.extra["row"].pk)
    assert row.withdrawn_because == "conflict" and row.withdrawn_at is not None
    suspension = Suspension.objects.get(allocation=row, restored_at=None)
    assert suspension.known.kind == kind and suspension.declaration is None and suspension.work == "finished"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM selection_score WHERE allocation_id = %s", [row.pk])
        assert cursor.fetchone() == (0,)
    told = Message.objects.get(kind="selection.conflict", dedupe_key__contains=suspension.public_id)
    assert told.recipient_id == scene.staff.person.pk and "Another assessor has it now" in told.body_text
    assert "found this one by itself" in told.body_text
    live = scene.applications[0].allocations.filter(withdrawn_at__isnull=True)
    assert {a.assessor_id for a in live} == {scene.extra["other"].person.pk, scene.extra["third"].person.pk}
    return suspension


def test_an_assessor_who_changes_employer_through_the_page(scene, staff):
    application, who = scene.applications[0], scene.extra["who"]
    page = url(scene, "assess-application", scene.extra["row"].public_id)
    assert who.client.get(page).status_code == 200
    with scene.inside(staff):
        assert rank_round(scene.round, places=1)[0].mean == 5
    today = timezone.localdate()
    address = reverse("tenancy:employer-change", kwargs={"tenant": "essex", "public_id": who.person.public_id})
    data = {"organisation": application.organisation_id, "job_title": "Director", "email": ""}
    data |= {"on-day": today.day, "on-month": today.month, "on-year": today.year}
    answer = staff.client.post(address, data)
    assert answer.status_code == 302
    with scene.inside(staff):
        is_taken(scene, "employer-then")
    assert who.client.get(page).status_code == 403
    scene.score(scene.extra["third"], application, [5, 5, 5])
    with scene.inside(staff):
        assert rank_round(scene.round, places=1)[0].mean == 4


def test_whoever_joins_the_applicants_line_or_is_asked_to_endorse(scene, staff):
    application, who = scene.applications[0], scene.extra["who"]
    with scene.inside(staff):
        boss = Person.objects.get(pk=application.line_manager_id)
        applicant = Person.objects.get(pk=application.applicant_id)
        hold_ties()
        change_line_manager(person=applicant, manager=boss, by=SYSTEM)
        assert not Suspension.objects.exists()
        # two steps up: neither of the two is the person whose manager changes
        change_line_manager(person=boss, manager=Person.objects.get(pk=who.person.pk), by=SYSTEM)
        is_taken(scene, "line-management")


def test_an_endorser_of_another_application_of_theirs(scene, staff):
    """The same applicant has a newer application elsewhere, which names the assessor: the older one is being assessed."""
    application, who = scene.applications[0], scene.extra["who"]
    with scene.inside(staff):
        newer = make_application(make_round(), state="draft")
        newer.applicant, newer.line_manager = application.applicant, Person.objects.get(pk=who.person.pk)
        newer.save()
        hold_ties()
        ask_endorsers(application=newer, by=SYSTEM)
        row = AssessorAllocation.objects.get(pk=scene.extra["row"].pk)
        assert row.withdrawn_because == "conflict"
        assert Suspension.objects.get(allocation=row).known.kind == "selection.endorser"


def test_what_ends_is_on_record_as_ended_and_gives_back(scene, staff):
    application, who = scene.applications[0], scene.extra["who"]
    with scene.inside(staff):
        boss = Person.objects.get(pk=who.person.pk)
        applicant = Person.objects.get(pk=application.applicant_id)
        change_line_manager(person=applicant, manager=boss, by=SYSTEM)
        first = is_taken(scene, "line-management")
        # a declared one beside it keeps the work away when the found one ends
        declared = record_conflict(application=application, person=boss, kind="worked", by=staff.actor)
        change_line_manager(person=applicant, manager=Person.objects.get(pk=application.line_manager_id), by=SYSTEM)
        first.known.refresh_from_db()
        assert first.known.ended_at is not None
        assert AssessorAllocation.objects.get(pk=scene.extra["row"].pk).withdrawn_at is not None
        lift_conflict(declaration=declared, reason="Another person", by=staff.actor)
        # it arises anew: another line of the record, and it ends with nothing beside it
        change_line_manager(person=applicant, manager=boss, by=SYSTEM)
        assert KnownConflict.objects.filter(application=application, person=boss, kind="line-management").count() == 2
        change_line_manager(person=applicant, manager=Person.objects.get(pk=application.line_manager_id), by=SYSTEM)
        back = AssessorAllocation.objects.get(pk=scene.extra["row"].pk)
        assert back.withdrawn_at is None and back.withdrawn_because == ""
        assert not KnownConflict.objects.filter(person=boss, ended_at=None).exists()
        rows = [r for r in conflicts_on_record(scene.round, decided=None).rows if r.person.pk == boss.pk]
        assert [(r.automatic, r.ended is not None, r.lifted) for r in rows] == [
            (True, True, False),
            (False, False, True),
            (True, True, False),
        ]
        assert all(r.since is not None for r in rows)
    text = staff.client.get(url(scene, "conflict-list")).content.decode()
    assert text.count("Ended ") == 2 and "given back on" in text and "Another person" in text


def test_during_moderation_scores_go_and_come_back_and_a_decided_round_stays(essex, staff):
    scene = make_scene(essex, staff, applications=2, assessors=2, places=1).moderating()
    application, who = scene.applications[0], scene.assessors[0]
    with scene.inside(staff):
        person, applicant = (Person.objects.get(pk=pk) for pk in (who.person.pk, application.applicant_id))
        before = Person.objects.get(pk=application.line_manager_id)
        change_line_manager(person=applicant, manager=person, by=SYSTEM)
        assert len(rank_round(scene.round, places=1)[0].marks) == 1
        assert "Assessment is over" in Message.objects.get(kind="selection.conflict").body_text
        change_line_manager(person=applicant, manager=before, by=SYSTEM)
        assert len(rank_round(scene.round, places=1)[0].marks) == 2
        type(scene.round).objects.filter(pk=scene.round.pk).update(state="decided")
        change_line_manager(person=applicant, manager=person, by=SYSTEM)
        assert (
            len(rank_round(scene.round, places=1)[0].marks) == 2
            and Message.objects.filter(kind="selection.conflict").count() == 1
        )


def test_allocating_again_takes_what_is_barred_by_then(scene, staff):
    """Whatever made it: also a change that no service made."""
    who = scene.extra["who"]
    with scene.inside(staff):
        Person.objects.filter(pk=scene.applications[0].applicant_id).update(line_manager=who.person)
        allocate_assessors(round=scene.round, by=staff.actor)
        is_taken(scene, "line-management")
        messages = Message.objects.filter(kind="selection.conflict").count()
        ties_changed(None, by=SYSTEM)
        allocate_assessors(round=scene.round, by=staff.actor)
        assert Message.objects.filter(kind="selection.conflict").count() == messages == 1


def test_who_was_asked_to_endorse_stays_a_conflict_when_somebody_else_is(essex, staff):
    with tenant_context(essex, staff.person):
        application = make_application(make_round(), state="submitted")
        row = application.endorsements.select_related("endorser").get(kind="line_manager")
        first = row.endorser.name
        passed = pass_on_endorsement(endorsement=row, name="Nia New", email="nia@essex.example", by=SYSTEM)
        replace_endorser(endorsement=passed, name="Olu Other", email="olu@essex.example", by=SYSTEM)
        known = KnownConflict.objects.filter(application=application, kind="asked-before").order_by("pk")
        assert [k.person.name for k in known] == [first, "Nia New"]
        assert all("until somebody else was" in k.reason and k.ended_at is None for k in known)
        for k in known:
            assert "selection.endorser" in {c.kind for c in conflicts_between(k.person_id, application.applicant_id)}
            assert (application.pk, k.person_id) in bars([application], [k.person])
        shown = [r for r in conflicts_on_record(application.round, decided=None).rows if r.automatic]
        assert {r.person.name for r in shown} >= {first, "Nia New"}
        # nothing ends it
        end_known(application.round, SYSTEM)
        assert KnownConflict.objects.filter(kind="asked-before", ended_at=None).count() == 2


def ends_lifting_nothing(scene, staff, kind: str, tie, end) -> None:
    """`tie(assessor, applicant)` makes it, `end(tied)` ends it: the work is taken, and stays so whatever else changes."""
    application, who = scene.applications[0], scene.extra["who"]
    with scene.inside(staff):
        person, applicant = (Person.objects.get(pk=pk) for pk in (who.person.pk, application.applicant_id))
        tied = tie(person, applicant)
        first = is_taken(scene, kind)
        end(tied)
        assert kind not in {c.kind for c in conflicts_between(person.pk, applicant.pk)}
        # somebody else's ties change, and everybody's are looked at again
        ties_changed(None, by=SYSTEM)
        allocate_assessors(round=scene.round, by=staff.actor)
        assert AssessorAllocation.objects.get(pk=scene.extra["row"].pk).withdrawn_because == "conflict"
        first.refresh_from_db()
        first.known.refresh_from_db()
        assert first.restored_at is None and first.known.ended_at is not None


def test_a_project_that_ends_lifts_nothing_and_takes_nothing_more(scene, staff):
    """Stopped by its sponsor, who assesses one of the team."""

    def tie(assessor, applicant):
        return make_approved(applicant, assessor, cohort=make_running_cohort("Cohort 1", "cohort-1"))

    def end(project):
        change_project_state(
            project=fresh(project), step="stop", reason="The service moved", by=actor_of(project.sponsor)
        )

    ends_lifting_nothing(scene, staff, "same-project-sponsor", tie, end)
    with scene.inside(staff):
        rows = [
            r
            for r in conflicts_on_record(scene.round, decided=None).rows
            if r.person.pk == scene.extra["who"].person.pk
        ]
        assert [r.ended is not None for r in rows] == [True]


def test_a_project_that_had_ended_takes_nothing(scene, staff):
    application, who = scene.applications[0], scene.extra["who"]
    with scene.inside(staff):
        person, applicant = (Person.objects.get(pk=pk) for pk in (who.person.pk, application.applicant_id))
        project = make_proposal(applicant, person, cohort=make_running_cohort("Cohort 1", "cohort-1"))
        type(project).objects.filter(pk=project.pk).update(state="closed")
        ties_changed(None, by=SYSTEM)
        allocate_assessors(round=scene.round, by=staff.actor)
        assert not Suspension.objects.exists()
        # the same project under way takes the work
        type(project).objects.filter(pk=project.pk).update(state="active")
        ties_changed([person.pk], by=SYSTEM)
        is_taken(scene, "same-project-sponsor")


def test_a_match_that_is_declined_lifts_nothing_and_takes_nothing_more(scene, staff):
    def tie(assessor, applicant):
        # as it came in before anybody knew of the application: nobody proposes a mentor who assesses somebody
        match = MentorMatch.objects.create(
            cohort=make_running_cohort("Cohort 1", "cohort-1"),
            mentor=assessor,
            mentee=applicant,
            proposed_at=timezone.now(),
        )
        ties_changed([assessor.pk, applicant.pk], by=SYSTEM)
        return match

    def end(match):
        decline_match(match=match, by=actor_of(match.mentor))

    ends_lifting_nothing(scene, staff, "mentor-of", tie, end)


def test_a_match_that_had_been_declined_takes_nothing(scene, staff):
    application, who = scene.applications[0], scene.extra["who"]
    with scene.inside(staff):
        person, applicant = (Person.objects.get(pk=pk) for pk in (who.person.pk, application.applicant_id))
        cohort = make_running_cohort("Cohort 1", "cohort-1")
        MentorMatch.objects.create(
            cohort=cohort, mentor=person, mentee=applicant, state="declined", proposed_at=timezone.now()
        )
        ties_changed(None, by=SYSTEM)
        assert not Suspension.objects.exists()
        MentorMatch.objects.update(state="proposed")
        ties_changed([applicant.pk], by=SYSTEM)
        is_taken(scene, "mentor-of")


@pytest.mark.parametrize("how", ["named", "beside", "published"])
def test_whoever_facilitates_the_applicants_set_gives_the_work_up(scene, staff, how):
    """Named by staff, beside the facilitator, or with the sets when they're published. That they no longer do gives nothing back."""

    def tie(assessor, applicant):
        cohort = make_running_cohort("Cohort 1", "cohort-1")
        plan = make_sets(cohort, [[applicant]], facilitator=assessor if how == "published" else None)
        row = plan.sets.select_related("plan", "cohort__programme").get()
        if how == "beside":
            return add_co_facilitator(learning_set=row, person=assessor, by=staff.actor)
        return plan if how == "published" else named(plan, assessor)

    def end(tied):
        if how == "beside":
            remove_co_facilitator(co_facilitator=tied, by=staff.actor)
        else:
            named(tied, None)

    def named(plan, facilitator):
        plan.refresh_from_db()
        row = plan.sets.select_related("plan", "cohort__programme").get()
        return name_set(
            plan=plan, version=plan.version, learning_set=row, name="Set 1", facilitator=facilitator, by=staff.actor
        )

    ends_lifting_nothing(scene, staff, "facilitates", tie, end)


def test_a_facilitator_of_the_applicants_set_is_given_nothing_of_theirs(essex, staff):
    scene = make_scene(essex, staff, applications=2, assessors=4)
    with scene.inside(staff):
        alone, beside, *free = (a.person for a in scene.assessors)
        application = scene.applications[0]
        plan = make_sets(make_running_cohort("Cohort 1", "cohort-1"), [[application.applicant]], facilitator=alone)
        row = plan.sets.select_related("plan", "cohort__programme").get()
        add_co_facilitator(learning_set=row, person=beside, by=staff.actor)
        found = bars(scene.applications, [alone, beside, *free])
        barred = {both for both, why in found.items() if "facilitates" in [kind for kind, _reason in why]}
        assert barred == {(application.pk, alone.pk), (application.pk, beside.pk)}
    scene.start()
    with scene.inside(staff):
        assert {a.assessor_id for a in application.allocations.all()} == {person.pk for person in free}
        assert {a.assessor_id for a in scene.applications[1].allocations.all()} & {alone.pk, beside.pk}
