"""Feedback: drafted for everybody, edited by staff, sent once, and only by them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change
from engine.versions import save_if_unchanged
from selection import emails_offers
from selection.feedback import draft_text
from selection.models import Application, Feedback, SelectionRound
from selection.rules import require, staff
from selection.selectors.feedback import UNTOLD, judged_by_application, ready_to_send, undrafted
from selection.selectors.moderation import conflicts_of_moderator, is_closed
from selection.services.assessment import locked_round
from selection.states import ApplicationState as S
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState

TOOK_A_PLACE = (S.OFFERED, S.ACCEPTED, S.DEFERRED)


@transaction.atomic
def draft_feedback(*, round: SelectionRound, by: Actor) -> int:
    """A draft for everybody who has none yet; nothing is sent. Returns how many were written."""
    round_ = locked_round(round, by)
    if round_.state != RoundState.DECIDED:
        raise WrongState(_("Feedback is drafted once offers have been made."))
    people = list(undrafted(round_))
    judged = judged_by_application(round_, [a.pk for a in people])
    now = timezone.now()
    Feedback.objects.bulk_create(
        Feedback(application=a, text=_text(round_, a, judged.get(a.pk, ([], 0))), written_at=now) for a in people
    )
    if people:
        record_change(round_, "draft_feedback", by=by, reason=str(len(people)))
    return len(people)


def _text(round_: SelectionRound, application: Application, found: tuple[list, int]) -> str:
    judged, readers = found
    if not judged:
        return _(
            "Thank you for your application. It didn’t go to assessors, as it hadn’t been endorsed in time, so we can’t say how it "
            "met the criteria. We’d be glad to see you apply again."
        )
    return draft_text(
        judged,
        readers=readers,
        closing=_closing(application),
        tells_points=round_.tells_points,
        taking_part=application.state in TOOK_A_PLACE,
    )


def _closing(application: Application) -> str:
    if application.state in TOOK_A_PLACE:
        return _("We hope that this is of use to you on the programme.")
    if application.state in (*UNTOLD, S.NOT_SELECTED):
        return _("This isn’t a “no” for good: it’s “not yet”. We’d be glad to see you apply again.")
    return _("We’d be glad to see you apply again if you don’t take part this time.")


@transaction.atomic
def edit_feedback(*, application: Application, text: str, version: int, by: Actor) -> Feedback:
    """Staff's own words instead of the draft, until it's sent. `version` is that of the text the page showed."""
    require(staff, by, application)
    if is_closed(application, by):
        raise NotAllowed(_("You have a conflict of interest with this application: somebody else writes its feedback."))
    feedback = Feedback.objects.select_for_update(of=("self",)).filter(application=application).first()
    if feedback is None:
        raise WrongState(_("Draft the feedback first."))
    if feedback.sent_at is not None:
        raise WrongState(_("This feedback has been sent, so it can’t change."))
    if not text.strip():
        raise Refused(_("Write the feedback that the applicant will read"), field="text")
    stamps = {"edited_by": by.person, "written_at": timezone.now()}
    save_if_unchanged(feedback, version=version, stamps=stamps, text=text.strip())
    record_change(application, "feedback", by=by)
    return feedback


@transaction.atomic
def send_feedback(*, round: SelectionRound, applications: Collection[str], by: Actor) -> int:
    """Send drafts to people (public ids) who know their outcome already. Each goes out once. Returns how many."""
    round_ = locked_round(round, by)
    wanted = set(applications)
    # held, so that what goes out is what is kept: somebody may be editing one of them
    drafts = [f for f in ready_to_send(round_).select_for_update(of=("self",)) if f.application.public_id in wanted]
    if not drafts or len(drafts) != len(wanted):
        raise Refused(_("Choose at least one person whose feedback hasn’t been sent."))
    if conflicts_of_moderator(round_, by, [f.application for f in drafts]):
        raise NotAllowed(_("You have a conflict of interest with one of them: somebody else sends that feedback."))
    now = timezone.now()
    Feedback.objects.filter(pk__in=[f.pk for f in drafts]).update(sent_at=now, by=by.person)
    for feedback in drafts:
        emails_offers.send_feedback(feedback.application, feedback=feedback.text, cohort=round_.cohort, by=by)
    return len(drafts)


@transaction.atomic
def tell_points(*, round: SelectionRound, tells_points: bool, by: Actor) -> SelectionRound:
    """Whether drafts that are still to be written name the points. Those written stay as they are."""
    round_ = locked_round(round, by)
    if round_.tells_points != tells_points:
        round_.tells_points = tells_points
        round_.save(update_fields=["tells_points"])
        words = _("points are told") if tells_points else _("points aren’t told")
        record_change(round_, "feedback_rule", by=by, reason=words)
    return round_
