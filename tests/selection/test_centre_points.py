"""What paper and assessment centre come to together, against numbers worked out by hand; moderation and choosing go by it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from selection.composition import choose
from selection.models import Application, Observer
from selection.selectors.applications import application_rows
from selection.selectors.moderation import closed_in_sql
from selection.selectors.ranking import centre_points, rank_round, together
from selection.selectors.reasons import problem_for
from selection.selectors.withheld import as_seen
from selection.services.assessment import start_moderation
from selection.services.centre import call_off_centre, close_centre
from selection.services.centre_places import note_missed
from selection.services.choosing import composition_of, make_offers
from selection.services.moderation import agree_means, lock_moderation, moderate_application
from selection.states import ApplicationState
from tenancy.errors import Refused
from tenancy.services.conflicts import declare_conflict
from tests.clock import travel
from tests.selection.centre_setup import make_centre

A, B, C, D = range(4)
# Weights 3, 2, 1. On paper: A (18+10+4)/6 = 5.33, B (15+12+3)/6 = 5.00, C (12+8+6)/6 = 4.33, D 7.00.
PAPER = {A: [6, 5, 4], B: [5, 6, 3], C: [4, 4, 6], D: [7, 7, 7]}
# Interview: criteria 1 and 2; group task: criteria 2 and 3. Two observers each.
# A: means 6.5; (6+6+5+4)/4 = 5.25; 3.5, so (19.5 + 10.5 + 3.5)/6 = 5.58.
# C: means 2.5; (3+3+4+4)/4 = 3.5; 6.5, so (7.5 + 7 + 6.5)/6 = 3.50.
SEEN = {A: ([7, 6], [6, 6], [5, 3], [4, 4]), C: ([2, 3], [3, 3], [4, 6], [4, 7])}


@pytest.fixture
def centre(essex, staff):
    """D, the best on paper, is left out for C; A and C come, B doesn't. Closed."""
    made = make_centre(essex, staff, points=lambda a, _i: PAPER[int(a.reference[-4:])])
    made.call(A, B, C, reasons={C: "Much to show in person", D: "Abroad"})
    for n, slot in ((A, 0), (B, 1), (C, 2)):
        made.book(n, slot)
    for n, given in SEEN.items():
        first, second = made.free_observers(made.scene.applications[n])[:2]
        made.first[n] = first
        rows = [
            (made.watch(n, exercise, who), who) for exercise in (made.interview, made.group) for who in (first, second)
        ]
        for (row, who), points in zip(rows, given, strict=True):
            made.mark(row, who, points)
    return made


def close(centre):
    with centre.inside(), travel(centre.after()):
        note_missed(place=centre.place(B), by=centre.staff.actor)
        close_centre(centre=centre.centre, by=centre.staff.actor)


def ranking(centre):
    """(letter, points, rank), in order."""
    with centre.inside():
        round_ = centre.scene.round
        round_.refresh_from_db()
        return [("ABCD"[int(r.reference[-4:])], str(r.points), r.rank) for r in rank_round(round_, places=2)]


def moderating(centre):
    close(centre)
    with centre.inside():
        start_moderation(round=centre.scene.round, by=centre.staff.actor)


def test_the_sum_by_hand():
    assert centre_points([(3, [7, 6]), (2, [6, 6, 5, 4]), (1, [3, 4])]) == Decimal("5.58")
    assert centre_points([(3, [2, 3]), (2, [3, 3, 4, 4]), (1, [6, 7])]) == Decimal("3.50")
    # 0.6 * 5.33 + 0.4 * 5.58 = 3.198 + 2.232 = 5.43; 0.6 * 4.33 + 0.4 * 3.5 = 2.598 + 1.4 = 3.998
    assert together(Decimal("5.33"), Decimal("5.58"), 40) == Decimal("5.43")
    assert together(Decimal("4.33"), Decimal("3.50"), 40) == Decimal("4.00")
    # halves go up: 0.9 * 5.05 + 0.1 * 5 = 5.045
    assert together(Decimal("5.05"), Decimal("5.00"), 10) == Decimal("5.05")


def test_paper_counts_until_it_is_closed_and_then_both(centre):
    on_paper = [("D", "7.00", 1), ("A", "5.33", 2), ("B", "5.00", 3), ("C", "4.33", 4)]
    assert ranking(centre) == on_paper
    close(centre)
    # who wasn't seen keeps the paper points, below everybody who was
    assert ranking(centre) == [("A", "5.43", 1), ("C", "4.00", 2), ("D", "7.00", 3), ("B", "5.00", 4)]
    with centre.inside():
        rows = {int(r.reference[-4:]): r for r in rank_round(centre.scene.round, places=2)}
        assert [(str(rows[n].paper), str(rows[n].centre), str(rows[n].standing)) for n in (A, C)] == [
            ("5.33", "5.58", "5.43"),
            ("4.33", "3.50", "4.00"),
        ]
        assert (rows[D].centre, rows[D].standing, rows[D].behind) == (None, Decimal("7.00"), True)
        # where the round corrects, the corrected paper goes in: 0.6 * 5.10 + 0.4 * 5.58 = 5.292
        assert replace(rows[A], corrected=Decimal("5.10")).standing == Decimal("5.29")
        # lists that compute in SQL say the same
        listed = {row["reference"][-4:]: str(row["score_points"]) for row in application_rows(centre.scene.round, {})}
        assert listed == {"0000": "5.43", "0001": "5.00", "0002": "4.00", "0003": "7.00"}


