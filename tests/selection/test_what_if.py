"""What if: floors and ceilings tried out, the exact best choice, a reason for everybody, taken over with a reason or not at all."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from selection.models import Departure
from selection.selectors.limits import Limits
from selection.selectors.ranking import rank_round
from selection.selectors.what_if import try_out
from selection.services.choosing import composition_of, depart_from_rank, make_offers, take_over
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Access, Change
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

# Six people, three of each sector by turns; by points: health, police, health, police, health, police.
GIVEN = [7, 3, 6, 2, 5, 1]


@pytest.fixture
def six(essex, staff):
    scene = make_scene(
        essex, staff, applications=6, places=3, sectors=("health", "police"), targets={"health": 1, "police": 2}
    )
    order = {a.pk: n for n, a in enumerate(scene.applications)}
    return scene.moderating(lambda application, _index: [GIVEN[order[application.pk]]] * 3)


def ids(scene, *numbers):
    return {scene.applications[n].public_id for n in numbers}


def ranked(scene):
    return rank_round(scene.round, places=scene.cohort.places)


def tried(scene, limits):
    rows = ranked(scene)
    return try_out(rows, limits, standing=composition_of(scene.round, rows).chosen, places=3)


def sector(scene, n):
    return ("sector", str(scene.applications[n].organisation.sector_id))


def box(kind, scene, n):
    """The name of a sector's box."""
    return f"{kind}_s{scene.applications[n].organisation.sector_id}"


def test_without_limits_it_is_the_ranking(six):
    with six.inside(six.staff):
        found = tried(six, Limits({}, {}))
    assert set(found.chosen) == ids(six, 0, 2, 4)
    assert (found.misses, found.comes_in, found.goes_out) == ([], [], [])
    assert [line.why.split(":")[0] for line in found.lines] == ["In by rank"] * 3 + ["Out by rank"] * 3


def test_a_floor_brings_in_the_best_of_the_sector_and_says_in_whose_place(six):
    with six.inside(six.staff):
        found = tried(six, Limits({sector(six, 1): 2}, {}))
        names = [a.applicant.name for a in six.applications]
    assert set(found.chosen) == ids(six, 0, 1, 3)
    assert [line.row.name for line in found.comes_in] == [names[1], names[3]]
    assert [line.row.name for line in found.goes_out] == [names[2], names[4]]
    assert (found.total, found.present) == (12, 18)
    assert "police must have at least 2 and would have 0 by rank" in found.comes_in[0].why
    assert f"in place of {names[2]}" in found.comes_in[0].why
    assert "the total would be" in found.goes_out[0].why


def test_a_ceiling_keeps_people_out_and_an_organisation_counts_too(six):
    with six.inside(six.staff):
        found = tried(six, Limits({}, {sector(six, 0): 1}))
        assert set(found.chosen) == ids(six, 0, 1, 3)
        assert "health may have at most 1" in found.goes_out[0].why
        one_each = tried(six, Limits({}, {}, each_organisation=1))
    organisations = [line.row.organisation for line in one_each.lines if line.is_in]
    assert len(organisations) == len(set(organisations)) == 3


def test_limits_that_cant_be_kept_say_which_and_by_how_many(six):
    with six.inside(six.staff):
        found = tried(six, Limits({sector(six, 0): 2, sector(six, 1): 3}, {}))
    # three places for two and three: of all ways to miss by two, the one with the most points
    assert found.faults == ["Places to fill: 3. health and police must have at least 5."]
    assert found.misses == ["police must have at least 3: 2 too few."]
    assert set(found.chosen) == ids(six, 0, 1, 2)


def test_decisions_that_stand_are_kept(six):
    with six.inside(six.staff):
        depart_from_rank(
            round=six.round, applications=ids(six, 5), direction="in", reason="Knows the coast", by=six.staff.actor
        )
        found = tried(six, Limits({sector(six, 1): 2}, {}))
    assert set(found.chosen) == ids(six, 0, 1, 5)
    assert "In by decision" in next(line.why for line in found.lines if line.row.public_id in ids(six, 5))


