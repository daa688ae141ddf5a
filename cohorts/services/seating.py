"""Seating plans: composed as they're asked for, adjusted, shown, kept up on the day."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.composing import Problem, divide, even_sizes
from cohorts.emails import send_seats
from cohorts.mixing import aims_of
from cohorts.models import Event, Seat, Seating, SeatingKind, SeatingPair, SeatingTable
from cohorts.rules import event_keeper
from cohorts.seating import MOST_PEOPLE, STEPS, TABLE_AIMS
from cohorts.selectors.seating import (
    best_table,
    board_of,
    groups_to_keep,
    placing_at,
    seating_problem,
    ties_of,
    to_seat,
)
from cohorts.services.cohorts import may_run
from cohorts.services.events import take_turn_of
from cohorts.states import EventState, SeatingState
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.conflicts import pair
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Person
from tenancy.seen import digest_of
from tenancy.turns import just_now

IN_USE = (SeatingState.PROPOSED, SeatingState.SHOWN)


def may_keep(by: Actor, obj: Any) -> None:
    if by.kind != "system" and not event_keeper(by, obj):
        raise NotAllowed(_("You can’t do this."))


def check_event(event: Event) -> None:
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event has been cancelled."))
    if event.is_over:
        raise WrongState(_("This event is over, so its tables stay as they were."))


def known_of(proposal: Seating | None) -> dict[str, str]:
    """What a page that would replace the present proposal knows of it."""
    return {"proposal": f"{proposal.public_id}.{proposal.version}" if proposal else ""}


def proposal_of(event: Event) -> Seating | None:
    return Seating.objects.filter(event=event, state=SeatingState.PROPOSED).first()


def check_sizes(people: int, tables: int, seats: int | None) -> None:
    if people > MOST_PEOPLE:
        raise Refused(_("A seating plan takes %(most)d people at most.") % {"most": MOST_PEOPLE})
    if people <= tables:
        raise Refused(
            _("%(people)d people are too few for %(n)d tables.") % {"people": people, "n": tables},
            field="tables",
        )
    if seats is not None and people > tables * seats:
        raise Refused(
            _("%(people)d people are coming, and %(n)d tables of %(seats)d have %(all)d seats.")
            % {"people": people, "n": tables, "seats": seats, "all": tables * seats},
            field="seats",
        )


@transaction.atomic
def compose_seating(
    *,
    event: Event,
    by: Actor,
    tables: int,
    seats: int | None = None,
    easy: int = 1,
    kind: str = SeatingKind.TABLES,
    name: str = "",
    guests: bool = True,
    officers: bool = False,
    aims: dict[str, str] | None = None,
    seen: str | None = None,
) -> Seating:
    """Propose a plan for everybody who comes: `tables` tables, the first `easy` of them easy to reach. A proposal that nobody was shown
    gives way to it, and whoever is kept in place there stays, by the number of the table. `seen` is the digest of what the page knew of the
    proposal (`known_of`): another one there now is somebody else's work, and StaleEdit, unless it's this very click's."""
    may_run(by, event)
    take_turn_of(event)
    check_event(event)
    earlier = proposal_of(event)
    if seen is not None and digest_of(known_of(earlier)) != seen:
        if earlier and earlier.version == 1 and earlier.made_by_id == by.person_id and earlier.made_at > just_now():
            return earlier
        raise StaleEdit(
            _("Someone else changed the proposal while you were looking. Look at it, then compose again."),
            theirs=known_of(earlier),
        )
    people = to_seat(event, guests=guests, officers=officers)
    check_sizes(len(people), tables, seats)
    aims = {**TABLE_AIMS, **(aims or {})}
    known = {person.pk for person in people}
    kept = (
        {
            who: position - 1
            for who, position in Seat.objects.filter(seating=earlier, locked=True).values_list(
                "person_id", "table__position"
            )
            if who in known and position <= tables
        }
        if earlier
        else {}
    )
    problem = seating_problem(
        event,
        people,
        sizes=roomy(even_sizes(len(people), tables), kept.values()),
        easy=[n < easy for n in range(tables)],
        aims=aims_of(aims),
        ties=ties_of(known, event),
        fresh=aims["fresh"],
        locked=kept,
    )
    found, seed = composed(problem)
    seating = propose(
        event, earlier, by=by, kind=kind, name=name, with_guests=guests, with_officers=officers, aims=aims, seed=seed
    )
    word = _("Group %(n)d") if kind == SeatingKind.GROUPS else _("Table %(n)d")
    rows = [
        SeatingTable.objects.create(
            seating=seating, position=n + 1, name=word % {"n": n + 1}, seats=seats, easy=n < easy
        )
        for n in range(tables)
    ]
    Seat.objects.bulk_create(
        Seat(seating=seating, table=rows[place], person=person, locked=person.pk in kept)
        for person, place in zip(people, found, strict=True)
    )
    return seating


