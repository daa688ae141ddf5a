"""The states of a cohort's things, as plain data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.rules import (
    about_oneself,
    answers_action,
    asked_whether,
    author,
    invited,
    own_guest,
    own_membership,
    owns,
    staff_or_system,
    system,
)
from engine.transitions import Transition
from tenancy.rules import staff
from tenancy.vocabulary import in_own_words


class CohortStage(models.TextChoices):
    PLANNING = "planning", _("Planning")
    SELECTING = "selecting", _("Selecting")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")


# Where staff may move a cohort by hand; finishing is close_cohort(), which moves its people too.
NEXT_STAGES = {
    CohortStage.PLANNING: (CohortStage.SELECTING, CohortStage.RUNNING),
    CohortStage.SELECTING: (CohortStage.RUNNING, CohortStage.PLANNING),
    CohortStage.RUNNING: (CohortStage.SELECTING,),
    CohortStage.FINISHED: (),
}


class ParticipationState(models.TextChoices):
    ACTIVE = "active", _("Taking part")
    WITHDRAWN = "withdrawn", _("Withdrew")
    ALUMNUS = "alumnus", _("Alumnus")


P = ParticipationState
PARTICIPATION = (
    Transition("withdraw", (P.ACTIVE,), P.WITHDRAWN, staff, _("Record withdrawal"), True),
    Transition("graduate", (P.ACTIVE,), P.ALUMNUS, staff_or_system, _("Move to alumni")),
    Transition("rejoin", (P.WITHDRAWN,), P.ACTIVE, staff_or_system, _("Take back into the cohort")),
)


class EventState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CANCELLED = "cancelled", _("Cancelled")


EVENT = (Transition("cancel", (EventState.PLANNED,), EventState.CANCELLED, staff, _("Cancel this event"), True),)


class GuestState(models.TextChoices):
    WAITING = "waiting", _("On the waiting list")
    ASKED = "asked", _("Asked, not answered yet")
    COMING = "coming", _("Coming")
    DECLINED = "declined", _("Can’t come")
    LAPSED = "lapsed", _("Didn’t answer in time")
    REMOVED = "removed", _("Taken off")


G = GuestState
GUEST = (
    Transition("ask", (G.WAITING,), G.ASKED, staff_or_system, _("Offer the place")),
    Transition("accept", (G.ASKED,), G.COMING, own_guest, _("I’ll come")),
    Transition("book", (G.WAITING,), G.COMING, own_guest, _("Book my place")),
    Transition("decline", (G.WAITING, G.ASKED, G.COMING), G.DECLINED, own_guest, _("I can’t come")),
    Transition("lapse", (G.ASKED,), G.LAPSED, staff_or_system, _("Let it lapse")),
    Transition("remove", (G.WAITING, G.ASKED, G.COMING), G.REMOVED, staff_or_system, _("Take off the list")),
)


class PlanState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    PUBLISHED = "published", _("Published")
    REPLACED = "replaced", _("Replaced")
    DISCARDED = "discarded", _("Discarded")


PLAN = (
    Transition("publish", (PlanState.PROPOSED,), PlanState.PUBLISHED, staff, in_own_words(_("Publish the %(sets)s"))),
    Transition("discard", (PlanState.PROPOSED,), PlanState.DISCARDED, staff, _("Discard this proposal")),
    Transition(
        "replace", (PlanState.PUBLISHED,), PlanState.REPLACED, staff, in_own_words(_("Replace by new %(sets)s"))
    ),
)


class SeatingState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    SHOWN = "shown", _("Shown to everyone")
    DISCARDED = "discarded", _("Discarded")


SEATING = (
    Transition("show", (SeatingState.PROPOSED,), SeatingState.SHOWN, staff, _("Show everyone their table")),
    Transition(
        "discard", (SeatingState.PROPOSED, SeatingState.SHOWN), SeatingState.DISCARDED, staff, _("Discard this plan")
    ),
)


class InvitationState(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


INVITATION = (
    Transition("accept", (InvitationState.OPEN,), InvitationState.ACCEPTED, invited, _("Accept")),
    Transition("decline", (InvitationState.OPEN,), InvitationState.DECLINED, invited, _("Decline")),
    Transition("withdraw", (InvitationState.OPEN,), InvitationState.WITHDRAWN, staff, _("Withdraw the invitation")),
)


class MeetingStep(models.TextChoices):
    """What a meeting of a set does, in this order."""

    CHECK_IN = "check-in", _("Check-in")
    ACTIONS = "actions", _("Actions due")
    BIDS = "bids", _("Bids for air time")
    PRESENTING = "presenting", _("Presenting")
    QUESTIONS = "questions", _("Questions")
    NEW_ACTIONS = "new-actions", _("New actions")
    REVIEW = "review", _("Review of how we worked")


class SetActionState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


SET_ACTION = (
    Transition("finish", (SetActionState.OPEN,), SetActionState.DONE, answers_action, _("It’s done")),
    Transition("drop", (SetActionState.OPEN,), SetActionState.DROPPED, answers_action, _("Let it go")),
)


class AlumniState(models.TextChoices):
    """How much an alumnus wants to hear."""

    ACTIVE = "active", _("Active")
    AWAY = "away", _("Away for now")
    LEFT = "left", _("Left")


A = AlumniState
ALUMNI = (
    Transition("pause", (A.ACTIVE,), A.AWAY, about_oneself, _("Away for now")),
    Transition("resume", (A.AWAY, A.LEFT), A.ACTIVE, about_oneself, _("Active")),
    Transition("leave", (A.ACTIVE, A.AWAY), A.LEFT, about_oneself, _("Leave")),
)


class AskState(models.TextChoices):
    """Open is also over once its last day has passed: the moment decides, nothing is stored."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


