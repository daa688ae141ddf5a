"""What somebody shows of themselves in the directory, a line at a time, each to whom they picked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.audience import ShownTo, beside, in_set_of, is_there, on_programme_of
from cohorts.models.notebook import Notebook, of_owner
from tenancy.models import Person, TenantModel, Wall


class LineKind(models.TextChoices):
    """In the order in which people read them."""

    WORKING_ON = "working_on", _("Working on")
    HELPS_WITH = "helps_with", _("Can help with")
    PRIORITIES = "priorities", _("Priorities")
    CHALLENGES = "challenges", _("Challenges")
    TARGET = "target", _("Wants to become")
    CONTACT = "contact", _("How to get in touch")
    LISTED = "listed", _("Found by name, organisation and role")


class Readiness(models.TextChoices):
    NOW = "now", _("ready now")
    YEAR = "year", _("ready within a year")
    TWO = "two", _("ready in one to two years")
    LATER = "later", _("ready in more than two years")
    UNSURE = "unsure", _("not sure yet when")


SHOWN_TO = (ShownTo.NOBODY, ShownTo.SET, ShownTo.COHORT, ShownTo.PROGRAMME)


class DirectoryLine(TenantModel):
    """One thing somebody says of themselves. Shown to nobody until they pick an audience, and read by that audience only as long as
    both are in it. A line `listed` has no words: it lets the whole programme find its owner by name."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="directory_lines")
    kind = models.CharField(max_length=12, choices=LineKind.choices)
    body = models.TextField(blank=True)
    readiness = models.CharField(max_length=8, choices=Readiness.choices, blank=True)
    audience = models.CharField(
        max_length=10, choices=[(a.value, a.label) for a in SHOWN_TO], default=ShownTo.NOBODY.value
    )
    # When the audience was last picked: what they agreed to, and since when.
    audience_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    wall = Wall(
        readable=(
            f"owner_id = {{me}} OR ({{t}}.audience <> 'nobody' AND {is_there('{t}.owner_id')} AND ("
            f"({{t}}.audience = 'set' AND {in_set_of('{t}.owner_id')})"
            f" OR ({{t}}.audience = 'cohort' AND {beside('{t}.owner_id')})"
            f" OR ({{t}}.audience = 'programme' AND {on_programme_of('{t}.owner_id')})))"
        ),
        writable="owner_id = {me}",
        extra=of_owner("cohorts_directoryline"),
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "owner", "kind"], name="directory_line_once"),
            models.CheckConstraint(condition=Q(kind="target") | Q(readiness=""), name="directory_line_readiness"),
        ]