def test_the_page_tries_and_saves_nothing(six):
    page = url(six, "what-if")
    first = six.staff.client.get(page)
    # targets of the cohort are what one begins with
    assert first.context["form"].initial[box("floor", six, 1)] == 2
    body = six.staff.client.get(page, {"try": "1", box("floor", six, 1): "2"}).content.decode()
    for words in ("12 points in all; 18 as the choice stands", "Proved: no other choice", "Comes in", "Goes out"):
        assert words in body
    # and to take away: the rows of the page in their order, with the limits that were tried on record
    tried_out = {"try": "1", box("floor", six, 1): "2", "download": "csv"}
    lines = list(csv.DictReader(StringIO(six.staff.client.get(page, tried_out).content.decode("utf-8-sig"))))
    assert [(x["Rank"], x["Within these limits"], x["Against the choice that stands"]) for x in lines] == [
        ("1", "In", ""),
        ("2", "Not in", "Goes out"),
        ("3", "Not in", "Goes out"),
        ("4", "In", "Comes in"),
        ("5", "In", "Comes in"),
        ("6", "Not in", ""),
    ]
    assert all(x["Why"] for x in lines) and "download=xlsx" in body
    assert "download=csv" not in first.content.decode()  # nothing is tried yet
    with six.inside(six.staff):
        assert not Departure.objects.exists()
        assert f"{box('floor', six, 1)}: 2" in Access.objects.get(act="downloaded").filters
    wrong = {"try": "1", box("floor", six, 1): "2", box("ceiling", six, 1): "1"}
    assert "can’t be fewer than the least" in six.staff.client.get(page, wrong).content.decode()
    too_many = {"try": "1", box("ceiling", six, 1): "9", "organisation": "x"}
    said = six.staff.client.get(page, too_many).content.decode()
    assert "police: enter a whole number from 0 to 3" in said
    assert "Any one organisation: enter a whole number from 1 to 3" in said
    assert "What would come of it" not in six.staff.client.get(page, wrong).content.decode()


def test_before_moderation_it_says_that_scores_are_missing_and_takes_nothing_over(essex, staff):
    scene = make_scene(essex, staff, applications=2, places=1, sectors=("health", "police"))
    scene.start()
    page = url(scene, "what-if")
    assert "You can try out limits when" in scene.staff.client.get(page).content.decode()
    for assessor in scene.assessors:
        scene.score(assessor, scene.applications[0], [4, 4, 4])
    body = scene.staff.client.get(page, {"try": "1"}).content.decode()
    assert "scores are still missing" in body and "In by rank" in body and "Make this the choice" not in body


def test_taken_over_it_is_the_choice_with_the_reason_on_record(six):
    page = url(six, "what-if")
    with six.inside(six.staff):
        seal = composition_of(six.round, ranked(six)).seal
    sent = {"try": "1", box("floor", six, 1): "2", "seal": seal}
    refused = six.staff.client.post(page, sent)
    assert refused.status_code == 422 and "Say why you’re departing" in refused.content.decode()
    sent["reason"] = "Police were promised two places"
    assert six.staff.client.post(page, sent).url == url(six, "choosing-board")
    with six.inside(six.staff):
        assert {r.public_id for r in composition_of(six.round, ranked(six)).chosen} == ids(six, 0, 1, 3)
        told = Change.objects.filter(name="departure", reason__contains="Police were promised two places")
        assert told.count() == Departure.objects.count() == 4
    # a double click: the choice it began from is another by now
    again = six.staff.client.post(page, sent)
    assert again.status_code == 422 and "Try it out again" in again.content.decode()
    with six.inside(six.staff):
        assert Departure.objects.count() == 4


def test_only_staff_and_only_before_the_offers(six):
    with six.inside(six.staff):
        seal = composition_of(six.round, ranked(six)).seal
        with pytest.raises(NotAllowed):
            take_over(round=six.round, chosen=ids(six, 0, 1, 3), seal=seal, reason="x", by=six.assessors[0].actor)
        with pytest.raises(Refused, match="stands already"):
            take_over(round=six.round, chosen=ids(six, 0, 2, 4), seal=seal, reason="x", by=six.staff.actor)
    with six.inside(six.staff):
        make_offers(round=six.round, seal=seal, by=six.staff.actor)
    assert "nothing left to try out" in six.staff.client.get(url(six, "what-if")).content.decode()
    with six.inside(six.staff), pytest.raises(WrongState):
        take_over(round=six.round, chosen=ids(six, 0, 1, 3), seal=seal, reason="x", by=six.staff.actor)


@pytest.mark.parametrize("number", [3, 9])
def test_it_costs_the_same_whatever_the_rows(essex, staff, number):
    scene = make_scene(essex, staff, applications=number, places=2).moderating(lambda _a, _i: [4, 4, 4])
    address = f"{url(scene, 'what-if')}?try=1&organisation=1"
    assert page_queries(scene.staff.client, address) <= 12
