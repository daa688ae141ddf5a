"""An assessment centre: set up, called, booked, observed, marked, closed; what refuses, and what the database itself refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from engine.transitions import history, possible, transition
from reminders.models import Message
from selection.models import (
    Application,
    AssessmentCentre,
    CentreArrangement,
    CentrePlace,
    CentreSlot,
    Exercise,
    ObservedMark,
    Observer,
    SelectionRound,
)
from selection.selectors.centre import slots_with_room
from selection.services.applications import withdraw_application
from selection.services.assessment import Mark, start_moderation
from selection.services.centre import (
    add_exercise,
    add_slot,
    call_application,
    call_off_centre,
    change_centre,
    change_exercise,
    close_centre,
    open_booking,
    release_place,
    remove_exercise,
    set_up_centre,
    withdraw_slot,
)
from selection.services.centre_places import SlotGone, book_slot, give_slot, note_came, note_missed, tell_observers
from selection.services.observing import name_observer, save_marks, withdraw_observer
from selection.states import CENTRE, CENTRE_PLACE, SEATED, ApplicationState, CentrePlaceState, CentreState, RoundState
from tenancy.actors import Actor
from tenancy.conflicts import conflicts_between
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Change
from tenancy.privacy import export_person
from tenancy.services.conflicts import declare_conflict, hold_ties, lift_conflict
from tenancy.services.people import change_line_manager
from tests.clock import travel
from tests.conftest import make_member
from tests.selection.assess_setup import make_scene
from tests.selection.centre_setup import make_centre

SYSTEM = Actor.system("table")
S, P = CentreState, CentrePlaceState


def by_reference(application, _assessor):
    """The first reference is the best: 7, 6, 5, 4 points on everything."""
    return [7 - int(application.reference[-4:])] * 3


@pytest.fixture
def centre(essex, staff):
    return make_centre(essex, staff, points=by_reference)


@pytest.fixture
def booked(centre):
    """The first three of the ranking are called; two have chosen a time."""
    centre.call(0, 1, 2)
    centre.book(0, 0)
    centre.book(1, 1)
    return centre


def test_it_is_switched_on_once_everything_is_scored_and_moderation_waits_for_it(essex, staff, bystander):
    scene = make_scene(essex, staff, applications=2, assessors=2)
    by_then = timezone.now() + timedelta(days=5)
    with scene.inside(staff), pytest.raises(WrongState):
        set_up_centre(round=scene.round, places=2, weight=40, book_by=by_then, by=staff.actor)
    scene.start()
    with scene.inside(staff), pytest.raises(Refused, match="Scores are still missing"):
        set_up_centre(round=scene.round, places=2, weight=40, book_by=by_then, by=staff.actor)
    scene.score_all(by_reference)
    with scene.inside(bystander), pytest.raises(NotAllowed):
        set_up_centre(round=scene.round, places=2, weight=40, book_by=by_then, by=bystander.actor)
    with scene.inside(staff):
        for wrong in ({"places": 0}, {"weight": 9}, {"weight": 61}, {"book_by": timezone.now()}):
            with pytest.raises(Refused) as refused:
                set_up_centre(
                    **{"round": scene.round, "places": 2, "weight": 40, "book_by": by_then, "by": staff.actor} | wrong
                )
            assert refused.value.field == next(iter(wrong))
        made = set_up_centre(round=scene.round, places=2, weight=40, book_by=by_then, by=staff.actor)
        again = set_up_centre(round=scene.round, places=2, weight=40, book_by=by_then, by=staff.actor)
        assert again == made
        with pytest.raises(WrongState):
            set_up_centre(round=scene.round, places=3, weight=40, book_by=by_then, by=staff.actor)
        with pytest.raises(Refused, match="isn’t over"):
            start_moderation(round=scene.round, by=staff.actor)
        with pytest.raises(Refused):
            call_off_centre(centre=made, reason=" ", by=staff.actor)
        call_off_centre(centre=made, reason="No room to be had", by=staff.actor)
        start_moderation(round=scene.round, by=staff.actor)
        assert SelectionRound.objects.get().state == RoundState.MODERATING


def test_exercises_and_times_before_booking_and_not_after(centre, essex):
    staff, scene = centre.staff, centre.scene
    with centre.inside():
        assert [(s.ends_at - s.starts_at).seconds for s in CentreSlot.objects.all()] == [75 * 60] * 3
        change_exercise(
            exercise=centre.group, name="Group task", minutes=60, criteria=[scene.criteria[2]], together=True,
            version=1, by=staff.actor,
        )  # fmt: skip
        assert {(s.ends_at - s.starts_at).seconds for s in CentreSlot.objects.all()} == {90 * 60}
        assert [c.criterion_id for c in centre.group.criteria.all()] == [scene.criteria[2].pk]
        with pytest.raises(StaleEdit):
            change_exercise(
                exercise=centre.group, name="Other", minutes=60, criteria=scene.criteria, version=1, by=staff.actor
            )
        foreign = make_scene(essex, staff, applications=1).criteria
        for wrong in ({"name": " "}, {"minutes": 4}, {"minutes": 241}, {"criteria": []}, {"criteria": foreign}):
            asked = {"name": "Talk", "minutes": 20, "criteria": scene.criteria[:1]} | wrong
            with pytest.raises(Refused) as refused:
                add_exercise(centre=centre.centre, by=staff.actor, **asked)
            assert refused.value.field == next(iter(wrong))
        talk = add_exercise(centre=centre.centre, name="Talk", minutes=20, criteria=scene.criteria[:1], by=staff.actor)
        assert talk.position == 3
        remove_exercise(exercise=talk, by=staff.actor)
        remove_exercise(exercise=talk, by=staff.actor)
        remove_exercise(exercise=centre.group, by=staff.actor)
        with pytest.raises(Refused, match="Take the times out first"):
            remove_exercise(exercise=centre.interview, by=staff.actor)
        first = centre.slots[0]
        for wrong in ({"room": 0}, {"where": " "}, {"starts_at": timezone.now()}, {"starts_at": first.starts_at}):
            asked = {"starts_at": first.starts_at + timedelta(days=1), "where": "Room 1", "room": 1} | wrong
            with pytest.raises(Refused) as refused:
                add_slot(centre=centre.centre, by=staff.actor, **asked)
            assert refused.value.field == next(iter(wrong))
    centre.call(0, 1, 2)
    with centre.inside():
        # the database says so too, whoever asks
        assert Exercise.objects.filter(pk=centre.interview.pk).update(minutes=5) == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Exercise.objects.create(centre=centre.centre, position=9, name="Late", minutes=5)
        held = centre.fresh()
        with pytest.raises(Refused) as refused:
            change_centre(centre=held, places=3, weight=50, book_by=held.book_by, version=held.version, by=staff.actor)
        assert refused.value.field == "weight"
        later = held.book_by + timedelta(hours=5)
        changed = change_centre(centre=held, places=4, weight=40, book_by=later, version=held.version, by=staff.actor)
        assert (changed.places, changed.book_by) == (4, later)
        with pytest.raises(StaleEdit):
            change_centre(centre=held, places=3, weight=40, book_by=later, version=1, by=staff.actor)


def test_the_ranking_proposes_and_a_reason_stands_in_the_history(centre):
    staff, applications = centre.staff, centre.scene.applications
    with pytest.raises(Refused) as refused:
        centre.call(0, 1, 3)
    assert refused.value.field == "reasons"
    with pytest.raises(Refused, match="Only 3 people"):
        centre.call(0, 1, 2, 3, reasons={3: "A strong case"})
    with centre.inside():
        withdraw_slot(slot=centre.slots[2], by=staff.actor)
    with pytest.raises(Refused, match="room for 2 people"):
        centre.call(0, 1, 2)
    with centre.inside():
        add_slot(centre=centre.centre, starts_at=centre.slots[2].starts_at, where="Room 1", room=2, by=staff.actor)
    centre.call(0, 1, 3, reasons={3: "A strong case", 2: "Away all summer"})
    with centre.inside():
        assert {p.application_id for p in CentrePlace.objects.all()} == {applications[n].pk for n in (0, 1, 3)}
        told = {
            n: [(c.name, c.reason) for c in history(applications[n]) if c.name.startswith("centre_")] for n in range(4)
        }
        assert told == {
            0: [("centre_call", "")],
            1: [("centre_call", "")],
            2: [("centre_leave_out", "Away all summer")],
            3: [("centre_call", "A strong case")],
        }
        with pytest.raises(WrongState):
            open_booking(centre=centre.centre, called=[applications[0].public_id], by=staff.actor)


def test_whoever_has_a_conflict_neither_adds_nor_leaves_out(centre):
    staff, applications = centre.staff, centre.scene.applications
    with centre.inside():
        declare_conflict(person=staff.person, other=applications[3].applicant, kind="other", by=staff.actor)
    with pytest.raises(NotAllowed):
        centre.call(0, 1, 3, reasons={3: "A friend", 2: "No friend"})
    centre.call(0, 1, 2)
    with centre.inside():
        release_place(place=centre.place(2), reason="Ill", by=staff.actor)
        with pytest.raises(NotAllowed):
            call_application(application=applications[3], reason="A friend", by=staff.actor)
        call_application(application=applications[2], reason="Well again", by=staff.actor)
        assert centre.place(2).state == P.CALLED


def test_an_applicant_chooses_and_moves_and_nobody_else_does(booked, bystander):
    scene, staff = booked.scene, booked.staff
    third = scene.member(scene.applications[2])
    with booked.inside():
        assert {s.pk: s.left for s in slots_with_room(booked.centre)} == {
            s.pk: left for s, left in zip(booked.slots, (0, 0, 1), strict=True)
        }
    with booked.inside(bystander), pytest.raises(NotAllowed):
        book_slot(place=booked.place(2), slot=booked.slots[2], by=bystander.actor)
    with booked.inside(third):
        with pytest.raises(SlotGone):
            book_slot(place=booked.place(2), slot=booked.slots[0], by=third.actor)
        assert booked.place(2).state == P.CALLED
        book_slot(place=booked.place(2), slot=booked.slots[2], by=third.actor)
        again = book_slot(place=booked.place(2), slot=booked.slots[2], by=third.actor)
        assert (again.state, again.sequence, again.given_by_id) == (P.BOOKED, 1, None)
        with travel(booked.centre.book_by), pytest.raises(WrongState):
            book_slot(place=booked.place(2), slot=booked.slots[2], by=third.actor)
    with booked.inside():
        # staff give a time after that day, and don't overwrite what somebody chose meanwhile
        with pytest.raises(Refused, match="has booked this time"):
            withdraw_slot(slot=booked.slots[2], by=staff.actor)
        spare = add_slot(
            centre=booked.centre, starts_at=booked.slots[0].starts_at, where="Room 2", room=1, by=staff.actor
        )
        with pytest.raises(StaleEdit):
            give_slot(place=booked.place(2), slot=spare, sequence=0, by=staff.actor)
        with travel(booked.centre.book_by + timedelta(hours=1)):
            given = give_slot(place=booked.place(2), slot=spare, sequence=1, by=staff.actor)
        assert (given.slot_id, given.given_by_id, given.sequence) == (spare.pk, staff.person.pk, 2)
        withdraw_slot(slot=booked.slots[2], by=staff.actor)
        with pytest.raises(SlotGone):
            give_slot(place=booked.place(2), slot=booked.slots[2], sequence=2, by=staff.actor)


def test_whoever_withdraws_frees_their_time(booked):
    scene = booked.scene
    who = scene.member(scene.applications[0])
    with booked.inside(who):
        withdraw_application(application=scene.fresh(scene.applications[0]), by=who.actor)
        place = booked.place(0)
        assert (place.state, place.slot_id) == (P.RELEASED, None)
    booked.book(2, 0)
    with booked.inside():
        assert booked.place(2).slot_id == booked.slots[0].pk


def test_observers_are_independent_two_at_most_and_in_one_place_at_a_time(essex, staff):
    centre = make_centre(essex, staff, points=by_reference, assessors=6, rooms=(2, 1))
    centre.call(0, 1, 2)
    centre.book(0, 0)
    centre.book(1, 0)
    scene = centre.scene
    free = centre.free_observers(scene.applications[0])
    both = [who for who in free if who in centre.free_observers(scene.applications[1])]
    scored = next(who for who in scene.assessors if who not in free)
    with pytest.raises(Refused) as refused:
        centre.watch(0, centre.interview, scored)
    assert refused.value.field == "reason"
    with pytest.raises(Refused, match="assessors"):
        centre.watch(0, centre.interview, make_member(essex, "Otto Other"))
    with pytest.raises(WrongState):
        centre.watch(2, centre.interview, free[0])
    one = centre.watch(0, centre.interview, both[0])
    assert centre.watch(0, centre.interview, both[0]) == one
    assert (one.starts_at, one.ends_at) == (
        centre.slots[0].starts_at,
        centre.slots[0].starts_at + timedelta(minutes=30),
    )
    # alone with each of two people at once: no; the group task that both of them do: yes, it's the same room, and after the interview
    with pytest.raises(Refused, match="something else at that time"):
        centre.watch(1, centre.interview, both[0])
    for n in (0, 1):
        assert centre.watch(n, centre.group, both[0]).starts_at == one.ends_at
    # another group at an overlapping time is another room, though it's the same exercise
    with centre.inside():
        late = add_slot(
            centre=centre.centre,
            starts_at=centre.slots[0].starts_at + timedelta(minutes=15),
            where="Room 2",
            room=1,
            by=staff.actor,
        )
        give_slot(place=centre.place(2), slot=late, sequence=0, by=staff.actor)
    for exercise in (centre.group, centre.interview):
        with pytest.raises(Refused, match="something else at that time"):
            centre.watch(2, exercise, both[0], reason="needed")
    # two at most
    others = [who for who in scene.assessors if who is not both[0]]
    centre.watch(0, centre.interview, others[0], reason="needed")
    with pytest.raises(Refused, match="has its observers already"):
        centre.watch(0, centre.interview, others[1], reason="needed")
    # a time that moves takes its observers' parts back, and they can be named again
    centre.book(0, 1)
    with centre.inside():
        assert not Observer.objects.filter(place=centre.place(0), withdrawn_at__isnull=True).exists()
    again = centre.watch(0, centre.interview, both[0])
    assert again.pk == one.pk and again.starts_at == centre.slots[1].starts_at
    with centre.inside():
        with pytest.raises(Refused) as refused:
            withdraw_observer(observer=again, reason="", by=staff.actor)
        assert refused.value.field == "reason"
        withdraw_observer(observer=again, reason="Ill", by=staff.actor)
        assert withdraw_observer(observer=again, reason="Ill", by=staff.actor).withdrawn_because == "dropped_out"
        assert Change.objects.filter(name="withdraw_observer").count() == 1


def test_the_database_lets_nobody_be_in_two_rooms(essex, staff):
    """The same exercise in two times that overlap, straight to the table."""
    centre = make_centre(essex, staff, points=by_reference, assessors=6, rooms=(2, 1, 1))
    centre.call(0, 1, 2)
    with centre.inside():
        person = centre.scene.assessors[0].person
        first, second = centre.slots[0], centre.slots[1]
        hour = {"starts_at": first.starts_at, "ends_at": first.ends_at}
        places = list(CentrePlace.objects.order_by("pk"))

        def row(place, slot, exercise, together, **more):
            return Observer(place=place, slot=slot, exercise=exercise, together=together, person=person, **hour | more)

        row(places[0], first, centre.group, True).save()
        # everybody of that slot in one room
        row(places[1], first, centre.group, True).save()
        refused = {
            "observer_in_one_room_at_a_time": row(places[2], second, centre.group, True),
            "observer_in_one_exercise_at_a_time": row(places[2], first, centre.interview, True),
        }
        for name, bad in refused.items():
            with pytest.raises(DatabaseError, match=name), transaction.atomic():
                bad.save()
        # straight after it, and where a part was taken back, there's nothing in the way
        row(
            places[2], second, centre.group, True, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1)
        ).save()
        row(places[2], second, centre.interview, False, withdrawn_at=timezone.now()).save()


def test_marks_are_hidden_until_all_observers_of_the_person_are_done(booked, bystander):
    scene, staff = booked.scene, booked.staff
    first, second = booked.free_observers(scene.applications[0])[:2]
    one = booked.watch(0, booked.interview, first)
    two = booked.watch(0, booked.group, second)

    def read(who) -> list:
        with booked.inside(who):
            return sorted(ObservedMark.objects.values_list("points", flat=True))

    with booked.inside(first):
        criteria = {c.pk: Mark(5) for c in scene.criteria}
        with pytest.raises(WrongState, match="hasn’t begun"):
            save_marks(observer=one, marks=criteria, by=first.actor)
        with travel(one.starts_at):
            with pytest.raises(NotAllowed):
                save_marks(observer=two, marks=criteria, by=first.actor)
            with pytest.raises(Refused, match="from 1 to 7"):
                save_marks(observer=one, marks={scene.criteria[0].pk: Mark(8)}, by=first.actor)
            with pytest.raises(Refused) as refused:
                save_marks(observer=one, marks={scene.criteria[0].pk: Mark(5)}, by=first.actor, finish=True)
            assert refused.value.field == f"points_{scene.criteria[1].public_id}"
            # only what the exercise is evidence for is kept
            save_marks(observer=one, marks=criteria, by=first.actor)
    assert (read(first), read(second), read(staff), read(bystander)) == ([5, 5], [], [], [])
    with booked.inside():
        place = booked.place(0)
        assert place.state == P.CAME
        with travel(one.ends_at), pytest.raises(WrongState, match="so they came"):
            note_missed(place=place, by=staff.actor)
    booked.mark(one, first, [5, 6])
    assert (read(first), read(second), read(staff)) == ([5, 6], [], [])
    with booked.inside(first):
        # finished is finished, in the database too
        assert ObservedMark.objects.update(points=1) == 0
        with travel(one.ends_at), pytest.raises(WrongState, match="finished"):
            save_marks(observer=one, marks={}, by=first.actor)
    booked.mark(two, second, [3, 4])
    assert read(first) == read(second) == read(staff) == [3, 4, 5, 6]
    with booked.inside():
        with pytest.raises(WrongState, match="finished marking"):
            withdraw_observer(observer=one, reason="Ill", by=staff.actor)
        assert "selection.observer" in {
            c.kind for c in conflicts_between(first.person.pk, scene.applications[0].applicant_id)
        }


def test_a_conflict_takes_an_observers_part_and_its_marks_and_lifting_gives_them_back(booked):
    scene, staff = booked.scene, booked.staff
    applicant = scene.applications[0].applicant
    first, second = booked.free_observers(scene.applications[0])[:2]
    one, two = booked.watch(0, booked.interview, first), booked.watch(0, booked.interview, second)
    booked.mark(one, first, [2, 2])
    booked.mark(two, second, [6, 6])

    def seen() -> list[int]:
        with booked.inside():
            return sorted(ObservedMark.objects.values_list("points", flat=True))

    assert seen() == [2, 2, 6, 6]
    with booked.inside():
        declared = declare_conflict(person=first.person, other=applicant, kind="other", by=staff.actor)
        row = Observer.objects.get(pk=one.pk)
        assert row.withdrawn_because == "conflict"
        assert [c.name for c in history(scene.applications[0])].count("observer_conflict") == 1
        (told,) = Message.objects.filter(kind="selection.observer_conflict")
        assert told.recipient_id == staff.person.pk and first.person.name in told.subject
        (gone,) = Message.objects.filter(kind="selection.not_observing", recipient=first.person)
        assert "METHOD:CANCEL" in gone.calendar_text and "conflict" not in gone.body_text
        with pytest.raises(Refused, match="can’t observe"):
            name_observer(place=booked.place(0), exercise=booked.group, person=first.person, by=staff.actor)
    assert seen() == [6, 6]
    with booked.inside(first), travel(booked.after()):
        # their own too, for themselves
        assert set(ObservedMark.objects.values_list("points", flat=True)) == {6}
        with pytest.raises(NotAllowed):
            save_marks(observer=one, marks={}, by=first.actor)
    with booked.inside():
        lift_conflict(declaration=declared, reason="A namesake", by=staff.actor)
        assert Observer.objects.get(pk=one.pk).withdrawn_at is None
    assert seen() == [2, 2, 6, 6]
    page = reverse("selection:conflict-list", kwargs={"tenant": "essex", "public_id": scene.round.public_id})
    record = staff.client.get(page).content.decode()
    assert "Observing: Interview" in record and "given back on" in record
    assert b"Observing: Interview" in b"".join(staff.client.get(page + "?download=csv"))


def test_a_tie_that_arises_takes_a_part_and_gives_it_back_when_it_ends(booked):
    """Through the hook that every service calls which makes or ends a tie."""
    scene, staff = booked.scene, booked.staff
    applicant = scene.applications[0].applicant
    who, other = booked.free_observers(scene.applications[0])[:2]
    part, stays = booked.watch(0, booked.interview, who), booked.watch(0, booked.interview, other)
    with booked.inside():
        hold_ties()
        change_line_manager(person=applicant, manager=who.person, by=staff.actor)
        part.refresh_from_db()
        stays.refresh_from_db()
        assert (part.withdrawn_because, part.restored_at, stays.withdrawn_at) == ("conflict", None, None)
        change_line_manager(person=applicant, manager=scene.applications[1].applicant, by=staff.actor)
        part.refresh_from_db()
        assert part.withdrawn_at is None and part.restored_at is not None and part.sequence == 3


def test_it_closes_when_everybody_is_accounted_for_and_marked(booked):
    staff, scene = booked.staff, booked.scene
    first, second = booked.free_observers(scene.applications[0])[:2]
    with booked.inside(), travel(booked.after()):
        with pytest.raises(Refused, match="Say first whether these came"):
            close_centre(centre=booked.centre, by=staff.actor)
        release_place(place=booked.place(2), reason="Ill", by=staff.actor)
        note_missed(place=booked.place(1), by=staff.actor)
        note_missed(place=booked.place(1), by=staff.actor)
    with booked.inside(), pytest.raises(WrongState, match="still to come"):
        note_came(place=booked.place(0), by=staff.actor)
    one = booked.watch(0, booked.interview, first)
    booked.mark(one, first, [5, 5])
    reference = scene.applications[0].reference
    with booked.inside(), travel(booked.after()), pytest.raises(Refused, match=f"missing of {reference}"):
        close_centre(centre=booked.centre, by=staff.actor)
    two = booked.watch(0, booked.group, second)
    with booked.inside(), travel(booked.after()), pytest.raises(Refused, match=f"missing of {reference}"):
        close_centre(centre=booked.centre, by=staff.actor)
    booked.mark(two, second, [5, 5])
    with booked.inside(), travel(booked.after()):
        with pytest.raises(Refused, match="isn’t over"):
            start_moderation(round=scene.round, by=staff.actor)
        close_centre(centre=booked.centre, by=staff.actor)
        start_moderation(round=scene.round, by=staff.actor)
        assert AssessmentCentre.objects.get().state == S.HELD


def test_observers_read_what_was_arranged_and_others_dont(booked, bystander):
    scene, staff = booked.scene, booked.staff
    who = booked.free_observers(scene.applications[0])[0]
    booked.watch(0, booked.interview, who)
    applicant, other = scene.member(scene.applications[0]), scene.member(scene.applications[1])
    with booked.inside():
        told = tell_observers(place=booked.place(0), text=" Twenty minutes  more ", version=0, by=staff.actor)
        assert told is not None and told.text == "Twenty minutes more"
        with pytest.raises(StaleEdit):
            tell_observers(place=booked.place(0), text="Ten", version=0, by=staff.actor)
    for reader, sees in ((applicant, True), (who, True), (staff, True), (other, False), (bystander, False)):
        with booked.inside(reader):
            assert CentreArrangement.objects.exists() is sees, reader.person.name
    with booked.inside(bystander), pytest.raises(NotAllowed):
        tell_observers(place=booked.place(0), text="Nothing", version=1, by=bystander.actor)
    with booked.inside():
        assert tell_observers(place=booked.place(0), text="", version=1, by=staff.actor) is None
        assert not CentreArrangement.objects.exists()


# what an applicant answered about themselves is read as portal_sys
@pytest.mark.django_db(databases=["default", "owner", "sys"])
def test_the_copy_of_ones_data_has_ones_own_and_the_marks_once_told(booked):
    scene = booked.scene
    applicant = scene.member(scene.applications[0])
    who = booked.free_observers(scene.applications[0])[0]
    booked.mark(booked.watch(0, booked.interview, who), who, [5, 6])

    def copy(reader):
        with booked.inside(reader):
            return str(export_person(reader.person))

    assert "Room 1" in copy(applicant) and "heard" not in copy(applicant)
    assert "heard" in copy(who) and scene.applications[0].reference in copy(who)
    with booked.inside():
        Application.objects.filter(pk=scene.applications[0].pk).update(state=ApplicationState.NOT_SELECTED)
    assert "heard" in copy(applicant) and who.person.name not in str(copy(applicant))


# --- every state and every action ---


def put(centre, state, place_state=None):
    AssessmentCentre.objects.filter(pk=centre.centre.pk).update(state=state)
    if place_state is not None:
        slot = centre.slots[0] if place_state in SEATED else None
        CentrePlace.objects.filter(application=centre.scene.applications[0]).update(state=place_state, slot=slot)


def outcome(call) -> str:
    """What came of it, undone again."""
    try:
        with transaction.atomic():
            call()
            transaction.set_rollback(True)
    except (WrongState, NotAllowed, Refused) as error:
        return type(error).__name__
    return "done"


def test_every_state_of_a_centre_against_every_action(booked):
    scene, staff = booked.scene, booked.staff
    by, centre, later = staff.actor, booked.centre, booked.after()
    who = booked.free_observers(scene.applications[0])[0]
    row = booked.watch(0, booked.interview, who)
    applicant = scene.member(scene.applications[0])

    def version() -> dict:
        held = booked.fresh()
        return {"book_by": held.book_by, "version": held.version}

    def at_the_end(call):
        def run():
            with travel(later):
                call()

        return run

    def release_all_and_close():
        for n in range(3):
            release_place(place=booked.place(n), reason="why", by=by)
        close_centre(centre=centre, by=by)

    more = {"starts_at": later, "where": "Room 3", "room": 1}
    fixed = {"name": "Talk", "minutes": 20, "criteria": scene.criteria}
    acts = {
        "change": (
            lambda: change_centre(centre=centre, places=3, weight=40, by=by, **version()),
            {S.PREPARED, S.BOOKING},
        ),
        "add exercise": (lambda: add_exercise(centre=centre, by=by, **fixed), {S.PREPARED}),
        "change exercise": (lambda: change_exercise(exercise=booked.group, version=1, by=by, **fixed), {S.PREPARED}),
        "remove exercise": (lambda: remove_exercise(exercise=booked.group, by=by), {S.PREPARED}),
        "add slot": (lambda: add_slot(centre=centre, by=by, **more), {S.PREPARED, S.BOOKING}),
        "withdraw slot": (lambda: withdraw_slot(slot=booked.slots[2], by=by), {S.PREPARED, S.BOOKING}),
        "call": (
            lambda: [
                release_place(place=booked.place(2), reason="why", by=by),
                call_application(application=scene.applications[3], reason="why", by=by),
            ],
            {S.BOOKING},
        ),
        "release": (lambda: release_place(place=booked.place(2), reason="why", by=by), {S.BOOKING}),
        "book": (
            lambda: book_slot(place=booked.place(0), slot=booked.slots[2], by=applicant.actor),
            {S.BOOKING},
        ),
        "give": (
            lambda: give_slot(place=booked.place(2), slot=booked.slots[2], sequence=0, by=by),
            {S.BOOKING},
        ),
        "came": (at_the_end(lambda: note_came(place=booked.place(0), by=by)), {S.BOOKING}),
        "missed": (at_the_end(lambda: note_missed(place=booked.place(0), by=by)), {S.BOOKING}),
        "observe": (
            lambda: name_observer(place=booked.place(0), exercise=booked.group, person=who.person, by=by),
            {S.BOOKING},
        ),
        "mark": (at_the_end(lambda: save_marks(observer=row, marks={}, by=who.actor)), {S.BOOKING}),
        "close": (release_all_and_close, {S.BOOKING}),
        "call off": (lambda: call_off_centre(centre=centre, reason="why", by=by), {S.PREPARED, S.BOOKING}),
    }
    with booked.inside():
        for state in CentreState:
            for name, (call, allowed) in acts.items():
                put(booked, state)
                found = outcome(call)
                assert found == ("done" if state in allowed else "WrongState"), (state, name)


def test_every_state_of_a_place_against_every_action(booked):
    scene, staff = booked.scene, booked.staff
    by, later = staff.actor, booked.after()
    who = booked.free_observers(scene.applications[0])[0]
    row = booked.watch(0, booked.interview, who)
    applicant = scene.member(scene.applications[0])

    def at_the_end(call):
        def run():
            with travel(later):
                call()

        return run

    def give():
        give_slot(place=booked.place(0), slot=booked.slots[2], sequence=booked.place(0).sequence, by=by)

    free, seated = {P.CALLED, P.BOOKED}, {P.BOOKED, P.CAME}
    acts = {
        "book": (lambda: book_slot(place=booked.place(0), slot=booked.slots[2], by=applicant.actor), free),
        "give": (give, free),
        # said twice is said once
        "came": (at_the_end(lambda: note_came(place=booked.place(0), by=by)), {P.BOOKED, P.CAME, P.MISSED}),
        "missed": (at_the_end(lambda: note_missed(place=booked.place(0), by=by)), {P.BOOKED, P.CAME, P.MISSED}),
        "release": (lambda: release_place(place=booked.place(0), reason="why", by=by), free),
        "observe": (
            lambda: name_observer(place=booked.place(0), exercise=booked.group, person=who.person, by=by),
            seated,
        ),
        "mark": (at_the_end(lambda: save_marks(observer=row, marks={}, by=who.actor)), seated),
        # whoever is called already stays as they are
        "call": (
            lambda: call_application(application=scene.applications[0], reason="why", by=by),
            set(P),
        ),
    }
    with booked.inside():
        for state in P:
            for name, (call, allowed) in acts.items():
                put(booked, S.BOOKING, state)
                found = outcome(call)
                assert found == ("done" if state in allowed else "WrongState"), (state, name)


@pytest.mark.parametrize("step", [*CENTRE, *CENTRE_PLACE], ids=lambda t: t.name)
def test_the_tables_themselves(booked, bystander, step):
    model, states = (AssessmentCentre, S) if step in CENTRE else (CentrePlace, P)
    slot = booked.slots[0]

    def row():
        return booked.fresh() if model is AssessmentCentre else booked.place(0)

    with booked.inside():
        for state in states:
            fields = {}
            if model is CentrePlace:
                fields = {"slot": slot if step.target in SEATED else None}
                put(booked, S.BOOKING, state)
            else:
                put(booked, state)
            assert possible(row(), bystander.actor) == []
            with pytest.raises(NotAllowed):
                transition(row(), step.name, by=bystander.actor, reason="why", **fields)
            if step.needs_reason and state in step.source:
                with pytest.raises(Refused):
                    transition(row(), step.name, by=SYSTEM, reason=" ", **fields)
            if state in step.source:
                transition(row(), step.name, by=SYSTEM, reason="why", **fields)
                assert row().state == step.target
            else:
                with pytest.raises(WrongState):
                    transition(row(), step.name, by=SYSTEM, reason="why", **fields)
                assert row().state == state
