from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from cohorts.models.cohort import OfCohort
from selection.models.round import SelectionRound
from tenancy.audit import audited
from tenancy.models import Organisation, Sector, SeniorityBand, TenantModel


@audited()
class SeatCommitment(OfCohort, TenantModel):
    """Seats that a sector or an organisation has promised to fill, by whom and when. It follows what became of the promise; nobody is
    chosen by it."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="commitments")
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seats = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    # In whose name, as staff write it down: an office more than a person.
    promised_by = models.CharField(max_length=200)
    promised_on = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sector__isnull=True) ^ Q(organisation__isnull=True), name="commitment_of_one_kind"
            ),
            models.UniqueConstraint(
                fields=["tenant", "cohort", "sector", "organisation"], nulls_distinct=False, name="commitment_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation or self.sector)


class Attribute(models.TextChoices):
    """What a cohort may be composed by. Nothing that is protected by law is among them, and the database refuses it."""

    SECTOR = "sector", _("Sector")
    ORGANISATION = "organisation", _("Organisation")
    PLACE = "place", _("Place")
    SENIORITY = "seniority", _("Seniority")
    FUNCTION = "function", _("Function")
    RURALITY = "rurality", _("How rural")
    DEPRIVATION = "deprivation", _("How deprived")


@audited()
class BalanceRule(OfCohort, TenantModel):
    """Of those who get a place, at least `floor` and at most `ceiling` share one value of an attribute.

    A sector, an organisation and a band are rows; a place and a function are words, and so is the class of a place. A rule about an
    organisation that names none is about each of them.
    """

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="balance_rules")
    attribute = models.CharField(max_length=12, choices=Attribute.choices)
    sector = models.ForeignKey(Sector, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    band = models.ForeignKey(SeniorityBand, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=120, blank=True)
    floor = models.PositiveSmallIntegerField(default=0)
    ceiling = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(attribute="sector", sector__isnull=False, organisation=None, band=None, words="")
                | Q(attribute="organisation", sector=None, organisation__isnull=False, band=None, words="")
                | Q(attribute="organisation", sector=None, organisation=None, band=None, words="", floor=0)
                | Q(attribute="seniority", sector=None, organisation=None, band__isnull=False, words="")
                | (
                    Q(
                        attribute__in=["place", "function", "rurality", "deprivation"],
                        sector=None,
                        organisation=None,
                        band=None,
                    )
                    & ~Q(words="")
                ),
                name="balance_rule_of_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(floor__gt=0, ceiling=None) | Q(ceiling__isnull=False, ceiling__gte=F("floor")),
                name="balance_rule_says_something",
            ),
            models.UniqueConstraint(
                fields=["tenant", "round", "attribute", "sector", "organisation", "band", "words"],
                nulls_distinct=False,
                name="balance_rule_once",
            ),
        ]

    @property
    def cohort(self) -> Cohort:  # type: ignore[override]
        return self.round.cohort

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id
