"""Seats that were promised: what came of them, and that staff hear in time where fewer come."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from engine.reports import check_figure
from selection.face_assessment import report_figures
from selection.models import SeatCommitment, SelectionRound
from selection.selectors.seats import seat_lines
from selection.services.balance import remove_commitment, save_commitment
from selection.services.choosing import depart_from_rank
from selection.services.offers import accept_offer, decline_offer
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import Change, Tenant
from tenancy.scope import tenant_context
from tests.factories.selection import SYSTEM, make_application, make_cohort_for_round, make_round
from tests.factories.tenancy import make_organisation
from tests.queries import page_queries
from tests.selection.assess_setup import make_scene


def at(name: str, obj: object) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": obj.public_id})


def promise(cohort, seats: int, *, sector=None, organisation=None, by=SYSTEM) -> SeatCommitment:
    return save_commitment(
        cohort=cohort,
        commitment=None,
        sector=sector,
        organisation=organisation,
        seats=seats,
        promised_by="Chief executive",
        promised_on=timezone.localdate(),
        by=by,
    )


def typed(day) -> dict[str, str]:
    return {f"promised_on-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def test_staff_write_down_change_and_take_off_what_was_promised(
    essex: Tenant, staff: SimpleNamespace, bystander: SimpleNamespace, stranger: SimpleNamespace
) -> None:
    with tenant_context(essex):
        cohort = make_cohort_for_round()
        hospital = make_organisation("Mid Essex Hospital", "health")
    listed, new = at("seat-list", cohort), at("seat-create", cohort)
    assert "No seats promised yet" in staff.client.get(listed).content.decode()
    assert bystander.client.get(listed).status_code == 403 and stranger.client.get(listed).status_code == 404
    today = timezone.localdate()
    data = {"organisation": hospital.public_id, "seats": "4", "promised_by": " Chief  executive "} | typed(today)
    both = staff.client.post(new, data | {"sector": hospital.sector.public_id})
    assert both.status_code == 422 and "not both" in both.content.decode()
    tomorrow = staff.client.post(new, data | typed(today + timedelta(days=1)))
    assert tomorrow.status_code == 422 and "a day to come" in tomorrow.content.decode()
    assert "only 50 places" in staff.client.post(new, data | {"seats": "51"}).content.decode()
    assert staff.client.post(new, data).status_code == 302
    twice = staff.client.post(new, data)
    assert twice.status_code == 422 and "has promised seats already" in twice.content.decode()
    with tenant_context(essex):
        row = SeatCommitment.objects.get()
        assert (row.seats, row.promised_by, str(row)) == (4, "Chief executive", "Mid Essex Hospital")
        with pytest.raises(NotAllowed):
            promise(cohort, 2, sector=hospital.sector, by=bystander.actor)
        with pytest.raises(IntegrityError), transaction.atomic():
            SeatCommitment.objects.create(cohort=cohort, seats=1, promised_by="x", promised_on=today)
    page = staff.client.get(listed).content.decode()
    assert "Mid Essex Hospital" in page and "Chief executive" in page
    edit = {"seats": "6", "promised_by": "Chair", "version": "1"} | typed(today)
    assert staff.client.post(at("seat-edit", row), edit).status_code == 302
    with tenant_context(essex):
        with pytest.raises(StaleEdit):
            save_commitment(
                cohort=cohort,
                commitment=SeatCommitment.objects.get(),
                seats=7,
                promised_by="Chair",
                promised_on=today,
                version=1,
                by=SYSTEM,
            )
        with pytest.raises(Refused, match="reason"):
            remove_commitment(commitment=SeatCommitment.objects.get(), reason=" ", by=staff.actor)
    assert staff.client.post(at("seat-remove", row), {"reason": "Said again for less"}).status_code == 302
    with tenant_context(essex):
        assert not SeatCommitment.objects.exists()
        told = Change.objects.get(name="seats_taken_back").reason
        assert told == "Mid Essex Hospital, 6 seats: Said again for less"


def test_fewer_applied_than_promised_is_said_in_time(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        round_ = make_round()
        police = make_organisation("Essex Police", "police")
        health = make_organisation("Mid Essex Hospital", "health")
        promise(round_.cohort, 3, sector=health.sector)
        promise(round_.cohort, 1, organisation=police)
        make_application(round_, "Ann Asked", state="invited", organisation="Mid Essex Hospital", sector="health")
        make_application(round_, "Hal Health", state="submitted", organisation="Mid Essex Hospital", sector="health")
        make_application(round_, "Pat Police", state="endorsed", organisation="Essex Police", sector="police")
    page = staff.client.get(at("seat-list", round_.cohort)).content.decode()
    assert "2 more to apply" in page and "1 more to apply" not in page
    with tenant_context(essex):
        lines = {str(x.commitment): x for x in seat_lines(round_.cohort, round_)}
        counts = {who: (x.promised, x.applied, x.eligible, x.selected, x.attending) for who, x in lines.items()}
        assert counts == {"health": (3, 1, 0, 0, 0), "Essex Police": (1, 1, 1, 0, 0)}
    home = reverse("portal:home", kwargs={"tenant": "essex"})
    # three weeks are left: the home page doesn't call yet
    assert "Seats promised and not filled" not in staff.client.get(home).content.decode()
    with tenant_context(essex):
        SelectionRound.objects.update(closes_at=timezone.now() + timedelta(days=5))
    said = staff.client.get(home).content.decode()
    assert "Seats promised and not filled" in said and "2 more to apply" in said
    with tenant_context(essex):
        SelectionRound.objects.update(
            opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1)
        )
    assert "more to apply" not in staff.client.get(home).content.decode()
    assert "more to apply" not in staff.client.get(at("seat-list", round_.cohort)).content.decode()


def test_fewer_chosen_and_placed_than_promised_is_said_too(essex: Tenant, staff: SimpleNamespace) -> None:
    """Health, police, health by rank for two places; police and health promised one and two."""
    scene = make_scene(essex, staff, applications=4, places=2, sectors=("health", "police"), reserve_length=1)
    with scene.inside(staff):
        health, police = (scene.applications[n].organisation.sector for n in (0, 1))
        promise(scene.cohort, 2, sector=health)
        promise(scene.cohort, 1, sector=police)
    scene.moderating()
    target = at("seat-list", scene.cohort)
    page = staff.client.get(target).content.decode()
    assert page.count("1 fewer chosen") == 1
    board = staff.client.get(at("choosing-board", scene.round))
    sector = next(section for section in board.context["sections"] if section.attribute == "sector")
    assert [(x.name, x.promised, x.applied, x.eligible, x.taken) for x in sector.lines] == [
        ("health", 2, 2, 2, 1),
        ("police", 1, 2, 2, 1),
    ]
    with scene.inside(staff):
        into, out = {scene.applications[2].public_id}, {scene.applications[1].public_id}
        depart_from_rank(round=scene.round, applications=out, direction="out", reason="a", by=staff.actor)
        depart_from_rank(round=scene.round, applications=into, direction="in", reason="b", by=staff.actor)
    assert staff.client.get(target).content.decode().count("1 fewer chosen") == 1
    # offers: two of health
    staff.client.post(
        at("offer-confirm", scene.round),
        {"seal": staff.client.get(at("offer-confirm", scene.round)).context["choice"].seal},
    )
    assert "1 fewer placed" in staff.client.get(target).content.decode()
    takes = scene.member(scene.applications[0])
    with scene.inside(takes):
        accept_offer(application=scene.applications[0], by=takes.actor)
    who = scene.member(scene.applications[2])
    with scene.inside(who):
        assert decline_offer(application=scene.applications[2], by=who.actor) is not None
    with scene.inside(staff):
        lines = {
            str(x.commitment): x
            for x in seat_lines(scene.cohort, SelectionRound.objects.select_related("cohort").get())
        }
        assert (lines["health"].selected, lines["health"].attending) == (1, 1)
        figure = next(f for f in report_figures(scene.cohort.pk) if f["key"] == "seats")
        check_figure(figure)
        assert figure["data"]["rows"] == [["health", 2, 2, 1, 1], ["police", 1, 2, 1, 0]]
        assert figure["title"] == "0 of 2 promises of seats were kept"
    home = reverse("portal:home", kwargs={"tenant": "essex"})
    assert "1 fewer placed" in staff.client.get(home).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(essex: Tenant, staff: SimpleNamespace) -> None:
    costs = set()
    for number in (1, 4):
        scene = make_scene(essex, staff, applications=number, places=4).moderating(lambda _a, _i: [4, 4, 4])
        with scene.inside(staff):
            for n in range(number):
                promise(scene.cohort, 1, organisation=make_organisation(f"Body {n}", "health"))
        costs.add(page_queries(staff.client, at("seat-list", scene.cohort)))
    assert len(costs) == 1 and costs.pop() <= 14
