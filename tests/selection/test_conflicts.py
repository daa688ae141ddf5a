"""Conflicts of interest in a round: what bars whom, what a declaration suspends, lifting, the end, and the record."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from reminders.models import Message
from selection.models import (
    AssessorAllocation,
    AssessorObjection,
    KnownConflict,
    ObjectionReason,
    Score,
    SelectionRound,
    Suspension,
)
from selection.selectors.assessment import bars
from selection.selectors.conflicts import conflicts_on_record
from selection.selectors.ranking import rank_round
from selection.services.assessment import (
    Mark,
    allocate_assessors,
    declare_assessor_conflict,
    save_scores,
    start_assessment,
)
from selection.services.conflicts import object_to_assessor, record_conflict
from selection.services.moderation import agree_means, moderate_application
from tenancy.conflicts import conflicts_between
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import ConflictDeclaration, Person, Role
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.conflicts import declare_conflict, lift_conflict
from tenancy.services.people import change_employer, ensure_person
from tests.conftest import make_member
from tests.factories.selection import SYSTEM, make_application, make_round
from tests.factories.tenancy import make_organisation
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene


def kinds_of(scene, application, person) -> set[str]:
    found = bars([application], [person])
    return {kind for kind, _why in found.get((application.pk, person.pk), [])}


def test_the_line_of_management_counts_up_and_down_over_many_steps(essex, staff):
    scene = make_scene(essex, staff, applications=1, assessors=1)
    application, assessor = scene.applications[0], scene.assessors[0].person
    with scene.inside(staff):
        chain = [ensure_person(name=f"Boss {n}", email=f"boss{n}@line.example", by=SYSTEM)[0] for n in range(5)]
        for top, bottom in ((assessor, application.applicant), (application.applicant, assessor)):
            links = [bottom, *chain, top]
            Person.objects.filter(pk=top.pk).update(line_manager=None)
            for lower, upper in pairwise(links):
                Person.objects.filter(pk=lower.pk).update(line_manager=upper)
            assert kinds_of(scene, application, Person.objects.get(pk=assessor.pk)) == {"line-management"}
            assert [c.kind for c in conflicts_between(assessor.pk, application.applicant_id)] == ["line-management"]
        # a circle in the data harms nobody
        Person.objects.filter(pk=application.applicant_id).update(line_manager=chain[0])
        assert "line-management" in kinds_of(scene, application, Person.objects.get(pk=assessor.pk))
        Person.objects.filter(pk=chain[2].pk).update(line_manager=None)
        assert kinds_of(scene, application, Person.objects.get(pk=assessor.pk)) == set()


def test_the_same_employer_counts_now_and_when_it_was_sent(essex, staff):
    scene = make_scene(essex, staff, applications=1, assessors=1)
    application, assessor = scene.applications[0], scene.assessors[0].person
    today = timezone.localdate()
    with scene.inside(staff):
        application.submitted_at = timezone.now() - timedelta(days=10)
        application.save()
        theirs, other, third = application.organisation, make_organisation("Elsewhere"), make_organisation("Third")

        def work_at(person, organisation, days_ago):
            change_employer(
                person=person, organisation=organisation, job_title="x", on=today - timedelta(days=days_ago), by=SYSTEM
            )
            return Person.objects.get(pk=person.pk)

        left_before = work_at(work_at(assessor, theirs, 100), other, 20)
        assert kinds_of(scene, application, left_before) == set()
        left_after = work_at(work_at(assessor, theirs, 15), other, 5)
        assert kinds_of(scene, application, left_after) == {"employer-then"}
        now = work_at(assessor, theirs, 1)
        assert kinds_of(scene, application, now) == {"employer-then", "same-employer"}
        # the applicant has moved to where the assessor works now
        moved = work_at(assessor, third, 60)
        work_at(application.applicant, third, 0)
        assert "same-employer" in kinds_of(scene, application, moved)


def test_whoever_is_named_or_asked_in_an_application_doesnt_assess_it(essex, staff):
    scene = make_scene(essex, staff, applications=2, assessors=3)
    one, two = scene.applications
    first, second, third = (a.person for a in scene.assessors)
    with scene.inside(staff):
        one.endorsements.update(endorser=first)
        one.sponsor, one.line_manager = second, third
        one.save()
        assert kinds_of(scene, one, first) >= {"endorser"}
        assert kinds_of(scene, one, second) == {"named"} == kinds_of(scene, one, third)
        assert kinds_of(scene, two, second) == set()
        done = start_assessment(round=scene.round, by=staff.actor)
        assert done.missing == 2 and not one.allocations.exists()
        # found by the portal, and kept whatever becomes of it
        known = KnownConflict.objects.filter(application=one)
        assert {k.person_id for k in known} == {first.pk, second.pk, third.pk}
        before = known.count()
        allocate_assessors(round=scene.round, by=staff.actor)
        assert known.count() == before
        one.endorsements.update(endorser=one.applicant)
        assert known.count() == before


def test_a_declaration_suspends_and_lifting_gives_back_as_it_was(essex, staff, stranger):
    scene = make_scene(essex, staff, applications=2, assessors=3)
    scene.start()
    application = scene.applications[0]
    with scene.inside(staff):
        held = list(application.allocations.select_related("assessor"))
    by_id = {a.person.pk: a for a in scene.assessors}
    knows, other = by_id[held[0].assessor_id], by_id[held[1].assessor_id]
    third = next(a for a in scene.assessors if a not in (knows, other))
    scene.score(knows, application, [7, 7, 7])
    scene.score(other, application, [3, 3, 3])
    with scene.inside(staff):
        assert rank_round(scene.round, places=1)[0].mean == 5
        conflict = record_conflict(application=application, person=knows.person, kind="relative", by=staff.actor)
        again = record_conflict(application=application, person=knows.person, kind="worked", by=staff.actor)
        assert again.pk == conflict.pk and conflict.known == "staff"
        row = AssessorAllocation.objects.get(pk=held[0].pk)
        assert row.withdrawn_because == "conflict"
        suspension = Suspension.objects.get()
        assert (suspension.work, suspension.restored_at) == ("finished", None)
        # in SQL, too: no score of it for anybody, and nobody but the third waits to score it
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM selection_score WHERE allocation_id = %s", [row.pk])
            assert cursor.fetchone() == (0,)
        assert application.allocations.filter(withdrawn_at__isnull=True, assessor=third.person).count() == 1
        told = Message.objects.get(kind="selection.conflict")
        assert told.recipient_id == staff.person.pk and "Another assessor has it now" in told.body_text
    with scene.inside(knows):
        assert not Score.objects.filter(allocation=row).exists()
    page = url(scene, "assess-application", row.public_id)
    assert knows.client.get(page).status_code == 403
    scene.score(third, application, [5, 5, 5])
    with scene.inside(staff):
        assert rank_round(scene.round, places=1)[0].mean == 4
    # lifting: staff with a reason, in the browser, from the record
    record = url(scene, "conflict-list")
    text = staff.client.get(record).content.decode()
    lift = reverse("tenancy:conflict-lift", kwargs={"tenant": "essex", "public_id": conflict.public_id})
    assert lift in text and "finished scores" in text and "Recorded by staff" in text
    assert (knows.client.get(record).status_code, stranger.client.get(record).status_code) == (403, 404)
    assert (knows.client.get(lift).status_code, stranger.client.get(lift).status_code) == (403, 404)
    assert staff.client.post(lift, {"reason": " "}).status_code == 422
    assert staff.client.post(lift, {"reason": "Another Ann of the same name"}).status_code == 302
    with scene.inside(staff):
        assert rank_round(scene.round, places=1)[0].mean == 5
        with pytest.raises(WrongState):
            lift_conflict(declaration=conflict, reason="again", by=staff.actor)
    assert knows.client.get(page).status_code == 200
    text = staff.client.get(record).content.decode()
    assert "Another Ann of the same name" in text and "given back on" in text and lift not in text
    # declared anew it binds anew
    with scene.inside(staff):
        record_conflict(application=application, person=knows.person, kind="worked", by=staff.actor)
        assert Suspension.objects.count() == 2
        assert rank_round(scene.round, places=1)[0].mean == 4
    assert [len(staff.client.get(f"{record}?show={show}").context["rows"]) for show in ("open", "lifted")] == [1, 1]


def test_a_declaration_made_anywhere_has_the_same_effect(essex, staff):
    """By the applicant on the page of conflicts, not in the round at all."""
    scene = make_scene(essex, staff, applications=1, assessors=3)
    scene.start()
    application = scene.applications[0]
    with scene.inside(staff):
        held = application.allocations.select_related("assessor").first()
        declare_conflict(
            person=application.applicant, other=held.assessor, kind="worked", by=actor_of(application.applicant)
        )
        held.refresh_from_db()
        assert held.withdrawn_because == "conflict" and held.suspensions.get().work == "none"
        assert application.allocations.filter(withdrawn_at__isnull=True).count() == 2


def test_during_moderation_scores_go_and_unfinished_work_stays_away(essex, staff):
    scene = make_scene(essex, staff, applications=2, assessors=2, places=1).moderating()
    application, who = scene.applications[0], scene.assessors[0]
    with scene.inside(staff):
        allocation = scene.allocation(application, who)
        assert len(rank_round(scene.round, places=1)[0].marks) == 2
    with scene.inside(who):
        conflict = declare_assessor_conflict(allocation=allocation, kind="worked", by=who.actor)
    with scene.inside(staff):
        assert len(rank_round(scene.round, places=1)[0].marks) == 1
        assert "Assessment is over" in Message.objects.get(kind="selection.conflict").body_text
        lift_conflict(declaration=conflict, reason="Mistaken", by=staff.actor)
        assert len(rank_round(scene.round, places=1)[0].marks) == 2
        # what was suspended half done, before moderation, doesn't hold moderation up when it comes back
        row = record_conflict(application=application, person=who.person, kind="other", by=staff.actor)
        AssessorAllocation.objects.filter(pk=allocation.pk).update(finished_at=None)
        lift_conflict(declaration=row, reason="Mistaken", by=staff.actor)
        assert AssessorAllocation.objects.get(pk=allocation.pk).withdrawn_at is not None
        assert rank_round(scene.round, places=1)[0].waiting == 0


def test_a_moderator_with_a_conflict_neither_reads_nor_moderates(essex, staff):
    """Declared, and found by itself; staff of the host's own organisation aren't barred by that alone."""
    scene = make_scene(essex, staff, applications=3, assessors=2, places=2).moderating()
    declared, managed, free = scene.applications
    with scene.inside(staff):
        Person.objects.filter(pk=staff.person.pk).update(organisation=free.organisation)
        other = make_member(essex, "Sid Second", Role.STAFF)
        declare_conflict(person=staff.person, other=declared.applicant, kind="worked", by=staff.actor)
        Person.objects.filter(pk=managed.applicant_id).update(line_manager=staff.person)
    listed = staff.client.get(url(scene, "moderation-list") + "?show=all").content.decode()
    for row, closed in ((declared, True), (managed, True), (free, False)):
        page = url(scene, "moderation-detail", row.public_id)
        assert staff.client.get(page).status_code == (403 if closed else 200)
        assert other.client.get(page).status_code == 200
        line = listed[listed.index(row.reference) :].split("</tr>")[0]
        assert ("You have a conflict" in line) is closed and ("Assessor A" in line) is not closed
        with scene.inside(staff):
            values = {"points": Decimal(4), "reason": "Talked over", "version": 0}
            if closed:
                with pytest.raises(NotAllowed):
                    moderate_application(application=row, by=staff.actor, **values)
            else:
                assert moderate_application(application=row, by=staff.actor, **values).points == 4
    with scene.inside(staff), pytest.raises(Refused):
        agree_means(round=scene.round, applications=[declared.public_id], reason="x", by=staff.actor)
    with scene.inside(other):
        moderate_application(application=declared, by=other.actor, **values)
    # staff of a round in conflict stand on its record
    text = staff.client.get(url(scene, "conflict-list")).content.decode()
    assert staff.person.name in text and "Declared by one of the two" in text


def test_once_the_round_is_decided_nothing_is_declared_or_lifted(essex, staff):
    scene = make_scene(essex, staff, applications=2, assessors=3, places=1).moderating()
    application, who = scene.applications[0], scene.assessors[0]
    with scene.inside(staff):
        held = AssessorAllocation.objects.filter(application=application).select_related("assessor").first()
        early = record_conflict(application=application, person=held.assessor, kind="worked", by=staff.actor)
    with scene.inside(staff):
        SelectionRound.objects.filter(pk=scene.round.pk).update(state="decided")
        kept = (
            AssessorAllocation.objects.filter(application__round=scene.round, withdrawn_at__isnull=True)
            .select_related("application__applicant", "assessor")
            .first()
        )
        with pytest.raises(WrongState, match="has been decided"):
            lift_conflict(declaration=early, reason="late", by=staff.actor)
        with pytest.raises(WrongState):
            record_conflict(application=kept.application, person=kept.assessor, kind="worked", by=staff.actor)
        scores = Score.objects.count()
        # two people may still fall out: it binds what comes, and leaves the decision alone
        later = declare_conflict(person=kept.assessor, other=kept.application.applicant, kind="worked", by=SYSTEM)
        kept.refresh_from_db()
        assert kept.withdrawn_at is None and Score.objects.count() == scores > 0
        with pytest.raises(WrongState):
            lift_conflict(declaration=later, reason="late", by=staff.actor)
    assessor = next(a for a in scene.assessors if a.person.pk == kept.assessor_id)
    with scene.inside(assessor), pytest.raises((WrongState, NotAllowed)):
        declare_assessor_conflict(allocation=kept, kind="worked", by=assessor.actor)
    assert who.client.get(url(scene, "conflict-record")).status_code == 403
    text = staff.client.get(url(scene, "conflict-list")).content.decode()
    assert "nothing here can be declared or lifted any more" in text and "Lift it" not in text
    assert url(scene, "conflict-record") not in text


@pytest.mark.django_db(databases=["default", "sys"])
def test_applicants_name_people_in_confidence(essex, staff, stranger):
    with tenant_context(essex):
        round_ = make_round()
        application = make_application(round_, state="draft")
        ensure_person(name="Seen Elsewhere", email="nick@nephew.example", by=SYSTEM)
    known = make_member(essex, "Nora Niece")
    alice = make_member(essex, application.applicant.name, email=application.applicant.email)
    at = {"tenant": "essex", "public_id": application.public_id}
    page, detail = (reverse(f"selection:{n}", kwargs=at) for n in ("application-assessors", "application-detail"))
    assert "Who shouldn’t assess you" in alice.client.get(detail).content.decode()
    for who, status in ((staff, 403), (known, 403), (stranger, 404)):
        assert who.client.get(page).status_code == status
    assert alice.client.post(page, {"name": "", "email": "x", "reason": ""}).status_code == 422
    assert alice.client.post(page, {"name": "Me", "email": application.applicant.email}).status_code == 422
    for _click in range(2):
        alice.client.post(page, {"name": "nora  NIECE", "email": "", "reason": "A family quarrel."})
    alice.client.post(page, {"name": "Nick Nephew", "email": "Nick@Nephew.example", "reason": ""})
    alice.client.post(page, {"name": "Alice Applicant", "email": "other.alice@example.org", "reason": "Same name."})
    alice.client.post(page, {"name": "Nobody Known", "email": "", "reason": "Later."})
    text = alice.client.get(page).content.decode()
    assert "A family quarrel." in text and "Nick Nephew" in text and "Same name." in text
    with tenant_context(essex):
        assert AssessorObjection.objects.count() == 4 and not ConflictDeclaration.objects.exists()
        row = AssessorObjection.objects.get(name="Nobody Known")
        same = AssessorObjection.objects.get(email="other.alice@example.org")
    take = reverse("selection:objection-remove", kwargs={"tenant": "essex", "public_id": same.public_id})
    for who in (staff, known, stranger):
        assert who.client.post(take).status_code == 404
    assert alice.client.post(take).status_code == 302
    alice.client.post(reverse("selection:application-submit", kwargs=at))
    with tenant_context(essex):
        made = ConflictDeclaration.objects.select_related("other")
        assert {(d.other.name, d.known, d.kind) for d in made} == {
            ("Nora Niece", "application", "veto"),
            ("Seen Elsewhere", "application", "veto"),
        }
        assert conflicts_between(application.applicant_id, known.person.pk)
    # sent: the list is closed, and nothing tells the applicant whom the tenant knows
    assert alice.client.get(page).status_code == 302
    assert alice.client.post(page, {"name": "Fourth"}).status_code == 422
    conflicts = reverse("tenancy:conflict-list", kwargs={"tenant": "essex"})
    copy = alice.client.get(reverse("tenancy:your-data-download", kwargs={"tenant": "essex"})).content.decode()
    assert "A family quarrel." in copy and "Nick Nephew" in copy
    for text in (alice.client.get(conflicts).content.decode(), copy):
        assert "Seen Elsewhere" not in text and "Nora Niece" not in text
    # staff read the reason; the person named never does, in SQL neither
    record = reverse("selection:conflict-list", kwargs={"tenant": "essex", "public_id": round_.public_id})
    text = staff.client.get(record).content.decode()
    assert "A family quarrel." in text and "Named in an application" in text
    assert "Nobody Known" in text and "Nobody of this name or address is here yet" in text
    with tenant_context(essex, staff.person):
        assert ObjectionReason.objects.count() == 2
    with tenant_context(essex, known.person):
        assert [r.text for r in ObjectionReason.objects.all()] == ["Later."]
    assert known.client.get(conflicts).content.decode().count("Alice") == 0
    assert row.public_id


def test_whoever_is_named_and_comes_later_is_barred_and_staff_may_lift_it(essex, staff):
    scene = make_scene(essex, staff, applications=2, assessors=3)
    application = scene.applications[0]
    with scene.inside(staff):
        objection = AssessorObjection.objects.create(
            application=application, name="assessor a", named_at=timezone.now()
        )
        ObjectionReason.objects.create(objection=objection, text="We were partners.")
        named = scene.assessors[0].person
        done = start_assessment(round=scene.round, by=staff.actor)
        assert done.missing == 0
        assert not application.allocations.filter(assessor=named).exists()
        conflict = ConflictDeclaration.objects.get()
        lift_conflict(declaration=conflict, reason="Another Assessor A", by=staff.actor)
        allocate_assessors(round=scene.round, by=staff.actor)
        assert ConflictDeclaration.objects.count() == 1  # lifted stays lifted
        (row,) = [r for r in conflicts_on_record(scene.round, decided=None).rows if not r.automatic]
        assert (row.reason, row.lifted, row.how) == ("We were partners.", True, "Named in an application")


def test_the_record_asks_the_same_number_of_queries_whatever_its_length(essex, staff):
    scene = make_scene(essex, staff, applications=3, assessors=3)
    scene.start()
    record = url(scene, "conflict-list")
    with scene.inside(staff):
        record_conflict(
            application=scene.applications[0], person=scene.assessors[0].person, kind="worked", by=staff.actor
        )
    few = page_queries(staff.client, record)
    with scene.inside(staff):
        for a in scene.applications[1:]:
            record_conflict(application=a, person=scene.assessors[1].person, kind="worked", by=staff.actor)
    assert page_queries(staff.client, record) == few <= 18
    form = staff.client.get(url(scene, "conflict-record")).content.decode()
    assert "Assessor A" in form and scene.applications[0].reference in form
    empty = staff.client.post(url(scene, "conflict-record"), {})
    assert empty.status_code == 422 and "Choose the application" in empty.content.decode()
    values = {"application": scene.applications[0].public_id, "person": scene.assessors[2].person.public_id}
    assert staff.client.post(url(scene, "conflict-record"), values | {"kind": "relative"}).status_code == 302


def at_once(*calls) -> list[object]:
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n: int) -> None:
        try:
            results[n] = calls[n](barrier)
        except Refused as refusal:
            results[n] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_two_declare_each_other_while_one_of_them_saves_scores(essex, staff):
    """One declaration, and never a readable score after it, whoever was first."""
    scene = make_scene(essex, staff, applications=1, assessors=3)
    scene.start()
    application = scene.applications[0]
    with scene.inside(staff):
        held = AssessorAllocation.objects.filter(application=application).select_related("assessor").first()
    who = next(a for a in scene.assessors if a.person.pk == held.assessor_id)

    def by_assessor(barrier):
        with scene.inside(who):
            allocation = scene.allocation(application, who)
            barrier.wait(timeout=10)
            return declare_assessor_conflict(allocation=allocation, kind="worked", by=who.actor)

    def by_applicant(barrier):
        with tenant_context(essex, application.applicant):
            barrier.wait(timeout=10)
            by = actor_of(application.applicant)
            return declare_conflict(person=application.applicant, other=who.person, kind="veto", by=by)

    def saving(barrier):
        with scene.inside(who):
            allocation = scene.allocation(application, who)
            barrier.wait(timeout=10)
            marks = {c.pk: Mark(4, "seen") for c in scene.criteria}
            return save_scores(allocation=allocation, marks=marks, by=who.actor, finish=True)

    results = at_once(by_assessor, by_applicant, saving)
    assert all(r is not None for r in results), results
    assert not isinstance(results[1], Refused)
    with scene.inside(staff):
        assert ConflictDeclaration.objects.count() == 1
        assert Suspension.objects.count() == 1
        assert AssessorAllocation.objects.get(pk=held.pk).withdrawn_because == "conflict"
        assert application.allocations.filter(withdrawn_at__isnull=True).count() == 2
    for reader in (staff, who):
        with scene.inside(reader):
            assert not Score.objects.filter(allocation=held).exists()
    with scene.inside(who), pytest.raises(NotAllowed):
        saving(threading.Barrier(1))


def test_services_ask_who_may(essex, staff, bystander):
    scene = make_scene(essex, staff, applications=1, assessors=1)
    application = scene.applications[0]
    with scene.inside(bystander):
        with pytest.raises(NotAllowed):
            record_conflict(application=application, person=staff.person, kind="worked", by=bystander.actor)
        with pytest.raises(NotAllowed):
            object_to_assessor(application=application, name="X", by=bystander.actor)
    with scene.inside(staff), pytest.raises(Refused):
        record_conflict(application=application, person=application.applicant, kind="worked", by=staff.actor)
