"""What is answered, as plain data. `composition.sentences` says it in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from selection.composition.problem import Problem, Rule


class Side(Enum):
    FLOOR = "floor"
    CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class Limit:
    """One end of a rule: its floor or its ceiling."""

    rule: Rule
    side: Side

    @property
    def number(self) -> int:
        number = self.rule.floor if self.side is Side.FLOOR else self.rule.ceiling
        assert number is not None
        return number


@dataclass(frozen=True, slots=True)
class Swap:
    """What another set has that the chosen one hasn't, and the other way round; keys in rank order."""

    comes_in: tuple[str, ...]
    goes_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The best set. `proved`: no set within the rules is worth more. `chosen` is in rank order.

    `others` says whether another set is worth the same (None if that isn't known, because nothing is proved), and `swap` how the one that
    differs least from this would be made.
    """

    chosen: tuple[str, ...]
    value: Fraction
    proved: bool
    others: bool | None
    swap: Swap | None


class FaultKind(Enum):
    """Rules that can't be kept by anybody's arithmetic."""

    FEW_PEOPLE = "few people"  # the floor is above the number of people who have the value
    FEW_PLACES = "few places"  # the floors of one attribute together are above the places
    LOW_CEILINGS = "low ceilings"  # the ceilings of one attribute leave places empty
    DECIDED_ABOVE = "decided above"  # more were brought in by decision than the ceiling lets in


@dataclass(frozen=True, slots=True)
class Fault:
    """`wanted` against `there`, people or places; `rules` are those that together can't be kept."""

    kind: FaultKind
    rules: tuple[Rule, ...]
    wanted: int
    there: int


@dataclass(frozen=True, slots=True)
class Miss:
    """A limit that the nearest set misses, and by how many people."""

    limit: Limit
    by: int


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No set keeps all rules. `misses` add up to the least total possible, `shortfall`; `proved` says that it is the least.

    Of all ways to miss by so few, `nearest` is one worth the most: the choice for `relaxed`, the same problem with those limits moved.
    """

    shortfall: int
    misses: tuple[Miss, ...]
    faults: tuple[Fault, ...]
    nearest: Choice
    relaxed: Problem
    proved: bool


class Reason(Enum):
    IN_BY_RANK = "in by rank"
    IN_BY_DECISION = "in by decision"
    IN_AFTER_DECISIONS = "in after decisions"  # a place came free because of a decision about somebody else
    IN_BY_RULE = "in by rule"
    OUT_BY_RANK = "out by rank"
    OUT_BY_DECISION = "out by decision"
    OUT_AFTER_DECISIONS = "out after decisions"  # somebody else was brought in by decision
    OUT_BY_RULE = "out by rule"


@dataclass(frozen=True, slots=True)
class Cause:
    """A limit that decides about somebody: of the people it is about, how many are chosen, and how many would be without any rule."""

    limit: Limit
    chosen: int
    by_rank: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one person is in or out. What follows `rank` is set for IN_BY_RULE and OUT_BY_RULE; for OUT_BY_RANK, `price` and `change` are
    if somebody ranked below was chosen, though not by decision.

    - `causes`: lift any one of them and the person changes sides; if `together`, all of them must be lifted, and none can be spared,
      unless `some` of them may do: fewer weren't looked for.
    - `in_place_of` (IN_BY_RULE): who would be in instead if the causes were lifted (of single causes the first); if several change places,
      the first for the first, in rank order.
    - `price`: what the total loses if the rules stay and the person changes sides; None if no set that keeps the rules allows it, or if
      it wasn't asked: then `at_least` says what it can't be less than.
    - `change`: the set in which the person has changed sides, worth `price` less: of those one that differs least.
    """

    key: str
    reason: Reason
    rank: int
    causes: tuple[Cause, ...] = ()
    together: bool = False
    some: bool = False
    in_place_of: str | None = None
    price: Fraction | None = None
    change: Swap | None = None
    at_least: Fraction | None = None

    @property
    def is_in(self) -> bool:
        return self.reason.value.startswith("in ")


@dataclass(frozen=True, slots=True)
class Lift:
    """What one tight limit costs: how much the total gains without it, and who would change places."""

    limit: Limit
    gain: Fraction
    swap: Swap


@dataclass(frozen=True, slots=True)
class Explanations:
    """`people` has everyone, in rank order; `lifts` every limit that is tight in the choice."""

    places: int
    candidates: int
    people: tuple[Explanation, ...]
    lifts: tuple[Lift, ...]
