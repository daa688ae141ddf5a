"""Notes of mentoring: closed in the database to everyone but their author, or the pair when the author shares them."""

from __future__ import annotations

from django.db import models

from mentoring.models.match import MentorMatch
from tenancy.models import Person, TenantModel, Wall

OF_THE_PAIR = (
    "EXISTS (SELECT 1 FROM mentoring_mentormatch pair WHERE pair.id = {t}.match_id"
    " AND (pair.mentor_id = {me} OR pair.mentee_id = {me}))"
)


class MentoringNote(TenantModel):
    """What one of the pair wrote down. Not audited, not searched, not reported: nobody else can read it, staff and portal_sys included."""

    match = models.ForeignKey(MentorMatch, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    shared = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable="author_id = {me} OR ({t}.shared AND " + OF_THE_PAIR + ")",
        writable="author_id = {me} AND " + OF_THE_PAIR,
    )

    class Meta:
        ordering = ["-written_at", "-id"]
        indexes = [models.Index(fields=["tenant", "match"], name="mentoring_note_match")]


class MentoringNoteFact(TenantModel):
    """That a note was written, by whom and when: what counts are made of. It goes with its note."""

    note = models.OneToOneField(MentoringNote, on_delete=models.CASCADE, related_name="fact")
    match = models.ForeignKey(MentorMatch, on_delete=models.CASCADE, related_name="note_facts")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-written_at", "-id"]
