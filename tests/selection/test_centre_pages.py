"""The applicant chooses a time, an observer marks: the pages, what is owed until then, and the calendar."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from reminders.calendars import calendar_sources
from reminders.selectors import read_obligations
from selection.models import CentreArrangement, ObservedMark
from selection.states import CentrePlaceState
from tests.clock import travel
from tests.conftest import cast_member
from tests.selection.centre_setup import make_centre


def at(name, row):
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": row.public_id})


def owed(centre, kind):
    with centre.inside():
        return sorted(o.person_id for o in read_obligations(kind=kind))


def test_an_applicant_chooses_until_it_is_taken_and_owes_it_until_then(essex, staff, stranger):
    centre = make_centre(essex, staff, points=lambda a, _i: [7 - int(a.reference[-4:])] * 3)
    scene = centre.scene
    mine = at("centre-book", scene.applications[0])
    first, second, fourth = (scene.member(scene.applications[n]) for n in (0, 1, 3))
    assert first.client.get(mine).status_code == 404
    centre.call(0, 1, 2)
    assert owed(centre, "selection.centre_time") == sorted(scene.applications[n].applicant_id for n in (0, 1, 2))
    page = first.client.get(mine).content.decode()
    assert "Group task" in page and "together with others" in page
    assert all(slot.public_id in page for slot in centre.slots)
    for who, status in ((second, 403), (fourth, 403), (staff, 403), (stranger, 404)):
        assert who.client.get(mine).status_code == status
    # somebody else is quicker: the times that are left stand on the same page
    centre.book(1, 0)
    answer = first.client.post(mine, {"slot": centre.slots[0].public_id})
    left = answer.content.decode()
    assert answer.status_code == 422 and "has just taken the last room" in left
    assert centre.slots[0].public_id not in left and centre.slots[1].public_id in left
    assert first.client.post(mine, {"slot": centre.slots[1].public_id}).status_code == 302
    with centre.inside():
        assert centre.place(0).slot_id == centre.slots[1].pk
        assert owed(centre, "selection.centre_time") == [scene.applications[2].applicant_id]
        entry = next(iter(calendar_sources["selection.centre"](scene.applications[0].applicant)))
        assert (entry.starts_at, entry.sequence, entry.path) == (centre.slots[1].starts_at, 1, mine)
    # in time another room, and after the day none
    assert first.client.post(mine, {"slot": centre.slots[2].public_id}).status_code == 302
    with centre.inside():
        assert next(iter(calendar_sources["selection.centre"](scene.applications[0].applicant))).sequence == 2
    with travel(centre.centre.book_by):
        # days later, so signed in anew
        late = cast_member(essex, first.person, first.account).client.get(mine)
        assert late.status_code == 200 and "Choose this time" not in late.content.decode()


def test_an_observer_marks_in_the_room_and_owes_it_from_its_beginning(essex, staff, stranger):
    centre = make_centre(essex, staff, points=lambda a, _i: [7 - int(a.reference[-4:])] * 3)
    scene = centre.scene
    centre.call(0, 1, 2)
    centre.book(0, 0)
    who, other = centre.free_observers(scene.applications[0])[:2]
    row = centre.watch(0, centre.interview, who)
    with centre.inside():
        CentreArrangement.objects.create(place=centre.place(0), text="Ten minutes more")
        assert [e.path for e in calendar_sources["selection.centre"](who.person)] == [at("observe", row)]
    here, name = at("observe", row), scene.applications[0].applicant.name
    early = who.client.get(here).content.decode()
    assert name in early and "Ten minutes more" in early and "from the moment this begins" in early
    assert owed(centre, "selection.centre_marks") == []
    for somebody, status in ((other, 403), (staff, 403), (scene.member(scene.applications[0]), 403), (stranger, 404)):
        assert somebody.client.get(here).status_code == status
    one, two = (c.public_id for c in scene.criteria[:2])
    with travel(row.starts_at + timedelta(minutes=1)):
        who = cast_member(essex, who.person, who.account)
        assert owed(centre, "selection.centre_marks") == [who.person.pk]
        answer = who.client.post(here, {f"points_{one}": "5", "finish": "1"})
        assert answer.status_code == 422 and "before you finish" in answer.content.decode()
        assert who.client.post(here, {f"points_{one}": "5", "save": "1"}).status_code == 302
        with centre.inside():
            assert centre.place(0).state == CentrePlaceState.CAME
            assert not ObservedMark.objects.exists()
        data = {f"points_{one}": "5", f"points_{two}": "6", f"comment_{two}": "Asked before answering", "finish": "1"}
        assert who.client.post(here, data).status_code == 302
        page = who.client.get(here).content.decode()
        assert "5 of 7 points" in page and "Asked before answering" in page and "Keep a draft" not in page
        assert owed(centre, "selection.centre_marks") == []
