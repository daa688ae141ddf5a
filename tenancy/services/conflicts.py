"""Conflicts of interest, declared by the people themselves and lifted by staff with a reason."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.conflicts import conflict_consequences
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import ConflictDeclaration, Person
from tenancy.rules import any_staff
from tenancy.turns import take_turns

Known = ConflictDeclaration.Known


def hold_ties() -> None:
    """The first thing a service does that may make or end a tie between two people; before any other turn."""
    for consequence in conflict_consequences:
        consequence.hold()


def ties_changed(people: Collection[int] | None, *, by: Actor) -> None:
    """The last thing it does: access ends at once where a tie bars from it now. `people` as Consequence has it."""
    for consequence in conflict_consequences:
        consequence.changed(people, by)


@transaction.atomic
def declare_conflict(
    *, person: Person, other: Person, kind: str, by: Actor, known: str = Known.SELF
) -> ConflictDeclaration:
    """It binds at once and both ways, with all that follows from it. One declares for oneself; staff may for anybody. Declared again,
    it stays as it is."""
    if by.kind != "system" and by.person_id != person.pk and not any_staff(by):
        raise NotAllowed(_("You can declare only your own conflicts of interest."))
    if person.pk == other.pk:
        raise Refused(_("Choose someone other than yourself."), field="other")
    for consequence in conflict_consequences:
        consequence.lock(person.pk, other.pk)
    # Either may declare it, at the same moment too: the turn is that of the one added first.
    take_turns(min(person, other, key=lambda p: p.pk))
    both = Q(person=person, other=other) | Q(person=other, other=person)
    open_row = ConflictDeclaration.objects.filter(both, lifted_at__isnull=True).first()
    if open_row is None:
        open_row = ConflictDeclaration.objects.create(
            person=person,
            other=other,
            kind=kind,
            declared_by=by.person or person,
            declared_at=timezone.now(),
            known=Known.STAFF if known == Known.SELF and by.person_id not in (person.pk, other.pk) else known,
        )
    for consequence in conflict_consequences:
        consequence.declared(open_row, by)
    return open_row


def why_final(declaration: ConflictDeclaration) -> str:
    """Why a declaration can't be lifted any more, or ''."""
    return next((why for c in conflict_consequences if (why := c.final(declaration))), "")


@transaction.atomic
def lift_conflict(*, declaration: ConflictDeclaration, reason: str, by: Actor) -> ConflictDeclaration:
    """Staff decide that it no longer binds, and say why; the declaration stays on record, and what it took away comes back."""
    if by.kind != "system" and not any_staff(by):
        raise NotAllowed(_("Only staff may lift a declared conflict."))
    for consequence in conflict_consequences:
        consequence.lock(declaration.person_id, declaration.other_id)
    locked = ConflictDeclaration.objects.select_for_update(of=("self",)).get(pk=declaration.pk)
    if locked.lifted_at is not None:
        raise WrongState(_("This has already been lifted."))
    if by.person_id in (locked.person_id, locked.other_id):
        raise NotAllowed(_("Someone who isn’t one of the two must decide this."))
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    if why := why_final(locked):
        raise WrongState(why)
    locked.lifted_at, locked.lifted_by, locked.lifted_reason = timezone.now(), by.person, reason.strip()
    locked.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    for consequence in conflict_consequences:
        consequence.lifted(locked, by)
    return locked
