"""Two requests about nominations at once: one stops where most goes wrong, and the other runs meanwhile. One application, one message."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from reminders.models import Message
from selection.models import Application, Nomination
from selection.selectors.nominating import drafts_of, shown
from selection.services.nominating import add_nomination, ask_nominators, send_nominations
from tenancy.actors import Actor
from tenancy.models import Person, Role
from tenancy.scope import tenant_context
from tenancy.seen import digest_of
from tests.access.filling import Filled
from tests.access.interleaving import first_places, interleave, statements
from tests.access.small_world import undone
from tests.conftest import make_member
from tests.factories.selection import make_round
from tests.factories.tenancy import make_organisation, make_tenant
from tests.selection.test_nominating import at, link_of, page

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


class Town:
    """A round, two of its staff, and two senior leaders who think of the same people."""

    def __init__(self) -> None:
        self.tenant = make_tenant("essex", "Essex Partners")
        self.staff = [make_member(self.tenant, name, Role.STAFF) for name in ("Sita Staff", "Theo Staff")]
        with tenant_context(self.tenant):
            self.round = make_round()
            self.employer = make_organisation("Mid Essex Hospital", "health")
            asked = [("Lena Leader", "lena@ecc.example"), ("Otto Officer", "otto@ecc.example")]
            self.leaders = ask_nominators(round=self.round, leaders=asked, by=self.staff[0].actor)

    def drafted(self, name: str) -> None:
        """Each leader has named the person and sent nothing."""
        with tenant_context(self.tenant):
            for leader in self.leaders:
                add_nomination(
                    nominator=leader,
                    name=name,
                    email=f"{name.lower()}@health.example",
                    job_title="Matron",
                    organisation=self.employer,
                    reason="Calm in a crisis.",
                    knows=True,
                    by=Actor.for_link(leader.person, "nominate"),
                )

    def sending(self, leader: Any) -> Filled:
        self.token = link_of(self.tenant, leader)
        with tenant_context(self.tenant):
            seen = digest_of(shown(list(drafts_of(leader))))
        return Filled(page("-check", self), Client(), {"seen": seen})

    def sent(self, name: str) -> list[Nomination]:
        self.drafted(name)
        with tenant_context(self.tenant):
            for leader in self.leaders:
                seen = digest_of(shown(list(drafts_of(leader))))
                send_nominations(nominator=leader, seen=seen, by=Actor.for_link(leader.person, "nominate"))
            return list(Nomination.objects.filter(name=name).order_by("pk"))

    def settling(self, who: Any, row: Nomination) -> Filled:
        return Filled(at("nomination-settle", row), who.client, {"organisation": self.employer.public_id})

    def confirming(self, who: Any, rows: list[Nomination]) -> Filled:
        ticked = [row.public_id for row in rows]
        return Filled(at("nomination-confirm", self.round), who.client, {"nomination": ticked})

    def came_of(self, name: str) -> tuple[int, ...]:
        """People, applications, invitations, second messages."""
        address = f"{name.lower()}@health.example"
        with tenant_context(self.tenant):
            mails = Message.objects.filter(recipient__email=address)
            return (
                Person.objects.filter(email=address).count(),
                Application.objects.filter(applicant__email=address).count(),
                mails.filter(kind="selection.nominated").count(),
                mails.filter(kind="selection.nominated_too").count(),
            )


def stops_of(filled: Filled) -> list[int]:
    with undone(), statements() as seen:
        assert filled.send().status_code == 302
    return first_places(seen)


def test_two_leaders_name_one_person_and_staff_confirm_at_the_same_moment(transactional_db: None) -> None:
    town = Town()
    one, other = town.leaders
    sita, theo = town.staff
    for n in range(2):
        name = f"Nina{n}"
        town.drafted(name)
        first, second = town.sending(one), town.sending(other)
        clicks = interleave(first, second, stop_at=stops_of(first)[n])
        assert [click.status for click in clicks] == [302, 302]
        assert town.came_of(name) == (1, 0, 0, 0)
        with tenant_context(town.tenant):
            rows = list(Nomination.objects.filter(name=name).order_by("pk"))
        # both of her nominations at once, by two of the staff: she is invited by one, and told of the other
        first, second = town.settling(sita, rows[0]), town.settling(theo, rows[1])
        clicks = interleave(first, second, stop_at=stops_of(first)[n])
        assert [click.status for click in clicks] == [302, 302]
        assert town.came_of(name) == (1, 1, 1, 1)


def test_two_staff_confirm_the_same_nominations(transactional_db: None) -> None:
    town = Town()
    sita, theo = town.staff
    for n in range(2):
        rows = town.sent(f"Nora{n}")
        first, second = town.settling(sita, rows[0]), town.settling(theo, rows[0])
        clicks = interleave(first, second, stop_at=stops_of(first)[n])
        assert sorted(click.status for click in clicks) == [302, 422]
        assert town.came_of(f"Nora{n}") == (1, 1, 1, 0)
        # the button for several, ticked in another order, against itself and against the page of one
        more = [*rows, *town.sent(f"Nils{n}")]
        first, second = town.confirming(sita, more), town.confirming(theo, more[::-1])
        clicks = interleave(first, second, stop_at=stops_of(first)[n])
        assert [click.status for click in clicks] == [302, 302]
        assert town.came_of(f"Nora{n}") == town.came_of(f"Nils{n}") == (1, 1, 1, 1)
