"""Limits kept with a round: set on a page, watched on the board, taken over from what-if, moved up by; never what the law protects."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from selection.composition import BadProblem, Rule, problem_of_round
from selection.forms.limits import token_of
from selection.models import Application, Attribute, BalanceRule, Departure, Offer, SelectionRound
from selection.selectors.limits import Limits, kept_limits, limits_in_force
from selection.selectors.ranking import rank_round
from selection.services.balance import keep_limits
from selection.services.choosing import composition_of, depart_from_rank, make_offers, offer_over
from selection.services.offers import decline_offer, offer_place
from selection.states import ApplicationState as S
from tenancy.errors import AlreadySaved, NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Change, Organisation, SeniorityBand
from tenancy.services.bands import ensure_bands
from tenancy.services.districts import save_district
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import SYSTEM, make_scene

# Six people, three of each sector by turns; by points: health, police, health, police, health, police.
GIVEN = [7, 3, 6, 2, 5, 1]


def set_up(essex, staff, **more):
    """Bands: heads and directors by turns of two. Functions: housing for all but the last. Places: north, south, north, …"""
    settings = {"applications": 6, "places": 3, "sectors": ("health", "police"), "reserve_length": 3} | more
    scene = make_scene(essex, staff, **settings)
    with scene.inside(staff):
        ensure_bands(by=SYSTEM)
        bands = {band.name: band for band in SeniorityBand.objects.all()}
        for n, application in enumerate(scene.applications):
            application.band = bands[("Director", "Head of service")[n // 2 % 2]]
            application.service_area = "Housing" if n < 5 else "Digital  and data"
            application.save(update_fields=["band", "service_area"])
            application.organisation.place = ("North", "South")[n % 2]
            application.organisation.save(update_fields=["place"])
    return scene


def given(scene):
    order = {a.pk: n for n, a in enumerate(scene.applications)}
    return lambda application, _index: [GIVEN[order[application.pk]]] * 3


@pytest.fixture
def six(essex, staff):
    scene = set_up(essex, staff)
    return scene.moderating(given(scene))


def sector(scene, n):
    return ("sector", str(scene.applications[n].organisation.sector_id))


def ids(scene, *numbers):
    return {scene.applications[n].public_id for n in numbers}


def chosen(scene):
    with scene.inside(scene.staff):
        round_ = SelectionRound.objects.select_related("cohort").get(pk=scene.round.pk)
        return {r.public_id for r in composition_of(round_, rank_round(round_, places=3)).chosen}


def keep(scene, limits, *, version=1):
    with scene.inside(scene.staff):
        keep_limits(round=scene.round, limits=limits, version=version, by=scene.staff.actor)


def boxes(form, **typed):
    """What the page would send: every box as it stands, and what is typed."""
    return {name: form[name].value() or "" for name in form.fields} | typed


def test_staff_keep_limits_on_the_page_and_see_which_hold(six, bystander, stranger):
    page = url(six, "round-limits")
    first = six.staff.client.get(page)
    names = {line.name for line in first.context["form"].lines()}
    assert {"health", "police", "North", "South", "Director", "Head of service", "Housing"} <= names
    assert "Digital and data" not in names  # one application only: no use to a limit
    health, police = (f"s{six.applications[n].organisation.sector_id}" for n in (0, 1))
    sent = boxes(first.context["form"], **{f"floor_{police}": "2", f"ceiling_{health}": "1", "organisation": "1"})
    assert bystander.client.post(page, sent).status_code == 403
    assert stranger.client.get(page).status_code == 404
    wrong = six.staff.client.post(page, sent | {f"ceiling_{police}": "1"})
    assert wrong.status_code == 422 and "can’t be fewer than the least" in wrong.content.decode()
    assert six.staff.client.post(page, sent).url == url(six, "choosing-board")
    board = six.staff.client.get(url(six, "choosing-board")).content.decode()
    # by rank: health has 3 of at most 1, police none of at least 2; each organisation has one
    missed = [line.name for line in six.staff.client.get(url(six, "choosing-board")).context["broken"]]
    assert missed == ["health", "police"], missed
    assert "2 limits are missed" in board and "police: at least 2, 2 too few" in board
    assert "health: at most 1, 2 too many" in board
    # each organisation keeps the common ceiling, and nothing is said of it; those with one application stay off the page
    again = six.staff.client.get(page).context["form"]
    organisations = [line.name for line in again.lines() if line.value[0] == "organisation"]
    assert organisations == []
    with six.inside(six.staff):
        assert BalanceRule.objects.count() == 3
        told = Change.objects.get(name="keep_limits")
        assert "police at least 2" in told.reason and "any one organisation at most 1" in told.reason


def test_a_limit_by_how_rural_and_how_deprived(six):
    """The class of the organisation's own, or of its district."""
    with six.inside(six.staff):
        north = save_district(district=None, name="Northvale", rurality="rural", decile=2, by=SYSTEM)
        for n, application in enumerate(six.applications):
            of = application.organisation
            of.district, of.rurality = (north, "") if n % 2 else (None, "urban")
            of.save(update_fields=["district", "rurality"])
    page = url(six, "round-limits")
    form = six.staff.client.get(page).context["form"]
    names = [line.name for line in form.lines() if line.value[0] in ("rurality", "deprivation")]
    assert names == ["Predominantly urban", "Predominantly rural", "More deprived (deciles 1 to 3)"]
    six.staff.client.post(page, boxes(form, **{f"floor_{token_of(('rurality', 'rural'))}": "2"}))
    with six.inside(six.staff):
        assert kept_limits(six.round).limits.floors == {("rurality", "rural"): 2}
        assert kept_limits(six.round).in_words() == "Predominantly rural at least 2"
    board = six.staff.client.get(url(six, "choosing-board")).content.decode()
    # by rank 0, 2 and 4 would come, all of them from a town
    assert "How rural" in board and "Predominantly rural: at least 2, 2 too few" in board
    with six.inside(six.staff):
        seal = composition_of(six.round, rank_round(six.round, places=3)).seal
    rural = f"floor_{token_of(('rurality', 'rural'))}"
    sent = {"try": "1", rural: "2", "seal": seal, "reason": "The country was promised two", "keep": "1"}
    assert six.staff.client.post(url(six, "what-if"), sent).status_code == 302
    assert chosen(six) == ids(six, 0, 1, 3)


