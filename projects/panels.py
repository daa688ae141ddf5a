"""What a person sees of projects on their home page: one query each, and only for roles that have any."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from engine.home import NavigationItem, Panel
from projects.models import ProjectMembership
from projects.presentation import STATE_COLOURS, rag_labels
from projects.selectors import project_rows, rag_counts, visible_projects
from projects.states import LIVE, ProjectState
from tenancy.actors import Actor
from tenancy.models import Role, Tenant
from tenancy.rules import staff

LEARNERS = (Role.PARTICIPANT, Role.ALUMNUS)
MOVED_WITHIN = timedelta(days=30)


def project_panels(actor: Actor, tenant: Tenant) -> list[Panel]:
    if actor.kind != "person":
        return []
    panels = []
    if any(actor.holds(role) for role in LEARNERS):
        panels.append(own_projects(actor))
    if actor.holds(Role.SPONSOR):
        panels.append(sponsored_projects(actor))
    if actor.holds(Role.STAFF):
        panels.append(portfolio(actor))
    return panels


def own_projects(actor: Actor) -> Panel:
    rows = (
        ProjectMembership.objects.filter(person_id=actor.person_id)
        .exclude(project__state=ProjectState.STOPPED)
        .order_by("-joined_at")
        .values(
            "project__public_id", "project__title", "project__state", "is_lead", sponsor=F("project__sponsor__name")
        )
    )
    states = dict(ProjectState.choices)
    found = [
        {**row, "state_text": states[row["project__state"]], "colour": STATE_COLOURS[row["project__state"]]}
        for row in rows
    ]
    context = {"projects": found, "may_propose": actor.holds(Role.PARTICIPANT)}
    return Panel("projects/_panel_own.html", context, position=40)


def sponsored_projects(actor: Actor) -> Panel:
    """What moved in the last month, then the rest. Decisions that wait stand above, in the list of what is owed."""
    rows = project_rows(actor)
    own = [row for row in rows.filter(Q(sponsor_id=actor.person_id))]
    since = timezone.now() - MOVED_WITHIN
    context = {
        "moved": [row for row in own if row["state"] in LIVE and row["rag_at"] and row["rag_at"] >= since],
        "quiet": [row for row in own if row["state"] in LIVE and not (row["rag_at"] and row["rag_at"] >= since)],
    }
    return Panel("projects/_panel_sponsor.html", context, position=20)


def portfolio(actor: Actor) -> Panel:
    counts = rag_counts(visible_projects(actor))
    return Panel(
        "projects/_panel_portfolio.html", {"labels": rag_labels(counts), "live": sum(counts.values())}, position=60
    )


def cohort_project_items(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    """The cohort's projects, in its side navigation."""
    if not staff(actor, cohort):
        return []
    href = reverse("projects:project-list", kwargs={"tenant": tenant.slug})
    return [NavigationItem(_("Projects"), f"{href}?cohort={cohort.public_id}", position=40)]


def project_navigation(actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    href = reverse("projects:project-list", kwargs={"tenant": tenant.slug})
    if any(actor.holds(role) for role in (*LEARNERS, Role.SPONSOR, Role.STAFF)):
        return [NavigationItem(_("Projects"), href, position=40)]
    return []