def roomy(sizes: list[tuple[int, int]], kept: Collection[int]) -> list[tuple[int, int]]:
    """Sizes with room for all who are kept at one table, where staff put more of them there than its even share."""
    held = [list(kept).count(place) for place in range(len(sizes))]
    if all(n <= most for n, (_fewest, most) in zip(held, sizes, strict=True)):
        return sizes
    return [(0, max(n, most + 1)) for n, (_fewest, most) in zip(held, sizes, strict=True)]


def composed(problem: Problem) -> tuple[tuple[int, ...], int]:
    seed = secrets.randbelow(2**31)
    return divide(problem, seed=seed, steps=STEPS).places, seed


def propose(event: Event, earlier: Seating | None, *, by: Actor, name: str, **fields: Any) -> Seating:
    """The row of a new proposal, in place of the earlier one."""
    if earlier is not None:
        transition(earlier, "discard", by=by)
    last = Seating.objects.filter(event=event).aggregate(last=Max("position"))["last"] or 0
    seating = Seating.objects.create(
        event=event,
        name=" ".join(name.split()) or _("Tables"),
        position=last + 1,
        made_by=by.person,
        made_at=timezone.now(),
        **fields,
    )
    record_change(seating, "compose", by=by, target=seating.state)
    return seating


@transaction.atomic
def keep_groups(*, event: Event, source: Seating, by: Actor) -> Seating:
    """Go on at this event with the design groups of an earlier one: everybody who comes stays in theirs, and whoever is new goes where
    they fit best. Twice, as by a double click, it is one."""
    may_run(by, event)
    take_turn_of(event)
    check_event(event)
    if not groups_to_keep(event).filter(pk=source.pk).exists():
        raise Refused(_("Choose from the design groups of this cohort."), field="source")
    earlier = proposal_of(event)
    if earlier and earlier.kept_from_id == source.pk and earlier.made_at > just_now():
        return earlier
    people = {p.pk: p for p in to_seat(event, guests=source.with_guests, officers=source.with_officers)}
    seating = propose(
        event,
        earlier,
        by=by,
        kind=source.kind,
        name=source.name,
        with_guests=source.with_guests,
        with_officers=source.with_officers,
        aims=source.aims,
        kept_from=source,
    )
    rows = {
        table.pk: SeatingTable.objects.create(
            seating=seating, position=table.position, name=table.name, seats=table.seats, easy=table.easy
        )
        for table in SeatingTable.objects.filter(seating=source)
    }
    seats = Seat.objects.filter(seating=source, person_id__in=people).values_list("person_id", "table_id")
    Seat.objects.bulk_create(Seat(seating=seating, table=rows[table], person_id=who) for who, table in seats)
    fill(seating)
    return seating


def fill(seating: Seating, only: Person | None = None) -> list[Person]:
    """A table for everybody who has none, or for `only` one of them, one after the other; nobody who sits moves. Returns who came."""
    board = board_of(seating)
    newly = [person for person in board.left if only is None or person.pk == only.pk]
    if not newly or not board.cards:
        return []
    how, seats = placing_at(board), []
    for person in newly:
        card = best_table(board, person, how)
        card.people.append(person)
        seats.append(Seat(seating=seating, table=card.row, person=person))
    Seat.objects.bulk_create(seats)
    return newly


def lock_seating(seating: Seating, *, version: int | None, states: Sequence[str] = IN_USE) -> Seating:
    """The plan with its event's turn taken, raised by one version; StaleEdit when somebody else changed it since `version`."""
    take_turn_of(seating.event)
    rows = Seating.objects.select_related("event__cohort__programme", "event__learning_set")
    now = rows.get(pk=seating.pk)
    if now.state not in states:
        raise WrongState(_("This plan is now “%(state)s”. Load the page again.") % {"state": now.get_state_display()})
    check_event(now.event)
    if version is not None and now.version != version:
        raise StaleEdit(_("Someone else changed this plan while you were looking. This is how it is now; try again."))
    now.version += 1
    now.save(update_fields=["version"])
    return now


