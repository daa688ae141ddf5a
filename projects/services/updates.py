"""Reports from the team to its sponsor."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import transition
from projects import emails
from projects.models import Project, ProjectUpdate
from projects.rules import team_or_staff
from projects.states import RUNNING, ProjectState, Rag
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState


@transaction.atomic
def post_update(
    *,
    project: Project,
    after: str,
    rag: str,
    reason: str,
    by: Actor,
    relationships: str = "",
    done: str = "",
    next: str = "",
    help_wanted: str = "",
) -> ProjectUpdate:
    """Post an update and tell the sponsor. `after` is the public id of the latest one its writer saw ('' for none): sending the
    form twice, or two members writing at once, is WrongState rather than two updates."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if not team_or_staff(by, locked):
        raise NotAllowed(_("Only the team can post an update."))
    if locked.state not in RUNNING:
        raise WrongState(_("Updates are for projects that are under way."))
    if rag not in Rag.values:
        raise Refused(_("Choose a rating."), field="rag")
    if not reason.strip():
        raise Refused(_("Say why you chose this rating."), field="reason")
    latest = ProjectUpdate.objects.filter(project=locked).first()
    if (latest.public_id if latest else "") != after:
        raise WrongState(_("An update was posted after you opened this page. Read it before you post another."))
    update = ProjectUpdate.objects.create(
        project=locked,
        rag=rag,
        reason=reason.strip(),
        relationships=relationships.strip(),
        done=done.strip(),
        next=next.strip(),
        help_wanted=help_wanted.strip(),
        by=by.person,
        at=timezone.now(),
    )
    if locked.state == ProjectState.APPROVED:
        transition(locked, "start", by=by)
        project.state = locked.state
    emails.update_posted(locked, update, latest, by=by)
    return update
