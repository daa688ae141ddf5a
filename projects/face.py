"""What the app tells the lower floors when asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts.acquaintance import ways_of_meeting
from cohorts.navigation import cohort_navigation_sources
from cohorts.selectors.development import Pickable, plan_lines
from engine.home import navigation_sources, panel_sources
from engine.reports import ReportSection, report_sections
from projects import face_cohorts, face_stakeholders, obligations  # noqa: F401 -- they register on import
from projects.models import Project, ProjectMembership, ProjectTie, ProjectTieFact, ProjectUpdate
from projects.panels import cohort_project_items, project_navigation, project_panels
from projects.report import report_figures
from projects.selectors import SEEN_BY_SPONSOR, same_project
from projects.states import ProjectState
from reminders.kinds import name_kinds
from tenancy.conflicts import ConflictSource, conflict_sources
from tenancy.grounds import Ground, grounds
from tenancy.models import Person
from tenancy.privacy import Holding, holdings

ways_of_meeting.register("projects", same_project)
grounds.register(
    "sponsor",
    Ground(
        "EXISTS (SELECT 1 FROM projects_project work JOIN projects_projectmembership team ON team.project_id = work.id"
        " WHERE team.person_id = {owner} AND work.sponsor_id = {me})"
    ),
)
# Not yet, never, or no more.
NO_TIE = (
    *(ProjectState.DRAFT, ProjectState.RETURNED, ProjectState.DECLINED),
    *(ProjectState.STOPPED, ProjectState.CLOSED),
)


def sponsor_and_team(person_ids: Collection[int]) -> list[QuerySet]:
    """A sponsor has power over the project's team: no mentoring and no judging between them."""
    rows = ProjectMembership.objects.filter(person__in=person_ids, project__sponsor__in=person_ids)
    return [
        rows.exclude(project__state__in=NO_TIE).annotate(
            conflict_one=F("person"), conflict_other=F("project__sponsor"), conflict_detail=F("project__title")
        )
    ]


def export_update(update: ProjectUpdate) -> dict[str, Any]:
    return {
        "at": update.at,
        "rating": update.rag,
        "why": update.reason,
        "learned and met": update.relationships,
        "done": update.done,
        "next": update.next,
        "wanted from the sponsor": update.help_wanted,
    }


def export_ties(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own; as anybody else none of them."""
    rows = ProjectTie.objects.filter(owner=person).select_related("project", "objective")
    return [{"project": row.project.title, "is for the objective": row.objective.title} for row in rows]


def export_projects(person: Person) -> list[dict[str, Any]]:
    """A sponsor's copy names no project that they haven't been asked about yet: to them it doesn't exist."""
    mine = list(ProjectMembership.objects.filter(person=person).select_related("project"))
    theirs = Q(sponsor=person, state__in=SEEN_BY_SPONSOR) | Q(proposed_by=person)
    written = list(ProjectUpdate.objects.filter(by=person).select_related("project"))
    left = [u for u in written if u.project_id not in {m.project_id for m in mine}]
    return [
        *(
            {
                "project": m.project.title,
                "led it": m.is_lead,
                "learning goal": m.learning_goal,
                "outside own area": m.outside_own_area,
                "joined": m.joined_at,
                "updates written": [export_update(u) for u in written if u.project_id == m.project_id],
            }
            for m in mine
        ),
        *({"project": u.project.title, "updates written": [export_update(u)]} for u in left),
        *(
            {
                "project": p.title,
                "about": p.summary,
                "benefit": p.benefit,
                "sponsored": p.sponsor_id == person.pk,
                "proposed": p.proposed_by_id == person.pk,
                "state": p.state,
            }
            for p in Project.objects.filter(theirs).distinct()
        ),
    ]


def learning_goals(person_id: int) -> list[Pickable]:
    """What somebody wants to learn from their projects, beside their development plan."""
    rows = ProjectMembership.objects.filter(person_id=person_id).exclude(learning_goal="").select_related("project")
    heading = gettext("In my project")
    return [Pickable(f"p-{m.public_id}", heading, f"{m.project.title}: {m.learning_goal}") for m in rows]


plan_lines.register("projects", learning_goals)
holdings.register(
    "projects",
    Holding(
        label=_("Projects: teams, sponsors and updates"),
        models=tuple(m._meta.label for m in (Project, ProjectMembership, ProjectUpdate)),
        export=export_projects,
        keep_days=None,
    ),
)
holdings.register(
    "projects.objectives",
    Holding(
        label=_("Which objective of your work a project is for"),
        models=(ProjectTie._meta.label, ProjectTieFact._meta.label),
        export=export_ties,
        keep_days=None,
        private_to_author=True,
    ),
)
conflict_sources.register(
    "same-project-sponsor",
    ConflictSource(sponsor_and_team, _("One sponsors the other’s project, “{detail}”."), outlasts=True),
)
report_sections.register("projects", ReportSection(_("Projects"), 40, report_figures))
panel_sources.register("projects", project_panels)
navigation_sources.register("projects", project_navigation)
cohort_navigation_sources.register("projects", cohort_project_items)
obligations.register()

name_kinds(
    "projects",
    {
        "decision_wanted": _("Project waits for its sponsor"),
        "proposal_taken_back": _("Project taken back"),
        "decision_made": _("Sponsor’s decision on a project"),
        "joined_team": _("Joined a project’s team"),
        "update_posted": _("Project update"),
        "state_changed": _("Project paused, stopped, closed or taken up again"),
    },
)