ASK = (Transition("close", (AskState.OPEN,), AskState.CLOSED, owns, _("Close it")),)


class IntroductionState(models.TextChoices):
    """Asked or half said yes is also over once its time has passed: the moment decides, nothing is stored."""

    WISHED = "wished", _("Wished for")
    ASKED = "asked", _("Both are asked")
    HALF = "half", _("One has said yes")
    MADE = "made", _("Introduced")
    DECLINED = "declined", _("Didn’t come about")
    CLOSED = "closed", _("Answered by staff")


I = IntroductionState  # noqa: E741 -- as the other tables name theirs
INTRODUCTION = (
    Transition("arrange", (I.WISHED,), I.HALF, staff, _("Ask the other person")),
    Transition("turn_down", (I.WISHED,), I.CLOSED, staff, _("Say why not")),
    Transition("agree", (I.ASKED,), I.HALF, asked_whether, _("Yes")),
    Transition("meet", (I.HALF,), I.MADE, asked_whether, _("Yes")),
    Transition("decline", (I.ASKED, I.HALF), I.DECLINED, asked_whether, _("No")),
)


class NoticeState(models.TextChoices):
    UP = "up", _("On the board")
    TAKEN_DOWN = "taken_down", _("Taken down")
    WITHDRAWN = "withdrawn", _("Taken back by its author")


NOTICE = (
    Transition("take_down", (NoticeState.UP,), NoticeState.TAKEN_DOWN, staff, _("Take down"), True),
    Transition("withdraw", (NoticeState.UP,), NoticeState.WITHDRAWN, author, _("Take back")),
)


class MemberState(models.TextChoices):
    """Of the movement around a programme. Asked is everybody whose address hasn't answered yet, whoever typed it."""

    ASKED = "asked", _("Asked")
    MEMBER = "member", _("In the movement")
    LEFT = "left", _("Left, or said no")


M = MemberState
MOVEMENT_MEMBER = (
    Transition("ask", (M.LEFT,), M.ASKED, system, _("Ask again")),
    Transition("join", (M.ASKED,), M.MEMBER, own_membership, _("Yes, I’m in")),
    Transition("leave", (M.ASKED, M.MEMBER), M.LEFT, own_membership, _("Leave")),
)
