"""Open events: so many places for the movement, the last one for one person, and a waiting list that moves up by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Event, EventGuest, EventNeeds, MovementOpening
from cohorts.selectors.guests import places_at
from cohorts.services.guests import decline_place, invite_guest, settle_places
from cohorts.services.movement import leave_movement
from cohorts.services.movement_events import close_to_movement, open_to_movement, take_open_place
from reminders.models import Message
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import mint_link
from tenancy.scope import tenant_context
from tests.access.filling import Filled
from tests.access.interleaving import first_places, interleave, statements
from tests.access.small_world import undone
from tests.cohorts.test_movement import SYS, Joining, at, by_link, joined, link_of, movement  # noqa: F401 -- a fixture
from tests.factories.cohorts import SYSTEM, make_event, ten_in_the_morning


def event_at(name, event, **more):
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": event.public_id, **more})


@pytest.fixture
def talk(essex, cohort, movement):
    """An event of the cohort with room for 30."""
    with tenant_context(essex):
        return make_event(cohort, "Open talk", starts_at=ten_in_the_morning(20), capacity=30)


def some(movement, number):
    rows = [joined(movement, f"Member {n}", f"m{n}@x.example", organisation_name="Voices") for n in range(number)]
    for row in rows:
        row.token = link_of(row)
    return rows


def states(event):
    return list(EventGuest.objects.filter(event=event).order_by("added_at", "pk").values_list("state", flat=True))


def test_staff_open_it_members_take_places_and_the_next_moves_up(
    essex, cohort, movement, talk, staff, other_staff, participant, stranger
):
    with tenant_context(essex):
        rows = some(movement, 4)
    opening = event_at("event-open-movement", talk)
    assert opening in staff.client.get(event_at("event-detail", talk)).content.decode()
    for who, status in ((other_staff, 403), (participant, 403), (stranger, 404)):
        assert who.client.get(opening).status_code == status
    public = at("public", movement.programme)
    page = event_at("movement-link-event", talk, token=rows[0].token)
    assert Client().get(page).status_code == 404 and "Open talk" not in Client().get(public).content.decode()
    assert "room for 30" in staff.client.post(opening, {"places": "31"}).content.decode()
    for _click in range(2):
        assert staff.client.post(opening, {"places": "2"}).status_code == 302
    with tenant_context(essex):
        mails = Message.objects.filter(kind="cohorts.movement_event")
        assert mails.count() == 4 and {m.link_purpose for m in mails} == {"movement"}
        Event.objects.filter(pk=talk.pk).update(join_url="https://meet.example.org/secret")
    shown = Client().get(public).content.decode()
    assert "Open talk" in shown and "2 places left" in shown and "meet.example.org" not in shown
    assert page in Client().get(at("link", token=rows[0].token)).content.decode()
    assert "Take a place" in Client().get(page).content.decode()
    for _click in range(2):
        assert Client().post(page).status_code == 302
    assert "Your place is booked" in Client().get(page).content.decode()
    assert "meet.example.org" not in Client().get(page).content.decode()
    with tenant_context(essex):
        take_open_place(event=talk, by=by_link(rows[1].person))
    queue = event_at("movement-link-event", talk, token=rows[2].token)
    full = Client().get(queue).content.decode()
    assert "Join the waiting list" in full and "Take a place" not in full
    assert Client().post(queue).status_code == 302
    waits = Client().get(queue).content.decode()
    assert "take you off the list" in waits and "a link to your place" not in waits
    with tenant_context(essex):
        take_open_place(event=talk, by=by_link(rows[3].person))
        assert states(talk) == ["coming", "coming", "waiting", "waiting"]
        assert places_at(talk).has_room
        first = EventGuest.objects.select_related("event__cohort__programme", "person", "opening").get(
            person=rows[0].person
        )
        assert first.employer == "Voices"
        # their own page, by the link of the guest's messages: needs stand behind the same wall as everybody's
        told = Message.objects.get(kind="cohorts.event_new", recipient=rows[0].person)
        assert told.link_purpose == "guest" and "BEGIN:VEVENT" in told.calendar_text
        guest_link = mint_link(person=rows[0].person, purpose="guest", about=first.public_id)
    assert "All taken, with a waiting list" in Client().get(public).content.decode()
    needs = reverse("cohorts:guest-needs", kwargs={"tenant": "essex", "token": guest_link})
    with tenant_context(essex):
        Event.objects.filter(pk=talk.pk).update(place="The Hub")
    assert Client().post(needs, {"diet": "vegan", "version": "0"}).status_code == 302
    with tenant_context(essex, participant.person):
        assert not EventNeeds.objects.exists()
    with tenant_context(essex, rows[0].person):
        decline_place(guest=first, by=type(by_link(rows[0].person)).for_link(rows[0].person, "guest"))
    with tenant_context(essex):
        # whoever waited first is asked, though the hall itself was never full
        assert states(talk) == ["declined", "coming", "asked", "waiting"]
        assert Message.objects.filter(kind="cohorts.guest_asked", recipient=rows[2].person).count() == 1
        EventGuest.objects.filter(event=talk, state="asked").update(answer_by=timezone.now() - timedelta(hours=1))
        settle_places(event=talk)
        assert states(talk) == ["declined", "coming", "lapsed", "asked"]
        # more room: nobody is told of the event anew
        open_to_movement(event=talk, places=9, by=SYSTEM)
        assert Message.objects.filter(kind="cohorts.movement_event").count() == 4


def test_guests_staff_ask_dont_wait_for_the_movement(essex, movement, talk):
    with tenant_context(essex):
        rows = some(movement, 2)
        open_to_movement(event=talk, places=1, by=SYSTEM)
        for row in rows:
            take_open_place(event=talk, by=by_link(row.person))
        guest = invite_guest(event=talk, name="Gus Guest", email="gus@x.example", by=SYSTEM)
        assert guest.state == "asked" and states(talk) == ["coming", "waiting", "asked"]


def test_who_may_not(essex, cohort, movement, talk, participant, staff):
    with tenant_context(essex):
        (row,) = some(movement, 1)
        with pytest.raises(WrongState):
            take_open_place(event=talk, by=by_link(row.person))
        open_to_movement(event=talk, places=3, by=SYSTEM)
        # the cohort's own people are expected anyway
        with pytest.raises(WrongState):
            take_open_place(event=talk, by=participant.actor)
        with pytest.raises(NotAllowed):
            take_open_place(event=talk, by=staff.actor)
        with pytest.raises(NotAllowed):
            open_to_movement(event=talk, places=3, by=participant.actor)
        movement.is_open = False
        movement.save(update_fields=["is_open"])
        other = make_event(cohort, "Another", starts_at=ten_in_the_morning(30))
        with pytest.raises(Refused):
            open_to_movement(event=other, places=3, by=SYSTEM)
        movement.is_open = True
        movement.save(update_fields=["is_open"])
        take_open_place(event=talk, by=by_link(row.person))
    page = event_at("movement-event", talk)
    assert participant.client.get(page).status_code == 200
    assert "expected at this event anyway" in participant.client.post(page, follow=True).content.decode()
    close = event_at("event-close-movement", talk)
    assert participant.client.post(close).status_code == 403
    for _click in range(2):
        assert staff.client.post(close).status_code == 302
    assert participant.client.get(page).status_code == 404
    with tenant_context(essex):
        assert states(talk) == ["coming"]
        close_to_movement(event=talk, by=SYSTEM)
        assert MovementOpening.objects.get().closed_at is not None
        # opened again, it's the same
        open_to_movement(event=talk, places=3, by=SYSTEM)
        assert MovementOpening.objects.get().closed_at is None


def test_who_leaves_gives_their_place_to_the_next(essex, movement, talk):
    with tenant_context(essex):
        rows = some(movement, 4)
        open_to_movement(event=talk, places=2, by=SYSTEM)
        for row in rows:
            take_open_place(event=talk, by=by_link(row.person))
        assert states(talk) == ["coming", "coming", "waiting", "waiting"]
        leave_movement(member=rows[0], erase=False, by=by_link(rows[0].person))
        assert states(talk) == ["removed", "coming", "asked", "waiting"]
        leave_movement(member=rows[1], erase=True, by=by_link(rows[1].person))
        assert states(talk) == ["removed", "asked", "asked"]
        assert not EventGuest.objects.filter(person=rows[1].person).exists()


@SYS
def test_the_last_open_place_goes_to_one_person() -> None:
    scene = Joining()
    with tenant_context(scene.tenant):
        rows = some(scene.movement, 3)
    probe = None
    for n in range(2):
        with tenant_context(scene.tenant):
            talk = make_event(scene.cohort, f"Talk {n}", starts_at=ten_in_the_morning(20 + n))
            open_to_movement(event=talk, places=1, by=SYSTEM)
        clicks = [Filled(event_at("movement-link-event", talk, token=row.token), Client(), {}) for row in rows[:2]]
        if probe is None:
            with undone(), statements() as seen:
                assert clicks[0].send().status_code == 302
            probe = first_places(seen)
        done = interleave(clicks[0], clicks[1], stop_at=probe[n % len(probe)])
        assert [click.status for click in done] == [302, 302]
        with tenant_context(scene.tenant):
            assert sorted(states(talk)) == ["coming", "waiting"]
