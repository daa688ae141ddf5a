from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort
from tenancy.models import Person, TenantModel, Wall


class ReflectionKind(models.TextChoices):
    TRIED = "tried", _("Something I tried at work")
    LEARNED = "learned", _("Something I learned")
    QUESTION = "question", _("A question I’m carrying")
    FREE = "free", _("Something else")


class Reflection(TenantModel):
    """A participant's own entry. Readable by its author and by those the author shares it with: the database holds to that, so
    staff, administrators and reports can't read it whatever the code asks for."""

    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reflections")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ReflectionKind.choices)
    title = models.CharField(max_length=120)
    body = models.TextField()
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable=(
            "author_id = {me} OR EXISTS (SELECT 1 FROM cohorts_reflectionshare share"
            " WHERE share.tenant_id = {t}.tenant_id AND share.reflection_id = {t}.id AND share.with_person_id = {me})"
        ),
        writable="author_id = {me}",
    )

    class Meta:
        ordering = ["-written_at", "-id"]
        constraints = [
            # What a share's composite key points at, so that nobody can share what isn't theirs.
            models.UniqueConstraint(fields=["tenant", "id", "author"], name="reflection_of_author")
        ]


class ReflectionShare(TenantModel):
    """The author shows one entry to one person. `author` repeats the entry's, so that the policies needn't look at each other."""

    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="shares")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    with_person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    shared_at = models.DateTimeField()

    wall = Wall(
        readable="author_id = {me} OR with_person_id = {me}",
        writable="author_id = {me}",
        extra=(
            "ALTER TABLE cohorts_reflectionshare DROP CONSTRAINT IF EXISTS reflectionshare_of_author",
            "ALTER TABLE cohorts_reflectionshare ADD CONSTRAINT reflectionshare_of_author"
            " FOREIGN KEY (tenant_id, reflection_id, author_id)"
            " REFERENCES cohorts_reflection (tenant_id, id, author_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reflection", "with_person"], name="reflection_share_once")
        ]


class ReflectionFact(TenantModel):
    """That an entry was written: who, when, of what kind. All that staff counts and signals may use."""

    reflection = models.OneToOneField(Reflection, on_delete=models.CASCADE, related_name="fact")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ReflectionKind.choices)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "cohort"], name="reflection_fact_cohort")]
