"""The best choice under floors and ceilings that staff try out: computed, explained, and not saved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.translation import gettext as _

from selection.composition import QUICK, Choice, Explanations, Infeasible, Rule, choose, explain
from selection.composition.sentences import fault_in_words, miss_in_words, points, sentence
from selection.selectors.limits import Limits, namer
from selection.selectors.ranking import Ranked
from selection.selectors.reasons import eligible_rows, problem_for
from selection.selectors.withheld import CONFLICT, as_seen


@dataclass(frozen=True)
class Line:
    """One person of the answer with the reason; `moves` is 'in' or 'out' where rank and departures alone say otherwise."""

    row: Ranked
    is_in: bool
    moves: str
    why: str


@dataclass(frozen=True)
class WhatIf:
    """What would come of it. `chosen` are public ids; `misses` say which limits can't all be kept and by how many, and the lines are
    then those of the nearest choice. `total` and `present` are the points of that choice and of the one that stands."""

    chosen: tuple[str, ...]
    lines: Sequence[Line]
    total: Fraction
    present: Fraction
    swap: str
    misses: Sequence[str]
    faults: Sequence[str]
    # the same reasons for the record, with references for names
    told: Mapping[str, str]
    # whether sums and reasons are withheld, since they would tell of an application that is closed to whoever looks
    withheld: bool = False
    # whether one of those would change sides
    moves_closed: bool = False
    # whether whoever was seen at an assessment centre comes before everybody else
    by_seen: bool = False

    @property
    def total_points(self) -> str:
        return points(self.total)

    @property
    def present_points(self) -> str:
        return points(self.present)

    @property
    def moves(self) -> list[tuple[str, list[Line]]]:
        return [(_("Comes in"), self.comes_in), (_("Goes out"), self.goes_out)]

    @property
    def comes_in(self) -> list[Line]:
        return [line for line in self.lines if line.moves == "in"]

    @property
    def goes_out(self) -> list[Line]:
        return [line for line in self.lines if line.moves == "out"]


def try_out(
    ranked: Sequence[Ranked],
    limits: Limits,
    *,
    standing: Sequence[Ranked],
    places: int,
    rule_name: Callable[[Rule], str] | None = None,
    closed: Collection[int] = (),
) -> WhatIf:
    """The best `places` under the limits, with the departures that stand, against `standing`, the choice as it is. Proved to be the
    best, and the same for the same ranking; the reasons are those found quickly. Of the `closed` applications (ids) nothing is told, nor
    what compares others with them."""
    rows = eligible_rows(ranked)
    names = {r.public_id: r.name for r in rows}
    rule_name = rule_name or namer(*(r.kinds for r in rows))
    problem = problem_for(rows, limits, places=places)
    answer = choose(problem)
    misses: list[str] = []
    faults: list[str] = []
    if isinstance(answer, Infeasible):
        misses = [miss_in_words(m, rule_name=rule_name) for m in answer.misses]
        faults = [fault_in_words(f, rule_name=rule_name) for f in answer.faults]
        problem, answer = answer.relaxed, answer.nearest
    told = explain(problem, answer, questions=QUICK)
    seen = {r.public_id for r in rows if r.was_seen}
    lines = _lines(rows, told, answer, {r.public_id for r in standing}, names=names, rule_name=rule_name, seen=seen)
    withheld = any(r.pk in closed for r in rows)
    return WhatIf(
        chosen=answer.chosen,
        lines=_seen(lines, closed) if withheld else lines,
        withheld=withheld,
        moves_closed=any(line.moves and line.row.pk in closed for line in lines),
        total=sum((Fraction(r.points or 0) for r in rows if r.public_id in set(answer.chosen)), Fraction(0)),
        present=sum((Fraction(r.points or 0) for r in standing), Fraction(0)),
        swap=_swap_in_words(answer, names),
        by_seen=bool(seen),
        misses=misses,
        faults=faults,
        told={
            each.key: sentence(
                each, told, names={r.public_id: r.reference for r in rows}, rule_name=rule_name, seen=seen
            )
            for each in told.people
        },
    )


def _lines(
    rows: Sequence[Ranked],
    told: Explanations,
    answer: Choice,
    standing: set[str],
    *,
    names: Mapping[str, str],
    rule_name: Callable[[Rule], str],
    seen: Collection[str],
) -> list[Line]:
    by_key = {r.public_id: r for r in rows}
    chosen = set(answer.chosen)
    return [
        Line(
            row=by_key[each.key],
            is_in=each.key in chosen,
            moves="" if (each.key in chosen) == (each.key in standing) else ("in" if each.key in chosen else "out"),
            why=sentence(each, told, names=names, rule_name=rule_name, seen=seen),
        )
        for each in told.people
    ]


def _seen(lines: Sequence[Line], closed: Collection[int]) -> list[Line]:
    """In or out instead of the reasons, the closed ones last and with neither."""
    by_pk = {line.row.pk: line for line in lines}
    rows = as_seen([line.row for line in lines], closed)
    return [
        Line(row, False, "", str(CONFLICT))
        if row.closed
        else replace(by_pk[row.pk], row=row, why=_("In") if by_pk[row.pk].is_in else _("Not in"))
        for row in rows
    ]


def _swap_in_words(answer: Choice, names: Mapping[str, str]) -> str:
    """Which other choice is as good, where there is one: the tie rule decided."""
    if not answer.others or answer.swap is None:
        return ""
    return _("%(into)s instead of %(out)s would be worth the same; the better ranked were taken.") % {
        "into": ", ".join(names[key] for key in answer.swap.comes_in),
        "out": ", ".join(names[key] for key in answer.swap.goes_out),
    }
