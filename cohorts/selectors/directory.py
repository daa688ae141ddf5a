"""Reads of the directory. Which lines of others there are, the database says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When

from cohorts.acquaintance import acquainted
from cohorts.models import AlumniMembership, AskText, Cohort, DirectoryLine, LineKind, Participation, SetMembership
from cohorts.states import AlumniState, ParticipationState, PlanState
from tenancy.models import Person

WITHDRAWN = ParticipationState.WITHDRAWN


def places_of(person_id: int | None) -> QuerySet[Participation]:
    """The places somebody has, or had to the end."""
    return Participation.objects.filter(person=person_id).exclude(state=WITHDRAWN)


def cohorts_of(person_id: int | None) -> QuerySet[Cohort]:
    """Those they have a place on, the latest first."""
    mine = places_of(person_id).values("cohort")
    return Cohort.objects.filter(pk__in=mine).select_related("programme").order_by("-starts_on", "-pk")


def gone(person: str = "pk", *, states: Collection[str] = (AlumniState.LEFT,)) -> QuerySet[AlumniMembership]:
    """Of people of an outer query, in its field `person`: those who have left the alumni and take part in nothing now. They're on no list.
    With AWAY among the `states`, also those who don't want to be asked for now."""
    active = Participation.objects.filter(person=OuterRef("person"), state=ParticipationState.ACTIVE)
    return AlumniMembership.objects.filter(person=OuterRef(person), state__in=states).exclude(Exists(active))


def to_ask(cohort_id: int) -> QuerySet[Participation]:
    """The places of those whom a survey of the cohort asks: whoever takes part, and its alumni who haven't left and aren't away."""
    there = (ParticipationState.ACTIVE, ParticipationState.ALUMNUS)
    quiet = gone("person", states=(AlumniState.LEFT, AlumniState.AWAY))
    rows = Participation.objects.filter(cohort=cohort_id, state__in=there).exclude(Exists(quiet))
    return rows.select_related("person")


def people_found(person_id: int) -> QuerySet[Person]:
    """The others whom somebody finds, by name: those of their cohorts, and whoever shows them a line, an ask or an offer."""
    if not places_of(person_id).exists():
        return Person.objects.none()
    beside = Participation.objects.filter(cohort__in=places_of(person_id).values("cohort")).exclude(state=WITHDRAWN)
    return (
        Person.objects.filter(
            Q(pk__in=beside.order_by().values("person"))
            | Q(pk__in=DirectoryLine.objects.order_by().values("owner"))
            | Q(pk__in=AskText.objects.order_by().values("owner"))
        )
        .exclude(pk=person_id)
        .exclude(Exists(gone()))
        .select_related("organisation__sector")
        .order_by("sort_key", "pk")
    )


def with_lines(people: QuerySet[Person]) -> QuerySet[Person]:
    """Each with `lines` that the reader is shown, and `places`."""
    order = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(LineKind.values)), default=Value(99))
    lines = DirectoryLine.objects.exclude(kind=LineKind.LISTED).order_by(order)
    places = Participation.objects.exclude(state=WITHDRAWN).select_related("cohort").order_by("-cohort__starts_on")
    return people.prefetch_related(
        Prefetch("directory_lines", lines, to_attr="lines"), Prefetch("participations", places, to_attr="places")
    )


def look_for(people: QuerySet[Person], words: str) -> QuerySet[Person]:
    """Every word in their name, role, organisation, or in a line that the reader is shown."""
    for word in words.split()[:8]:
        said = DirectoryLine.objects.filter(owner=OuterRef("pk"), body__icontains=word)
        people = people.filter(
            Q(name__icontains=word)
            | Q(job_title__icontains=word)
            | Q(organisation__name__icontains=word)
            | Q(Exists(said))
        )
    return people


def of_cohort(people: QuerySet[Person], cohort: Cohort) -> QuerySet[Person]:
    places = Participation.objects.filter(cohort=cohort, person=OuterRef("pk")).exclude(state=WITHDRAWN)
    return people.filter(Exists(places))


def not_worked_with(people: QuerySet[Person], person_id: int) -> QuerySet[Person]:
    return people.exclude(acquainted(person_id))


def cohort_mates(person_id: int) -> QuerySet:
    """The others with a place on a person's latest cohort, by name. `met`: whom they have worked with; `in_a_set`: in any set."""
    cohort = cohorts_of(person_id).first()
    if cohort is None:
        return Person.objects.none().values()
    sets = SetMembership.objects.filter(plan__state=PlanState.PUBLISHED, plan__cohort=cohort, person=OuterRef("pk"))
    own = Person.objects.filter(pk=person_id).values("organisation__sector")
    rows = of_cohort(Person.objects.exclude(pk=person_id).exclude(Exists(gone())), cohort)
    return (
        rows.annotate(
            in_a_set=Exists(sets),
            met=Case(When(acquainted(person_id), then=Value(True)), default=Value(False)),
            own_sector=own[:1],
        )
        .order_by("sort_key", "pk")
        .values(
            "public_id",
            "in_a_set",
            "met",
            "own_sector",
            "name",
            "job_title",
            organisation_name=F("organisation__name"),
            sector=F("organisation__sector"),
            cohort=Value(cohort.public_id),
        )
    )


def profile_of(owner_id: int) -> dict[str, Any]:
    """What somebody says of themselves and to whom, by the names of the form's fields; what isn't said is empty and for nobody."""
    said: dict[str, Any] = {"readiness": ""}
    for kind in LineKind.values:
        said |= {kind: "", f"{kind}_to": "nobody"}
    for line in DirectoryLine.objects.filter(owner_id=owner_id):
        said |= {line.kind: line.body, f"{line.kind}_to": line.audience}
        if line.kind == LineKind.TARGET:
            said["readiness"] = line.readiness
    said.pop(LineKind.LISTED.value)
    return said
