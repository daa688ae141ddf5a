"""A cohort as a problem for the composer, and a plan's figures: how mixed its sets are, why, and who would move to mend them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from django.utils.translation import gettext as _

from cohorts.composing import Attribute, Division, Problem, divide, judge
from cohorts.composing.problem import LARGEST, SMALLEST
from cohorts.mixing import POINTS, TRAITS, Aim, aims_of
from cohorts.models import LearningSet, Participation, SetMembership, SetPlan, SetTerms
from cohorts.selectors.set_terms import MeetsAt, fits
from cohorts.selectors.sets import SET_BARRIERS, SetCard
from cohorts.states import ParticipationState
from tenancy.conflicts import conflicts_among, pair
from tenancy.models import Person
from tenancy.vocabulary import in_own_words

# Mending begins at the sets as they are, so it needs a fraction of what composing does.
REPAIR_STEPS, REPAIR_SEED = 4_000, 1


def people_to_divide(cohort_id: int) -> list[Person]:
    """Everybody taking part, always in the same order: the same seed then gives the same sets."""
    rows = Participation.objects.filter(cohort_id=cohort_id, state=ParticipationState.ACTIVE)
    return [row.person for row in rows.select_related("person__organisation__sector").order_by("person_id")]


def met_before(people: Collection[int], *, but: SetPlan | None = None) -> dict[tuple[int, int], int]:
    """Pairs of these people who sat in one set that was in force, and how often; without those of the plan `but`."""
    rows = SetMembership.objects.filter(person_id__in=people, plan__published_at__isnull=False)
    if but is not None:
        rows = rows.exclude(plan=but)
    together: dict[int, list[int]] = {}
    for set_id, person_id in rows.order_by("person_id").values_list("learning_set_id", "person_id"):
        together.setdefault(set_id, []).append(person_id)
    return dict(Counter(pair(a, b) for group in together.values() for a, b in combinations(group, 2)))


def attributes_of(people: Sequence[Person], aims: Mapping[str, Aim]) -> list[Attribute]:
    return [
        Attribute(name, POINTS[aims[name]], [trait.of(person) for person in people], alike=aims[name] == Aim.ALIKE)
        for name, trait in TRAITS.items()
        if POINTS[aims[name]]
    ]


def problem_of(
    people: Sequence[Person],
    *,
    sizes: Sequence[tuple[int, int]],
    aims: Mapping[str, Aim],
    met: Mapping[tuple[int, int], int] | None = None,
    locked: Mapping[int, int] | None = None,
    before: Mapping[int, int] | None = None,
    facilitators: Mapping[int, int] | None = None,
    vetoed: Collection[tuple[int, int]] = (),
    meets: Mapping[int, MeetsAt] | None = None,
    terms: Mapping[int, SetTerms] | None = None,
) -> Problem:
    """Colleagues, managers and those who declared a conflict are kept apart; the maps are by Person id. `facilitators` are ids of people by
    set: nobody comes into a set they facilitate, or whose facilitator they have such a tie with. To work for the same employer is none.
    `vetoed` are pairs who would rather not sit together; they count as much as the others, and no page names them. `meets` says when and
    where a set meets: nobody comes into one whose time or place isn't for them, by `terms`."""
    number = {person.pk: i for i, person in enumerate(people)}
    facilitators = facilitators or {}
    ties = conflicts_among({*number, *facilitators.values()}, kinds=SET_BARRIERS)
    barred = {both for both in (*ties, *vetoed) if both[0] in number and both[1] in number}
    close = {both for both, why in ties.items() if any(tie.kind != "same-employer" for tie in why)}
    return Problem(
        people=len(people),
        sizes=sizes,
        attributes=attributes_of(people, aims),
        apart=[pair(number[a], number[b]) for a, b in sorted(barred)],
        places=sorted(
            {
                (i, place)
                for place, facilitator in facilitators.items()
                for who, i in number.items()
                if who == facilitator or pair(who, facilitator) in close
            }
            | {
                (number[who], place)
                for place, at in (meets or {}).items()
                for who, said in (terms or {}).items()
                if who in number and not fits(said, at)
            }
        ),
        met={pair(number[a], number[b]): times for (a, b), times in (met or {}).items() if a in number and b in number},
        locked={number[who]: place for who, place in (locked or {}).items() if who in number},
        before={number[who]: place for who, place in (before or {}).items() if who in number},
    )


@dataclass(frozen=True)
class Mixed:
    """A plan's figures: `division` as the composer judges it, `why` a few sentences for each set, by its id; `least` the least mixed
    set and by how many percent it is below the mean of all, None where that is less than one percent."""

    division: Division
    why: Mapping[int, list[str]]
    least: tuple[LearningSet, int] | None


