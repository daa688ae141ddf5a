"""Staff run an assessment centre in the browser, from setting it up to closing it; what everybody is told on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from reminders.models import Message
from reminders.selectors import read_obligations
from selection.face_centre import calendar_of
from selection.models import (
    AdjustmentNeed,
    AdjustmentRequest,
    AssessmentCentre,
    AssessorAllocation,
    CentrePlace,
    Exercise,
    Observer,
)
from selection.selectors.rota import plan_rota
from selection.services.centre import call_off_centre, release_place
from selection.services.centre_places import book_slot, give_slot
from selection.services.observing import fill_rota, withdraw_observer
from selection.services.support import say_needs
from selection.states import CentrePlaceState, CentreState
from tenancy.errors import Refused, WrongState
from tests.clock import travel
from tests.conftest import cast_member
from tests.queries import page_queries
from tests.selection.assess_setup import make_scene
from tests.selection.centre_setup import make_centre


def at(name, row, **more):
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": row.public_id, **more})


def by_rank(application, _index):
    return [7 - int(application.reference[-4:])] * 3


def mails(kind, to=None):
    rows = Message.objects.filter(kind=f"selection.{kind}").order_by("pk")
    return list(rows if to is None else rows.filter(recipient=to))


def in_calendar(message):
    """Method, sequence and status of the entry that goes with it."""
    calendar = Calendar.from_ical(message.calendar_text)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["method"]), int(event["sequence"]), str(event["status"]), str(event["uid"])


def day_fields(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def test_staff_run_one_from_setting_up_to_closing(essex, staff):
    scene = make_scene(essex, staff, applications=4, assessors=4, places=2)
    scene.start()
    home = at("centre-detail", scene.round)
    assert "once every application is scored" in staff.client.get(home).content.decode()
    scene.score_all(by_rank)
    page = staff.client.get(home).content.decode()
    assert (
        at("centre-set-up", scene.round) in page
        and home in staff.client.get(at("assess-round", scene.round)).content.decode()
    )

    today = timezone.localdate()
    form = {"places": 2, "weight": 70, **day_fields("book_by", today + timedelta(days=5))}
    assert staff.client.post(at("centre-set-up", scene.round), form).status_code == 422
    assert staff.client.post(at("centre-set-up", scene.round), form | {"weight": 40}).status_code == 302
    assert "add those first" in staff.client.get(home).content.decode()
    one, two = (c.public_id for c in scene.criteria[:2])
    exercise = {"name": "Interview", "minutes": "30", "criteria": [one, two], "told": "Bring nothing"}
    assert staff.client.post(at("exercise-create", scene.round), exercise).status_code == 302
    assert staff.client.post(at("exercise-create", scene.round), exercise | {"name": "Talk"}).status_code == 302
    # a second click is the same exercise, and another one needs a name of its own
    assert staff.client.post(at("exercise-create", scene.round), exercise).status_code == 302
    assert staff.client.post(at("exercise-create", scene.round), exercise | {"minutes": "20"}).status_code == 422
    with scene.inside(staff):
        interview, talk = Exercise.objects.all()
    changed = exercise | {"name": "Long interview", "minutes": "45", "version": "1"}
    assert staff.client.post(at("exercise-change", interview), changed).status_code == 302
    assert staff.client.post(at("exercise-change", interview), changed | {"name": "Other"}).status_code == 409
    assert staff.client.post(at("exercise-remove", talk)).status_code == 302
    times = {**day_fields("day", today + timedelta(days=7)), "starts": "10am", "times": "3", "pause": "15", "room": "1"}
    assert staff.client.post(at("centre-slot-create", scene.round), times).status_code == 422
    times["where"] = "Park House, room 1"
    assert staff.client.post(at("centre-slot-create", scene.round), times).status_code == 302
    with scene.inside(staff):
        centre = AssessmentCentre.objects.get()
        slots = list(centre.slots.all())
        assert [f"{timezone.localtime(s.starts_at):%H:%M}" for s in slots] == ["10:00", "11:00", "12:00"]
    staff.client.post(at("centre-slot-withdraw", slots[2]))
    assert (
        "12:00" not in staff.client.get(home).content.decode() and "12pm" not in staff.client.get(home).content.decode()
    )

    # who is called: the first two are ticked; the third instead of the second needs two reasons
    first, second, third, _fourth = scene.applications
    choose = at("centre-open", scene.round)
    assert [line["ticked"] for line in staff.client.get(choose).context["lines"]] == [True, True, False, False]
    answer = staff.client.post(choose, {"called": [first.public_id, third.public_id]})
    assert answer.status_code == 422 and len(answer.context["form"].errors) == 2
    reasons = {f"reason_{second.public_id}": "On leave", f"reason_{third.public_id}": "The next"}
    assert staff.client.post(choose, {"called": [first.public_id, third.public_id], **reasons}).status_code == 302
    with scene.inside(staff):
        assert {m.recipient_id for m in mails("centre_called")} == {first.applicant_id, third.applicant_id}
        assert all(m.asks and "Long interview, 45 minutes" in m.body_text for m in mails("centre_called"))
        places = {p.application_id: p for p in CentrePlace.objects.all()}
        mine, other = places[first.pk], places[third.pk]
    page = staff.client.get(home).content.decode()
    assert first.applicant.name in page and at("centre-place", mine) in page
    assert at("centre-place", mine) in staff.client.get(at("application-detail", first)).content.decode()
    # two of two are called: one more place, and the next by rank is offered there
    assert at("centre-call", second) not in page
    more = {"places": 3, "version": "1", **day_fields("book_by", today + timedelta(days=5))}
    assert staff.client.post(at("centre-change", scene.round), more).status_code == 302
    assert at("centre-call", second) in staff.client.get(home).content.decode()
    assert staff.client.post(at("centre-call", second), {"reason": "Back from leave"}).status_code == 422
    staff.client.post(at("centre-slot-create", scene.round), times | {"starts": "2pm", "times": "1"})
    assert staff.client.post(at("centre-call", second), {"reason": "Back from leave"}).status_code == 302

    # a time given, then changed behind the page's back
    give = at("centre-give", mine)
    assert staff.client.post(give, {"slot": slots[0].public_id, "version": "0"}).status_code == 302
    assert staff.client.post(give, {"slot": slots[1].public_id, "version": "0"}).status_code == 409
    assert staff.client.post(at("centre-tell", mine), {"text": "Ten minutes more", "version": "0"}).status_code == 302
    page = staff.client.get(at("centre-place", mine)).content.decode()
    assert "Ten minutes more" in page and "They haven’t said yet" in page and "2 missing" in page

    # observers: one chosen, the rest as the portal proposes
    with scene.inside(staff):
        assert [o.about for o in read_obligations(kind="selection.centre_observers")] == ["1"]
    name = at("observer-name", mine, exercise=interview.public_id)
    hints = staff.client.get(name).context["form"].fields["person"].widget.hints
    free = next(a for a in scene.assessors if a.person.public_id not in hints)
    scored = next(a for a in scene.assessors if a.person.public_id in hints)
    assert staff.client.post(name, {"person": scored.person.public_id}).status_code == 422
    assert staff.client.post(name, {"person": free.person.public_id}).status_code == 302
    fill = at("observers-fill", scene.round)
    page = staff.client.get(fill)
    plan = page.context["plan"]
    assert [g.person.pk for g in plan.parts] and free.person.pk not in {g.person.pk for g in plan.parts}
    assert staff.client.post(fill, {"seal": "another"}).status_code == 422
    assert staff.client.post(fill, {"seal": plan.seal}).status_code == 302
    with scene.inside(staff):
        rows = list(Observer.objects.filter(withdrawn_at=None).select_related("person"))
        assert len(rows) == 2 and not read_obligations(kind="selection.centre_observers")
        assert [in_calendar(m)[:3] for m in mails("observing")] == [("REQUEST", 1, "CONFIRMED")] * 2
    rota = staff.client.get(at("centre-observers", scene.round)).content.decode()
    assert all(o.person.name in rota for o in rows) and "2 of 2" in rota
    assert staff.client.get(at("centre-observers", scene.round) + "?download=csv").status_code == 200
    assert free.person.name and "What you observe" in free.client.get("/essex/").content.decode()
    back = at("observer-withdraw", rows[0])
    assert staff.client.post(back, {"reason": "On leave"}).status_code == 302
    with scene.inside(staff):
        assert in_calendar(mails("not_observing")[0])[:3] == ("CANCEL", 2, "CANCELLED")

    # on the day, and closing: nobody is left open
    assert staff.client.post(at("centre-close", scene.round)).status_code == 422
    for place in (other, CentrePlace(public_id=places_of(scene, second).public_id)):
        assert staff.client.post(at("centre-release", place), {"reason": "Rang to say so"}).status_code == 302
    with travel(slots[0].ends_at):
        member = cast_member(essex, staff.person, staff.account)
        assert at("centre-came", mine) in member.client.get(at("centre-place", mine)).content.decode()
        member.client.post(at("centre-came", mine))
        answer = member.client.post(at("centre-close", scene.round))
        assert answer.status_code == 422 and "Marks are still missing" in answer.content.decode()
        member.client.post(at("centre-missed", mine))
        assert member.client.post(at("centre-close", scene.round)).status_code == 302
        with scene.inside(staff):
            assert AssessmentCentre.objects.get().state == CentreState.HELD
        assert "its marks count" in member.client.get(home).content.decode()


def places_of(scene, application):
    with scene.inside(scene.staff):
        return CentrePlace.objects.get(application=application)


def test_what_is_needed_is_asked_anew_before_a_time_and_waits_for_staff(essex, staff):
    centre = make_centre(essex, staff, points=by_rank)
    scene = centre.scene
    centre.call(0, 1, 2, answered=False)
    first, second = scene.member(scene.applications[0]), scene.member(scene.applications[1])
    book, needs = at("centre-book", scene.applications[0]), at("centre-needs", scene.applications[0])
    assert book in first.client.get(at("application-detail", scene.applications[0])).content.decode()
    page = first.client.get(book).content.decode()
    assert needs in page and "Choose this time" not in page
    assert first.client.post(book, {"slot": centre.slots[0].public_id}).status_code == 422
    assert first.client.post(needs, {"text": "The questions in writing", "version": "0"}).status_code == 302
    assert "Choose this time" in first.client.get(book).content.decode()
    with centre.inside(first):
        assert AdjustmentNeed.objects.get().text == "The questions in writing"
    with centre.inside():
        request = AdjustmentRequest.objects.get()
        assert request.arranged_at is None
        assert [o.key for o in read_obligations(kind="selection.adjustment")] == [scene.applications[0].public_id]
        AdjustmentRequest.objects.update(arranged_at=timezone.now())
    # the same words again are asked for this day: staff look anew
    assert first.client.post(needs, {"text": "The questions in writing", "version": "1"}).status_code == 302
    with centre.inside():
        assert AdjustmentRequest.objects.get().arranged_at is None
        need = CentrePlace.objects.get(application=scene.applications[0])
        assert need.needs_said_at is not None
    # nothing needed is an answer too, and nobody else's words are read
    assert second.client.get(needs).status_code == 403
    with centre.inside(second):
        say_needs(place=centre.place(1), text="", version=0, by=second.actor)
        assert not AdjustmentNeed.objects.exists()
        book_slot(place=centre.place(1), slot=centre.slots[1], by=second.actor)
    with centre.inside():
        release_place(place=centre.place(1), reason="Ill", by=staff.actor)
        assert centre.place(1).needs_said_at is None


def test_mails_and_calendars_follow_every_change_of_a_time(essex, staff):
    centre = make_centre(essex, staff, points=by_rank)
    scene = centre.scene
    centre.call(0, 1, 2)
    applicant = scene.member(scene.applications[0])
    centre.book(0, 0)
    who = centre.free_observers(scene.applications[0])[0]
    row = centre.watch(0, centre.interview, who)
    with centre.inside():
        (booked,) = mails("centre_time", applicant.person)
        assert in_calendar(booked)[:3] == ("REQUEST", 1, "CONFIRMED") and "Room 1" in booked.body_text
    centre.book(0, 1)
    with centre.inside():
        moved = mails("centre_time", applicant.person)[-1]
        assert "new time" in moved.subject and in_calendar(moved)[1] == 2
        assert in_calendar(mails("not_observing", who.person)[0])[:3] == ("CANCEL", 2, "CANCELLED")
        given = give_slot(place=centre.place(0), slot=centre.slots[0], sequence=2, by=staff.actor)
        assert "chose this time for you" in mails("centre_time", applicant.person)[-1].body_text
        assert given.sequence == 3
        release_place(place=centre.place(0), reason="A reason for staff alone", by=staff.actor)
        (gone,) = mails("centre_released", applicant.person)
        assert in_calendar(gone)[:3] == ("CANCEL", 4, "CANCELLED") and in_calendar(gone)[3] == in_calendar(booked)[3]
        assert "staff alone" not in gone.body_text
    # the feeds say the same
    feed = applicant.client.get("/essex/calendar/")
    assert feed.status_code == 200
    with centre.inside(applicant):
        (entry,) = calendar_of(applicant.person)
        assert (entry.cancelled, entry.sequence, entry.starts_at) == (True, 4, centre.slots[0].starts_at)
    with centre.inside(who):
        (entry,) = calendar_of(who.person)
        assert entry.cancelled and entry.title == "Interview" and entry.uid.startswith("observing-")
        row.refresh_from_db()
        assert entry.sequence == row.sequence == 2
    # called off: whoever hadn't come is told, once
    with centre.inside():
        call_off_centre(centre=centre.centre, reason="Flooded", by=staff.actor)
        assert [len(mails("centre_released", scene.applications[n].applicant)) for n in (0, 1, 2)] == [1, 1, 1]


def test_the_rota_names_whoever_is_free_and_didnt_score_it_on_paper(essex, staff):
    """Six assessors of whom three scored each application."""
    centre = make_centre(essex, staff, points=by_rank, applications=6, assessors=6, places=4, seen=6, rooms=(2, 2, 2))
    scene = centre.scene
    centre.call(0, 1, 2, 3, 4, 5)
    for n in range(6):
        centre.book(n, n // 2)
    with centre.inside():
        plan = plan_rota(centre.centre)
        rows = fill_rota(round=scene.round, seal=plan.seal, by=staff.actor)
        assert len(rows) == len(plan.parts)
        with pytest.raises(WrongState):
            fill_rota(round=scene.round, seal=plan.seal, by=staff.actor)
        again = plan_rota(centre.centre)
        assert not again.parts and {part.missing for part, _n in again.lacking} <= {1, 2}
        observed = Observer.objects.filter(withdrawn_at=None)
        assert not any(
            AssessorAllocation.objects.filter(application=o.place.application_id, assessor=o.person_id).exists()
            for o in observed.select_related("place")
        )
        taken = observed.first()
        withdraw_observer(observer=taken, reason="Ill", by=staff.actor)
        assert plan_rota(centre.centre).parts or plan_rota(centre.centre).lacking


def test_lists_cost_the_same_for_one_and_for_six(essex, staff):
    centre = make_centre(essex, staff, points=by_rank, applications=6, assessors=6, places=4, seen=6, rooms=(2, 2, 2))
    scene = centre.scene
    centre.call(0, 1, 2, 3, 4, 5)
    pages = [at(name, scene.round) for name in ("centre-detail", "centre-observers")]
    centre.book(0, 0)
    one = [page_queries(staff.client, page) for page in pages]
    for n in range(1, 6):
        centre.book(n, n // 2)
    with centre.inside():
        fill_rota(round=scene.round, seal=plan_rota(centre.centre).seal, by=staff.actor)
        assert CentrePlace.objects.filter(state=CentrePlaceState.BOOKED).count() == 6
    assert [page_queries(staff.client, page) for page in pages] == one
    assert max(one) <= 12


def test_setting_up_twice_is_refused_and_naming_a_stranger(essex, staff):
    centre = make_centre(essex, staff, points=by_rank)
    today = timezone.localdate()
    form = {"places": 2, "weight": 40, **day_fields("book_by", today + timedelta(days=9))}
    answer = staff.client.post(at("centre-set-up", centre.scene.round), form)
    assert answer.status_code == 422 and "has an assessment centre already" in answer.content.decode()
    centre.call(0, 1, 2)
    centre.book(0, 0)
    stranger = centre.scene.member(centre.scene.applications[1])
    with centre.inside(), pytest.raises(Refused):
        centre.watch(0, centre.interview, stranger)
