"""Who knows, asks and works with whom on a cohort, asked before, at the end and later. What somebody says is theirs alone."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from cohorts.models.cohort import OfCohort
from tenancy.models import Organisation, Person, TenantModel, Wall

# The longest that ties are asked about: "in the last 3 months".
MONTHS = 3


class NetworkWaveKind(models.TextChoices):
    BEFORE = "before", _("Before")
    END = "end", _("At the end")
    LATER = "later", _("6 to 12 months later")


class Relation(models.TextChoices):
    KNOW = "know", _("Know")
    ADVICE = "advice", _("Ask for advice")
    WORK = "work", _("Work with")


class NetworkWave(OfCohort, TenantModel):
    """One asking of a cohort. It closes at `closes_at` and never opens again; its figures are counted after that, once."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="network_waves")
    kind = models.CharField(max_length=10, choices=NetworkWaveKind.choices)
    # what the answers are for: those who are asked read it
    purpose = models.TextField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["opens_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "cohort", "kind"], name="network_wave_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="network_wave_closes_later"),
        ]

    @property
    def is_closed(self) -> bool:
        return self.closes_at <= timezone.now()


class NetworkPlace(TenantModel):
    """The fact row: somebody is on the list of a wave, with the organisation they were at, and whether and when they answered. Whom they
    named is nowhere here."""

    wave = models.ForeignKey(NetworkWave, on_delete=models.CASCADE, related_name="places")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # as selectors.on_list annotates it
    seen_from: datetime

    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["organisation__name", "person__sort_key", "id"]
        # what a tie's composite keys point at: only who is on the list names, and is named
        constraints = [models.UniqueConstraint(fields=["tenant", "wave", "person"], name="network_place_once")]


class Tie(TenantModel):
    """`person` says that they know, ask or work with `other`. Readable by whoever said it; portal_sys counts (services.network_counts)."""

    wave = models.ForeignKey(NetworkWave, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    relation = models.CharField(max_length=10, choices=Relation.choices)
    said_at = models.DateTimeField()

    wall = Wall(
        readable="person_id = {me}",
        writable="person_id = {me}",
        sys=("SELECT",),
        extra=tuple(
            line
            for name, column in (("tie_of_place", "person_id"), ("tie_to_place", "other_id"))
            for line in (
                f"ALTER TABLE outcomes_tie DROP CONSTRAINT IF EXISTS {name}",
                f"ALTER TABLE outcomes_tie ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, wave_id, {column})"
                " REFERENCES outcomes_networkplace (tenant_id, wave_id, person_id)"
                " ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            )
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "wave", "person", "other", "relation"], name="tie_once"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="tie_to_another"),
        ]


class NetworkMetric(TenantModel):
    """What may be shown of one wave and relation, suppressed and rounded (outcomes.disclosure). Empty is withheld, or can't be said."""

    wave = models.ForeignKey(NetworkWave, on_delete=models.PROTECT, related_name="metrics")
    relation = models.CharField(max_length=10, choices=Relation.choices)
    invited = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    # how many ties there could have been: what a later count of fewer people is held against
    pairs = models.PositiveIntegerField()
    # per cent
    density = models.PositiveSmallIntegerField(null=True)
    reciprocity = models.PositiveSmallIntegerField(null=True)
    # ties to other organisations and within one's own, to the nearest five
    cross_ties = models.PositiveIntegerField(null=True)
    own_ties = models.PositiveIntegerField(null=True)
    ei_organisation = models.FloatField(null=True)
    ei_organisation_expected = models.FloatField(null=True)
    ei_organisation_p = models.FloatField(null=True)
    ei_sector = models.FloatField(null=True)
    ei_sector_expected = models.FloatField(null=True)
    ei_sector_p = models.FloatField(null=True)
    # per cent
    centralisation = models.PositiveSmallIntegerField(null=True)

    wall = Wall(append_only=True)

    class Meta:
        ordering = ["wave__opens_at", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "wave", "relation"], name="network_metric_once")]

    @property
    def response(self) -> float:
        return self.answered / self.invited if self.invited else 0.0


class NetworkChange(TenantModel):
    """What may be shown of two waves one after the other, on the people who are in both: suppressed and rounded. Empty is withheld."""

    wave = models.ForeignKey(NetworkWave, on_delete=models.PROTECT, related_name="changes")
    earlier = models.ForeignKey(NetworkWave, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=10, choices=Relation.choices)
    # those in both, and those of them who answered both
    people = models.PositiveIntegerField(null=True)
    answered = models.PositiveIntegerField(null=True)
    pairs_after = models.PositiveIntegerField()
    # per cent
    density_before = models.PositiveSmallIntegerField(null=True)
    density_after = models.PositiveSmallIntegerField(null=True)
    cross_before = models.PositiveSmallIntegerField(null=True)
    cross_after = models.PositiveSmallIntegerField(null=True)
    kept = models.PositiveSmallIntegerField(null=True)

    wall = Wall(append_only=True)

    class Meta:
        ordering = ["wave__opens_at", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "wave", "relation"], name="network_change_once")]


class NetworkStanding(TenantModel):
    """How many of the shortest ways between two others lead through somebody, in steps of five per cent: for them alone. Written when a
    wave is counted, in nobody's scope."""

    wave = models.ForeignKey(NetworkWave, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    relation = models.CharField(max_length=10, choices=Relation.choices)
    share = models.PositiveSmallIntegerField()

    wall = Wall(
        readable="{me} IS NULL OR person_id = {me}",
        writable="{me} IS NULL OR person_id = {me}",
        extra=(
            "ALTER TABLE outcomes_networkstanding DROP CONSTRAINT IF EXISTS standing_of_place",
            "ALTER TABLE outcomes_networkstanding ADD CONSTRAINT standing_of_place FOREIGN KEY (tenant_id, wave_id, person_id)"
            " REFERENCES outcomes_networkplace (tenant_id, wave_id, person_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "wave", "person", "relation"], name="network_standing_once")
        ]
