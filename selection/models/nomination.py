from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from engine.models import Job, StoredFile
from selection.models.round import SelectionRound
from tenancy.models import Person, TenantModel, Wall


class NominationImport(TenantModel):
    """One upload of a nominations log: mapped, checked row by row, confirmed, then written whole by a job."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("Columns to match")
        CHECKED = "checked", _("Checked, nothing written")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Written")
        ABANDONED = "abandoned", _("Abandoned")

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="imports")
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.MAPPING)
    # {field: {"column": index, "part": "" | "given" | "family"}}
    mapping = models.JSONField(default=dict)
    # What staff decided: {"organisations": {spelling: public id}, "rows": {number: {field: text, …}}}
    corrections = models.JSONField(default=dict)
    # What the last check found: {"rows": [one entry per row of the sheet], "totals": {outcome: count}, "notices": […]}
    outcome = models.JSONField(default=dict)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["-uploaded_at", "-id"]

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id

    @property
    def programme_id(self) -> int:
        return self.round.programme_id
