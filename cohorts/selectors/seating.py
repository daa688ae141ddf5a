"""Seating plans: who is to be seated, a plan as a problem for the composer, its figures, and who has sat with whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.composing import Division, Problem, judge
from cohorts.mixing import POINTS, Aim, aims_of
from cohorts.models import (
    Attendance,
    Event,
    EventGuest,
    EventNeeds,
    Presence,
    Seat,
    Seating,
    SeatingKind,
    SeatingPair,
    SeatingTable,
    SetMembership,
)
from cohorts.needs_window import are_open
from cohorts.seating import AGAIN, SAME_EVENT
from cohorts.selectors.events import guest_ids, own_ids
from cohorts.selectors.mixing import attributes_of, least_mixed, problem_of, reasons
from cohorts.selectors.sets import SET_BARRIERS
from cohorts.states import EventState, GuestState, SeatingState
from tenancy.conflicts import Conflict, conflicts_among, employer_conflicts, pair
from tenancy.models import Organisation, Person

SYS = "sys"
AWAY = (Attendance.State.APOLOGIES, Attendance.State.ABSENT)
Pairs = Mapping[tuple[int, int], int]


def expected(event: Event, *, guests: bool, officers: bool) -> Q:
    """Of people: who is to have a table if they are there."""
    who = Q(pk__in=own_ids(event))
    if guests:
        who |= Q(pk__in=guest_ids(event))
    if officers:
        promised = Presence.objects.filter(event=event, answer=Presence.Answer.YES)
        who |= Q(pk__in=promised.values("person_id"))
    return who


def coming(event: Event, *, guests: bool, officers: bool) -> Q:
    """Of people: who is to have a table, `to_seat` says which."""
    away = Attendance.objects.filter(event=event, state__in=AWAY).values("person_id")
    return expected(event, guests=guests, officers=officers) & ~Q(pk__in=away)


def people_of(event: Event, who: Q) -> list[Person]:
    """These people with their organisations. Guests from outside say in words where they work: where that is an organisation of the
    tenant's list, it is theirs here."""
    said = EventGuest.objects.filter(event=event, person=OuterRef("pk"), state=GuestState.COMING).exclude(employer="")
    rows = (
        Person.objects.filter(who)
        .select_related("organisation__sector")
        .annotate(said=Subquery(said.values("employer")[:1]))
    )
    people = list(rows.order_by("pk"))
    strangers = [person for person in people if person.organisation_id is None and person.said]
    named = {
        spelling.casefold(): organisation
        for organisation in (Organisation.objects.select_related("sector") if strangers else ())
        for spelling in (*organisation.aliases, organisation.short_name, organisation.name)
    }
    for person in strangers:
        person.organisation = named.get(person.said.casefold())
    return people


def to_seat(event: Event, *, guests: bool, officers: bool) -> list[Person]:
    """Everybody who is to have a table, always in the same order: the event's own people, with `guests` those who come as such, with
    `officers` the chief officers who promised to; without those who sent apologies, or whom the register has as absent."""
    return people_of(event, coming(event, guests=guests, officers=officers))


def sat(*, event: Event | None = None) -> QuerySet[Seat]:
    """Seats of plans that were shown, at events that took place, without those who weren't there; and with `event` all of its plans
    that are shown, since what is still to come there counts for the next one."""
    held = Q(seating__event__state=EventState.PLANNED, seating__event__starts_at__lt=Now())
    absent = Attendance.objects.filter(event=OuterRef("seating__event"), person=OuterRef("person"), state__in=AWAY)
    came = held & ~Exists(absent)
    return Seat.objects.filter(came | Q(seating__event=event) if event else came, seating__state=SeatingState.SHOWN)


@dataclass(frozen=True)
class Ties:
    """Of some people at an event: which pairs have worked in one set or sat at one table and how often, and whom staff wish together
    (True) or apart at this event."""

    met: Counter = field(default_factory=Counter)
    # Of these, at tables of this very event.
    here: Counter = field(default_factory=Counter)
    wishes: dict[tuple[int, int], bool] = field(default_factory=dict)


SET, TABLE, HERE, APART, TOGETHER = range(5)


