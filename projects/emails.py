"""One function a message. Asks have subjects that differ from news."""

from __future__ import annotations

from django.urls import reverse

from projects.models import Project, ProjectMembership, ProjectUpdate
from projects.rules import DECISION
from projects.selectors import has_account
from projects.states import ProjectState
from reminders.services.messages import LinkTo, queue_message
from tenancy.actors import Actor
from tenancy.models import Person, Tenant

LINK_DAYS = 28


def page(project: Project, name: str = "project-detail") -> str:
    slug = Tenant.objects.values_list("slug", flat=True).get(pk=project.tenant_id)
    return reverse(f"projects:{name}", kwargs={"tenant": slug, "public_id": project.public_id})


def team(project: Project) -> list[Person]:
    return [m.person for m in project.memberships.select_related("person")]


def link_for_sponsor(project: Project) -> LinkTo:
    """The decision page: signed in for those who have an account, by signed link for those who don't."""
    if project.sponsor and has_account(project.sponsor):
        return LinkTo(path=page(project, "project-decide"))
    return LinkTo(purpose=DECISION, about=project.public_id, days=LINK_DAYS)


def decision_wanted(project: Project, *, by: Actor) -> None:
    assert project.sponsor is not None
    queue_message(
        kind="projects.decision_wanted",
        to=project.sponsor,
        about=project.public_id,
        by=by,
        asks=True,
        context={"project": project, "asker": by.person, "team": team(project)},
        link=link_for_sponsor(project),
        occurrence=project.proposed_at.isoformat() if project.proposed_at else "",
    )


def proposal_taken_back(project: Project, *, by: Actor) -> None:
    if project.sponsor:
        queue_message(
            kind="projects.proposal_taken_back",
            to=project.sponsor,
            about=project.public_id,
            by=by,
            context={"project": project},
            occurrence=project.proposed_at.isoformat() if project.proposed_at else "",
        )


def decision_made(project: Project, decision: str, comment: str, *, by: Actor) -> None:
    for person in team(project):
        queue_message(
            kind="projects.decision_made",
            to=person,
            about=project.public_id,
            by=by,
            context={"project": project, "decision": decision, "comment": comment, "decider": by.person},
            link=LinkTo(path=page(project)),
            occurrence=project.decided_at.isoformat() if project.decided_at else decision,
        )


def joined_team(project: Project, member: ProjectMembership, *, by: Actor) -> None:
    if member.person_id == by.person_id:
        return
    queue_message(
        kind="projects.joined_team",
        to=member.person,
        about=project.public_id,
        by=by,
        asks=True,
        context={"project": project, "adder": by.person},
        link=LinkTo(path=page(project, "project-goal")),
        occurrence=member.public_id,
    )


def update_posted(project: Project, update: ProjectUpdate, before: ProjectUpdate | None, *, by: Actor) -> None:
    """A sponsor hears of every update by the portal's page, and by mail of those that changed the rating or ask for help."""
    moved = before is None or before.rag != update.rag
    if project.sponsor is None or not (moved or update.help_wanted):
        return
    queue_message(
        kind="projects.update_posted",
        to=project.sponsor,
        about=project.public_id,
        by=by,
        asks=bool(update.help_wanted),
        context={"project": project, "update": update, "before": before, "moved": moved},
        link=LinkTo(path=page(project)),
        occurrence=update.public_id,
    )


def state_changed(project: Project, step: str, reason: str, *, by: Actor) -> None:
    people = team(project) + ([project.sponsor] if project.sponsor else [])
    for person in people:
        if person.pk == by.person_id:
            continue
        queue_message(
            kind="projects.state_changed",
            to=person,
            about=project.public_id,
            by=by,
            context={
                "project": project,
                "state": ProjectState(project.state).label.lower(),
                "reason": reason,
                "by": by.person,
            },
            link=LinkTo(path=page(project)),
            occurrence=f"{step}:{project.version}:{len(reason)}",
        )
