"""Reads used twice. Lists are filtered by the same rule as the object: projects.rules.may_see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from cohorts.models import Cohort, Participation, StrategicAmbition
from cohorts.states import ParticipationState
from projects.models import (
    Level,
    Project,
    ProjectAmbition,
    ProjectDistrict,
    ProjectMembership,
    ProjectTieFact,
    ProjectUpdate,
    Stakeholder,
    StakeholderEntry,
)
from projects.states import LIVE, SEEN_BY_SPONSOR, ProjectState, Rag
from tenancy.actors import Actor
from tenancy.models import Membership, Person, Role
from tenancy.selectors import people_with_role


def staff_reach(actor: Actor) -> Q:
    """The projects whose cohort this actor is staff of."""
    reach = Q(pk__in=[])
    for grant in actor.grants:
        if grant.role != Role.STAFF:
            continue
        if grant.cohort_id is None and grant.programme_id is None:
            return Q(pk__isnull=False)
        if grant.cohort_id is not None:
            reach |= Q(cohort_id=grant.cohort_id)
        else:
            reach |= Q(cohort__programme_id=grant.programme_id)
    return reach


def visible_projects(actor: Actor) -> QuerySet[Project]:
    """What may_see lets this actor open: the team's own, a sponsor's from the proposal on, staff's by cohort."""
    own = ProjectMembership.objects.filter(person_id=actor.person_id).values("project_id")
    sponsored = Q(sponsor_id=actor.person_id, state__in=SEEN_BY_SPONSOR)
    return Project.objects.filter(Q(pk__in=own) | sponsored | staff_reach(actor))


def whole_project(rows: QuerySet[Project] | None = None) -> QuerySet[Project]:
    """With what every page of a project needs: cohort, sponsor, team, ambitions."""
    rows = Project.objects.all() if rows is None else rows
    return rows.select_related("cohort__programme", "sponsor__organisation", "stakeholder_share").prefetch_related(
        Prefetch(
            "memberships",
            ProjectMembership.objects.select_related("person__organisation").order_by("-is_lead", "person__sort_key"),
        ),
        Prefetch("ambitions", ProjectAmbition.objects.select_related("ambition")),
        Prefetch("districts", ProjectDistrict.objects.select_related("district")),
    )


def same_project(person_id: int) -> QuerySet:
    """For each person of an outer query: that they work, or worked, on a project with this one."""
    return ProjectMembership.objects.filter(person=OuterRef("pk"), project__memberships__person=person_id)


def latest_update(column: str) -> Subquery:
    rows = ProjectUpdate.objects.filter(project=OuterRef("pk")).order_by("-at", "-id")
    return Subquery(rows.values(column)[:1])


def project_rows(actor: Actor, *, cohort_id: int | None = None, state: str = "", rag: str = "") -> QuerySet:
    """One row a project for lists, in one query: state, latest rating, why and since when, the team's size."""
    rows = visible_projects(actor)
    if cohort_id is not None:
        rows = rows.filter(cohort_id=cohort_id)
    if state:
        rows = rows.filter(state=state)
    rows = rows.annotate(
        rag=latest_update("rag"),
        rag_reason=latest_update("reason"),
        rag_at=latest_update("at"),
        help_wanted=latest_update("help_wanted"),
        team_size=Count("memberships", distinct=True),
    )
    if rag == "none":
        rows = rows.filter(rag__isnull=True, state__in=LIVE)
    elif rag:
        rows = rows.filter(rag=rag, state__in=LIVE)
    return rows.order_by("title", "id").values(
        "public_id",
        "title",
        "state",
        "rag",
        "rag_reason",
        "rag_at",
        "help_wanted",
        "team_size",
        "starts_on",
        "ends_on",
        "decide_by",
        "sponsor__name",
        "cohort__name",
        "cohort__programme__name",
        "proposed_at",
    )


def rag_counts(rows: QuerySet) -> dict[str, int]:
    """How many live projects stand at each rating; 'none' for those not rated yet. `rows` are Projects."""
    counts = dict.fromkeys([Rag.RED, Rag.AMBER, Rag.GREEN, "none"], 0)
    rated = rows.filter(state__in=LIVE).annotate(rag=latest_update("rag")).order_by()
    for rag in rated.values_list("rag", flat=True):
        counts[rag or "none"] += 1
    return {str(key): n for key, n in counts.items()}


@dataclass(frozen=True)
class Coverage:
    """One ambition and the projects that serve it."""

    name: str
    projects: int
    live: int
    titles: list[str]


NOT_COUNTED = (ProjectState.DRAFT, ProjectState.RETURNED, ProjectState.DECLINED)


