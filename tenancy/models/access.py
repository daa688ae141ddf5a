from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantModel, Wall


class Access(TenantModel):
    """That somebody opened a page about people, or took a list away: reading, which leaves no other trace.

    One row a person, page and hour for what is opened; one for every download. The subject is named by kind and public id, as in
    Change. Nobody alters a row; retention alone removes it.
    """

    class Act(models.TextChoices):
        OPENED = "opened", _("Opened")
        DOWNLOADED = "downloaded", _("Downloaded")

    act = models.CharField(max_length=10, choices=Act.choices)
    # What the page or list is called.
    what = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=16, blank=True)
    by_person = models.ForeignKey("tenancy.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField(max_length=200)
    # In what part they read it: staff, assessor, endorser. The person read about is told this and no name.
    by_role = models.CharField(max_length=40)
    at = models.DateTimeField()
    # The hour it was opened in; None for downloads, each of which counts.
    hour = models.DateTimeField(null=True, blank=True)
    # Of a download: what narrowed the list, in which form it left, and how many rows did.
    filters = models.TextField(blank=True)
    form = models.CharField(max_length=4, blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)

    wall = Wall(sys=("SELECT", "UPDATE", "DELETE"), append_only=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "by_person", "subject_kind", "subject_id", "what", "hour"],
                condition=Q(act="opened"),
                name="access_once_an_hour",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "subject_kind", "subject_id"], name="access_subject"),
            models.Index(fields=["tenant", "at"], name="access_at"),
        ]
