"""What is due of a choice’s reasons, where finding them takes longer than a page should."""

from __future__ import annotations

from django.db import models

from selection.models.round import SelectionRound
from tenancy.models import TenantModel, Wall


class ReasonsDue(TenantModel):
    """Offers were made and the sentences that belong on record are still to be found. Gone with the answer, or with the scores.

    `question` is frozen (selection.selectors.reasons.Question): whatever changes meanwhile, the answer is that of the day.
    """

    round = models.OneToOneField(SelectionRound, on_delete=models.CASCADE, related_name="reasons_due")
    question = models.JSONField()
    due_since = models.DateTimeField()
    # A worker has begun; when that is long ago, it was killed and another begins anew.
    begun_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT",))
