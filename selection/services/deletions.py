"""Staff have looked at what retention is about to delete."""

from __future__ import annotations

from django.db import transaction

from engine.transitions import record_change
from selection.models import SelectionRound
from selection.selectors.deletions import SEEN, is_going
from selection.services.assessment import locked_round
from tenancy.actors import Actor


@transaction.atomic
def note_deletion(*, round: SelectionRound, by: Actor) -> None:
    """Somebody of staff has looked and holds nothing more: nobody is asked again. Twice is once; while nothing is about to go it's
    nothing."""
    round_ = locked_round(round, by)
    if is_going(round_):
        record_change(round_, SEEN, by=by)
