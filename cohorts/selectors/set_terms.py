"""When and where people can meet, and how many sets a facilitator takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext as _

from cohorts.models import Cohort, FacilitatorCapacity, LearningSet, Participation, SetTerms, TermsAsk, TermsSaid, Venue
from cohorts.states import ParticipationState, PlanState
from tenancy.models import Person


@dataclass(frozen=True)
class MeetsAt:
    """A half-day, '' where none is settled, and a venue, None online or where none is settled."""

    half_day: str
    venue: Venue | None = None

    @classmethod
    def of(cls, row: LearningSet) -> MeetsAt:
        return cls(row.half_day, row.venue)


def terms_of(people: Iterable[int]) -> dict[int, SetTerms]:
    """What these people said, by their ids. The database shows staff of their cohorts all of it, and everybody else their own."""
    return {row.person_id: row for row in SetTerms.objects.filter(person_id__in=set(people))}


def lacking(said: SetTerms, venue: Venue) -> list[str]:
    """What they need that the place isn't known to have."""
    fields = venue._meta
    return [
        str(fields.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in said.needs
        if getattr(venue, name, None) != Venue.Offer.YES
    ]


def fits(said: SetTerms, at: MeetsAt) -> bool:
    return at.half_day not in said.never and not (at.venue and lacking(said, at.venue))


def misfits(person: Person, said: SetTerms | None, at: MeetsAt) -> list[str]:
    """Why this set isn't for the person, as sentences for staff."""
    if said is None:
        return []
    told = []
    if at.half_day and at.half_day in said.never:
        when = next(
            label for value, label in LearningSet._meta.get_field("half_day").flatchoices if value == at.half_day
        )
        told.append(_("%(name)s can’t on a %(when)s.") % {"name": person.name, "when": when})
    if at.venue and (missing := lacking(said, at.venue)):
        told.append(
            _("%(venue)s isn’t known to have what %(name)s needs: %(what)s.")
            % {"venue": at.venue.name, "name": person.name, "what": ", ".join(missing).lower()}
        )
    return told


def leads_somewhere(person_id: int | None) -> bool:
    rows = LearningSet.objects.filter(plan__state__in=(PlanState.PROPOSED, PlanState.PUBLISHED))
    return rows.filter(Q(facilitator=person_id) | Q(co_facilitators__person=person_id)).exists()


def capacities_of(cohort_id: int) -> dict[int, int]:
    """How many sets each facilitator takes of this cohort, as far as it's said."""
    return dict(FacilitatorCapacity.objects.filter(cohort_id=cohort_id).values_list("person_id", "sets"))


def said_when(cohort_id: int) -> int:
    """How many of those who take part have said when they can."""
    return who_said(Participation.objects.filter(cohort_id=cohort_id)).count()


def who_said(places: QuerySet[Participation]) -> QuerySet[Participation]:
    """Those of them who take part and have said when they can."""
    said = TermsSaid.objects.filter(person=OuterRef("person"))
    return places.filter(Exists(said), state=ParticipationState.ACTIVE)


def shown_capacities(people: Iterable[Person], takes: Mapping[int, int]) -> dict[str, int | None]:
    """What the page about them shows, by public id: None where nothing is said."""
    return {person.public_id: takes.get(person.pk) for person in people}


def asking_of(cohort: Cohort) -> TermsAsk | None:
    return TermsAsk.objects.filter(cohort=cohort).first()


def silent_people(cohort_id: int) -> QuerySet[Person]:
    """Those who take part, and facilitators who take sets, and haven't said when they can; `takes_part` tells the two apart."""
    there = Participation.objects.filter(cohort_id=cohort_id, state=ParticipationState.ACTIVE)
    lead = FacilitatorCapacity.objects.filter(cohort_id=cohort_id, sets__gt=0)
    rows = Person.objects.annotate(takes_part=Exists(there.filter(person=OuterRef("pk"))))
    rows = rows.filter(Q(takes_part=True) | Q(pk__in=lead.values("person")))
    return rows.exclude(Exists(TermsSaid.objects.filter(person=OuterRef("pk")))).order_by("sort_key", "pk")


def terms_owed() -> QuerySet[TermsAsk]:
    """One row for each open asking and person who takes part and hasn't said anything."""
    asked = TermsAsk.objects.filter(cohort__participations__state=ParticipationState.ACTIVE)
    return _owed(asked, "cohort__participations__person_id")


def terms_owed_by_facilitators() -> QuerySet[TermsAsk]:
    """The same of those who take sets of the cohort and don't take part in it."""
    asked = TermsAsk.objects.filter(cohort__facilitator_capacities__sets__gt=0)
    rows = _owed(asked, "cohort__facilitator_capacities__person_id")
    takes_part = Participation.objects.filter(
        cohort=OuterRef("cohort"), person=OuterRef("owed_by"), state=ParticipationState.ACTIVE
    )
    return rows.exclude(Exists(takes_part))


def _owed(asked: QuerySet[TermsAsk], person: str) -> QuerySet[TermsAsk]:
    return (
        asked.filter(until__gt=Now())
        .annotate(
            owed_by=F(person),
            owed_about=Cast("cohort__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=F("until"),
            owed_since=F("asked_at"),
            owed_cohort=F("cohort_id"),
        )
        .exclude(Exists(TermsSaid.objects.filter(person=OuterRef("owed_by"))))
    )
