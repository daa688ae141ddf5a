"""Pledges: that there is one, and what became of it, may be counted; its words are for whom its owner picks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.audience import beside, runs_programme
from cohorts.models.movement import Movement
from cohorts.models.set_room import COUNTED, through
from tenancy.models import Person, TenantModel, Wall


class Outcome(models.TextChoices):
    """What became of a pledge, in its owner's eyes. Not doing it is an answer as good as the others."""

    OPEN = "open", _("Still to do")
    DONE = "done", _("Done")
    PARTLY = "partly", _("Partly done")
    NOT = "not", _("Not done")
    CHANGED = "changed", _("Did something else")


class PledgeAudience(models.TextChoices):
    ME = "me", _("Only you")
    COHORT = "cohort", _("Your cohort")
    MOVEMENT = "movement", _("The movement: the programme’s cohorts, its alumni, and members from outside")
    PUBLIC = "public", _("Anybody, on the movement’s public page")


class SignedAs(models.TextChoices):
    NAME = "name", _("Your name, and where you work")
    ORGANISATION = "work", _("Only where you work")


class Pledge(TenantModel):
    """That somebody pledged to do one thing by a day, and what became of it: all that counts and reminders use. What it is stands in
    `PledgeWords`. Who says “me too” to one makes one of their own, which names it."""

    movement = models.ForeignKey(Movement, on_delete=models.CASCADE, related_name="pledges")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    joined = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="joined_by")
    made_at = models.DateTimeField()
    # The end of the day by which it's to be done.
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    said_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=COUNTED)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "owner", "joined"], condition=Q(joined__isnull=False), name="pledge_joined_once"
            ),
            models.CheckConstraint(condition=Q(outcome="open") | Q(said_at__isnull=False), name="pledge_said_when"),
        ]
        indexes = [models.Index(fields=["tenant", "due_at"], condition=Q(outcome="open"), name="pledge_due")]

    @property
    def programme_id(self) -> int:
        return self.movement.programme_id


def of_movement(person: str) -> str:
    """SQL, within a row of `Pledge` called p: the person belongs to its movement."""
    return (
        "EXISTS (SELECT 1 FROM cohorts_movement m WHERE m.id = p.movement_id AND ("  # noqa: S608 -- pieces of this module
        f"EXISTS (SELECT 1 FROM cohorts_movementmember b WHERE b.movement_id = m.id AND b.person_id = {person}"
        " AND b.state = 'member')"
        " OR EXISTS (SELECT 1 FROM cohorts_participation pa JOIN cohorts_cohort pc ON pc.id = pa.cohort_id"
        f" WHERE pa.person_id = {person} AND pa.state = 'active' AND pc.programme_id = m.programme_id)"
        f" OR EXISTS (SELECT 1 FROM cohorts_alumnimembership a WHERE a.person_id = {person}"
        " AND a.state <> 'left' AND a.programme_id = m.programme_id)))"
    )


RUNS_MOVEMENT = (
    f"EXISTS (SELECT 1 FROM cohorts_movement m WHERE m.id = p.movement_id AND {runs_programme('m.programme_id')})"  # noqa: S608 -- pieces of audience
)


class PledgeWords(TenantModel):
    """What somebody pledged, and what they say came of it. Its owner picks who reads it; staff read what is public, and may hide that with
    a reason: then it's left to its owner and to them."""

    pledge = models.OneToOneField(Pledge, on_delete=models.CASCADE, related_name="words")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=300)
    audience = models.CharField(max_length=8, choices=PledgeAudience.choices)
    signs = models.CharField(max_length=4, choices=SignedAs.choices, default=SignedAs.NAME)
    # What stands under it where others read it, as it was when it was saved.
    signed = models.CharField(max_length=340)
    came_of_it = models.TextField(blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_because = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable=(
            "owner_id = {me}"
            " OR ({t}.hidden_at IS NULL AND ({t}.audience = 'public'"
            f" OR ({{t}}.audience = 'cohort' AND {beside('{t}.owner_id')})"
            f" OR ({{t}}.audience = 'movement' AND {through('cohorts_pledge', 'pledge_id', of_movement('{me}'))})))"
            f" OR ({{t}}.audience = 'public' AND {through('cohorts_pledge', 'pledge_id', RUNS_MOVEMENT)})"
        ),
        writable=(
            "owner_id = {me}"
            f" OR ({{t}}.audience = 'public' AND {through('cohorts_pledge', 'pledge_id', RUNS_MOVEMENT)})"
        ),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True) | ~Q(hidden_because=""), name="pledge_hidden_because"
            )
        ]

    @property
    def programme_id(self) -> int:
        return self.pledge.movement.programme_id
