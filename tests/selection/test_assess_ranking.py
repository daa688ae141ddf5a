"""Ranking and composition as pure rules."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from selection.selectors.composition import compose
from selection.selectors.ranking import Marks, Ranked, _in_order, two_places


def row(n, points, *, first=0, reference=None, departure="", totals=(), sector=1, state="eligible", moderated=None):
    ranked = Ranked(
        n,
        f"p{n}",
        reference or f"R{n:03}",
        state,
        None,
        f"N{n}",
        "Org",
        sector,
        "Health",
        moderated,
        "",
        departure,
        "because" if departure else "",
        "",
        2,
        0,
    )
    ranked.mean = None if points is None else Decimal(str(points))
    ranked.first = Decimal(str(first))
    ranked.marks = [Marks(i, f"A{i}", total=Decimal(str(t))) for i, t in enumerate(totals)]
    return ranked


def names(rows):
    return [r.public_id for r in rows]


def test_points_then_the_first_criterion_then_reference():
    rows = _in_order([row(1, 4, first=3), row(2, 4, first=5), row(3, 5), row(4, 4, first=3, reference="R000")], 2)
    assert names(rows) == ["p3", "p2", "p4", "p1"]
    assert [r.rank for r in rows] == [1, 2, 3, 4]


def test_without_points_no_rank_and_last():
    rows = _in_order([row(1, None), row(2, 1)], 1)
    assert names(rows) == ["p2", "p1"] and rows[1].rank is None


def test_moderated_points_replace_the_mean():
    assert names(_in_order([row(1, 6, moderated=Decimal(2)), row(2, 3)], 1)) == ["p2", "p1"]


def test_halves_round_up_as_people_expect():
    assert two_places(Fraction(33, 8)) == Decimal("4.13")
    assert two_places(Fraction(13, 3)) == Decimal("4.33")


def test_one_assessor_on_each_side_of_the_line_is_flagged():
    rows = _in_order(
        [row(1, 6, totals=(6, 6)), row(2, 4, totals=(3, 5)), row(3, 3.5, totals=(3, 4)), row(4, 1, totals=(1, 1))], 2
    )
    assert [r.straddles for r in rows] == [False, True, True, False]
    assert [r.needs_moderation for r in rows] == [False, True, True, False]


def test_two_points_apart_on_a_criterion_is_flagged_until_moderated():
    one = row(1, 4)
    one.gap = 2
    assert one.needs_moderation
    one.moderated = Decimal(4)
    assert one.flagged and not one.needs_moderation


def ranking(*departures):
    given = dict(departures)
    return _in_order([row(n, 10 - n, departure=given.get(n, ""), sector=n % 2) for n in range(1, 7)], 3)


def test_without_departures_the_ranking_decides():
    choice = compose(ranking(), places=3, reserve_length=2)
    assert names(choice.chosen) == ["p1", "p2", "p3"]
    assert names(choice.reserves) == ["p4", "p5"] and names(choice.rest) == ["p6"]
    assert choice.effect == {}


def test_bringing_in_makes_the_last_one_by_rank_give_way():
    choice = compose(ranking((6, "in")), places=3, reserve_length=2)
    assert names(choice.chosen) == ["p1", "p2", "p6"]
    assert choice.effect == {6: "in", 3: "down"}
    assert names(choice.reserves) == ["p3", "p4"]


def test_taking_out_moves_the_next_up_and_stays_in_line_for_the_reserve():
    choice = compose(ranking((1, "out")), places=3, reserve_length=2)
    assert names(choice.chosen) == ["p2", "p3", "p4"]
    assert choice.effect == {1: "out", 4: "up"}
    assert names(choice.reserves) == ["p1", "p5"]


def test_never_more_than_there_are_places():
    choice = compose(ranking((4, "in"), (5, "in"), (6, "in"), (3, "in")), places=3, reserve_length=0)
    assert len(choice.chosen) == 3


def test_only_those_still_being_assessed_are_candidates():
    rows = ranking()
    rows[0].state = "withdrawn"
    assert names(compose(rows, places=3, reserve_length=0).chosen) == ["p2", "p3", "p4"]


def test_the_seal_changes_with_the_choice_and_with_the_reserves():
    usual = compose(ranking(), places=3, reserve_length=2).seal
    assert usual == compose(ranking(), places=3, reserve_length=2).seal
    assert usual != compose(ranking((6, "in")), places=3, reserve_length=2).seal
    assert usual != compose(ranking(), places=3, reserve_length=1).seal
