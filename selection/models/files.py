"""Files that applications carry, where the framework asks for one: walled in the database, row and content alike."""

from __future__ import annotations

from django.db import models

from engine.models import StoredFile, file_goes_too
from selection.models.application import Application
from selection.models.framework import Question
from selection.models.support import OWN, STAFF_ALWAYS
from tenancy.models import TenantModel, Wall

WHILE_WRITING = OWN.replace("own.applicant_id = {me}", "own.applicant_id = {me} AND own.state IN ('invited', 'draft')")
# Assessors while their own assessment is open and no conflict stands, in rounds that don't mark blind, of questions that are theirs.
OPEN_ASSESSMENT = (
    "EXISTS (SELECT 1 FROM selection_assessorallocation mine"
    " JOIN selection_application theirs ON theirs.id = mine.application_id"
    " JOIN selection_selectionround round ON round.id = theirs.round_id"
    " JOIN selection_question asked ON asked.id = {t}.question_id"
    " WHERE mine.application_id = {t}.application_id AND mine.assessor_id = {me}"
    " AND mine.withdrawn_at IS NULL AND mine.finished_at IS NULL"
    " AND theirs.state = 'eligible' AND round.state = 'assessing' AND NOT round.blind AND NOT asked.staff_only"
    " AND NOT EXISTS (SELECT 1 FROM tenancy_conflictdeclaration declared WHERE declared.lifted_at IS NULL"
    " AND ((declared.person_id = {me} AND declared.other_id = theirs.applicant_id)"
    " OR (declared.other_id = {me} AND declared.person_id = theirs.applicant_id))))"
)
# Whoever may read the row may read the file it points at (engine.models.file_readers).
OF_APPLICATION = "EXISTS (SELECT 1 FROM selection_applicationfile kept WHERE kept.file_id = {t}.id)"


class ApplicationFile(TenantModel):
    """The file given for one question; kept from the first upload, so that its version goes on counting when it's taken out."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="files")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    size = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable=f"{OWN} OR {STAFF_ALWAYS} OR {OPEN_ASSESSMENT}", writable=WHILE_WRITING)

    class Meta:
        ordering = ["question__position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "application", "question"], name="file_once")]
        triggers = [file_goes_too()]
