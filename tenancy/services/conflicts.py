"""Conflicts of interest, declared by the people themselves and lifted by staff with a reason."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import ConflictDeclaration, Person
from tenancy.rules import any_staff
from tenancy.turns import take_turns


@transaction.atomic
def declare_conflict(*, person: Person, other: Person, kind: str, by: Actor) -> ConflictDeclaration:
    """It binds at once and both ways. One declares for oneself; staff may for anybody. Declared again, it stays as it is."""
    if by.kind != "system" and by.person_id != person.pk and not any_staff(by):
        raise NotAllowed(_("You can declare only your own conflicts of interest."))
    if person.pk == other.pk:
        raise Refused(_("Choose someone other than yourself."), field="other")
    # Either may declare it, at the same moment too: the turn is that of the one added first.
    take_turns(min(person, other, key=lambda p: p.pk))
    pair = Q(person=person, other=other) | Q(person=other, other=person)
    if (open_row := ConflictDeclaration.objects.filter(pair, lifted_at__isnull=True).first()) is not None:
        return open_row
    return ConflictDeclaration.objects.create(
        person=person, other=other, kind=kind, declared_by=by.person or person, declared_at=timezone.now()
    )


@transaction.atomic
def lift_conflict(*, declaration: ConflictDeclaration, reason: str, by: Actor) -> ConflictDeclaration:
    """Staff decide that it no longer binds, and say why; the declaration stays on record."""
    if by.kind != "system" and not any_staff(by):
        raise NotAllowed(_("Only staff may lift a declared conflict."))
    locked = ConflictDeclaration.objects.select_for_update(of=("self",)).get(pk=declaration.pk)
    if locked.lifted_at is not None:
        raise WrongState(_("This has already been lifted."))
    if by.person_id in (locked.person_id, locked.other_id):
        raise NotAllowed(_("Someone who isn’t one of the two must decide this."))
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    locked.lifted_at, locked.lifted_reason = timezone.now(), reason.strip()
    locked.save(update_fields=["lifted_at", "lifted_reason"])
    return locked
