"""What a person sees of mentoring on their home page; at most three queries, and none for roles that have no part in it."""

from __future__ import annotations

from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from cohorts.states import CohortStage, ParticipationState
from engine.home import NavigationItem, Panel
from mentoring.models import MentorMatch
from mentoring.selectors import coming_sessions, free_slots, own_matches, staffed_cohorts
from mentoring.states import MatchState
from tenancy.actors import Actor
from tenancy.models import Role, Tenant
from tenancy.rules import staff

SESSIONS_SHOWN = 5


def mentoring_panels(actor: Actor, tenant: Tenant) -> list[Panel]:
    if actor.kind != "person":
        return []
    panels = []
    if actor.holds(Role.MENTOR):
        panels.append(mentor_panel(actor))
    if actor.holds(Role.PARTICIPANT):
        panels.append(mentee_panel(actor))
    if actor.holds(Role.STAFF):
        panels.append(staff_panel(actor))
    return panels


def mentor_panel(actor: Actor) -> Panel:
    """Next sessions, requests to accept, my slots."""
    matches = [m for m in own_matches(actor) if m.mentor_id == actor.person_id]
    context = {
        "sessions": [s for s in coming_sessions(actor)[:SESSIONS_SHOWN] if s.mentor_id == actor.person_id],
        "asked": [m for m in matches if m.state == MatchState.PROPOSED],
        "active": [m for m in matches if m.state == MatchState.ACTIVE],
        "free": free_slots(actor.person_id or 0).count(),
    }
    return Panel("mentoring/_panel_mentor.html", context, position=15)


def mentee_panel(actor: Actor) -> Panel:
    match = (
        MentorMatch.objects.filter(mentee_id=actor.person_id, state__in=(MatchState.PROPOSED, MatchState.ACTIVE))
        .select_related("mentor")
        .order_by(Case(When(state=MatchState.ACTIVE, then=Value(0)), default=Value(1), output_field=IntegerField()))
        .first()
    )
    sessions = [s for s in coming_sessions(actor)[:SESSIONS_SHOWN] if s.mentee_id == actor.person_id] if match else []
    # a session that is booked stands with the next event
    return Panel(
        "mentoring/_panel_mentee.html", {"match": match, "sessions": sessions}, position=18 if sessions else 45
    )


def staff_panel(actor: Actor) -> Panel:
    """One line a running cohort: how many of its people have a mentor."""
    active = MentorMatch.objects.filter(cohort=OuterRef("pk"), state=MatchState.ACTIVE).order_by().values("cohort")
    cohorts = (
        staffed_cohorts(actor)
        .filter(stage=CohortStage.RUNNING)
        .annotate(
            people=Count("participations", filter=Q(participations__state=ParticipationState.ACTIVE)),
            matched=Coalesce(Subquery(active.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("-starts_on", "pk")
    )
    rows = [{"cohort": c, "people": c.people, "matched": c.matched} for c in cohorts]
    return Panel("mentoring/_panel_staff.html", {"rows": rows}, position=65)


def cohort_mentoring_items(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    """Matching, in the side navigation of the cohort."""
    if not staff(actor, cohort):
        return []
    at = {"tenant": tenant.slug, "public_id": cohort.public_id}
    return [NavigationItem(_("Mentoring"), reverse("mentoring:matching", kwargs=at), position=45)]


def mentoring_navigation(actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    if any(actor.holds(role) for role in (Role.MENTOR, Role.PARTICIPANT, Role.ALUMNUS, Role.STAFF)):
        href = reverse("mentoring:mentoring-home", kwargs={"tenant": tenant.slug})
        return [NavigationItem(_("Mentoring"), href, position=45)]
    return []
