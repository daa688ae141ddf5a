"""Introductions: that there was one may be counted; who, whom and why is known to those it is between, and to staff if asked."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cohorts.models.audience import runs_cohort
from cohorts.models.cohort import Cohort, OfCohort
from cohorts.models.set_room import COUNTED, through
from cohorts.states import INTRODUCTION, IntroductionState
from tenancy.models import Person, TenantModel, Wall


class Introduction(OfCohort, TenantModel):
    """That two people are being introduced, or that somebody wishes to be: nothing is shared until both have said yes."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=IntroductionState.choices)
    begun_at = models.DateTimeField()
    # Until when the two may answer.
    until = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    machine = INTRODUCTION
    wall = Wall(sys=COUNTED)

    class Meta:
        ordering = ["-begun_at", "-id"]
        indexes = [models.Index(fields=["tenant", "cohort"], name="introduction_cohort")]

    @property
    def is_over(self) -> bool:
        return self.state in (IntroductionState.ASKED, IntroductionState.HALF) and self.until <= timezone.now()


class IntroductionWords(TenantModel):
    """Who introduces whom, and why. A wish that somebody told staff has no second person yet, and staff of the cohort read it."""

    introduction = models.OneToOneField(Introduction, on_delete=models.CASCADE, related_name="words")
    by_person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    why = models.TextField()
    to_staff = models.BooleanField(default=False)
    # What staff say to a wish.
    reply = models.TextField(blank=True)

    wall = Wall(
        readable=(
            "by_person_id = {me} OR first_id = {me} OR second_id = {me} OR ({t}.to_staff AND "
            + through("cohorts_introduction", "introduction_id", runs_cohort("p.cohort_id"))
            + ")"
        ),
        writable=(
            "by_person_id = {me} OR ({t}.to_staff AND "
            + through("cohorts_introduction", "introduction_id", runs_cohort("p.cohort_id"))
            + ")"
        ),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(second__isnull=True) | ~Q(first=F("second")), name="introduction_of_two")
        ]


class IntroductionQuestion(TenantModel):
    """That somebody was asked whether they'd like to be introduced, and when they answered; not to whom, and not what."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="questions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(
        # asked by whoever can read the words, answered by the person
        writable=(
            "person_id = {me} OR EXISTS (SELECT 1 FROM cohorts_introductionwords w"
            " WHERE w.introduction_id = {t}.introduction_id)"
        )
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "introduction", "person"], name="introduction_asked_once")
        ]