def ties_of(people: Collection[int], event: Event, *, but: Seating | None = None) -> Ties:
    """In one statement, as it was before the event; of the event's own plans those that are shown, or with `but` those before it."""
    members = SetMembership.objects.filter(person_id__in=people, plan__published_at__lt=event.starts_at)
    seats = sat(event=event).filter(person_id__in=people, seating__event__starts_at__lte=event.starts_at)
    if but is not None:
        seats = seats.exclude(seating__event=event, seating__position__gte=but.position)
    what = Case(When(seating__event=event, then=Value(HERE)), default=Value(TABLE))
    wished = SeatingPair.objects.filter(event=event).annotate(
        what=Case(When(together=True, then=Value(TOGETHER)), default=Value(APART))
    )
    rows = (
        members.order_by()
        .annotate(what=Value(SET))
        .values_list("what", "learning_set_id", "person_id")
        .union(
            seats.order_by().annotate(what=what).values_list("what", "table_id", "person_id"),
            wished.order_by().values_list("what", "first_id", "second_id"),
            all=True,
        )
    )
    groups: dict[tuple[int, int], list[int]] = {}
    found = Ties()
    for kind, one, other in rows:
        if kind in (APART, TOGETHER):
            found.wishes[pair(one, other)] = kind == TOGETHER
        else:
            groups.setdefault((kind, one), []).append(other)
    for (kind, _key), group in groups.items():
        pairs = [pair(a, b) for a, b in combinations(group, 2)]
        found.met.update(pairs)
        if kind == HERE:
            found.here.update(pairs)
    return found


def wishes_of(event: Event) -> list[SeatingPair]:
    return list(SeatingPair.objects.filter(event=event).select_related("first", "second"))


def needing_easy(event: Event, people: Collection[int]) -> set[int]:
    """Who asked for a table that is easy to reach, while the event's organisers may read what people need at it; nobody before and after.
    Read as portal_sys, for the composer and for a count: no plan says for whom."""
    if not are_open(event):
        return set()
    rows = EventNeeds.objects.using(SYS).filter(person_id__in=list(people), easy_seat=True)
    return set(rows.values_list("person_id", flat=True))


def seating_problem(
    event: Event,
    people: Sequence[Person],
    *,
    sizes: Sequence[tuple[int, int]],
    easy: Sequence[bool],
    aims: Mapping[str, Aim],
    ties: Ties,
    fresh: str = Aim.MIX,
    locked: Mapping[int, int] | None = None,
) -> Problem:
    """As for sets, and: what staff wish for this event, over the rules for colleagues; and whoever asked for it at a table that is `easy`
    to reach, as far as there are any. Vetoes don't count: tables are composed as often as staff like, and would tell them."""
    again = AGAIN[fresh]
    cost = ties.here if again == 0 else ties.met + Counter({both: SAME_EVENT * n for both, n in ties.here.items()})
    found = problem_of(people, sizes=sizes, aims=aims, met=cost, locked=locked)
    number = {person.pk: i for i, person in enumerate(people)}
    wishes: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    for (one, other), together in ties.wishes.items():
        if one in number and other in number:
            wishes[together].add(pair(number[one], number[other]))
    colleagues = {
        pair(number[a], number[b])
        for a, b in (c.pair for c in employer_conflicts((p.pk, p.organisation_id) for p in people))
    }
    hard = [place for place, reachable in enumerate(easy) if not reachable] if any(easy) else []
    needing = needing_easy(event, number) if hard else set()
    return replace(
        found,
        met_points=again if again != 0 else POINTS[Aim.MIX] * SAME_EVENT,
        apart=sorted(({*found.apart} | colleagues | wishes[False]) - wishes[True]),
        together=sorted(wishes[True]),
        places=sorted({*found.places} | {(number[who], place) for who in needing for place in hard}),
    )