@transaction.atomic
def move_seat(*, seating: Seating, version: int, person: Person, table: SeatingTable | None, by: Actor) -> Seating:
    """Put somebody at a table, or with None at none. Nobody else moves."""
    may_run(by, seating)
    seating = lock_seating(seating, version=version)
    seat = Seat.objects.filter(seating=seating, person=person).first()
    if table is None:
        if seat is not None:
            seat.delete()
            record_change(seating, "take out", by=by, reason=person.public_id)
        return seating
    if table.seating_id != seating.pk:
        raise Refused(_("Choose one of these tables."), field="table")
    if seat is None:
        if person.pk not in {p.pk for p in board_of(seating).left}:
            raise Refused(_("%(name)s isn’t among those who are coming.") % {"name": person.name})
        Seat.objects.create(seating=seating, table=table, person=person)
    elif seat.table_id != table.pk:
        seat.table, seat.since = table, timezone.now()
        seat.save(update_fields=["table", "since"])
    record_change(seating, "move", by=by, reason=f"{person.public_id} → {table.position}")
    return seating


@transaction.atomic
def lock_seat(*, seating: Seating, version: int, person: Person, locked: bool, by: Actor) -> Seating:
    """In a proposal, keep somebody where they are when it is composed again, or let them move."""
    may_run(by, seating)
    seating = lock_seating(seating, version=version, states=(SeatingState.PROPOSED,))
    if not Seat.objects.filter(seating=seating, person=person).update(locked=locked):
        raise Refused(_("%(name)s has no table.") % {"name": person.name})
    return seating


@transaction.atomic
def show_seating(*, seating: Seating, version: int, by: Actor) -> Seating:
    """Everybody sees their own table from now on, and is told the day before; nobody else's is shown to them."""
    may_run(by, seating)
    seating = lock_seating(seating, version=version, states=(SeatingState.PROPOSED,))
    if left := board_of(seating).left:
        names = ", ".join(person.name for person in left[:5])
        raise Refused(_("Give everybody a table first: %(names)s.") % {"names": names})
    return transition(seating, "show", by=by, shown_at=timezone.now())


@transaction.atomic
def discard_seating(*, seating: Seating, by: Actor) -> Seating:
    """Take a proposal away, or a plan that people can see already; not once its event is over, when it says who sat where."""
    may_run(by, seating)
    take_turn_of(seating.event)
    check_event(seating.event)
    return transition(seating, "discard", by=by)


@transaction.atomic
def seat_late(*, seating: Seating, person: Person | None, by: Actor) -> list[tuple[Person, SeatingTable]]:
    """A table for somebody who has none, or with None for all of them; nobody who sits moves. For whoever keeps the register, on the
    day. Who sits already stays there, as after a double click. Returns who sits where now."""
    may_keep(by, seating)
    seating = lock_seating(seating, version=None, states=(SeatingState.SHOWN,))
    came = fill(seating, only=person)
    if came:
        record_change(seating, "seat", by=by, reason=", ".join(p.public_id for p in came)[:200])
    asked = came if person is None else [person]
    tables = {
        seat.person_id: seat.table
        for seat in Seat.objects.filter(seating=seating, person__in=asked).select_related("table")
    }
    if person is not None and person.pk not in tables:
        raise Refused(_("%(name)s isn’t among those who are coming.") % {"name": person.name})
    return [(p, tables[p.pk]) for p in asked]


@transaction.atomic
def free_seat(*, seating: Seating, person: Person, by: Actor) -> int:
    """Somebody didn’t come: their seat is free for others. Returns 1, or 0 the second time."""
    may_keep(by, seating)
    seating = lock_seating(seating, version=None, states=(SeatingState.SHOWN,))
    gone = Seat.objects.filter(seating=seating, person=person).delete()[0]
    if gone:
        record_change(seating, "free", by=by, reason=person.public_id)
    return gone


@transaction.atomic
def wish_pair(*, event: Event, first: Person, second: Person, together: bool, by: Actor) -> SeatingPair:
    """Two people to be kept together or apart at this event, from the next composing on. Said again, the last word counts."""
    may_run(by, event)
    take_turn_of(event)
    check_event(event)
    if first.pk == second.pk:
        raise Refused(_("Choose two different people."), field="second")
    coming = {p.pk for p in to_seat(event, guests=True, officers=True)}
    if strange := [p for p in (first, second) if p.pk not in coming]:
        raise Refused(_("%(name)s isn’t among those who are coming.") % {"name": strange[0].name})
    one, other = pair(first.pk, second.pk)
    row, _made = SeatingPair.objects.update_or_create(
        event=event, first_id=one, second_id=other, defaults={"together": together}
    )
    return row


@transaction.atomic
def drop_pair(*, row: SeatingPair, by: Actor) -> None:
    may_run(by, row)
    SeatingPair.objects.filter(pk=row.pk).delete()


@transaction.atomic
def tell_seats(*, event: Event, by: Actor) -> int:
    """The day before, everybody with a table is told which; whoever gets another after that is told again. Returns how many messages
    are new."""
    return send_seats(event, by=by)
