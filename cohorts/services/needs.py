"""What somebody needs at events: theirs to say, to change and to take back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import EventNeeds
from cohorts.rules import says_needs
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.turns import take_turns


@transaction.atomic
def save_needs(
    *, version: int, diet: str, without: Sequence[str], allergy: str, access: str, by: Actor, easy_seat: bool = False
) -> EventNeeds:
    """Say it for the first time (`version` 0), or change it. That nothing is needed is an answer too."""
    if by.person is None or not says_needs(by):
        raise NotAllowed(_("Only those who take part say what they need."))
    if diet not in EventNeeds.Diet.values:
        raise Refused(_("Choose what you eat"), field="diet")
    if set(without) - set(EventNeeds.Without.values):
        raise Refused(_("Choose from the list"), field="without")
    take_turns(by.person)
    fields = {
        "diet": diet,
        "without": [value for value in EventNeeds.Without.values if value in without],
        "allergy": allergy.strip(),
        "access": access.strip(),
        "easy_seat": easy_seat,
    }
    row = EventNeeds.objects.filter(person=by.person).first()
    if row is None:
        return EventNeeds.objects.create(person=by.person, saved_at=timezone.now(), **fields)
    save_if_unchanged(row, version=version, stamps={"saved_at": timezone.now()}, **fields)
    return row


@transaction.atomic
def remove_needs(*, by: Actor) -> int:
    """Take everything back. Returns how many rows went: 1 or, the second time, 0."""
    if by.person is None or not says_needs(by):
        raise NotAllowed(_("Only those who take part say what they need."))
    take_turns(by.person)
    return EventNeeds.objects.filter(person=by.person).delete()[0]
