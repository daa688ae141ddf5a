"""What people need at events, food and access: told once, read by those who arrange it, while they do."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import Person, TenantModel, Wall

# How long before an event its organisers read what people need at it.
WEEKS_BEFORE = 4

# Staff of a cohort, as tenancy.rules.staff has it, while an event in a room that this person is expected at, or comes to as a guest, is
# near or under way.
ARRANGES = (
    "EXISTS (SELECT 1 FROM cohorts_event near"
    " JOIN cohorts_cohort cohort ON cohort.id = near.cohort_id"
    " JOIN tenancy_roleassignment held ON held.person_id = {me} AND held.role = 'staff' AND held.valid_from <= clock_timestamp()"
    " AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
    " AND (held.cohort_id = cohort.id OR held.programme_id = cohort.programme_id"
    " OR (held.cohort_id IS NULL AND held.programme_id IS NULL))"
    " WHERE near.state = 'planned' AND (near.venue_id IS NOT NULL OR near.place <> '')"
    " AND near.starts_at <= clock_timestamp() + interval '{weeks} weeks' AND near.ends_at > clock_timestamp()"
    " AND (EXISTS (SELECT 1 FROM cohorts_eventguest guest WHERE guest.event_id = near.id"
    " AND guest.person_id = {t}.person_id AND guest.state = 'coming')"
    " OR EXISTS (SELECT 1 FROM cohorts_participation place WHERE place.cohort_id = cohort.id"
    " AND place.person_id = {t}.person_id AND place.state = 'active'"
    " AND (near.learning_set_id IS NULL OR EXISTS (SELECT 1 FROM cohorts_setmembership member"
    " WHERE member.learning_set_id = near.learning_set_id AND member.person_id = {t}.person_id))))"
    " AND NOT EXISTS (SELECT 1 FROM cohorts_attendance away WHERE away.event_id = near.id"
    " AND away.person_id = {t}.person_id AND away.state = 'apologies'))"
).replace("{weeks}", str(WEEKS_BEFORE))


class EventNeeds(TenantModel):
    """One person's food and access. The database shows it to themselves, and to staff of a cohort from four weeks before an event that
    the person is expected at until it is over. No history and no audit: both are read by more people, and for longer."""

    class Diet(models.TextChoices):
        ANY = "any", _("I eat everything")
        VEGETARIAN = "vegetarian", _("Vegetarian")
        VEGAN = "vegan", _("Vegan")
        PESCATARIAN = "pescatarian", _("Pescatarian")
        HALAL = "halal", _("Halal")
        KOSHER = "kosher", _("Kosher")

    class Without(models.TextChoices):
        GLUTEN = "gluten", _("Gluten")
        MILK = "milk", _("Milk")
        EGGS = "eggs", _("Eggs")
        NUTS = "nuts", _("Nuts and peanuts")
        FISH = "fish", _("Fish and shellfish")
        SOYA = "soya", _("Soya")
        SESAME = "sesame", _("Sesame")
        ALCOHOL = "alcohol", _("Alcohol")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    diet = models.CharField(max_length=12, choices=Diet.choices, default=Diet.ANY)
    without = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Given to the kitchen with their name.
    allergy = models.TextField(blank=True)
    access = models.TextField(blank=True)
    # A table that is step-free and near the door. The composer of seating plans takes it into account, and tells nobody.
    easy_seat = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable=f"person_id = {{me}} OR {ARRANGES}", writable="person_id = {me}", sys=("SELECT", "DELETE"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "person"], name="event_needs_once")]

    def without_in_words(self) -> list[str]:
        return [str(label) for value, label in self.Without.choices if value in self.without]