def test_limits_saved_meanwhile_are_not_written_over(six):
    one, other = Limits({sector(six, 1): 2}), Limits({sector(six, 1): 1})
    keep(six, one)
    with six.inside(six.staff):
        with pytest.raises(AlreadySaved):
            keep_limits(round=six.round, limits=one, version=1, by=six.staff.actor)
        with pytest.raises(StaleEdit):
            keep_limits(round=six.round, limits=other, version=1, by=six.staff.actor)
        assert kept_limits(six.round).limits == one
        keep_limits(round=six.round, limits=other, version=2, by=six.staff.actor)
        assert kept_limits(six.round).limits == other
        keep_limits(round=six.round, limits=Limits(), version=3, by=six.staff.actor)
        assert not BalanceRule.objects.exists()


def test_every_attribute_is_kept_as_it_was_said(six):
    with six.inside(six.staff):
        organisation = six.applications[0].organisation
        band = six.applications[0].band
    limits = Limits(
        {("place", "north"): 1, ("seniority", str(band.pk)): 2, sector(six, 0): 1},
        {("function", "housing"): 2, ("organisation", str(organisation.pk)): 1},
        each_organisation=2,
    )
    keep(six, limits)
    with six.inside(six.staff):
        kept = kept_limits(six.round)
        assert kept.limits == limits
        assert set(kept.in_words().split("; ")) == {
            "housing at most 2",
            f"{organisation.name} at most 1",
            "north at least 1",
            "health at least 1",
            "Director at least 2",
            "any one organisation at most 2",
        }


def test_more_than_the_places_and_what_is_gone_are_refused(six):
    with six.inside(six.staff):
        with pytest.raises(Refused, match="more than the cohort’s 3 places"):
            keep_limits(
                round=six.round, limits=Limits({sector(six, 0): 2, sector(six, 1): 2}), version=1, by=six.staff.actor
            )
        with pytest.raises(Refused, match="no longer there"):
            keep_limits(round=six.round, limits=Limits({("sector", "999999"): 1}), version=1, by=six.staff.actor)
        with pytest.raises(NotAllowed):
            keep_limits(round=six.round, limits=Limits(), version=1, by=six.assessors[0].actor)


def test_nothing_protected_can_be_named(six):
    """Not by the composition, not by the database, and there is no word for it in the form."""
    assert set(Attribute.values) == {
        "sector",
        "organisation",
        "place",
        "rurality",
        "deprivation",
        "seniority",
        "function",
    }
    for name in ("sex", "race", "age", "disability", "religion", "sexual orientation"):
        with pytest.raises(BadProblem):
            problem_of_round(places=1, candidates=[], rules=[Rule(name, "x", 1)])
        with six.inside(six.staff), pytest.raises(IntegrityError), transaction.atomic():
            BalanceRule.objects.create(round=six.round, attribute=name[:12], words="x", floor=1)
    with six.inside(six.staff), pytest.raises(IntegrityError), transaction.atomic():
        BalanceRule.objects.create(round=six.round, attribute="place", words="x")  # says nothing


