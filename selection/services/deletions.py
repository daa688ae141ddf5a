"""Staff have looked at what retention is about to delete."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from engine.transitions import record_change
from selection.models import SelectionRound
from selection.selectors.deletions import SEEN, rounds_going
from selection.services.assessment import locked_round
from tenancy.actors import Actor
from tenancy.errors import WrongState


@transaction.atomic
def note_deletion(*, round: SelectionRound, by: Actor) -> None:
    """Somebody of staff has looked and holds nothing more: nobody is asked again. Twice is once; refused while nothing is about to go."""
    round_ = locked_round(round, by)
    if rounds_going().filter(pk=round_.pk).exists():
        record_change(round_, SEEN, by=by)
    elif round_.state != "decided":
        raise WrongState(_("Nothing of this round is deleted before it has been decided."))
