"""The last place: two who take it at the same moment, and somebody who comes back while it's given away."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Attendance, Event, EventGuest
from cohorts.selectors.guests import places_at
from cohorts.services.guests import invite_guest
from reminders.models import Message
from tenancy.links import mint_link
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.access.filling import Filled
from tests.access.interleaving import first_places, interleave, statements
from tests.access.small_world import undone
from tests.conftest import make_member
from tests.factories.cohorts import SYSTEM, make_cohort, make_event, make_participant, sign_in_as
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


class Evening:
    """Three places: two of the cohort's own people, one guest who has one, one who waits."""

    def __init__(self) -> None:
        self.tenant = make_tenant("essex", "Essex Partners")
        self.staff = make_member(self.tenant, "Sita Staff", Role.STAFF)
        with tenant_context(self.tenant):
            self.cohort = make_cohort()
            people = [make_participant(self.cohort, name).person for name in ("Pat Participant", "Olu Other")]
        self.own = [sign_in_as(self.tenant, person) for person in people]

    def begin(self, number: int, capacity: int) -> None:
        with tenant_context(self.tenant):
            self.event = make_event(self.cohort, f"Supper {number}", capacity=capacity)
            self.guests = [
                invite_guest(event=self.event, name=f"Guest {n}", email=f"guest{n}@elsewhere.example", by=SYSTEM)
                for n in range(3)
            ]
            self.links = [mint_link(person=g.person, purpose="guest", about=g.public_id) for g in self.guests]

    def answer(self, n: int, words: str) -> Filled:
        return Filled(f"/essex/guest/{self.links[n]}/", Client(), {"answer": words})

    def own_post(self, n: int, name: str) -> Filled:
        kwargs = {"tenant": "essex", "public_id": self.event.public_id}
        return Filled(reverse(f"cohorts:event-{name}", kwargs=kwargs), self.own[n].client, {"note": ""})

    def stands(self) -> tuple[int | None, list[str], int]:
        """Free places, states of the guests in their order, and how many askings were written."""
        with tenant_context(self.tenant):
            event = Event.objects.get(pk=self.event.pk)
            states = list(
                EventGuest.objects.filter(event=event).order_by("added_at", "pk").values_list("state", flat=True)
            )
            about = EventGuest.objects.filter(event=event).values("public_id")
            asked = Message.objects.filter(kind="cohorts.guest_asked", link_about__in=about).count()
            return places_at(event).free, states, asked


def stops_of(filled: Filled) -> list[int]:
    with undone(), statements() as seen:
        assert filled.send().status_code == 302
    return first_places(seen)


def test_the_last_place_goes_to_one_person(transactional_db: None) -> None:
    evening = Evening()
    for n in range(2):
        # one guest gives a place back while one of its own sends apologies: two places, two who waited, each asked once
        evening.begin(10 + n, capacity=3)
        first, second = evening.answer(0, "no"), evening.own_post(0, "apologies")
        clicks = interleave(first, second, stop_at=stops_of(first)[n])
        assert [click.status for click in clicks] == [302, 302]
        assert evening.stands() == (0, ["declined", "asked", "asked"], 3)
        # apologies taken back by one, sent by the other, at the same moment: whoever is back has a place or waits
        with tenant_context(evening.tenant):
            invite_guest(event=evening.event, name="Guest 9", email="guest9@elsewhere.example", by=SYSTEM)
        first, second = evening.own_post(0, "apologies-take-back"), evening.own_post(1, "apologies")
        clicks = interleave(first, second, stop_at=stops_of(first)[n])
        assert [click.status for click in clicks] == [302, 302]
        free, states, _asked = evening.stands()
        assert free == 0 and states[:3] == ["declined", "asked", "asked"] and len(states) == 5
        # one place became free: the one who had waited longest has it
        assert states[3:] == ["asked", "waiting"]
        with tenant_context(evening.tenant):
            away = Attendance.objects.filter(event=evening.event, state="apologies").count()
        assert away == 2


def test_two_accept_at_once_and_a_double_click_is_one(transactional_db: None) -> None:
    evening = Evening()
    for n in range(2):
        evening.begin(20 + n, capacity=4)
        first, second = evening.answer(0, "yes"), evening.answer(0, "yes")
        clicks = interleave(first, second, stop_at=stops_of(first)[n])
        assert [click.status for click in clicks] == [302, 302]
        # the same guest says yes and staff take them off: one after the other, and the place goes on once
        first = evening.answer(1, "yes")
        kwargs = {"tenant": "essex", "public_id": evening.guests[1].public_id}
        second = Filled(reverse("cohorts:guest-remove", kwargs=kwargs), evening.staff.client, {})
        interleave(first, second, stop_at=stops_of(first)[n])
        free, states, asked = evening.stands()
        assert (free, states, asked) == (0, ["coming", "removed", "asked"], 3)
        with tenant_context(evening.tenant):
            told = Message.objects.filter(recipient=evening.guests[0].person, kind="cohorts.event_new")
            assert told.filter(subject__startswith=evening.event.title).count() == 1
