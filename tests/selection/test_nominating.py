"""A senior leader nominates by a link; staff confirm, and the nominee is invited. Nobody learns more than they should."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engine.dates import uk_deadline
from reminders.models import Message
from reminders.selectors import read_obligations
from selection.models import Application, Nomination, Nominator, SelectionRound
from selection.selectors.assessment import bars
from selection.services.nominating import ask_nominators
from selection.services.rounds import change_round, close_round
from selection.states import NominationState
from tenancy.errors import Refused
from tenancy.links import mint_link
from tenancy.models import Account
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.people import ensure_person
from tests.factories.selection import SYSTEM, make_application, make_round
from tests.factories.tenancy import make_organisation
from tests.queries import page_queries

WHY = "She brought three councils to one table over winter pressures."


@pytest.fixture
def scene(essex, staff) -> Any:
    with tenant_context(essex):
        round_ = make_round()
        employer = make_organisation("Mid Essex Hospital", "health")
        applied = make_application(round_)
        (leader,) = ask_nominators(round=round_, leaders=[("Lena Leader", "lena@ecc.example")], by=staff.actor)
    return SimpleNamespace(
        tenant=essex, round=round_, employer=employer, applied=applied, leader=leader, token=link_of(essex, leader)
    )


def link_of(tenant: Any, leader: Nominator) -> str:
    with tenant_context(tenant):
        return mint_link(person=leader.person_id, purpose="nominate", about=leader.public_id)


def page(name: str, scene: Any, **more: Any) -> str:
    return reverse(f"selection:nominate{name}", kwargs={"tenant": "essex", "token": scene.token, **more})


def at(name: str, row: Any) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": row.public_id})


def typed(scene: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": "Nina Nominee",
        "email": "nina@health.example",
        "job_title": "Director of Flow",
        "organisation": scene.employer.public_id,
        "organisation_name": "",
        "reason": WHY,
        "knows": "no",
    } | more


def send(client: Client, scene: Any) -> Any:
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(page("-check", scene)).content.decode())
    assert seen
    return client.post(page("-check", scene), {"seen": seen[1]})


def test_a_leader_nominates_on_a_phone_and_staff_confirm(scene, staff, stranger) -> None:
    client = Client()
    first = client.get(page("", scene)).content.decode()
    assert "Nobody yet" in first and "How people are chosen" in first
    for _twice in range(2):
        assert client.post(page("-add", scene), typed(scene)).status_code == 302
    other = client.post(page("-add", scene), typed(scene, name="Nina Other"))
    assert other.status_code == 422 and "already named somebody" in other.content.decode()
    assert "somebody else" in client.post(page("-add", scene), typed(scene, email="lena@ecc.example")).content.decode()
    # somebody who has an application already, under a name and organisation that the tenant knows otherwise
    known = typed(
        scene,
        name="A. Different-Name",
        email=scene.applied.applicant.email,
        organisation="",
        organisation_name="Far Away Trust",
    )
    assert client.post(page("-add", scene), known).status_code == 302
    with tenant_context(scene.tenant):
        assert Nomination.objects.count() == 2
        assert not read_obligations(kind="selection.nominations")
    # what nobody has sent yet staff don't see; what the page didn't show isn't sent
    listed = staff.client.get(at("nomination-list", scene.round)).content.decode()
    assert "Nina" not in listed
    assert client.post(page("-check", scene), {"seen": "stale"}).status_code == 422
    assert "Far Away Trust" in client.get(page("-check", scene)).content.decode()
    assert send(client, scene).url == page("-sent", scene)
    assert client.post(page("-check", scene), {"seen": "again"}).url == page("-sent", scene)
    with tenant_context(scene.tenant):
        rows = {row.name: row for row in Nomination.objects.all()}
        receipt = Message.objects.get(kind="selection.nominations_received")
        (owed,) = read_obligations(kind="selection.nominations")
        assert not Message.objects.filter(recipient__email="nina@health.example").exists()
    assert "Nina Nominee" in receipt.body_text and "(2)" in owed.about
    shown = client.get(page("", scene)).content.decode()
    assert shown.count("With the programme team") == 2 and scene.applied.applicant.name not in shown
    assert client.get(page("-edit", scene, public_id=rows["Nina Nominee"].public_id)).status_code == 302

    # staff: the reason is theirs; the bulk takes the one whose organisation is known, the other needs it or has an application
    assert stranger.client.get(at("nomination-settle", rows["Nina Nominee"])).status_code == 404
    assert WHY in staff.client.get(at("nomination-settle", rows["Nina Nominee"])).content.decode()
    ticked = [row.public_id for row in rows.values()]
    for _twice in range(2):
        assert staff.client.post(at("nomination-confirm", scene.round), {"nomination": ticked}).status_code == 302
    assert (
        staff.client.post(at("nomination-settle", rows["A. Different-Name"]), {"organisation": ""}).status_code == 302
    )
    with tenant_context(scene.tenant):
        nina = Application.objects.get(applicant__email="nina@health.example")
        assert (nina.state, nina.route, nina.organisation.name) == ("invited", "nominated", "Mid Essex Hospital")
        assert Application.objects.filter(round=scene.round).count() == 2
        assert "Lena Leader" in Message.objects.get(kind="selection.nominated", recipient=nina.applicant).body_text
        too = Message.objects.get(kind="selection.nominated_too")
        assert too.recipient_id == scene.applied.applicant_id and WHY not in too.body_text
        assert not read_obligations(kind="selection.nominations")
        assert WHY in str(export_person(nina.applicant)) and WHY in str(export_person(scene.leader.person))
    assert Account.objects.filter(email="nina@health.example").exists()
    # the same answer whoever it was
    after = client.get(page("", scene)).content.decode()
    assert after.count("Sent to them") == 2 and nina.reference not in after
    listed = staff.client.get(at("nomination-list", scene.round)).content.decode()
    assert listed.count("Lena Leader’s page") == 2
    assert ">2<" in staff.client.get(at("nominator-list", scene.round)).content.decode()
    with tenant_context(scene.tenant):
        (second,) = ask_nominators(round=scene.round, leaders=[("Otto Officer", "otto@ecc.example")], by=staff.actor)
    scene.token = link_of(scene.tenant, second)
    client.post(page("-add", scene), typed(scene, reason="Calm in a crisis."))
    send(client, scene)
    with tenant_context(scene.tenant):
        again = Nomination.objects.get(nominator=second)
    staff.client.post(at("nomination-settle", again), {"organisation": scene.employer.public_id})
    with tenant_context(scene.tenant):
        assert Application.objects.filter(round=scene.round).count() == 2
        assert {row.nominator.named for row in nina.nominations.all()} == {"Lena Leader", "Otto Officer"}


def test_a_link_is_renewed_taken_back_and_ends_with_the_round(scene, staff) -> None:
    client = Client()
    client.post(page("-add", scene), typed(scene))
    with tenant_context(scene.tenant):
        Nominator.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    for _twice in range(2):
        staff.client.post(at("nominator-renew", scene.leader))
    with tenant_context(scene.tenant):
        assert Message.objects.filter(kind="selection.nominate").count() == 2
    assert "newer link" in client.get(page("", scene)).content.decode()
    scene.token = link_of(scene.tenant, scene.leader)
    send(client, scene)
    with tenant_context(scene.tenant):
        row = Nomination.objects.get()
    refused = staff.client.post(at("nomination-settle", row), {"refuse": "1", "reason": ""})
    assert refused.status_code == 422
    staff.client.post(at("nomination-settle", row), {"refuse": "1", "reason": "Has left the county"})
    shown = client.get(page("", scene)).content.decode()
    assert "Not sent on" in shown and "Has left" not in shown
    with tenant_context(scene.tenant):
        close_round(round=SelectionRound.objects.get(pk=scene.round.pk), by=SYSTEM)
        with pytest.raises(Refused):
            ask_nominators(round=scene.round, leaders=[("Late Leader", "late@ecc.example")], by=staff.actor)
    assert "Nominations are closed" in client.get(page("", scene)).content.decode()
    assert client.get(page("-add", scene)).url == page("", scene)
    assert client.post(page("-add", scene), typed(scene, email="x@health.example")).status_code == 422
    staff.client.post(at("nomination-settle", row), {"organisation": scene.employer.public_id})
    with tenant_context(scene.tenant):
        assert Nomination.objects.get().state == NominationState.REFUSED
    staff.client.post(at("nominator-withdraw", scene.leader))
    assert client.get(page("", scene)).status_code == 410
    assert client.get(page("", SimpleNamespace(token="nobodys"))).status_code == 404


def test_addresses_are_limited_as_those_of_endorsers_and_lists_stay_small(scene, staff) -> None:
    with tenant_context(scene.tenant):
        SelectionRound.objects.update(endorser_domains=["ecc.example"])
    lines = {"leaders": "Ada Able, ada@ecc.example\nBob Able <bob@elsewhere.example>"}
    answer = staff.client.post(at("nominator-create", scene.round), lines)
    assert answer.status_code == 422 and "bob@elsewhere.example" in answer.content.decode()
    assert staff.client.post(at("nominator-create", scene.round), {"leaders": "no address"}).status_code == 422
    assert (
        staff.client.post(at("nominator-create", scene.round), {"leaders": "Ada Able, ada@ecc.example"}).status_code
        == 302
    )
    with tenant_context(scene.tenant):
        assert Nominator.objects.count() == 2
    one = page_queries(staff.client, at("nominator-list", scene.round))
    staff.client.post(
        at("nominator-create", scene.round), {"leaders": "Cy Able, cy@ecc.example\nDi Able, di@ecc.example"}
    )
    assert page_queries(staff.client, at("nominator-list", scene.round)) == one <= 12
    nominate(scene, scene.leader, 1)
    few = page_queries(staff.client, at("nomination-list", scene.round))
    nominate(scene, None, 6)
    assert page_queries(staff.client, at("nomination-list", scene.round)) == few <= 12


def test_nominations_end_on_a_day_of_their_own_and_staff_confirm_till_applications_close(scene, staff) -> None:
    client, today = Client(), timezone.localdate()
    client.post(page("-add", scene), typed(scene))
    send(client, scene)
    client.post(page("-add", scene), typed(scene, email="late@health.example"))
    dates = {
        "opens_on": timezone.localdate(scene.round.opens_at),
        "closes_on": timezone.localdate(scene.round.closes_at),
        "endorse_by": timezone.localdate(scene.round.endorse_by),
        "score_by": timezone.localdate(scene.round.score_by),
    }

    def ends(day: Any) -> SelectionRound:
        with tenant_context(scene.tenant):
            round_ = SelectionRound.objects.get(pk=scene.round.pk)
            return change_round(round=round_, version=round_.version, nominate_by=day, by=staff.actor, **dates)

    with pytest.raises(Refused) as sooner:
        ends(today + timedelta(days=3))
    with pytest.raises(Refused) as after:
        ends(dates["closes_on"] + timedelta(days=1))
    assert sooner.value.field == after.value.field == "nominate_by"
    assert "later" in str(sooner.value) and "closing date" in str(after.value)
    ends(dates["closes_on"])
    with tenant_context(scene.tenant):
        # as if it had been the day before yesterday all along
        SelectionRound.objects.update(nominate_by=timezone.now() - timedelta(days=2))
        ended = uk_deadline(SelectionRound.objects.get(pk=scene.round.pk).nominate_by)
        with pytest.raises(Refused, match="Nominations closed at"):
            ask_nominators(round=scene.round, leaders=[("Late Leader", "late@ecc.example")], by=staff.actor)
        row = Nomination.objects.get(state="waiting")
    shown = client.get(page("", scene)).content.decode()
    assert f"Nominations closed at {ended}" in shown and "1 nomination wasn’t sent in time" in shown
    refused = client.post(page("-add", scene), typed(scene, email="x@health.example"))
    assert refused.status_code == 422 and f"Nominations closed at {ended}" in refused.content.decode()
    refused = client.post(page("-check", scene), {"seen": "any"})
    assert refused.status_code == 422 and ended in refused.content.decode()
    assert "You can confirm what still waits" in staff.client.get(at("nomination-list", scene.round)).content.decode()
    assert staff.client.get(at("round-edit", scene.round)).content.decode().count('name="nominate_by-day"') == 1
    assert (
        f"senior leaders nominate until {ended}" in staff.client.get(at("round-detail", scene.round)).content.decode()
    )
    staff.client.post(at("nomination-confirm", scene.round), {"nomination": [row.public_id]})
    with tenant_context(scene.tenant):
        assert Application.objects.filter(applicant__email="nina@health.example").count() == 1


def test_whoever_nominates_may_not_judge_from_the_moment_they_send(scene) -> None:
    client = Client()
    known = typed(scene, name=scene.applied.applicant.name, email=scene.applied.applicant.email)
    client.post(page("-add", scene), known)

    def barred() -> list[str]:
        with tenant_context(scene.tenant):
            found = bars([scene.applied], [scene.leader.person])
            return [kind for kind, _why in found.get((scene.applied.pk, scene.leader.person_id), [])]

    assert "selection.nominator" not in barred()
    # a page of thanks there's no reason for leads back to the first; a draft that's gone is no end of the link
    assert client.get(page("-sent", scene)).url == page("", scene)
    assert client.get(page("-edit", scene, public_id="nothing")).status_code == 404
    send(client, scene)
    assert "selection.nominator" in barred()


def nominate(scene: Any, leader: Nominator | None, count: int) -> None:
    """So many sent, by one leader or each in turn."""
    with tenant_context(scene.tenant):
        rows = [leader] if leader else list(Nominator.objects.order_by("pk"))
        taken = Nomination.objects.count()
        for n in range(taken, taken + count):
            Nomination.objects.create(
                nominator=rows[n % len(rows)],
                name=f"Nominee {n}",
                email=f"nominee{n}@health.example",
                job_title="Matron",
                organisation=scene.employer,
                reason=WHY,
                knows=True,
                state=NominationState.WAITING,
                sent_at=timezone.now(),
                nominee=ensure_person(name=f"Nominee {n}", email=f"nominee{n}@health.example", by=SYSTEM)[0],
            )
