"""The states of selection, as plain data.

draft → submitted → endorsed → eligible → (scores, moderation) → offered | reserve | not selected → accepted | declined | lapsed;
withdrawn from anywhere before acceptance. A nomination starts as 'invited'.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from engine.transitions import Transition
from selection.rules import applicant, endorser, staff_or_system
from tenancy.rules import staff


class RoundState(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    OPEN = "open", _("Open for applications")
    CLOSED = "closed", _("Closed to applications")
    ASSESSING = "assessing", _("Being assessed")
    MODERATING = "moderating", _("Being moderated")
    DECIDED = "decided", _("Decided")


ROUND = (
    Transition("open", (RoundState.DRAFT, RoundState.CLOSED), RoundState.OPEN, staff, _("Open the round")),
    Transition("close", (RoundState.OPEN,), RoundState.CLOSED, staff, _("Close to applications")),
    Transition("assess", (RoundState.CLOSED,), RoundState.ASSESSING, staff, _("Start assessment")),
    Transition("moderate", (RoundState.ASSESSING,), RoundState.MODERATING, staff, _("Start moderation")),
    Transition("decide", (RoundState.MODERATING,), RoundState.DECIDED, staff, _("Make offers")),
)


class ApplicationState(models.TextChoices):
    INVITED = "invited", _("Invited to apply")
    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("Submitted, awaiting endorsement")
    ENDORSED = "endorsed", _("Endorsed")
    ELIGIBLE = "eligible", _("Being assessed")
    OFFERED = "offered", _("Offered a place")
    RESERVE = "reserve", _("On the reserve list")
    NOT_SELECTED = "not_selected", _("Not selected")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined the place")
    LAPSED = "lapsed", _("Offer lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = ApplicationState
# Where the applicant has been told what was decided. On the reserve list it may still change.
# Nothing more comes of it.
ENDED = (S.WITHDRAWN, S.NOT_SELECTED, S.DECLINED, S.LAPSED)
TOLD = (S.OFFERED, S.ACCEPTED, S.DECLINED, S.LAPSED, S.NOT_SELECTED)
APPLICATION = (
    Transition("start", (S.INVITED,), S.DRAFT, applicant, _("Start your application")),
    Transition("submit", (S.DRAFT,), S.SUBMITTED, applicant, _("Submit your application")),
    Transition("reopen", (S.SUBMITTED, S.ENDORSED, S.WITHDRAWN), S.DRAFT, applicant | staff, _("Re-open to change it")),
    Transition("endorse", (S.SUBMITTED,), S.ENDORSED, endorser | staff_or_system, _("Endorsed by everyone asked")),
    Transition("find_eligible", (S.ENDORSED, S.SUBMITTED), S.ELIGIBLE, staff, _("Send to assessors")),
    Transition("offer", (S.ELIGIBLE, S.RESERVE), S.OFFERED, staff_or_system, _("Offer a place")),
    Transition("reserve", (S.ELIGIBLE,), S.RESERVE, staff, _("Put on the reserve list")),
    Transition(
        "not_select", (S.ELIGIBLE, S.RESERVE, S.SUBMITTED, S.ENDORSED), S.NOT_SELECTED, staff, _("Don’t select"), True
    ),
    Transition("accept", (S.OFFERED,), S.ACCEPTED, applicant, _("Accept the place")),
    Transition("decline", (S.OFFERED,), S.DECLINED, applicant, _("Decline the place")),
    Transition("lapse", (S.OFFERED,), S.LAPSED, staff_or_system, _("Let the offer lapse")),
    Transition(
        "withdraw",
        (S.INVITED, S.DRAFT, S.SUBMITTED, S.ENDORSED, S.ELIGIBLE, S.RESERVE),
        S.WITHDRAWN,
        applicant | staff,
        _("Withdraw"),
    ),
)


class Eligibility(models.TextChoices):
    CHECK = "check", _("Eligibility to check")
    YES = "yes", _("Found eligible")
    NO = "no", _("Found not eligible")


class Lateness(models.TextChoices):
    LATE = "late", _("Sent late")
    ACCEPTED = "accepted", _("Sent late, accepted")
    REFUSED = "refused", _("Sent late, not accepted")


class EndorsementState(models.TextChoices):
    WAITING = "waiting", _("Waiting for the step before")
    ASKED = "asked", _("Asked")
    GIVEN = "given", _("Endorsed")
    DECLINED = "declined", _("Not endorsed")


E = EndorsementState
ENDORSEMENT = (
    Transition("ask", (E.WAITING,), E.ASKED, applicant | endorser | staff_or_system, _("Ask")),
    Transition("give", (E.ASKED,), E.GIVEN, endorser, _("Endorse")),
    Transition("decline", (E.ASKED,), E.DECLINED, endorser, _("Don’t endorse"), True),
    Transition("restart", (E.GIVEN, E.DECLINED, E.ASKED), E.WAITING, applicant | staff_or_system, _("Ask again")),
)
