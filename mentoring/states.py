"""The states of a match and of a session, as plain data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from engine.transitions import Transition
from mentoring.rules import mentor_of, pair, pair_or_staff, staff


class MatchState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    DECLINED = "declined", _("Not taken up")
    WITHDRAWN = "withdrawn", _("Proposal withdrawn")
    ENDED = "ended", _("Ended")


M = MatchState
OPEN = (M.PROPOSED, M.ACTIVE)
MATCH = (
    Transition("accept", (M.PROPOSED,), M.ACTIVE, mentor_of, _("Accept")),
    Transition("decline", (M.PROPOSED,), M.DECLINED, pair, _("Not this time")),
    Transition("withdraw", (M.PROPOSED,), M.WITHDRAWN, staff, _("Withdraw the proposal")),
    # Either may end it without blame or fault or explanation, so no reason is asked.
    Transition("end", (M.ACTIVE,), M.ENDED, pair_or_staff, _("End this mentoring")),
)


class SessionState(models.TextChoices):
    BOOKED = "booked", _("Booked")
    CANCELLED = "cancelled", _("Cancelled")
    HELD = "held", _("Took place")
    MISSED = "missed", _("Did not take place")


B = SessionState
SESSION = (
    Transition("cancel", (B.BOOKED,), B.CANCELLED, pair_or_staff, _("Cancel this session")),
    Transition("hold", (B.BOOKED, B.MISSED), B.HELD, pair, _("It took place")),
    Transition("miss", (B.BOOKED, B.HELD), B.MISSED, pair, _("It didn’t take place")),
)
