"""Who a round is for: bands across sectors, checked and not refused; late applications, accepted with a reason or not."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reminders.obligations import owed
from selection.models import Application, SelectionRound
from selection.services.applications import reopen_application, save_scope, start_application, submit_application
from selection.services.assessment import include_late, start_assessment
from selection.services.eligibility import find_eligibility, settle_lateness
from selection.services.rounds import change_round, close_round, set_up_round
from selection.states import ApplicationState as S
from selection.states import Eligibility, Lateness
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, Role, SeniorityBand, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.bands import DEFAULT_BANDS, ensure_bands, move_band_up, remove_band, save_band
from tenancy.services.tenants import open_tenant
from tests.conftest import make_member
from tests.factories.selection import (
    SYSTEM,
    endorse,
    fill_in,
    fresh,
    make_application,
    make_cohort_for_round,
    make_round,
)
from tests.selection.test_round_pages import days


def at(name: str, obj: object) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": obj.public_id})


def bands() -> dict[str, SeniorityBand]:
    ensure_bands(by=SYSTEM)
    return {band.name: band for band in SeniorityBand.objects.all()}


def choose_band(application: Application, name: str) -> None:
    application = fresh(application)
    save_scope(
        application=application,
        version=application.version,
        decision_scope="A budget of £2 million.",
        band=SeniorityBand.objects.get(name=name),
        by=actor_of(application.applicant),
    )


@pytest.fixture
def round_(essex: Tenant) -> SelectionRound:
    """For heads of service up to directors; open, and late ones are taken for five days."""
    with tenant_context(essex):
        known = bands()
        return make_round(
            lowest_band=known["Head of service"],
            highest_band=known["Director"],
            decision_scope="A budget of £1 million at least",
            late_until=timezone.localdate() + timedelta(days=26),
        )


def close_to_applicants(round_: SelectionRound, *, late_until: timedelta = timedelta(days=4)) -> SelectionRound:
    now = timezone.now()
    SelectionRound.objects.filter(pk=round_.pk).update(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(hours=1), late_until=now + late_until
    )
    return SelectionRound.objects.get(pk=round_.pk)


def sent_as(round_: SelectionRound, name: str, band: str) -> Application:
    application = make_application(round_, name)
    choose_band(application, band)
    submit_application(application=fresh(application), by=actor_of(application.applicant))
    endorse(application)
    return fresh(application)


def test_a_new_tenant_has_bands_of_its_own(essex: Tenant, in_essex: Tenant) -> None:
    tenant, _person, _account = open_tenant(
        slug="kent", name="Kent", staff_name="Kim Kent", staff_email="kim@kent.example", by=SYSTEM
    )
    with tenant_context(tenant):
        assert [b.name for b in SeniorityBand.objects.all()] == [name for name, _reads in DEFAULT_BANDS]
        assert "superintendent" in SeniorityBand.objects.get(name="Assistant director").reads_as
    with tenant_context(essex):
        assert not SeniorityBand.objects.exists()
        set_up_round(cohort=make_cohort_for_round(), by=SYSTEM, **days())
        assert SeniorityBand.objects.count() == len(DEFAULT_BANDS)
        ensure_bands(by=SYSTEM)
        assert SeniorityBand.objects.count() == len(DEFAULT_BANDS)


def test_staff_keep_the_list_of_bands(essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace) -> None:
    with tenant_context(essex):
        chosen = bands()["Director"]
        round_ = make_round(lowest_band=chosen)
    page = reverse("tenancy:band-list", kwargs={"tenant": "essex"})
    shown = staff.client.get(page).content.decode()
    assert shown.index("Chief officer") < shown.index("Director") < shown.index("Service manager")
    with tenant_context(essex):
        SeniorityBand.objects.filter(pk=chosen.pk).update(reads_as="=1+1")
    lines = staff.client.get(page + "?download=csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Position,Band,How it reads" and "2,Director,'=1+1" in lines
    assert len(lines) == len(DEFAULT_BANDS) + 1 and "download=xlsx" in shown
    other = make_member(essex, "Asa Assessor", Role.ASSESSOR)
    assert (
        other.client.get(page).status_code == 403 and stranger.client.get(page).content.decode().count("Director") == 0
    )
    with tenant_context(essex):
        move_band_up(band=chosen, by=staff.actor)
        assert [b.name for b in SeniorityBand.objects.all()][:2] == ["Director", "Chief officer"]
        move_band_up(band=chosen, by=staff.actor)
        assert SeniorityBand.objects.first() == chosen
        with pytest.raises(Refused, match="is in use"):
            remove_band(band=round_.lowest_band, by=staff.actor)
        with pytest.raises(Refused, match="already a band"):
            save_band(band=None, name="director ", by=staff.actor)
        added = save_band(band=None, name="Team leader", reads_as="NHS band 7; sergeant", by=staff.actor)
        assert SeniorityBand.objects.last() == added
        for call in (
            lambda: save_band(band=None, name="X", by=other.actor),
            lambda: move_band_up(band=added, by=other.actor),
            lambda: remove_band(band=added, by=other.actor),
        ):
            with pytest.raises(NotAllowed):
                call()
        remove_band(band=added, by=staff.actor)
        assert not SeniorityBand.objects.filter(name="Team leader").exists()


def test_bands_and_the_late_window_fit_the_dates(in_essex: Tenant) -> None:
    known = bands()
    cohort = make_cohort_for_round()
    with pytest.raises(Refused, match="can’t be below") as wrong:
        set_up_round(
            cohort=cohort, by=SYSTEM, lowest_band=known["Director"], highest_band=known["Service manager"], **days()
        )
    assert wrong.value.field == "highest_band"
    today = timezone.localdate()
    for late, said in ((20, "ends after the closing date"), (28, "need their endorsements too")):
        with pytest.raises(Refused, match=said):
            set_up_round(cohort=cohort, by=SYSTEM, late_until=today + timedelta(days=late), **days())
    made = set_up_round(cohort=cohort, by=SYSTEM, late_until=today + timedelta(days=22), tolerance=3, **days())
    assert timezone.localtime(made.late_until).strftime("%H:%M") == "23:59" and made.tolerance == 3


def test_an_open_round_keeps_its_bands_and_its_late_window(in_essex: Tenant, round_: SelectionRound) -> None:
    day = timezone.localdate
    now = {
        "opens_on": day(round_.opens_at),
        "closes_on": day(round_.closes_at),
        "endorse_by": day(round_.endorse_by),
        "score_by": day(round_.score_by),
    }
    for late in (None, day(round_.late_until) - timedelta(days=1)):
        with pytest.raises(Refused, match="only move later"):
            change_round(round=round_, version=1, late_until=late, by=SYSTEM, **now)
    changed = change_round(
        round=round_, version=1, late_until=day(round_.late_until), tolerance=4, lowest_band=None, by=SYSTEM, **now
    )
    assert changed.tolerance == 4 and changed.lowest_band.name == "Head of service"


def test_the_applicant_chooses_a_band_and_the_endorser_reads_it(essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        application = make_application(round_)
        band = bands()["Assistant director"]
    alice = make_member(essex, "Alice Applicant", email="alice.applicant@essex.example")
    page = alice.client.get(at("application-detail", application)).content.decode()
    assert "1 thing is left" in page
    scope = alice.client.get(at("application-scope", application))
    assert "superintendent; area manager" in scope.content.decode()
    data = {"decision_scope": "A budget of £3 million.", "version": str(scope.context["form"]["version"].value())}
    alice.client.post(at("application-scope", application), data | {"band": "nonsense"})
    with tenant_context(essex):
        assert fresh(application).band is None
    assert alice.client.post(at("application-scope", application), data | {"band": band.public_id}).status_code == 302
    assert "Assistant director" in alice.client.get(at("application-submit", application)).content.decode()
    alice.client.post(at("application-submit", application))
    with tenant_context(essex):
        held = fresh(application)
        assert (held.state, held.eligibility, held.band) == (S.SUBMITTED, "", band)
        row = held.endorsements.get(kind="line_manager")
    manager = make_member(essex, "Mia Manager", email="mia.manager@essex.example")
    asked = manager.client.get(at("endorsement-detail", row)).content.decode()
    assert "Assistant director" in asked and "and the seniority band they chose, is right" in asked


@pytest.mark.parametrize(
    ("band", "flag"),
    [("Chief officer", "check"), ("Director", ""), ("Head of service", ""), ("Service manager", "check")],
)
def test_outside_the_bands_is_flagged_and_not_refused(
    in_essex: Tenant, round_: SelectionRound, band: str, flag: str
) -> None:
    assert sent_as(round_, "Alice Applicant", band).eligibility == flag


def test_staff_find_eligible_or_not_and_only_then_it_goes_to_assessors(
    essex: Tenant, staff: SimpleNamespace, bystander: SimpleNamespace, round_: SelectionRound
) -> None:
    with tenant_context(essex):
        usual = sent_as(round_, "Una Usual", "Director")
        junior = sent_as(round_, "Jo Junior", "Service manager")
        senior = sent_as(round_, "Sal Senior", "Chief officer")
    listed = staff.client.get(at("application-list", round_), {"settle": "1"}).content.decode()
    assert "Jo Junior" in listed and "Una Usual" not in listed and "2 applications to settle" in listed
    target = at("application-eligibility", junior)
    assert "Every seniority band" not in staff.client.get(target).content.decode()
    assert staff.client.post(target, {"answer": "no", "reason": " "}).status_code == 422
    assert staff.client.post(target, {"answer": "no", "reason": "Decides for one team only"}).status_code == 302
    assert bystander.client.get(target).status_code == 403
    page = staff.client.get(at("application-detail", junior)).content.decode()
    assert "Found not eligible" in page and "Decides for one team only" in page
    make_member(essex, "Asa Assessor", Role.ASSESSOR)
    make_member(essex, "Abe Assessor", Role.ASSESSOR)
    with tenant_context(essex):
        with pytest.raises(NotAllowed):
            find_eligibility(application=junior, eligible=True, reason="x", by=bystander.actor)
        assert Change.objects.get(name="not_eligible").reason == "Decides for one team only"
        close_round(round=round_, by=staff.actor)
    starting = staff.client.get(at("assess-start", round_)).content.decode()
    assert "1 application stays behind" in starting and "1 endorsed application goes" in starting
    with tenant_context(essex, staff.person):
        start_assessment(round=round_, by=staff.actor)
        assert [fresh(a).state for a in (usual, junior, senior)] == [S.ELIGIBLE, S.ENDORSED, S.ENDORSED]
        with pytest.raises(Refused, match="Settle first"):
            include_late(application=fresh(senior), by=staff.actor, reason="Now")
        find_eligibility(application=senior, eligible=True, reason="Decides as a director does", by=staff.actor)
        include_late(application=fresh(senior), by=staff.actor, reason="Found eligible")
        assert fresh(senior).state == S.ELIGIBLE and fresh(senior).eligibility == Eligibility.YES
        with pytest.raises(WrongState):
            find_eligibility(application=senior, eligible=False, reason="Too late", by=staff.actor)


def test_sent_again_it_is_checked_again(in_essex: Tenant, round_: SelectionRound) -> None:
    junior = sent_as(round_, "Jo Junior", "Service manager")
    find_eligibility(application=junior, eligible=True, reason="Fine", by=SYSTEM)
    reopen_application(application=fresh(junior), by=actor_of(junior.applicant))
    submit_application(application=fresh(junior), by=actor_of(junior.applicant))
    held = fresh(junior)
    assert (held.eligibility, held.eligibility_reason) == (Eligibility.CHECK, "")


def test_what_was_begun_is_taken_late_and_nothing_is_begun_then(
    essex: Tenant, staff: SimpleNamespace, round_: SelectionRound
) -> None:
    with tenant_context(essex):
        begun = make_application(round_, "Bea Begun")
        choose_band(begun, "Director")
        unbegun = make_application(round_, "Una Unbegun", state=S.INVITED)
        sent = sent_as(round_, "Sid Sent", "Director")
        close_to_applicants(round_)
        assert [o.person_id for o in owed(kind="selection.application")] == [begun.applicant_id]
        with pytest.raises(WrongState):
            fill_in(fresh(unbegun))
        with pytest.raises(WrongState):
            start_application(round=SelectionRound.objects.get(), by=actor_of(endorser_of(sent)))
        with pytest.raises(WrongState):
            reopen_application(application=fresh(sent), by=actor_of(sent.applicant))
        close_round(round=SelectionRound.objects.get(), by=staff.actor)
    bea = make_member(essex, "Bea Begun", email="bea.begun@essex.example")
    page = bea.client.get(at("application-detail", begun)).content.decode()
    assert "you can still send it until" in page
    assert bea.client.get(at("application-submit", begun)).status_code == 200
    assert bea.client.post(at("application-submit", begun)).status_code == 302
    with tenant_context(essex):
        assert fresh(begun).lateness == Lateness.LATE and fresh(sent).lateness == ""
    assert (
        "The programme team decides whether it counts"
        in bea.client.get(at("application-detail", begun)).content.decode()
    )


def endorser_of(application: Application):
    return application.line_manager


def test_after_the_late_window_nothing_is_taken(in_essex: Tenant, round_: SelectionRound) -> None:
    begun = make_application(round_, "Bea Begun")
    choose_band(begun, "Director")
    close_to_applicants(round_, late_until=timedelta(minutes=-1))
    with pytest.raises(WrongState, match="closed"):
        submit_application(application=fresh(begun), by=actor_of(begun.applicant))


@pytest.mark.parametrize(("accepted", "state"), [(True, S.ELIGIBLE), (False, S.ENDORSED)])
def test_a_late_one_counts_only_if_staff_accept_it(
    essex: Tenant, staff: SimpleNamespace, round_: SelectionRound, accepted: bool, state: str
) -> None:
    with tenant_context(essex):
        punctual = sent_as(round_, "Pat Punctual", "Director")
        begun = make_application(round_, "Bea Begun")
        choose_band(begun, "Director")
        close_to_applicants(round_)
        submit_application(application=fresh(begun), by=actor_of(begun.applicant))
        endorse(begun)
        with pytest.raises(WrongState, match="in time"):
            settle_lateness(application=punctual, accepted=True, reason="x", by=staff.actor)
    assert staff.client.get(at("application-lateness", punctual)).status_code == 404
    data = {"answer": "yes" if accepted else "no", "reason": "Her computer failed at eleven"}
    assert staff.client.post(at("application-lateness", begun), data).status_code == 302
    for name in ("Asa", "Abe"):
        make_member(essex, f"{name} Assessor", Role.ASSESSOR)
    with tenant_context(essex, staff.person):
        held = fresh(begun)
        assert held.lateness == (Lateness.ACCEPTED if accepted else Lateness.REFUSED)
        assert held.lateness_reason == "Her computer failed at eleven"
        close_round(round=SelectionRound.objects.get(), by=staff.actor)
        start_assessment(round=SelectionRound.objects.get(), by=staff.actor)
        assert fresh(begun).state == state


def test_the_public_does_not_see_what_is_to_settle(essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        junior = sent_as(round_, "Jo Junior", "Service manager")
    jo = make_member(essex, "Jo Junior", email="jo.junior@essex.example")
    assert "Eligibility" not in jo.client.get(at("application-detail", junior)).content.decode()
    assert Client().get(at("application-eligibility", junior)).status_code == 302
    assert Actor.system("x").kind == "system"
