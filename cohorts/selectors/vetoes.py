"""A round of vetoes: who may answer, what oneself has said, how many have."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, Now

from cohorts.models import Cohort, Participation, SetVeto, VetoAnswer, VetoRound
from cohorts.states import ParticipationState
from tenancy.conflicts import pair
from tenancy.models import Person

SYS = "sys"


def unsettled_round(cohort: Cohort) -> VetoRound | None:
    """The round that counts for the next sets, open or over."""
    return VetoRound.objects.filter(cohort=cohort, settled_at__isnull=True).select_related("cohort__programme").first()


def open_round_for(person_id: int) -> VetoRound | None:
    """The round in which this person may answer now."""
    mine = Participation.objects.filter(person_id=person_id, state=ParticipationState.ACTIVE).values("cohort_id")
    rows = VetoRound.objects.filter(cohort__in=mine, settled_at__isnull=True, until__gt=Now())
    return rows.select_related("cohort__programme").order_by("until", "pk").first()


def people_to_name(round_: VetoRound, person_id: int | None) -> QuerySet[Person]:
    """The others who take part now."""
    there = Participation.objects.filter(cohort_id=round_.cohort_id, state=ParticipationState.ACTIVE)
    rows = Person.objects.filter(pk__in=there.values("person_id")).exclude(pk=person_id)
    return rows.select_related("organisation").order_by("sort_key", "pk")


def named_by(round_: VetoRound, person_id: int | None) -> set[int]:
    """Ids of those whom this person named: what their own page shows. Asked by anybody else it is empty."""
    return set(SetVeto.objects.filter(round=round_, person_id=person_id).values_list("other_id", flat=True))


def counts_of(round_: VetoRound) -> tuple[int, int]:
    """How many have answered, of how many who take part. How many named somebody is nobody's business."""
    there = Participation.objects.filter(cohort_id=round_.cohort_id, state=ParticipationState.ACTIVE).values(
        "person_id"
    )
    return VetoAnswer.objects.filter(round=round_, person__in=there).count(), there.count()


def vetoed_pairs(cohort_id: int) -> set[tuple[int, int]]:
    """Pairs to keep apart, without who named whom. Read as portal_sys and for the composer only: no page, list or message asks this."""
    round_ = VetoRound.objects.filter(cohort=cohort_id, settled_at__isnull=True).first()
    if round_ is None:
        return set()
    rows = SetVeto.objects.using(SYS).filter(round=round_.pk)
    return {pair(one, other) for one, other in rows.values_list("person_id", "other_id")}


def answers_owed() -> QuerySet[VetoRound]:
    """One row for each open round and person who takes part and hasn't answered."""
    return (
        VetoRound.objects.filter(
            settled_at__isnull=True,
            until__gt=Now(),
            cohort__participations__state=ParticipationState.ACTIVE,
        )
        .annotate(
            owed_by=F("cohort__participations__person_id"),
            owed_about=Cast("cohort__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=F("until"),
            owed_since=F("opened_at"),
            owed_cohort=F("cohort_id"),
        )
        .exclude(Exists(VetoAnswer.objects.filter(round=OuterRef("pk"), person=OuterRef("owed_by"))))
    )
