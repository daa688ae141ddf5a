"""What an applicant is told of the outcome: the words of the page, and of the letter.

They are made of what stands in Outcome's arguments here and of nothing else, so that why one person came before another, which
only staff and auditors read, has no way into them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.dates import uk_date, uk_deadline
from selection.models import Application, Deferral, Feedback, Offer
from selection.states import ApplicationState as S
from selection.states import DeferralState as D
from tenancy.models import Change


@dataclass(frozen=True)
class Outcome:
    """`open` says that the offer can be answered now, `deferrable` that staff may still be asked to keep the place."""

    heading: str
    paragraphs: tuple[str, ...]
    feedback: str = ""
    open: bool = False
    deferrable: bool = False


def outcome_of(application: Application) -> Outcome:
    """Load `cohort__programme`, `offer`, `deferral` and `feedback` with the application: then one statement more, for a reserve or
    an offer that was withdrawn, and none for anybody else."""
    offer: Offer | None = getattr(application, "offer", None)
    deferral: Deferral | None = getattr(application, "deferral", None)
    heading, *paragraphs = WORDS.get(application.state, _undecided)(application, offer, deferral)
    is_open = (
        application.state == S.OFFERED and offer is not None and (offer.deadline >= timezone.now() or _asks(deferral))
    )
    return Outcome(
        heading,
        tuple(paragraphs),
        feedback=_feedback(application),
        open=is_open,
        deferrable=is_open and (deferral is None or deferral.state == D.DROPPED),
    )


def _asks(deferral: Deferral | None) -> bool:
    return deferral is not None and deferral.state == D.ASKED


def _feedback(application: Application) -> str:
    feedback: Feedback | None = getattr(application, "feedback", None)
    return feedback.text if feedback is not None and feedback.sent_at is not None else ""


def _course(application: Application) -> dict[str, str]:
    cohort = application.cohort
    return {
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "start": uk_date(cohort.starts_on),
        "end": uk_date(cohort.ends_on),
    }


def _offered(application: Application, offer: Offer | None, deferral: Deferral | None) -> tuple[str, ...]:
    assert offer is not None
    runs = _("%(programme)s, %(cohort)s, runs from %(start)s to %(end)s.") % _course(application)
    deadline = {"deadline": uk_deadline(offer.deadline)}
    if _asks(deferral):
        asked = {"day": uk_date(deferral.asked_at)}  # type: ignore[union-attr]
        return (
            _("You’ve asked to defer your place"),
            _("We have your request of %(day)s and will write to you when it’s decided.") % asked,
            _("Until then your offer stays open: you can still accept or decline it."),
            runs,
        )
    if offer.deadline < timezone.now():
        return (
            _("The deadline has passed"),
            _(
                "This offer was open until %(deadline)s. If you still want the place, contact the programme team: if a place is "
                "free, they can offer it to you again."
            )
            % deadline,
        )
    return (
        _("You’ve been offered a place"),
        runs,
        _("Please accept or decline by %(deadline)s. After that the place goes to the next person on the reserve list.")
        % deadline,
    )


def _accepted(application: Application, *_rest: object) -> tuple[str, ...]:
    return (
        _("Your place is confirmed"),
        _(
            "Thank you for accepting your place on %(programme)s, %(cohort)s. It starts on %(start)s and ends on %(end)s."
        )
        % _course(application),
        _("Tell your line manager and sponsor, and keep the dates on your home page free."),
    )


def _declined(*_rest: object) -> tuple[str, ...]:
    return (
        _("You declined the place"),
        _(
            "Thank you for telling us. The place goes to somebody on the reserve list. We’d be glad to see you apply "
            "again."
        ),
    )


def _lapsed(*_rest: object) -> tuple[str, ...]:
    return (
        _("The offer has lapsed"),
        _(
            "We didn’t have your answer by the deadline, so the place went to the reserve list. If you meant to accept, contact "
            "the programme team: if a place is free, they can offer it to you again."
        ),
    )


def _rescinded(application: Application, *_rest: object) -> tuple[str, ...]:
    # written for the applicant, and sent to them: the one reason on record that is
    change = Change.objects.filter(
        subject_kind=Application._meta.label, subject_id=application.public_id, name="rescind"
    ).last()
    return (
        _("The offer was withdrawn"),
        _("We’ve withdrawn our offer of a place on %(programme)s, %(cohort)s. The reason:") % _course(application),
        f"“{change.reason}”" if change else _("No reason is on record."),
        _("If you think that this is wrong, contact the programme team."),
    )


def _deferred(application: Application, _offer: Offer | None, deferral: Deferral | None) -> tuple[str, ...]:
    if deferral is None or deferral.state in (D.GIVEN_UP, D.EXPIRED):
        return (
            _("Your place isn’t kept any longer"),
            _("The place that we kept for you has ended. You’re welcome to apply again."),
        )
    words = _course(application) | {"until": uk_date(deferral.keep_until)}
    if deferral.state == D.USED:
        return (
            _("You’ve been offered the place we kept"),
            _("We kept your place from %(cohort)s, and have offered you one on a later cohort.") % words,
        )
    return (
        _("We’re keeping a place for you"),
        _("You asked to defer your place on %(cohort)s. We agree, and keep one for you until %(until)s.") % words,
        _(
            "When the next round of %(programme)s opens you’ll be offered it before anybody else is chosen, without applying "
            "again."
        )
        % words,
    )


def _reserve(application: Application, *_rest: object) -> tuple[str, ...]:
    position, of = standing(application)
    until = _("The list stands until the cohort starts on %(start)s.") % _course(application)
    order = _(
        "You’re number %(position)d of %(of)d on it. Places that become free aren’t always offered in that order, since the cohort "
        "should stay balanced between sectors."
    ) % {"position": position, "of": of}
    return (
        _("You’re on the reserve list"),
        _("Your application for %(programme)s, %(cohort)s was strong, and you’re on the reserve list.")
        % _course(application),
        f"{order} {until}" if of > 1 else until,
        _("If a place becomes free we’ll offer it to you by e-mail, and you’ll have time to decide."),
    )


def standing(application: Application) -> tuple[int, int]:
    """Which of the reserve list somebody is now, and of how many."""
    reserves = list(
        Application.objects.filter(round=application.round_id, state=S.RESERVE)
        .filter(Q(reserve_position__isnull=False))
        .order_by("reserve_position", "reference")
        .values_list("pk", flat=True)
    )
    return (reserves.index(application.pk) + 1 if application.pk in reserves else 1), max(len(reserves), 1)


def _not_selected(application: Application, *_rest: object) -> tuple[str, ...]:
    return (
        _("No place this time"),
        _("Thank you for applying to %(programme)s, %(cohort)s. We can’t offer you a place this time.")
        % _course(application),
    )


def _gave_up(*_rest: object) -> tuple[str, ...]:
    return (
        _("You gave up your place"),
        _("Thank you for telling us. The place can go to somebody else. We’d be glad to see you apply again."),
    )


def _undecided(application: Application, *_rest: object) -> tuple[str, ...]:
    if application.state == S.WITHDRAWN:
        return (_("You’ve withdrawn this application"), _("We won’t ask you or your endorsers for anything more."))
    return (_("No decision yet"), _("There’s no decision on your application yet. We’ll tell you by e-mail."))


WORDS: dict[str, Callable[[Application, Offer | None, Deferral | None], tuple[str, ...]]] = {
    S.OFFERED: _offered,
    S.ACCEPTED: _accepted,
    S.DECLINED: _declined,
    S.LAPSED: _lapsed,
    S.RESCINDED: _rescinded,
    S.DEFERRED: _deferred,
    S.RESERVE: _reserve,
    S.NOT_SELECTED: _not_selected,
    S.GAVE_UP: _gave_up,
}
