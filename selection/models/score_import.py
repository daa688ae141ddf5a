from __future__ import annotations

from django.db import models

from engine.models import OF_UPLOADER, SheetImport, file_goes_too
from selection.models.round import SelectionRound
from tenancy.models import Person, Wall

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


class ScoreImport(SheetImport):
    """One sheet of scores given elsewhere. Its rows say what assessors gave, so it's its uploader's, who had the sheet in hand, and
    nobody else's."""

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="score_imports")
    uploaded_by = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    wall = Wall(readable=OF_UPLOADER, writable=OF_UPLOADER, sys=("SELECT",))

    class Meta(SheetImport.Meta):
        triggers = [file_goes_too()]

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id

    @property
    def programme_id(self) -> int:
        return self.round.programme_id
