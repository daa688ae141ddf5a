"""What the app tells the lower floors when asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.navigation import cohort_navigation_sources
from engine.home import navigation_sources, panel_sources
from engine.reports import ReportSection, report_sections
from projects import obligations
from projects.models import Project, ProjectMembership, ProjectUpdate
from projects.panels import cohort_project_items, project_navigation, project_panels
from projects.report import report_figures
from projects.states import ProjectState
from tenancy.conflicts import Conflict, conflict_sources, pair
from tenancy.models import Person
from tenancy.privacy import Holding, holdings

NOT_YET_OR_NEVER = (ProjectState.DRAFT, ProjectState.RETURNED, ProjectState.DECLINED)


def sponsor_and_team(person_ids: Collection[int]) -> list[Conflict]:
    """A sponsor has power over the project's team: no mentoring and no judging between them."""
    rows = (
        ProjectMembership.objects.filter(person__in=person_ids, project__sponsor__in=person_ids)
        .exclude(project__state__in=NOT_YET_OR_NEVER)
        .values_list("person_id", "project__sponsor_id", "project__title")
    )
    return [
        Conflict(pair(member, sponsor), "same-project-sponsor", f"One sponsors the other’s project, “{title}”.")
        for member, sponsor, title in rows
        if member != sponsor
    ]


def export_projects(person: Person) -> list[dict[str, Any]]:
    mine = ProjectMembership.objects.filter(person=person).select_related("project")
    sponsored = Project.objects.filter(Q(sponsor=person) | Q(proposed_by=person)).distinct()
    return [
        *(
            {
                "project": m.project.title,
                "led it": m.is_lead,
                "learning goal": m.learning_goal,
                "outside own area": m.outside_own_area,
                "joined": m.joined_at,
                "updates written": [
                    {"at": u.at, "rating": u.rag, "why": u.reason}
                    for u in ProjectUpdate.objects.filter(project=m.project, by=person)
                ],
            }
            for m in mine
        ),
        *({"project": p.title, "sponsored": p.sponsor_id == person.pk, "state": p.state} for p in sponsored),
    ]


holdings.register(
    "projects",
    Holding(
        label="Projects: teams, sponsors and updates",
        models=tuple(m._meta.label for m in (Project, ProjectMembership, ProjectUpdate)),
        export=export_projects,
        keep_days=None,
    ),
)
conflict_sources.register("same-project-sponsor", sponsor_and_team)
report_sections.register("projects", ReportSection(_("Projects"), 40, report_figures))
panel_sources.register("projects", project_panels)
navigation_sources.register("projects", project_navigation)
cohort_navigation_sources.register("projects", cohort_project_items)
obligations.register()
