"""That somebody may need a word: who may know of it, and when. Each row's wall says who; nothing of it is in the history of changes."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.engagement import Limits
from cohorts.models.cohort import Cohort, OfCohort
from cohorts.models.set_room import COUNTED
from tenancy.models import Person, TenantModel, Wall
from tenancy.vocabulary import in_own_words

# Code that runs for nobody: the task that works signals out, and the one that reminds. No page does.
NOBODY = "{me} IS NULL"
HEARS = (
    "EXISTS (SELECT 1 FROM cohorts_setmembership sm JOIN cohorts_setplan sp ON sp.id = sm.plan_id"
    " JOIN cohorts_learningset ls ON ls.id = sm.learning_set_id"
    " LEFT JOIN cohorts_setcofacilitator co ON co.learning_set_id = ls.id AND co.person_id = {me}"
    " WHERE sm.person_id = {t}.person_id AND sp.cohort_id = {t}.cohort_id AND sp.state = 'published'"
    " AND (ls.facilitator_id = {me} OR co.id IS NOT NULL))"
)
STAFF_OF_COHORT = (
    "EXISTS (SELECT 1 FROM tenancy_roleassignment held JOIN cohorts_cohort hc ON hc.id = {t}.cohort_id"
    " WHERE held.person_id = {me} AND held.role = 'staff' AND held.valid_from <= clock_timestamp()"
    " AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
    " AND (held.cohort_id = hc.id OR held.programme_id = hc.programme_id"
    " OR (held.cohort_id IS NULL AND held.programme_id IS NULL)))"
)


class EngagementLimits(OfCohort, TenantModel):
    """What staff set for a cohort instead of the usual (cohorts.engagement.Limits)."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="engagement_limits")
    watches = models.BooleanField(default=True)
    missed = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(12)])
    actions = models.PositiveSmallIntegerField(default=3, validators=[MaxValueValidator(12)])
    quiet_days = models.PositiveSmallIntegerField(default=60, validators=[MaxValueValidator(366)])
    facilitator_after = models.PositiveSmallIntegerField(default=7, validators=[MinValueValidator(1)])
    staff_after = models.PositiveSmallIntegerField(default=21, validators=[MinValueValidator(7)])
    version = models.PositiveIntegerField(default=1)

    @property
    def limits(self) -> Limits:
        return Limits(
            self.watches, self.missed, self.actions, self.quiet_days, self.facilitator_after, self.staff_after
        )


class EngagementSignal(OfCohort, TenantModel):
    """Somebody who takes part may need a word, and since when; why is worked out anew whenever it's asked, and kept nowhere. The person
    sees it at once, whoever facilitates their set from one moment, staff from a later one, and nobody else."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    facilitator_from = models.DateTimeField()
    staff_from = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(
        readable=(
            f"{NOBODY} OR {{t}}.person_id = {{me}} OR ({{t}}.closed_at IS NULL AND ("
            f"({{t}}.facilitator_from <= clock_timestamp() AND {HEARS})"
            f" OR ({{t}}.staff_from <= clock_timestamp() AND {STAFF_OF_COHORT})))"
        ),
        # whoever facilitates moves staff's step when they have spoken
        writable=f"{NOBODY} OR {HEARS}",
        sys=COUNTED,
    )

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "cohort", "person"], condition=Q(closed_at__isnull=True), name="signal_one_open"
            )
        ]


class CheckIn(OfCohort, TenantModel):
    """Somebody spoke with them, and when. What was said stands nowhere. Staff don't learn that a facilitator did."""

    class Kind(models.TextChoices):
        FACILITATOR = "facilitator", in_own_words(_("Facilitator of the %(set)s"))
        STAFF = "staff", _("Staff")

    signal = models.ForeignKey(EngagementSignal, on_delete=models.CASCADE, related_name="check_ins")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by_person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    spoke_at = models.DateTimeField()

    wall = Wall(
        readable=(
            f"{NOBODY} OR {{t}}.person_id = {{me}} OR {{t}}.by_person_id = {{me}}"
            f" OR ({{t}}.kind = 'facilitator' AND {HEARS}) OR ({{t}}.kind = 'staff' AND {STAFF_OF_COHORT})"
        ),
        writable=(
            "{t}.by_person_id = {me}"
            f" AND (({{t}}.kind = 'facilitator' AND {HEARS}) OR ({{t}}.kind = 'staff' AND {STAFF_OF_COHORT}))"
        ),
    )

    class Meta:
        ordering = ["spoke_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "signal"], condition=Q(kind="facilitator"), name="check_in_facilitator_once"
            )
        ]


class EngagementPause(OfCohort, TenantModel):
    """Somebody is away until a day, and is asked nothing meanwhile. Ill, on leave or otherwise: no reason is kept."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")

    wall = Wall(
        readable=f"{NOBODY} OR {{t}}.person_id = {{me}} OR {HEARS} OR {STAFF_OF_COHORT}",
        writable=f"{{t}}.person_id = {{me}} OR {HEARS} OR {STAFF_OF_COHORT}",
        sys=COUNTED,
    )

    class Meta:
        ordering = ["ends_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gte=F("begins_at")), name="pause_ends_later")]


class DayJobWord(OfCohort, TenantModel):
    """Somebody wrote that their day job is in the way: to whom and when. To nobody by name: to staff of the cohort."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    to_person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField()

    wall = Wall(
        readable=(
            "{t}.author_id = {me} OR {t}.to_person_id = {me}"
            f" OR ({{t}}.to_person_id IS NULL AND {STAFF_OF_COHORT})"
        ),
        writable="{t}.author_id = {me}",
        sys=COUNTED,
    )

    class Meta:
        ordering = ["-sent_at", "-id"]


class DayJobText(TenantModel):
    """What they wrote, for whom they wrote it to and nobody else: the policy of the word decides for its text."""

    word = models.OneToOneField(DayJobWord, on_delete=models.CASCADE, related_name="words")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()

    wall = Wall(
        # the word is there for those alone who may read it: its own wall says so
        readable="EXISTS (SELECT 1 FROM cohorts_dayjobword w WHERE w.id = {t}.word_id)",
        writable="{t}.author_id = {me} AND EXISTS (SELECT 1 FROM cohorts_dayjobword w"
        " WHERE w.id = {t}.word_id AND w.author_id = {me})",
    )
