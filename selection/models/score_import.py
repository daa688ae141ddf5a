from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from engine.models import Job, StoredFile
from selection.models.files import file_goes_too
from selection.models.round import SelectionRound
from tenancy.models import Person, TenantModel, Wall

# Whoever uploaded it; of the command's imports, which nobody uploaded, nobody signed in.
OF_UPLOADER = "{t}.uploaded_by_id IS NOT DISTINCT FROM {me}"
# Through which `own`, a piece of work, takes scores: a sheet being written, of this person, who is staff of the round's cohort.
SHEET_BEING_WRITTEN = (
    "EXISTS (SELECT 1 FROM selection_scoreimport sheet"
    " JOIN selection_selectionround theirs ON theirs.id = sheet.round_id JOIN cohorts_cohort cohort ON cohort.id = theirs.cohort_id"
    " WHERE sheet.id = own.imported_id AND sheet.state = 'writing' AND sheet.uploaded_by_id IS NOT DISTINCT FROM {me}"
    " AND ({me} IS NULL OR EXISTS (SELECT 1 FROM tenancy_roleassignment held"
    " WHERE held.person_id = {me} AND held.role = 'staff' AND held.valid_from <= clock_timestamp()"
    " AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
    " AND (held.cohort_id = cohort.id OR held.programme_id = cohort.programme_id"
    " OR (held.cohort_id IS NULL AND held.programme_id IS NULL)))))"
)


class ScoreImport(TenantModel):
    """One sheet of scores given elsewhere: mapped, checked row by row, confirmed, then written whole by a job.

    Its rows say what assessors gave, so it's its uploader's, who had the sheet in hand, and nobody else's."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("Columns to match")
        CHECKED = "checked", _("Checked, nothing written")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Written")
        ABANDONED = "abandoned", _("Abandoned")

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="score_imports")
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.MAPPING)
    # {field: index of the column}
    mapping = models.JSONField(default=dict)
    # What staff decided: {number of the row: {field: text, …, "leave_out": bool}}
    corrections = models.JSONField(default=dict)
    # What the last check found: {"rows": [one entry per row of the sheet], "totals": {outcome: count}, "notices": […]}
    outcome = models.JSONField(default=dict)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    wall = Wall(readable=OF_UPLOADER, writable=OF_UPLOADER, sys=("SELECT",))

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        triggers = [file_goes_too()]

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id

    @property
    def programme_id(self) -> int:
        return self.round.programme_id
