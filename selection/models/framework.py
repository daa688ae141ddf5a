"""What a round judges by: a version of the programme's selection framework, published to applicants and frozen when the round opens."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cohorts.models import Programme
from engine.attachments import FILE_KINDS, MAX_MEGABYTES
from tenancy.audit import audited
from tenancy.models import TenantModel, Wall


@audited()
class SelectionFramework(TenantModel):
    """One version of a programme's framework. Each round has its own, mostly a copy of an earlier one."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="frameworks")
    # Counted within the programme, from 1.
    number = models.PositiveSmallIntegerField()
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    # When the round opened: from then on nothing of it changes, not even by portal_app's own SQL.
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["tenant", "programme", "number"], name="framework_number")]

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id


# Nothing of a frozen framework is written, whoever asks.
FRAMEWORK_OPEN = (
    "EXISTS (SELECT 1 FROM selection_selectionframework framework"
    " WHERE framework.id = {t}.framework_id AND framework.frozen_at IS NULL)"
)
CRITERION_OPEN = (
    "EXISTS (SELECT 1 FROM selection_criterion criterion"
    " JOIN selection_selectionframework framework ON framework.id = criterion.framework_id"
    " WHERE criterion.id = {t}.criterion_id AND framework.frozen_at IS NULL)"
)


class OfFramework:
    """Rows of a framework: whoever is staff of its round's cohort reaches them. Load `framework__round` with the row."""

    framework: SelectionFramework

    @property
    def cohort_id(self) -> int:
        return self.framework.cohort_id

    @property
    def programme_id(self) -> int:
        return self.framework.programme_id


@audited()
class Criterion(OfFramework, TenantModel):
    """What applications are scored against, 1 to `max_points`."""

    class Kind(models.TextChoices):
        BEHAVIOUR = "behaviour", _("Behaviour")
        TECHNICAL = "technical", _("Technical")

    framework = models.ForeignKey(SelectionFramework, on_delete=models.CASCADE, related_name="criteria")
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BEHAVIOUR)
    weight = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(20)])
    max_points = models.PositiveSmallIntegerField(default=7, validators=[MinValueValidator(2), MaxValueValidator(10)])
    position = models.PositiveSmallIntegerField()

    wall = Wall(writable=FRAMEWORK_OPEN)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "framework", "position"],
                name="criterion_position",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]


class RatingDescriptor(TenantModel):
    """What a number of points means, with an example, published to applicants."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="descriptors")
    points = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    example = models.TextField(blank=True)

    wall = Wall(writable=CRITERION_OPEN)

    class Meta:
        ordering = ["points"]
        constraints = [models.UniqueConstraint(fields=["tenant", "criterion", "points"], name="descriptor_once")]


class Question(OfFramework, TenantModel):
    """One page of the application: words, or a file. `criterion` says what its answer is evidence for."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Words")
        FILE = "file", _("A file")

    framework = models.ForeignKey(SelectionFramework, on_delete=models.CASCADE, related_name="questions")
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=300)
    hint = models.TextField(blank=True)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TEXT)
    word_limit = models.PositiveSmallIntegerField(default=250)
    # Of a file: keys of FILE_KINDS, the most it may weigh, whether one may go without, and whether assessors never see it.
    file_kinds = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    max_megabytes = models.PositiveSmallIntegerField(
        default=MAX_MEGABYTES, validators=[MinValueValidator(1), MaxValueValidator(MAX_MEGABYTES)]
    )
    optional = models.BooleanField(default=False)
    staff_only = models.BooleanField(default=False)
    criterion = models.ForeignKey(Criterion, on_delete=models.SET_NULL, null=True, blank=True, related_name="questions")
    position = models.PositiveSmallIntegerField()

    wall = Wall(writable=FRAMEWORK_OPEN)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "framework", "position"],
                name="question_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            # An answer in words is everybody's who reads the application, and everybody gives one.
            models.CheckConstraint(
                condition=Q(kind="file") | Q(optional=False, staff_only=False), name="question_words_are_plain"
            ),
            models.CheckConstraint(
                condition=Q(staff_only=False) | Q(criterion__isnull=True), name="question_of_staff_is_no_evidence"
            ),
        ]

    @property
    def is_file(self) -> bool:
        return self.kind == self.Kind.FILE

    @property
    def for_assessors(self) -> bool:
        """Whether it asks for a file that assessors read: never in a blind round, since nothing can be taken out of a file."""
        return self.is_file and not self.staff_only

    @property
    def asks(self) -> str:
        """What is asked for, in words: so many words, or which files."""
        if not self.is_file:
            return _now("up to %(n)d words") % {"n": self.word_limit}
        parts = [_now("a file of up to %(n)d MB: %(kinds)s") % {"kinds": self.file_kinds_text, "n": self.max_megabytes}]
        if self.optional:
            parts.append(_now("optional"))
        if self.staff_only:
            parts.append(_now("only programme staff read it"))
        return "; ".join(parts)

    @property
    def file_kinds_text(self) -> str:
        return ", ".join(str(kind.name) for key, kind in FILE_KINDS.items() if key in self.file_kinds)
