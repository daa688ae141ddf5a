from __future__ import annotations

from django.db import models

from engine.models import SheetImport
from selection.models.round import SelectionRound
from tenancy.models import Wall


class NominationImport(SheetImport):
    """One upload of a nominations log. Of the mapping: {field: {"column": index, "part": "" | "given" | "family"}}; beside the rows
    staff decide on spellings: {"organisations": {spelling: public id}}."""

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="imports")

    wall = Wall(sys=("SELECT",))

    class Meta(SheetImport.Meta):
        pass

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id

    @property
    def programme_id(self) -> int:
        return self.round.programme_id