@dataclass
class TableCard:
    """One table: who sits there, and for staff what they have in common and which rules it doesn't keep."""

    row: SeatingTable
    people: list[Person] = field(default_factory=list)
    mix: list[tuple[str, int]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    locked: set[int] = field(default_factory=set)
    why: list[str] = field(default_factory=list)

    @property
    def free(self) -> int | None:
        return None if self.row.seats is None else self.row.seats - len(self.people)


@dataclass(frozen=True)
class Board:
    """A plan as it stands: `left` are those to be seated who have no table."""

    seating: Seating
    cards: list[TableCard]
    left: list[Person]

    @property
    def people(self) -> list[Person]:
        return [person for card in self.cards for person in card.people]


def board_of(seating: Seating) -> Board:
    event, cards, at, locked = seating.event, {}, {}, set()
    for row in SeatingTable.objects.filter(seating=seating).annotate(
        who=F("seats_taken__person_id"), stays=F("seats_taken__locked")
    ):
        card = cards.setdefault(row.pk, TableCard(row))
        if row.who is not None:
            at[row.who] = card
            if row.stays:
                locked.add(row.who)
    seated = Seat.objects.filter(seating=seating).values("person_id")
    who = Q(pk__in=seated) | coming(event, guests=seating.with_guests, officers=seating.with_officers)
    left = []
    for person in sorted(people_of(event, who), key=lambda p: (p.sort_key, p.pk)):
        if (card := at.get(person.pk)) is None:
            left.append(person)
        else:
            card.people.append(person)
            if person.pk in locked:
                card.locked.add(person.pk)
    return Board(seating, list(cards.values()), left)


def person_of(seating: Seating, public_id: str) -> Person | None:
    """Who sits in the plan, or is to sit there when they come; None for everybody else."""
    seated = Seat.objects.filter(seating=seating).values("person_id")
    who = Q(pk__in=seated) | expected(seating.event, guests=seating.with_guests, officers=seating.with_officers)
    return Person.objects.filter(who, public_id=public_id).first()


def ties_at(board: Board) -> Ties:
    return ties_of([p.pk for p in board.people], board.seating.event, but=board.seating)


def add_rules(board: Board, ties: Ties) -> None:
    """For staff: each table's mix, and every rule it doesn't keep as a sentence. Vetoes and what people need are in none of them."""
    people = board.people
    found = conflicts_among({p.pk for p in people}, kinds=set(SET_BARRIERS) - {"same-employer"})
    for conflict in employer_conflicts((p.pk, p.organisation_id) for p in people):
        found.setdefault(conflict.pair, []).append(conflict)
    at = {person.pk: card for card in board.cards for person in card.people}
    names = {person.pk: person.name for person in people}
    # a guest from outside may have said no employer
    unknown = _("sector not known")
    for card in board.cards:
        sectors = Counter(str(p.organisation.sector) if p.organisation else unknown for p in card.people)
        card.mix = sorted(sectors.items(), key=lambda item: (-item[1], item[0]))
        card.broken = _broken(card, found, ties)
    for (one, other), together in sorted(ties.wishes.items()):
        here, there = at.get(one), at.get(other)
        if here is None or there is None or (here is there) == together:
            continue
        text = (
            _("%(first)s and %(second)s should sit together.")
            if together
            else _("%(first)s and %(second)s should sit apart.")
        )
        here.broken.append(text % {"first": names[one], "second": names[other]})


def _broken(card: TableCard, found: Mapping[tuple[int, int], list[Conflict]], ties: Ties) -> list[str]:
    told = []
    if card.free is not None and card.free < 0:
        text = ngettext("It has %(n)d seat too few.", "It has %(n)d seats too few.", -card.free)
        told.append(text % {"n": -card.free})
    if len(card.people) < 2:
        told.append(_("Nobody would have anybody to talk to there."))
    for a, b in combinations(card.people, 2):
        if not ties.wishes.get(both := pair(a.pk, b.pk)):
            told += [f"{a.name} – {b.name}: {conflict.reason}" for conflict in found.get(both, [])]
    return told


@dataclass(frozen=True)
class Seated:
    """How mixed a plan is: `division` as the composer judges it, and the least mixed table with how many percent it is below average."""

    division: Division
    least: tuple[SeatingTable, int] | None


def figures_of(
    tables: Sequence[Sequence[Person]], aims: Mapping[str, Aim], together_before: Pairs | None = None
) -> Division | None:
    """None where there is nothing to compare: fewer than two tables, or hardly anybody at them."""
    tables = [table for table in tables if table]
    people = [person for table in tables for person in table]
    if len(tables) < 2 or len(people) < 3:
        return None
    number = {person.pk: i for i, person in enumerate(people)}
    problem = Problem(
        people=len(people),
        sizes=[(len(table), len(table)) for table in tables],
        attributes=attributes_of(people, aims),
        met={
            pair(number[a], number[b]): n
            for (a, b), n in (together_before or {}).items()
            if a in number and b in number
        },
    )
    return judge(problem, [place for place, table in enumerate(tables) for _person in table])


def how_seated(board: Board, ties: Ties) -> Seated | None:
    """The figures of a plan; fills in why each table."""
    aims = aims_of(board.seating.aims)
    division = figures_of([card.people for card in board.cards], aims, ties.met)
    if division is None:
        return None
    for card in board.cards:
        card.why = reasons(card.people, aims, ties.met)
    return Seated(division, least_mixed(division, [card.row for card in board.cards if card.people]))


def easy_missing(board: Board) -> int | None:
    """How many of those seated asked for a table that is easy to reach and sit at another, in a plan as the composer made it. None where
    staff have put anybody anywhere themselves, since two counts around one move would name who asked, and while needs can't be read."""
    seating = board.seating
    by_hand = seating.version > 1 or seating.kept_from_id or any(card.locked for card in board.cards)
    if by_hand or not seating.is_proposal or not are_open(seating.event):
        return None
    asked = needing_easy(seating.event, [p.pk for p in board.people])
    return sum(p.pk in asked for card in board.cards if not card.row.easy for p in card.people)


@dataclass(frozen=True)
class Placing:
    """What it takes to find a table for whoever has none, read once for all of them."""

    problem: Problem
    number: dict[int, int]
    ties: Ties
    aims: Mapping[str, Aim]


def placing_at(board: Board) -> Placing:
    event, aims = board.seating.event, aims_of(board.seating.aims)
    everybody = [*board.people, *board.left]
    number = {person.pk: i for i, person in enumerate(everybody)}
    ties = ties_of(number, event, but=board.seating)
    easy = [card.row.easy for card in board.cards]
    sizes = [(0, len(everybody))] * len(easy)
    return Placing(seating_problem(event, everybody, sizes=sizes, easy=easy, aims=aims, ties=ties), number, ties, aims)


def best_table(board: Board, person: Person, how: Placing) -> TableCard:
    """Where somebody goes when nobody who sits is to move: no rule broken if that can be, a free seat if there is one, easy to reach for
    whoever asked, then among people they haven't sat with and where there are few, then where it mixes most. Nobody comes to a full
    table because they asked for an easy one: everybody would see why."""
    number, me = how.number, how.number[person.pk]
    apart, together, barred = set(how.problem.apart), set(how.problem.together), set(how.problem.places)
    fewest = min(len(card.people) for card in board.cards)

    def rank(place: int) -> tuple:
        card = board.cards[place]
        there = [pair(number[p.pk], me) for p in card.people]
        broken = sum(both in apart for both in there) - sum(both in together for both in there)
        again = sum(how.ties.met[pair(p.pk, person.pk)] for p in card.people)
        tables = [[*c.people, person] if c is card else c.people for c in board.cards]
        division = figures_of(tables, how.aims)
        mixed = -(division.index or 0) if division else 0
        full = card.free is not None and card.free < 1
        return broken, full, (me, place) in barred, again + len(card.people) - fewest, mixed, place

    return board.cards[min(range(len(board.cards)), key=rank)]


def seats_for(people: Iterable[int], events: Iterable[int]) -> dict[tuple[int, int], list[Seat]]:
    """By event and person, their seats in the plans that are shown, in order."""
    rows = (
        Seat.objects.filter(person_id__in=people, seating__event_id__in=events, seating__state=SeatingState.SHOWN)
        .select_related("table", "seating")
        .order_by("seating__position", "pk")
    )
    found: dict[tuple[int, int], list[Seat]] = {}
    for seat in rows:
        found.setdefault((seat.seating.event_id, seat.person_id), []).append(seat)
    return found


def in_words(seats: Sequence[Seat]) -> str:
    """ "Table 3", or with several plans "Morning: Table 3; After lunch: Table 5"."""
    if len(seats) == 1:
        return seats[0].table.name
    return "; ".join(f"{seat.seating.name}: {seat.table.name}" for seat in seats)


def plans_of(event: Event) -> QuerySet[Seating]:
    """Those that count, in their order."""
    rows = Seating.objects.filter(event=event).exclude(state=SeatingState.DISCARDED)
    return rows.select_related("event__cohort__programme", "event__learning_set").order_by("position", "pk")


def groups_to_keep(event: Event) -> QuerySet[Seating]:
    """Design groups that were shown for another event of the cohort, the latest first."""
    return (
        Seating.objects.filter(event__cohort=event.cohort_id, kind=SeatingKind.GROUPS, state=SeatingState.SHOWN)
        .exclude(event=event)
        .select_related("event")
        .order_by("-event__starts_at", "-position")
    )


def same_table(person_id: int) -> QuerySet[Seat]:
    """A way of meeting (cohorts.acquaintance): sat at one table, at an event that took place, both of them there."""
    mine = sat().filter(person_id=person_id, table=OuterRef("table"))
    return sat().filter(Exists(mine), person=OuterRef("pk"))
