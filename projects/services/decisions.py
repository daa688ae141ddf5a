"""The sponsor's decisions, and the later steps of a project's life."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import transition
from projects import emails
from projects.models import Project, ProjectMembership
from projects.rules import DECISION
from tenancy.actors import Actor
from tenancy.conflicts import conflicts_among
from tenancy.errors import Refused
from tenancy.links import spend_links
from tenancy.services.people import ensure_account

DECISIONS = ("approve", "send_back", "decline")


@transaction.atomic
def decide_project(*, project: Project, decision: str, comment: str, by: Actor) -> Project:
    """Record what the sponsor decided and tell the team. A second answer meets WrongState, whichever way it came in."""
    if decision not in DECISIONS:
        raise Refused(_("Choose what you decide."))
    if decision != "approve" and not comment.strip():
        raise Refused(_("Say why, so that the team knows what to do."), field="comment")
    if decision == "approve" and declared_against(project):
        raise Refused(
            _(
                "A conflict of interest is on record between you and somebody on the team, so somebody else has to decide. "
                "Send it back, so that they name another sponsor, or talk to the programme team."
            ),
            field="decision",
        )
    transition(project, decision, by=by, reason=comment, decided_at=timezone.now())
    spend_links(purpose=DECISION, about=project.public_id)
    if decision == "approve" and project.sponsor is not None:
        # From now on the project is theirs to follow: they sign in with the address the link has proved.
        ensure_account(person=project.sponsor)
    emails.decision_made(project, decision, comment.strip(), by=by)
    return project


def declared_against(project: Project) -> bool:
    """Whether a conflict has been declared between the sponsor and somebody on the team; being their manager is a note, not a bar."""
    if project.sponsor_id is None:
        return False
    team = set(ProjectMembership.objects.filter(project=project).values_list("person", flat=True))
    found = conflicts_among({project.sponsor_id, *team}, kinds=("declared",))
    return any(project.sponsor_id in both for both in found)


@transaction.atomic
def change_project_state(*, project: Project, step: str, reason: str, by: Actor) -> Project:
    """Pause, resume, stop, close or drop; everybody concerned is told, except of a draft that nobody else has seen."""
    transition(project, step, by=by, reason=reason)
    if step != "drop":
        emails.state_changed(project, step, reason.strip(), by=by)
    return project
