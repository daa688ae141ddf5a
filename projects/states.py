"""The states of a project, as plain data.

draft → proposed → approved | sent back (→ proposed again) | declined; approved → under way with its first update; then paused,
stopped or closed. The decisions are the sponsor's alone.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from engine.transitions import Transition
from projects.rules import lead_or_staff, sponsor, sponsor_or_staff, team_or_staff


class ProjectState(models.TextChoices):
    DRAFT = "draft", _("Being written")
    PROPOSED = "proposed", _("Waiting for a decision")
    RETURNED = "returned", _("Sent back")
    DECLINED = "declined", _("Declined")
    APPROVED = "approved", _("Approved")
    ACTIVE = "active", _("Under way")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    CLOSED = "closed", _("Closed")


class Rag(models.TextChoices):
    """How sure the team is of delivering; the definition is shown beside the choice."""

    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")


RAG_MEANING = {
    Rag.GREEN: _("On track: nothing needs the sponsor’s attention"),
    Rag.AMBER: _("At risk: there’s a problem and a plan to mend it"),
    Rag.RED: _("Off track: it won’t deliver as agreed without help"),
}

S = ProjectState
WRITABLE = (S.DRAFT, S.RETURNED)
RUNNING = (S.APPROVED, S.ACTIVE)
LIVE = (*RUNNING, S.PAUSED)
TEAM_CHANGES = (*WRITABLE, *LIVE)
# Over for good: what the team keeps of its stakeholders can be read and deleted, and no longer changed.
ENDED = (S.DECLINED, S.STOPPED, S.CLOSED)
# A sponsor sees a project from its proposal on; drafts are the team's own.
SEEN_BY_SPONSOR = (S.PROPOSED, S.RETURNED, S.DECLINED, *LIVE, S.STOPPED, S.CLOSED)

PROJECT = (
    Transition("propose", WRITABLE, S.PROPOSED, lead_or_staff, _("Send to the sponsor")),
    Transition("take_back", (S.PROPOSED,), S.DRAFT, lead_or_staff, _("Take back to change it")),
    Transition("approve", (S.PROPOSED,), S.APPROVED, sponsor, _("Approve")),
    Transition("send_back", (S.PROPOSED,), S.RETURNED, sponsor, _("Send back"), True),
    Transition("decline", (S.PROPOSED,), S.DECLINED, sponsor, _("Decline"), True),
    Transition("start", (S.APPROVED,), S.ACTIVE, team_or_staff, _("Start work")),
    Transition("pause", RUNNING, S.PAUSED, sponsor_or_staff, _("Pause"), True),
    Transition("resume", (S.PAUSED,), S.ACTIVE, sponsor_or_staff, _("Resume")),
    Transition("stop", LIVE, S.STOPPED, sponsor_or_staff, _("Stop"), True),
    Transition("close", (S.ACTIVE, S.PAUSED), S.CLOSED, sponsor_or_staff, _("Close"), True),
    Transition("drop", WRITABLE, S.STOPPED, lead_or_staff, _("Drop this proposal")),
)
# The steps anybody takes from the project's own page; proposing and deciding have pages of their own.
STEPS_ON_PAGE = ("take_back", "pause", "resume", "stop", "close", "drop")