def test_called_off_it_counts_for_nothing(centre):
    with centre.inside():
        call_off_centre(centre=centre.centre, reason="A fire alarm all day", by=centre.staff.actor)
    assert [letter for letter, _points, _rank in ranking(centre)] == ["D", "A", "B", "C"]


def test_downloads_and_minutes_say_what_paper_and_centre_came_to(centre):
    moderating(centre)
    staff, at = centre.staff, {"tenant": "essex", "public_id": centre.scene.round.public_id}
    moderation = reverse("selection:moderation-list", kwargs=at) + "?show=all&sort=rank&download=csv"
    lines = b"".join(staff.client.get(moderation)).decode("utf-8-sig").splitlines()
    assert "Paper,Assessment centre,Seen there,Points" in lines[0]
    assert "5.33,5.58,Yes,5.43" in lines[1] and "7,,No,7" in lines[3].replace("7.00", "7").replace("7.0", "7")
    # two observers a person, 30 minutes of interview and 45 of the group each
    page = staff.client.get(reverse("selection:assess-minutes", kwargs=at))
    assert page.context["observed"] == sum(s.minutes for s in page.context["observing"]) == 2 * 2 * 75
    assert "Observers have spent 300 minutes there" in page.content.decode()


def test_moderation_and_choosing_go_by_both(centre):
    staff, scene = centre.staff, centre.scene
    moderating(centre)
    with centre.inside():
        round_ = scene.round
        round_.refresh_from_db()
        ranked = rank_round(round_, places=2)
        chosen = {scene.applications[n].public_id for n in (A, C)}
        assert {r.public_id for r in composition_of(round_, ranked).chosen} == chosen
        # the composition, which knows one number a person, chooses the same
        assert set(choose(problem_for(ranked, None, places=2)).chosen) == chosen
        # what is agreed at once is the sum; what is agreed by hand replaces it, and moves nobody past those who were seen
        agree_means(round=round_, applications=[scene.applications[C].public_id], reason="As it stands", by=staff.actor)
        moderate_application(
            application=scene.applications[A], points=Decimal("3.00"), reason="Heard again", version=0, by=staff.actor
        )
    assert ranking(centre) == [("C", "4.00", 1), ("A", "3.00", 2), ("D", "7.00", 3), ("B", "5.00", 4)]
    with centre.inside():
        lock_moderation(round=round_, by=staff.actor)
        ranked = rank_round(round_, places=2)
        make_offers(round=round_, seal=composition_of(round_, ranked).seal, by=staff.actor)
        offered = Application.objects.filter(state=ApplicationState.OFFERED).values_list("public_id", flat=True)
        assert set(offered) == chosen


def test_marks_of_an_observer_with_a_conflict_count_no_longer(centre):
    moderating(centre)
    staff, scene = centre.staff, centre.scene
    with centre.inside():
        declare_conflict(
            person=centre.first[A].person, other=scene.applications[A].applicant, kind="other", by=staff.actor
        )
    # left are interview 6, 6 and group 4, 4: (18 + 2 * 5 + 4)/6 = 5.33, and with the paper's 5.33 it's the same
    assert ranking(centre)[0] == ("A", "5.33", 1)
    with centre.inside():
        Observer.objects.filter(place=centre.place(A)).update(withdrawn_because="conflict", withdrawn_at=centre.after())
        rows = {int(r.reference[-4:]): r for r in rank_round(scene.round, places=2)}
        # nobody's marks are left: still among those who were seen, and somebody has to agree the points
        assert (rows[A].centre, rows[A].rank, rows[A].needs_moderation) == (None, 1, True)
        with pytest.raises(Refused, match="1 application needs moderation"):
            lock_moderation(round=scene.round, by=staff.actor)


def test_whoever_has_a_conflict_sees_nothing_of_it(centre):
    close(centre)
    staff, scene = centre.staff, centre.scene
    with centre.inside():
        declare_conflict(person=staff.person, other=scene.applications[A].applicant, kind="other", by=staff.actor)
        ranked = rank_round(scene.round, places=2)
        row = next(r for r in as_seen(ranked, {scene.applications[A].pk}) if r.closed)
        assert (row.points, row.centre, row.paper, row.rank, row.place_state, row.behind) == (None,) * 5 + (False,)
        closed = closed_in_sql(scene.round, staff.actor)
        listed = {r["reference"][-4:]: r["score_points"] for r in application_rows(scene.round, {}, closed)}
        assert listed["0000"] is None and listed["0002"] == Decimal("4.00")