def test_what_if_begins_with_the_kept_limits_and_keeps_others(six):
    keep(six, Limits({sector(six, 1): 1}))
    page = url(six, "what-if")
    police = f"floor_s{six.applications[1].organisation.sector_id}"
    assert six.staff.client.get(page).context["form"][police].value() == 1
    with six.inside(six.staff):
        seal = composition_of(six.round, rank_round(six.round, places=3)).seal
    sent = {"try": "1", police: "2", "seal": seal, "reason": "Police were promised two places", "keep": "1"}
    assert six.staff.client.post(page, sent).status_code == 302
    assert chosen(six) == ids(six, 0, 1, 3)
    with six.inside(six.staff):
        assert kept_limits(six.round).limits == Limits({sector(six, 1): 2})
        departure = Departure.objects.get(application=six.applications[3])
        references = [a.reference for a in six.applications]
        assert departure.reason == "Police were promised two places"
        # the record has the reason with references, so that nobody else's name lies in it
        assert departure.sentence.startswith(
            f"In at number 5, in place of {references[4]}: police must have at least 2"
        )
        assert not any(a.applicant.name in departure.sentence for a in six.applications)
    board = six.staff.client.get(url(six, "choosing-board")).content.decode()
    assert "Every limit holds" in board and "keeps every limit" in board
    # the board says it of the people by name, and the decision beside it
    assert f"In at number 5, in place of {six.applications[4].applicant.name}" in board
    assert "Brought in: Police were promised two places" in board


def test_without_limits_the_board_says_rank_and_decisions(six):
    with six.inside(six.staff):
        depart_from_rank(
            round=six.round, applications=ids(six, 5), direction="in", reason="Knows the coast", by=six.staff.actor
        )
    board = six.staff.client.get(url(six, "choosing-board")).content.decode()
    for words in (
        "In by rank: number 1 for 3 places",
        "In by decision; number 6 by rank",
        "Out at number 3: somebody ranked below was brought in by decision",
    ):
        assert words in board, words
    # asked again, from the cache, and anew after a change
    assert six.staff.client.get(url(six, "choosing-board")).content.decode().count("In by rank") == 2
    with six.inside(six.staff):
        six.applications[0].applicant.name = "Renamed Person"
        six.applications[0].applicant.save()
    assert "Renamed Person" in six.staff.client.get(url(six, "choosing-board")).content.decode()


def test_a_choice_that_misses_limits_is_told_by_rank(six):
    keep(six, Limits({sector(six, 1): 2}))
    board = six.staff.client.get(url(six, "choosing-board")).content.decode()
    assert "1 limit is missed" in board and "In by rank: number 1" in board and "keeps every limit" not in board


@pytest.fixture
def decided(essex, staff):
    """By rank: three of health are offered; in reserve police 1, police 3, police 5."""
    scene = set_up(essex, staff)
    return scene.decided(given(scene))


def test_a_reserve_moves_up_by_the_kept_limits(decided):
    """Two directors are asked for and at most two from housing: only the last on the list is neither a head of service nor of housing."""
    band = decided.applications[0].band
    declines, first, second, third = (decided.applications[n] for n in (0, 1, 3, 5))
    assert [first.band_id == band.pk, second.band_id == band.pk, third.band_id == band.pk] == [True, False, True]
    # the first reserve is of the band, but housing is full; the second is of housing too, and not of the band
    keep(decided, Limits({("seniority", str(band.pk)): 2}, {("function", "housing"): 2}))
    who = decided.member(declines)
    with decided.inside(who):
        moved = decline_offer(application=declines, by=who.actor)
        assert moved.pk == third.pk
    with decided.inside(decided.staff):
        offer = Offer.objects.get(application=third)
        assert offer.reason.startswith(f"In place of {declines.reference}. Number 3 on the reserve list.")
        assert "Housing may have at most 2: 1 too many" in offer.reason
    shown = decided.staff.client.get(url(decided, "offer-list")).content.decode()
    assert "Number 3 on the reserve list" in shown
    letter = decided.member(third).client.get(url(decided, "offer-answer", third.public_id)).content.decode()
    assert "Number 3" not in letter and "Housing may" not in letter


