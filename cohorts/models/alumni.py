"""Alumni of a programme, and what they let it know of their careers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.programme import Programme
from cohorts.states import ALUMNI, AlumniState
from tenancy.models import Person, TenantModel, Wall


class AlumniMembership(TenantModel):
    """That somebody finished a cohort of a programme and belongs to it since, whatever they do and wherever they work. Its state is
    theirs to say."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="alumni")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="alumni_memberships")
    state = models.CharField(max_length=8, choices=AlumniState.choices, default=AlumniState.ACTIVE)
    joined_at = models.DateTimeField()
    state_since = models.DateTimeField()

    machine = ALUMNI

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "programme", "person"], name="alumni_membership_once")]
        verbose_name = _("membership")


class CareerPurpose(models.TextChoices):
    STAFF = "staff", _("Staff of my programme may read it")
    REPORT = "report", _("It may be counted in reports")


class CareerConsent(TenantModel):
    """That a person agrees to one use of what they say of their career, until they take it back."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=8, choices=CareerPurpose.choices)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="career_consent_open_once",
            )
        ]


# Staff of a programme that the person is an alumnus of, while the person lets them read it. Staff of one cohort see no careers.
FOLLOWS = (
    "(EXISTS (SELECT 1 FROM cohorts_careerconsent given WHERE given.tenant_id = {t}.tenant_id"
    " AND given.person_id = {t}.person_id AND given.purpose = 'staff' AND given.withdrawn_at IS NULL)"
    " AND EXISTS (SELECT 1 FROM cohorts_alumnimembership belongs JOIN tenancy_roleassignment held"
    " ON held.person_id = {me} AND held.role = 'staff' AND held.valid_from <= clock_timestamp()"
    " AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp()) AND held.cohort_id IS NULL"
    " AND (held.programme_id IS NULL OR held.programme_id = belongs.programme_id)"
    " WHERE belongs.tenant_id = {t}.tenant_id AND belongs.person_id = {t}.person_id))"
)


class CareerStep(TenantModel):
    """A role somebody took up after their cohort, in their own words. The database shows it to its author, and as far as they agree."""

    class Level(models.TextChoices):
        OTHER = "other", _("Another level")
        SERVICE = "service", _("Head of a service")
        DEPUTY = "deputy", _("Deputy or assistant director")
        DIRECTOR = "director", _("Director")
        CHIEF = "chief", _("Chief officer or chief executive")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=160)
    employer = models.CharField(max_length=160, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    since = models.DateField()
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    # Counted for reports with consent, and deleted when its time is over.
    wall = Wall(readable=f"person_id = {{me}} OR {FOLLOWS}", writable="person_id = {me}", sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["-since", "-id"]


DIRECTOR_LEVEL = (CareerStep.Level.DIRECTOR, CareerStep.Level.CHIEF)
