from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from selection.models.application import Application
from selection.models.assessment import AssessorAllocation
from tenancy.audit import audited
from tenancy.models import ConflictDeclaration, Person, TenantModel, Wall
from tenancy.names import sort_key

# The applicant's own words; otherwise never whoever is named, under that name or that address.
NOT_THE_NAMED = (
    "EXISTS (SELECT 1 FROM selection_assessorobjection o JOIN selection_application a ON a.id = o.application_id"
    " WHERE o.id = {t}.objection_id AND (a.applicant_id = {me} OR NOT EXISTS (SELECT 1 FROM tenancy_person named"
    " WHERE named.id = {me} AND (named.sort_key = o.sort_key OR (o.email <> '' AND lower(named.email) = lower(o.email))))))"
)


class AssessorObjection(TenantModel):
    """Somebody who an applicant says shouldn't assess them, as they wrote it: it says nothing of whether the tenant knows them."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="objections")
    name = models.CharField(max_length=160)
    sort_key = models.CharField(max_length=200, editable=False)
    email = models.EmailField(max_length=254, blank=True)
    named_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "sort_key", "email"], name="objection_once")
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)[:200]
        super().save(*args, **kwargs)


class ObjectionReason(TenantModel):
    """Why, if the applicant says: for staff, and never for the person named."""

    objection = models.OneToOneField(AssessorObjection, on_delete=models.CASCADE, related_name="why")
    text = models.TextField()

    wall = Wall(readable=NOT_THE_NAMED)


# Somebody was asked to endorse and then somebody else instead: it stays a conflict, and nothing ends it.
ASKED_BEFORE = "asked-before"


class KnownConflict(TenantModel):
    """What the portal found by itself between an application and somebody who could have assessed it, when, and until when: kept for
    the record, whatever becomes of jobs and lines of management. Found again after it had ended, it is another one."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="known_conflicts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["known_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "application", "person", "kind"],
                condition=Q(ended_at__isnull=True),
                name="known_conflict_once",
            )
        ]


@audited()
class Suspension(TenantModel):
    """What a conflict took from an assessor: the work on one application, and how far it had come. Given back when the declaration is
    lifted, or when what the portal found itself has ended."""

    class Work(models.TextChoices):
        NONE = "none", _("nothing scored yet")
        BEGUN = "begun", _("a draft of scores")
        FINISHED = "finished", _("finished scores")

    declaration = models.ForeignKey(
        ConflictDeclaration, on_delete=models.CASCADE, null=True, blank=True, related_name="suspensions"
    )
    known = models.ForeignKey(
        KnownConflict, on_delete=models.CASCADE, null=True, blank=True, related_name="suspensions"
    )
    allocation = models.ForeignKey(AssessorAllocation, on_delete=models.CASCADE, related_name="suspensions")
    work = models.CharField(max_length=10, choices=Work.choices)
    at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "declaration", "allocation"], name="suspension_once"),
            models.UniqueConstraint(fields=["tenant", "known", "allocation"], name="suspension_known_once"),
            models.CheckConstraint(
                condition=Q(declaration__isnull=True) ^ Q(known__isnull=True), name="suspension_of_one_conflict"
            ),
        ]

    @property
    def how(self) -> str:
        """How the conflict is known, or what the portal found."""
        if self.declaration is not None:
            return self.declaration.get_known_display()
        return self.known.reason if self.known is not None else ""