def how_mixed(plan: SetPlan, cards: Sequence[SetCard]) -> Mixed | None:
    """None where there is nothing to compare: fewer than two sets, or nobody in them. Rules aren't judged here: cards say them."""
    people = [person for card in cards for person in card.people]
    if len(cards) < 2 or not people:
        return None
    aims = aims_of(plan.aims)
    places = [number for number, card in enumerate(cards) for _person in card.people]
    met = met_before([p.pk for p in people], but=plan)
    number = {person.pk: i for i, person in enumerate(people)}
    problem = Problem(
        people=len(people),
        sizes=[(len(card.people), len(card.people)) for card in cards],
        attributes=attributes_of(people, aims),
        met={pair(number[a], number[b]): times for (a, b), times in met.items()},
    )
    division = judge(problem, places)
    why = {card.row.pk: [*reasons(card.people, aims, met), *meeting_reasons(card, cards)] for card in cards}
    return Mixed(division, why, least_mixed(division, [card.row for card in cards]))


Row = TypeVar("Row")


def least_mixed(division: Division, rows: Sequence[Row]) -> tuple[Row, int] | None:
    known = [(mean, number) for number, mean in enumerate(division.means) if mean is not None]
    average = sum(mean for mean, _number in known) / len(known) if known else 0
    if not average:
        return None
    mean, number = min(known)
    below = round(100 * (1 - mean / average))
    return (rows[number], below) if below >= 1 else None


def reasons(people: Sequence[Person], aims: Mapping[str, Aim], met: Mapping[tuple[int, int], int]) -> list[str]:
    """Why this set or table, in words and numbers: what its people have of each trait, and who of them sat together before."""
    told = []
    for name, trait in TRAITS.items():
        known = [value for person in people if (value := trait.of(person)) is not None]
        if aims[name] == Aim.LEAVE or not known:
            continue
        if aims[name] == Aim.ALIKE:
            text, n = _("%(trait)s: %(n)d of %(known)d have the same"), max(Counter(known).values())
        else:
            text, n = _("%(trait)s: %(n)d different among %(known)d"), len(set(known))
        told.append(text % {"trait": trait.label, "n": n, "known": len(known)})
    again = sum(pair(a.pk, b.pk) in met for a, b in combinations(people, 2))
    if met:
        told.append(_("Pairs who sat together before: %(n)d") % {"n": again})
    return told


def meeting_reasons(card: SetCard, cards: Sequence[SetCard]) -> list[str]:
    """What its time, its place and its facilitator's room had to do with it."""
    row, told = card.row, []
    said = [card.terms[person.pk] for person in card.people if person.pk in card.terms]
    if row.half_day and said:
        can = sum(row.half_day not in one.never for one in said)
        told.append(
            _("%(when)s: %(n)d of the %(said)d who said when can")
            % {"when": row.get_half_day_display(), "n": can, "said": len(said)}
        )
    if row.venue and (needing := [one for one in said if one.needs]):
        met = sum(fits(one, MeetsAt("", row.venue)) for one in needing)
        told.append(
            _("%(venue)s: has what %(n)d of %(needing)d need there")
            % {"venue": row.venue.name, "n": met, "needing": len(needing)}
        )
    if row.facilitator and card.capacity is not None:
        has = sum(other.row.facilitator_id == row.facilitator_id for other in cards)
        text = _("%(name)s facilitates %(has)d of the %(takes)d %(sets)s they take")
        told.append(str(in_own_words(text, name=row.facilitator.name, has=has, takes=card.capacity)))
    return told


@dataclass(frozen=True)
class Move:
    """A person who would go into another set of the plan, and why."""

    person: Person
    origin: LearningSet | None
    target: LearningSet
    because: str


def suggested_moves(plan: SetPlan, cards: Sequence[SetCard], left: Sequence[Person]) -> list[Move]:
    """The fewest moves after which every set has 5 to 8 people, everybody has one, and as many rules are kept as can be."""
    people = sorted([*(p for card in cards for p in card.people), *left], key=lambda person: person.pk)
    if not cards or not people:
        return []
    fewest, most = min(SMALLEST, len(people) // len(cards)), max(LARGEST, -(-len(people) // len(cards)))
    before = {person.pk: number for number, card in enumerate(cards) for person in card.people}
    problem = problem_of(
        people,
        sizes=[(fewest, most)] * len(cards),
        aims=aims_of(plan.aims),
        before=before,
        facilitators={n: card.row.facilitator_id for n, card in enumerate(cards) if card.row.facilitator_id},
        meets={n: MeetsAt.of(card.row) for n, card in enumerate(cards)},
        terms=cards[0].terms,
    )
    found = divide(problem, seed=REPAIR_SEED, steps=REPAIR_STEPS)
    moves = []
    for person, place in zip(people, found.places, strict=True):
        old = before.get(person.pk)
        if old != place:
            origin = None if old is None else cards[old]
            moves.append(
                Move(person, origin.row if origin else None, cards[place].row, _because(person, origin, cards[place]))
            )
    return moves


def _because(person: Person, origin: SetCard | None, target: SetCard) -> str:
    if origin is None:
        return str(in_own_words(_("Is in no %(set)s yet.")))
    if kept_apart := [text for text in origin.broken if person.name in text]:
        return kept_apart[0]
    if len(target.people) < SMALLEST:
        return _("%(set)s has only %(n)d.") % {"set": target.row.name, "n": len(target.people)}
    if len(origin.people) > LARGEST:
        return _("%(set)s has %(n)d.") % {"set": origin.row.name, "n": len(origin.people)}
    return _("So that the others fit.")
