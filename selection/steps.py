"""What steps are called in a history: those that record_change() writes, and transitions once they are done."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.transitions import Transition
from selection.states import APPLICATION, CENTRE, CENTRE_PLACE, DEFERRAL, ENDORSEMENT, NOMINATION, ROUND
from tenancy.models import Change
from tenancy.words import Words

Machine = tuple[Transition, ...]

# Beside the offers: why an application was in or out of the choice they follow from.
BECAUSE = "because"

STEPS: dict[str, Words] = {
    "nominate": gettext_lazy("Nominated"),
    "nominate_on_page": gettext_lazy("Nominated by a senior leader"),
    "ask_nominator": gettext_lazy("Asked to nominate"),
    "withdraw_nominator": gettext_lazy("Link to nominate taken back"),
    "set_up": gettext_lazy("Set up"),
    "change": gettext_lazy("Dates or rules changed"),
    "add_criterion": gettext_lazy("Criterion added"),
    "change_criterion": gettext_lazy("Criterion changed"),
    "remove_criterion": gettext_lazy("Criterion taken out"),
    "add_question": gettext_lazy("Question added"),
    "change_question": gettext_lazy("Question changed"),
    "remove_question": gettext_lazy("Question taken out"),
    "add_equality_question": gettext_lazy("Equality question added"),
    "change_equality_question": gettext_lazy("Equality question changed"),
    "remove_equality_question": gettext_lazy("Equality question taken out"),
    "standard_equality_questions": gettext_lazy("Standard equality questions asked again"),
    "reorder": gettext_lazy("Moved up"),
    "keep_limits": gettext_lazy("Limits kept"),
    "offer_over": gettext_lazy("Places offered over the cohort’s number"),
    "seats_taken_back": gettext_lazy("Seats promised, taken back"),
    "promise": gettext_lazy("Seats promised"),
    "eligible": gettext_lazy("Found eligible"),
    "not_eligible": gettext_lazy("Found not eligible"),
    "late_accepted": gettext_lazy("Sent late, accepted"),
    "late_refused": gettext_lazy("Sent late, not accepted"),
    "freeze": gettext_lazy("Published and frozen"),
    "limit_endorsers": gettext_lazy("Addresses of endorsers limited"),
    "allow_endorser": gettext_lazy("Address of an endorser allowed"),
    "pass_on": gettext_lazy("Passed on"),
    "change_endorser": gettext_lazy("Somebody else named by the applicant"),
    "replace": gettext_lazy("Somebody else asked by staff"),
    "resend": gettext_lazy("Sent again"),
    "remind": gettext_lazy("Reminder written by staff"),
    "departure": gettext_lazy("Step away from the ranking"),
    "departure_undone": gettext_lazy("Step away from the ranking taken back"),
    BECAUSE: gettext_lazy("Why in or out when offers were made"),
    "extend": gettext_lazy("More time to answer the offer"),
    "feedback": gettext_lazy("Feedback changed"),
    "draft_feedback": gettext_lazy("Feedback drafted"),
    "feedback_rule": gettext_lazy("Rule about points in feedback"),
    "moderate": gettext_lazy("Points agreed"),
    "import_scores": gettext_lazy("Scores brought in from a sheet"),
    "find_conflict": gettext_lazy("Conflict of interest found by the portal: taken from an assessor"),
    "declare_conflict": gettext_lazy("Conflict of interest: taken from an assessor"),
    "lift_conflict": gettext_lazy("Conflict of interest lifted: given back"),
    "withdraw_assessor": gettext_lazy("Assessor withdrawn"),
    "deletion_seen": gettext_lazy("Looked at what will be deleted"),
    "hold": gettext_lazy("Kept beyond its period"),
    "lift_hold": gettext_lazy("Its period runs again"),
    "restart": gettext_lazy("Asked anew"),
    "set_up_centre": gettext_lazy("Assessment centre set up"),
    "add_exercise": gettext_lazy("Exercise added"),
    "change_exercise": gettext_lazy("Exercise changed"),
    "remove_exercise": gettext_lazy("Exercise taken out"),
    "add_slot": gettext_lazy("Time added"),
    "withdraw_slot": gettext_lazy("Time taken out"),
    "centre_call": gettext_lazy("Called to the assessment centre"),
    "centre_leave_out": gettext_lazy("Left out of the assessment centre"),
    "centre_release": gettext_lazy("No longer called to the assessment centre"),
    "name_observer": gettext_lazy("Observer named"),
    "withdraw_observer": gettext_lazy("Observer taken back"),
    "observer_conflict": gettext_lazy("Conflict of interest: observer taken back"),
    "observer_again": gettext_lazy("Conflict of interest ended: observer given back"),
}

# What the transitions are called once they are done: their own labels stand on buttons.
ROUND_DONE: dict[str, Words] = {
    "open": gettext_lazy("Opened for applications"),
    "close": gettext_lazy("Closed to applications"),
    "assess": gettext_lazy("Assessment started"),
    "moderate": gettext_lazy("Moderation started"),
    "decide": gettext_lazy("Offers made"),
}
APPLICATION_DONE: dict[str, Words] = {
    "start": gettext_lazy("Begun"),
    "submit": gettext_lazy("Sent"),
    "reopen": gettext_lazy("Re-opened to change it"),
    "endorse": gettext_lazy("Endorsed by everyone asked"),
    "unendorse": gettext_lazy("No longer endorsed"),
    "find_eligible": gettext_lazy("Given to assessors"),
    "offer": gettext_lazy("Place offered"),
    "reserve": gettext_lazy("Put on the reserve list"),
    "not_select": gettext_lazy("Not selected"),
    "accept": gettext_lazy("Place accepted"),
    "decline": gettext_lazy("Place declined"),
    "lapse": gettext_lazy("Offer lapsed"),
    "rescind": gettext_lazy("Offer withdrawn"),
    "defer": gettext_lazy("Deferred to a later cohort"),
    "offer_again": gettext_lazy("Place offered again"),
    "offer_kept": gettext_lazy("Kept place offered"),
    "give_up": gettext_lazy("Place given up"),
    "take_back": gettext_lazy("Taken back into the cohort"),
    "withdraw": gettext_lazy("Withdrawn"),
}
ENDORSEMENT_DONE: dict[str, Words] = {
    "ask": gettext_lazy("Asked"),
    "give": gettext_lazy("Endorsed"),
    "decline": gettext_lazy("Not endorsed"),
    "take_back": gettext_lazy("Endorsement taken back"),
    "restart": gettext_lazy("Asked anew"),
}
DEFERRAL_DONE: dict[str, Words] = {
    "ask": gettext_lazy("Asked for"),
    "agree": gettext_lazy("Agreed, place kept"),
    "refuse": gettext_lazy("Not agreed"),
    "drop": gettext_lazy("No longer asked for"),
    "use": gettext_lazy("Kept place offered"),
    "give_up": gettext_lazy("Kept place given up"),
    "expire": gettext_lazy("Kept until its date and not used"),
}
NOMINATION_DONE: dict[str, Words] = {
    "send": gettext_lazy("Sent to the programme team"),
    "confirm": gettext_lazy("Confirmed, nominee told"),
    "refuse": gettext_lazy("Not taken up"),
}
CENTRE_DONE: dict[str, Words] = {
    "open_booking": gettext_lazy("Opened for booking"),
    "close": gettext_lazy("Closed: its marks count"),
    "call_off": gettext_lazy("Called off"),
}
CENTRE_PLACE_DONE: dict[str, Words] = {
    "book": gettext_lazy("Time chosen"),
    "give": gettext_lazy("Time given by staff"),
    "come": gettext_lazy("Came"),
    "miss": gettext_lazy("Didn’t come"),
    "release": gettext_lazy("Released"),
    "call_again": gettext_lazy("Called again"),
}
DONE = {
    ROUND: ROUND_DONE,
    APPLICATION: APPLICATION_DONE,
    ENDORSEMENT: ENDORSEMENT_DONE,
    DEFERRAL: DEFERRAL_DONE,
    NOMINATION: NOMINATION_DONE,
    CENTRE: CENTRE_DONE,
    CENTRE_PLACE: CENTRE_PLACE_DONE,
}


def in_words(name: str, machine: Machine = ()) -> str:
    """A step of a record as its history tells it; `machine` are the transitions of what it happened to."""
    return str((STEPS | DONE.get(machine, {})).get(name) or name.replace("_", " ").capitalize())


def by_whom(change: Change) -> str:
    """Jobs of the portal have names that say nothing to a reader."""
    return _("The portal") if change.by_kind == "system" else change.by_label
