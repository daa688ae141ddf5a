"""Reading: the portfolio, one project, and which ambitions the projects serve."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.navigation import cohort_side_navigation
from cohorts.selectors import staff_cohorts
from cohorts.services.programmes import add_ambition
from engine.figures import rag_strip
from engine.transitions import history, possible
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from projects.forms.project import AmbitionCreateForm
from projects.presentation import (
    STATE_COLOURS,
    goal_rows,
    history_lines,
    proposal_rows,
    proposal_tasks,
    rag_labels,
    stakeholder_sentence,
)
from projects.rules import any_staff, lead_or_staff, map_reader, may_see, participant_anywhere, portfolio_reader, staff
from projects.selectors import (
    ambition_coverage,
    project_rows,
    rag_counts,
    share_outside_own_area,
    stakeholder_standing,
    visible_projects,
)
from projects.states import LIVE, RUNNING, STEPS_ON_PAGE, ProjectState, Rag
from projects.views.base import ProjectMixin
from tenancy.views.base import TenantPage

PER_PAGE = 50
MOST_PER_PAGE = 500
# The step whose reason the team must read, by the state it led to.
ANSWERED_BY: dict[str, str] = {ProjectState.RETURNED: "send_back", ProjectState.DECLINED: "decline"}


class ProjectListView(Downloads, TenantPage):
    """The portfolio: own, sponsored or one's cohorts' projects, with rating, why, and since when."""

    permission = portfolio_reader
    template_name = "projects/project_list.html"

    def cohort(self) -> Cohort | None:
        """The cohort that the list is narrowed to: one the viewer is staff of, or has a project in that they may see."""
        wanted = self.request.GET.get("cohort")
        if not wanted:
            return None
        mine = Q(pk__in=staff_cohorts(self.actor).values("pk")) | Q(
            pk__in=visible_projects(self.actor).order_by().values("cohort_id")
        )
        found = Cohort.objects.select_related("programme").filter(mine, public_id=wanted).first()
        if found is None:
            raise Http404
        return found

    def side_navigation(self, cohort: Cohort | None) -> list[dict[str, Any]]:
        path = f"{self.request.path}?cohort={cohort.public_id}" if cohort else ""
        return cohort_side_navigation(cohort, self.actor, self.request.tenant, path) if cohort else []

    def narrowed(self) -> tuple[str, str]:
        """The state and the rating asked for; '' for one that doesn't exist."""
        state, rag = self.request.GET.get("state", ""), self.request.GET.get("rag", "")
        return state if state in ProjectState.values else "", rag if rag in {*Rag.values, "none"} else ""

    def sheet(self) -> Sheet:
        cohort, (state, rag) = self.cohort(), self.narrowed()
        rows = project_rows(self.actor, cohort_id=cohort.pk if cohort else None, state=state, rag=rag)
        states, rags = dict(ProjectState.choices), dict(Rag.choices)
        columns = (
            Column(_("Project"), "title"),
            Column(_("Programme"), "cohort__programme__name"),
            Column(_("Cohort"), "cohort__name"),
            Column(_("State"), lambda row: states[row["state"]]),
            Column(_("Rating"), lambda row: rags.get(row["rag"]) if row["state"] in LIVE else None),
            Column(_("Why"), "rag_reason"),
            Column(_("Rated"), "rag_at", "day"),
            Column(_("Sponsor"), "sponsor__name"),
            Column(_("Ends"), "ends_on", "day"),
        )
        return Sheet(_("Projects"), columns, rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked, cohort = self.request.GET, self.cohort()
        state, rag = self.narrowed()
        rows = project_rows(self.actor, cohort_id=cohort.pk if cohort else None, state=state, rag=rag)
        size = min(max(int(asked["per_page"]), 1), MOST_PER_PAGE) if asked.get("per_page", "").isdecimal() else PER_PAGE
        page = Paginator(rows, size).get_page(asked.get("page"))
        visible = visible_projects(self.actor)
        counts = rag_counts(visible.filter(cohort=cohort) if cohort else visible)
        states = dict(ProjectState.choices)
        for row in page.object_list:
            row["state_text"], row["colour"] = states[row["state"]], STATE_COLOURS[row["state"]]
            row["live"] = row["state"] in LIVE
        return super().get_context_data(
            page_obj=page,
            cohort=cohort,
            side_navigation=self.side_navigation(cohort),
            state=state,
            rag=rag,
            rag_labels=rag_labels(counts),
            states=ProjectState.choices,
            figure=rag_strip(counts, title=rag_title(counts)) if any(counts.values()) else "",
            is_staff=any_staff(self.actor),
            may_propose=participant_anywhere(self.actor),
            **kwargs,
        )


def rag_title(counts: dict[str, int]) -> str:
    """The answer as the picture's title."""
    live = sum(counts.values())
    if counts["red"]:
        return _("%(n)d of %(live)d live projects are red") % {"n": counts["red"], "live": live}
    if counts["amber"]:
        return _("No live project is red; %(n)d of %(live)d are amber") % {"n": counts["amber"], "live": live}
    return _("No live project is red or amber")


class ProjectDetailView(ProjectMixin, TenantPage):
    permission = may_see
    template_name = "projects/project_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project, actor, tenant = self.object, self.actor, self.request.tenant
        own = next((m for m in project.memberships.all() if m.person_id == actor.person_id), None)
        leads = lead_or_staff(actor, project)
        steps = [t for t in possible(project, actor) if t.name in STEPS_ON_PAGE]
        lines = history_lines(history(project))
        answered = ANSWERED_BY.get(project.state)
        standing = stakeholder_standing(project)
        decides = project.state == ProjectState.PROPOSED and project.sponsor_id == actor.person_id
        return super().get_context_data(
            project=project,
            back_href=reverse("projects:project-list", kwargs={"tenant": tenant.slug}),
            own=own,
            leads=leads,
            steps=steps,
            decides=decides,
            sees_to_districts=staff(actor, project) or (leads and project.is_writable),
            colour=STATE_COLOURS[project.state],
            writable=project.is_writable and (leads or own is not None),
            tasks=proposal_tasks(project, tenant, leads=leads, member=own) if project.is_writable else [],
            rows=proposal_rows(project, tenant, change=False),
            goals=goal_rows(project),
            updates=list(project.updates.select_related("by")),
            history=lines,
            last_comment=next((line for line in lines if line["name"] == answered), None),
            may_update=own is not None and project.state in RUNNING,
            stakeholders=standing,
            stakeholder_sentence=stakeholder_sentence(standing),
            reads_map=map_reader(actor, project),
            **kwargs,
        )


class AmbitionListView(TenantPage):
    """Which ambitions are served, and which not yet."""

    permission = any_staff
    template_name = "projects/ambition_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = visible_projects(self.actor)
        coverage = ambition_coverage(rows)
        return super().get_context_data(
            coverage=coverage,
            uncovered=[c.name for c in coverage if not c.projects],
            outside=share_outside_own_area(rows),
            may_add=staff(self.actor),
            **kwargs,
        )


class AmbitionCreateView(ServiceFormView):
    permission = staff
    form_class = AmbitionCreateForm
    page_heading = gettext_lazy("Add an ambition")

    def get_success_url(self) -> str:
        return reverse("projects:ambition-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        ambition = add_ambition(by=self.actor, **data)
        messages.success(self.request, _("“%(name)s” has been added.") % {"name": ambition.name})
