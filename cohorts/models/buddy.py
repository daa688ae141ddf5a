"""Alumni who have offered to be somebody's buddy, and who has which. Who asked what stays between the two."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models.cohort import Cohort, OfCohort
from cohorts.models.engagement import NOBODY, STAFF_OF_COHORT
from cohorts.models.set_room import COUNTED
from tenancy.models import Person, TenantModel, Wall

MOST_AT_A_TIME = 5
# Staff of a cohort of a programme that the alumnus belongs to.
RUNS_PROGRAMME = (
    "EXISTS (SELECT 1 FROM cohorts_alumnimembership belongs JOIN cohorts_cohort hc ON hc.programme_id = belongs.programme_id"
    " JOIN tenancy_roleassignment held ON held.person_id = {me} AND held.role = 'staff'"
    " AND held.valid_from <= clock_timestamp() AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
    " AND (held.cohort_id = hc.id OR held.programme_id = hc.programme_id"
    " OR (held.cohort_id IS NULL AND held.programme_id IS NULL))"
    " WHERE belongs.tenant_id = {t}.tenant_id AND belongs.person_id = {t}.person_id)"
)
# Whoever has a place on a cohort of such a programme, while the alumnus belongs to it.
ON_PROGRAMME = (
    "EXISTS (SELECT 1 FROM cohorts_alumnimembership belongs JOIN cohorts_cohort mc ON mc.programme_id = belongs.programme_id"
    " JOIN cohorts_participation mine ON mine.cohort_id = mc.id AND mine.person_id = {me} AND mine.state <> 'withdrawn'"
    " WHERE belongs.tenant_id = {t}.tenant_id AND belongs.person_id = {t}.person_id AND belongs.state <> 'left')"
)
OF_PAIR = (
    "EXISTS (SELECT 1 FROM cohorts_buddypair p WHERE p.id = {t}.pair_id AND (p.person_id = {me} OR p.buddy_id = {me}))"
)


class BuddyOffer(TenantModel):
    """That an alumnus is there for so many people at a time, and what they say of themselves. With none it is seen by nobody else."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    capacity = models.PositiveSmallIntegerField(validators=[MaxValueValidator(MOST_AT_A_TIME)])
    about = models.TextField(blank=True)
    offered_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable=(f"person_id = {{me}} OR ({{t}}.capacity > 0 AND ({RUNS_PROGRAMME} OR {ON_PROGRAMME}))"),
        writable="person_id = {me}",
    )

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "person"], name="buddy_offer_once")]


# What staff suggested and whoever returns hasn't said yes to isn't there for the alumnus, so that a no before they're asked isn't told.
ONE_OF_TWO = "person_id = {me} OR (buddy_id = {me} AND person_yes_at IS NOT NULL)"


class BuddyPair(OfCohort, TenantModel):
    """Somebody who goes back to work from a cohort, and the alumnus who is or may become their buddy. Both have to say yes, and the alumnus
    sees it from the other's yes on; staff see that there is a pair."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    buddy = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    suggested_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    # Until when the two may answer.
    until = models.DateTimeField()
    person_yes_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # Turned down, or over before its day. Who said so isn't kept.
    ended_at = models.DateTimeField(null=True, blank=True)
    # The person lets their buddy read their return plan and what has changed.
    shows_plan = models.BooleanField(default=False)

    wall = Wall(
        readable=f"{NOBODY} OR {ONE_OF_TWO} OR {STAFF_OF_COHORT}",
        writable=f"{ONE_OF_TWO} OR {STAFF_OF_COHORT}",
        sys=COUNTED,
    )

    class Meta:
        ordering = ["-asked_at", "-id"]

    @property
    def is_on(self) -> bool:
        return (
            self.begun_at is not None
            and self.ended_at is None
            and self.ends_on is not None
            and self.ends_on >= timezone.localdate()
        )

    @property
    def is_asked(self) -> bool:
        return self.begun_at is None and self.ended_at is None and self.until > timezone.now()

    @property
    def answers_next(self) -> int:
        """Whose yes is waited for (a person's key), while it is asked: theirs first, then the buddy's."""
        return self.person_id if self.person_yes_at is None else self.buddy_id

    @property
    def standing(self) -> str:
        if self.is_on:
            return _("Buddies")
        if self.is_asked:
            return _("Waiting for a yes")
        return _("Over") if self.begun_at is not None else _("Didn’t come about")


class BuddyPlace(TenantModel):
    """That a place with a buddy is held, until when; not for whom. Whoever chooses sees how many are left."""

    offer = models.ForeignKey(BuddyOffer, on_delete=models.CASCADE, related_name="places")
    pair = models.OneToOneField(BuddyPair, on_delete=models.CASCADE, related_name="place")
    held_until = models.DateTimeField()

    wall = Wall(
        # the pair is there for the two and for staff of its cohort: its own wall says so
        writable="EXISTS (SELECT 1 FROM cohorts_buddypair p WHERE p.id = {t}.pair_id)"
    )


class BuddyWords(TenantModel):
    """What somebody wrote to the alumnus they asked, for the two of them."""

    pair = models.OneToOneField(BuddyPair, on_delete=models.CASCADE, related_name="words")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()

    wall = Wall(readable=OF_PAIR, writable=f"author_id = {{me}} AND {OF_PAIR}")