def ambition_coverage(rows: QuerySet) -> list[Coverage]:
    """Every ambition in use or still open to projects, with those of `rows` (Projects) proposed or further that serve it."""
    links = (
        ProjectAmbition.objects.filter(project__in=rows.exclude(state__in=NOT_COUNTED).order_by().values("pk"))
        .order_by("project__title")
        .values_list("ambition_id", "project__title", "project__state")
    )
    by_ambition: dict[int, list[tuple[str, str]]] = {}
    for ambition_id, title, state in links:
        by_ambition.setdefault(ambition_id, []).append((title, state))
    ambitions = StrategicAmbition.objects.filter(Q(retired_on__isnull=True) | Q(pk__in=by_ambition))
    return [
        Coverage(
            name=ambition.name,
            projects=len(found := by_ambition.get(ambition.pk, [])),
            live=sum(state in LIVE for _, state in found),
            titles=[title for title, _ in found],
        )
        for ambition in ambitions
    ]


def projects_by_district(rows: QuerySet) -> list[tuple[str, int]]:
    """How many of `rows` (Projects) proposed or further work in each district, the most first."""
    links = ProjectDistrict.objects.filter(project__in=rows.exclude(state__in=NOT_COUNTED).order_by().values("pk"))
    counts = links.order_by().values("district__name").annotate(n=Count("pk"))
    return list(counts.order_by("-n", "district__name").values_list("district__name", "n"))


def open_ambitions() -> QuerySet[StrategicAmbition]:
    return StrategicAmbition.objects.filter(retired_on__isnull=True)


def possible_sponsors() -> list[Person]:
    """The chief officers the tenant knows, by name; once each, whatever rows they hold."""
    return people_with_role(Role.SPONSOR)


def has_account(person: Person) -> bool:
    """Whether they can sign in to this tenant; otherwise they're asked by signed link."""
    return Membership.objects.filter(person=person, ended_at__isnull=True).exists()


def cohorts_to_propose_in(actor: Actor) -> list[Cohort]:
    """The cohorts in which this person takes part now."""
    taking_part = Participation.objects.filter(person_id=actor.person_id, state=ParticipationState.ACTIVE)
    return list(Cohort.objects.filter(pk__in=taking_part.values("cohort_id")).select_related("programme"))


def people_to_add(project: Project) -> QuerySet[Person]:
    """Participants of the project's own cohort who aren't on its team."""
    there = Participation.objects.filter(cohort_id=project.cohort_id, state=ParticipationState.ACTIVE)
    team = ProjectMembership.objects.filter(project=project)
    return (
        Person.objects.filter(pk__in=there.values("person_id"))
        .exclude(pk__in=team.values("person_id"))
        .select_related("organisation")
    )


def share_on_objectives(rows: QuerySet) -> dict[str, Any]:
    """How many projects somebody of the team ties to their own work, of how many, and how many people do. From the facts alone."""
    counted = rows.exclude(state__in=NOT_COUNTED).order_by()
    still = ProjectMembership.objects.filter(project=OuterRef("project"), person=OuterRef("owner"))
    facts = ProjectTieFact.objects.filter(Exists(still), project__in=counted.values("pk"))
    found = facts.aggregate(projects=Count("project", distinct=True), people=Count("owner", distinct=True))
    return {**found, "of": counted.count()}


def share_outside_own_area(rows: QuerySet) -> dict[str, Any]:
    """Of the members who said, how many work outside their own area."""
    members = ProjectMembership.objects.filter(project__in=rows.exclude(state__in=NOT_COUNTED).order_by().values("pk"))
    return members.aggregate(
        asked=Count("pk"),
        said=Count("pk", filter=Q(outside_own_area__isnull=False)),
        outside=Count("pk", filter=Q(outside_own_area=True)),
    )


@dataclass(frozen=True)
class Standing:
    """A project's stakeholders in numbers: what its sponsor and staff may know of them."""

    all: int
    high: int
    high_there: int
    unled: int


def stakeholder_standing(project: Project) -> Standing:
    high = Q(influence=Level.HIGH)
    found = Stakeholder.objects.filter(project=project).aggregate(
        all=Count("pk"),
        high=Count("pk", filter=high),
        high_there=Count("pk", filter=high & Q(there=True)),
        unled=Count("pk", filter=Q(lead__isnull=True)),
    )
    return Standing(**found)


def stakeholder_entries(project: Project) -> list[StakeholderEntry]:
    """The map in its order: who can affect the project most and isn't where they need to be comes first. Read as one of the team, or as
    the sponsor it is shown to; to anybody else the database shows none."""
    rows = StakeholderEntry.objects.filter(project=project).select_related("stakeholder__lead__person")
    return list(rows.order_by("-stakeholder__influence", "stakeholder__there", "stance", "name", "pk"))
