"""When and where people can meet their set: told by themselves, a rule of the composer."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort, OfCohort
from tenancy.models import Person, TenantModel, Wall

# As tenancy.rules.staff has it, of a cohort that the person takes part in or facilitates for.
STAFF_OF = (
    "EXISTS (SELECT 1 FROM cohorts_cohort cohort"
    " JOIN tenancy_roleassignment held ON held.person_id = {me} AND held.role = 'staff' AND held.valid_from <= clock_timestamp()"
    " AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
    " AND (held.cohort_id = cohort.id OR held.programme_id = cohort.programme_id"
    " OR (held.cohort_id IS NULL AND held.programme_id IS NULL))"
    " WHERE EXISTS (SELECT 1 FROM cohorts_participation place WHERE place.cohort_id = cohort.id"
    " AND place.person_id = {t}.person_id AND place.state = 'active')"
    " OR EXISTS (SELECT 1 FROM cohorts_learningset led WHERE led.cohort_id = cohort.id AND led.facilitator_id = {t}.person_id)"
    " OR EXISTS (SELECT 1 FROM tenancy_roleassignment leads WHERE leads.person_id = {t}.person_id AND leads.role = 'facilitator'"
    " AND (leads.valid_to IS NULL OR leads.valid_to > clock_timestamp())"
    " AND (leads.cohort_id = cohort.id OR leads.programme_id = cohort.programme_id"
    " OR (leads.cohort_id IS NULL AND leads.programme_id IS NULL))))"
)


class HalfDay(models.TextChoices):
    """When a set usually meets."""

    MON_AM = "mon-am", _("Monday morning")
    MON_PM = "mon-pm", _("Monday afternoon")
    TUE_AM = "tue-am", _("Tuesday morning")
    TUE_PM = "tue-pm", _("Tuesday afternoon")
    WED_AM = "wed-am", _("Wednesday morning")
    WED_PM = "wed-pm", _("Wednesday afternoon")
    THU_AM = "thu-am", _("Thursday morning")
    THU_PM = "thu-pm", _("Thursday afternoon")
    FRI_AM = "fri-am", _("Friday morning")
    FRI_PM = "fri-pm", _("Friday afternoon")


class SetTerms(TenantModel):
    """Half-days on which one person can't meet, and what the place must have for them. The database shows it to themselves and to staff
    of their cohorts, who make the sets; no facilitator or member reads it. No history and no audit, as with what people need at events."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    never = ArrayField(models.CharField(max_length=20, choices=HalfDay.choices), default=list, blank=True)
    # Names of cohorts.models.FEATURES.
    needs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable=f"person_id = {{me}} OR {STAFF_OF}", writable="person_id = {me}", sys=("SELECT", "DELETE"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "person"], name="set_terms_once")]


class TermsSaid(TenantModel):
    """That somebody has said when they can meet: all that counts, reminders and whoever else isn't staff of theirs may know."""

    terms = models.OneToOneField(SetTerms, on_delete=models.CASCADE, related_name="said")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    wall = Wall(writable="person_id = {me}")

    class Meta:
        ordering = ["id"]


class TermsAsk(OfCohort, TenantModel):
    """That staff have asked everybody of a cohort when and where they can meet, and by when. Asked again once that is past, the same row
    has a later day."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("asking when people can meet")

    @property
    def is_open(self) -> bool:
        return self.until > timezone.now()


class FacilitatorCapacity(OfCohort, TenantModel):
    """How many sets of a cohort one facilitator takes."""

    MOST = 12

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="facilitator_capacities")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    sets = models.PositiveSmallIntegerField(validators=[MinValueValidator(0), MaxValueValidator(MOST)])

    # Whether somebody still facilitates is asked across tenants, before what they said is deleted.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort", "person"], name="facilitator_capacity_once")]
