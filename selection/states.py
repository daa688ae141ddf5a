"""The states of selection, as plain data.

draft → submitted → endorsed → eligible → (scores, moderation) → offered | reserve | not selected → accepted | declined | lapsed |
offer withdrawn | deferred; withdrawn from anywhere before acceptance, given up between acceptance and the start of the cohort.
A nomination starts as 'invited'.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from engine.transitions import Transition
from selection.rules import applicant, endorser, nominator, observer_of_place, staff_or_system, system
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
    RESCINDED = "rescinded", _("Offer withdrawn")
    DEFERRED = "deferred", _("Deferred to a later cohort")
    GAVE_UP = "gave_up", _("Gave up the place")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = ApplicationState
# Nothing more comes of it in its round.
ENDED = (S.WITHDRAWN, S.NOT_SELECTED, S.DECLINED, S.LAPSED, S.RESCINDED, S.DEFERRED, S.GAVE_UP)
# Where the applicant has been told what was decided. On the reserve list it may still change.
TOLD = (S.OFFERED, S.ACCEPTED, S.DECLINED, S.LAPSED, S.RESCINDED, S.DEFERRED, S.GAVE_UP, S.NOT_SELECTED)
APPLICATION = (
    Transition("start", (S.INVITED,), S.DRAFT, applicant, _("Start your application")),
    Transition("submit", (S.DRAFT,), S.SUBMITTED, applicant, _("Submit your application")),
    Transition("reopen", (S.SUBMITTED, S.ENDORSED, S.WITHDRAWN), S.DRAFT, applicant | staff, _("Re-open to change it")),
    Transition("endorse", (S.SUBMITTED,), S.ENDORSED, endorser | staff_or_system, _("Endorsed by everyone asked")),
    Transition("unendorse", (S.ENDORSED,), S.SUBMITTED, system, _("An endorsement was taken back")),
    Transition("find_eligible", (S.ENDORSED, S.SUBMITTED), S.ELIGIBLE, staff, _("Send to assessors")),
    Transition("offer", (S.ELIGIBLE, S.RESERVE), S.OFFERED, staff_or_system, _("Offer a place")),
    Transition("reserve", (S.ELIGIBLE,), S.RESERVE, staff, _("Put on the reserve list")),
    Transition(
        "not_select", (S.ELIGIBLE, S.RESERVE, S.SUBMITTED, S.ENDORSED), S.NOT_SELECTED, staff, _("Don’t select"), True
    ),
    Transition("accept", (S.OFFERED,), S.ACCEPTED, applicant, _("Accept the place")),
    Transition("decline", (S.OFFERED,), S.DECLINED, applicant, _("Decline the place")),
    Transition("lapse", (S.OFFERED,), S.LAPSED, staff_or_system, _("Let the offer lapse")),
    Transition("rescind", (S.OFFERED,), S.RESCINDED, staff, _("Withdraw the offer"), True),
    Transition("defer", (S.OFFERED,), S.DEFERRED, staff, _("Defer to a later cohort"), True),
    Transition(
        "offer_again",
        (S.LAPSED, S.DECLINED, S.RESCINDED, S.GAVE_UP),
        S.OFFERED,
        staff,
        _("Offer a place again"),
        True,
    ),
    # A place kept from an earlier round: offered before anybody is chosen, however far the application has come.
    Transition(
        "offer_kept",
        (S.INVITED, S.DRAFT, S.SUBMITTED, S.ENDORSED, S.ELIGIBLE, S.RESERVE),
        S.OFFERED,
        staff,
        _("Offer the place that was kept"),
    ),
    Transition("give_up", (S.ACCEPTED,), S.GAVE_UP, applicant | staff_or_system, _("Give up the place")),
    Transition("take_back", (S.GAVE_UP,), S.ACCEPTED, staff_or_system, _("Take back into the cohort")),
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
    Transition("take_back", (E.GIVEN,), E.DECLINED, staff, _("Taken back"), True),
    Transition("restart", (E.GIVEN, E.DECLINED, E.ASKED), E.WAITING, applicant | staff_or_system, _("Ask again")),
)


class NominationState(models.TextChoices):
    DRAFT = "draft", _("Not sent yet")
    WAITING = "waiting", _("With the programme team")
    PASSED = "passed", _("Sent to the nominee")
    REFUSED = "refused", _("Not taken up")


N = NominationState
NOMINATION = (
    Transition("send", (N.DRAFT,), N.WAITING, nominator, _("Send")),
    # What wasn't taken up can be after all; what the nominee has been told can't be unsaid.
    Transition("confirm", (N.WAITING, N.REFUSED), N.PASSED, staff, _("Confirm and invite")),
    Transition("refuse", (N.WAITING,), N.REFUSED, staff, _("Don’t take it up"), True),
)


class DeferralState(models.TextChoices):
    ASKED = "asked", _("Waiting for a decision")
    AGREED = "agreed", _("Place kept")
    REFUSED = "refused", _("Not agreed")
    DROPPED = "dropped", _("No longer asked for")
    USED = "used", _("Offered in a later round")
    GIVEN_UP = "given_up", _("Given up")
    EXPIRED = "expired", _("Kept until its date and not used")


D = DeferralState
DEFERRAL = (
    Transition("ask", (D.DROPPED,), D.ASKED, applicant, _("Ask to defer")),
    Transition("agree", (D.ASKED,), D.AGREED, staff, _("Keep a place"), True),
    Transition("refuse", (D.ASKED,), D.REFUSED, staff, _("Don’t agree"), True),
    # Whatever else ends the offer ends the wish to defer it.
    Transition("drop", (D.ASKED,), D.DROPPED, staff_or_system, _("No longer asked for")),
    Transition("use", (D.AGREED,), D.USED, staff, _("Offer the place that was kept")),
    Transition("give_up", (D.AGREED,), D.GIVEN_UP, applicant | staff, _("Give up the place that was kept")),
    Transition("expire", (D.AGREED,), D.EXPIRED, staff_or_system, _("Let it end")),
)


class CentreState(models.TextChoices):
    PREPARED = "prepared", _("Being prepared")
    BOOKING = "booking", _("Open for booking")
    HELD = "held", _("Held")
    CALLED_OFF = "called_off", _("Called off")


C = CentreState
CENTRE = (
    Transition("open_booking", (C.PREPARED,), C.BOOKING, staff, _("Open booking")),
    # From then on its marks count.
    Transition("close", (C.BOOKING,), C.HELD, staff, _("Close the assessment centre")),
    Transition("call_off", (C.PREPARED, C.BOOKING), C.CALLED_OFF, staff, _("Call it off"), True),
)


class CentrePlaceState(models.TextChoices):
    CALLED = "called", _("To choose a time")
    BOOKED = "booked", _("Time booked")
    CAME = "came", _("Came")
    MISSED = "missed", _("Didn’t come")
    RELEASED = "released", _("Released")


P = CentrePlaceState
# What takes room in a slot.
SEATED = (P.BOOKED, P.CAME, P.MISSED)
CENTRE_PLACE = (
    Transition("book", (P.CALLED, P.BOOKED), P.BOOKED, applicant, _("Choose this time")),
    Transition("give", (P.CALLED, P.BOOKED), P.BOOKED, staff, _("Give this time")),
    # An observer who begins to mark says so too.
    Transition("come", (P.BOOKED, P.MISSED), P.CAME, staff | observer_of_place, _("Came")),
    Transition("miss", (P.BOOKED, P.CAME), P.MISSED, staff, _("Didn’t come")),
    Transition("release", (P.CALLED, P.BOOKED), P.RELEASED, staff_or_system, _("Release"), True),
    Transition("call_again", (P.RELEASED,), P.CALLED, staff, _("Call again"), True),
)