def test_targets_stand_in_where_no_limits_are_kept(essex, staff):
    scene = set_up(essex, staff, targets={"health": 2, "police": 1}).decided()
    with scene.inside(staff):
        force = limits_in_force(scene.round)
        assert force.by_targets and force.limits.floors == {sector(scene, 0): 2, sector(scene, 1): 1}
        keep_limits(round=scene.round, limits=Limits({sector(scene, 1): 2}), version=1, by=staff.actor)
        assert not limits_in_force(scene.round).by_targets


def test_the_tolerance_lets_more_be_offered_and_reserves_wait_for_the_number(essex, staff):
    scene = set_up(essex, staff, places=2)
    scene.moderating(given(scene))
    with scene.inside(staff):
        with pytest.raises(Refused, match="from 0 to 0"):
            offer_over(round=scene.round, over=1, reason="x", by=staff.actor)
        SelectionRound.objects.filter(pk=scene.round.pk).update(tolerance=1)
        scene.round.refresh_from_db()
        with pytest.raises(Refused, match="Give a reason"):
            offer_over(round=scene.round, over=1, reason=" ", by=staff.actor)
        with pytest.raises(NotAllowed):
            offer_over(round=scene.round, over=1, reason="x", by=scene.assessors[0].actor)
    page = url(scene, "offer-over")
    assert staff.client.post(page, {"over": "2", "reason": "x"}).status_code == 422
    assert staff.client.post(page, {"over": "1", "reason": "One in ten declines"}).status_code == 302
    board = staff.client.get(url(scene, "choosing-board")).content.decode()
    assert "3 chosen for 3 places" in board and "That is 1 more than the cohort’s 2" in board
    with scene.inside(staff):
        assert Change.objects.get(name="offer_over").reason == "1: One in ten declines"
        three = ids(scene, 0, 2, 4)
        depart_from_rank(round=scene.round, applications=three, direction="in", reason="All", by=staff.actor)
        with pytest.raises(Refused, match="take somebody out first"):
            offer_over(round=scene.round, over=0, reason="No", by=staff.actor)
        scene.round.refresh_from_db()
        seal = composition_of(scene.round, rank_round(scene.round, places=2)).seal
        make_offers(round=scene.round, seal=seal, by=staff.actor)
        assert Application.objects.filter(state=S.OFFERED).count() == 3
        with pytest.raises(WrongState):
            offer_over(round=scene.round, over=0, reason="x", by=staff.actor)
    # two hold offers when the first declines: the number is met, nobody moves up
    first, second = (scene.member(scene.applications[n]) for n in (0, 2))
    with scene.inside(first):
        assert decline_offer(application=scene.applications[0], by=first.actor) is None
    with scene.inside(second):
        assert decline_offer(application=scene.applications[2], by=second.actor) is not None
    # by hand up to the tolerance
    with scene.inside(staff):
        reserve = Application.objects.filter(state=S.RESERVE).first()
        offer_place(application=reserve, by=staff.actor, reason="A third, for balance")
        last = Application.objects.filter(state=S.RESERVE).first()
        with pytest.raises(Refused, match="no free place"):
            offer_place(application=last, by=staff.actor, reason="A fourth")


def test_the_reserve_list_is_no_longer_than_the_round_says(essex, staff):
    scene = set_up(essex, staff, reserve_length=2).decided()
    with scene.inside(staff):
        assert [a.reserve_position for a in Application.objects.filter(state=S.RESERVE).order_by("reference")] == [1, 2]
        assert Application.objects.filter(state=S.ELIGIBLE).count() == 1


def test_pages_cost_the_same_whatever_the_rows_and_limits(essex, staff):
    for number in (3, 9):
        scene = make_scene(essex, staff, applications=number, places=2).moderating(lambda _a, _i: [4, 4, 4])
        keep(scene, Limits({sector(scene, 0): 1}, each_organisation=1))
        for name in ("choosing-board", "offer-confirm", "round-limits", "what-if"):
            assert page_queries(scene.staff.client, url(scene, name)) <= 12, name


def test_places_without_words_are_left_out(six):
    with six.inside(six.staff):
        Organisation.objects.update(place="")
        rows = rank_round(six.round, places=3)
        assert not any(attribute == "place" for row in rows for attribute, _value in row.kinds)
        six.applications[0].applicant.district = " Harlow "
        six.applications[0].applicant.save()
        row = next(r for r in rank_round(six.round, places=3) if r.public_id == six.applications[0].public_id)
        assert row.kinds[("place", "harlow")].name == "Harlow"
