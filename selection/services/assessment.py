"""Assessment: who is assessed, by whom, and what they give."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.transitions import record_change, transition, transition_all
from selection import emails_assess
from selection.models import Application, AssessorAllocation, Criterion, Score, SelectionRound
from selection.rules import assessing, staff
from selection.selectors.allocation import plan_round
from selection.selectors.applications import COUNTS
from selection.selectors.assessment import round_assessors, suspended, waiting_by_assessor
from selection.selectors.centre import is_under_way
from selection.services.suspension import bind_objections, keep_known, suspend_allocations, suspend_barred
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import ConflictDeclaration, Person
from tenancy.services.conflicts import declare_conflict


@dataclass(frozen=True)
class Mark:
    """What an assessor gives for one criterion; no points yet in a draft."""

    points: int | None
    comment: str = ""


@dataclass(frozen=True)
class Allocated:
    """What an allocation did: how many pieces of work it added, how many are still missing, of how many applications, and how many
    that nobody had opened went to somebody else."""

    added: int
    missing: int
    applications_short: int
    moved: int = 0
    # ids of the applications that lack somebody
    short: frozenset[int] = frozenset()


def locked_round(round_: SelectionRound, by: Actor) -> SelectionRound:
    """The round, locked: whatever concerns all its applications happens one at a time. Staff and system jobs only."""
    if not (by.kind == "system" or staff(by, round_)):
        raise NotAllowed(_("Only staff of the cohort can do this."))
    return SelectionRound.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=round_.pk)


@transaction.atomic
def start_assessment(
    *, round: SelectionRound, by: Actor, also: Collection[Application] = (), reason: str = ""
) -> Allocated:
    """Send every endorsed application to assessors, and those of `also` that were submitted but not endorsed, with a reason. What
    staff haven't settled yet, or not in its favour, stays behind: `include_late` sends it after the others."""
    round_ = locked_round(round, by)
    if also and not reason.strip():
        raise Refused(_("Say why applications without an endorsement go forward."), field="reason")
    endorsed = Application.objects.filter(COUNTS, round=round_, state=ApplicationState.ENDORSED)
    submitted = Application.objects.filter(
        COUNTS, round=round_, state=ApplicationState.SUBMITTED, pk__in=[application.pk for application in also]
    )
    if len(submitted) != len(also):
        raise WrongState(
            _("One of these applications has changed since you opened the page. Look again before you go on.")
        )
    if not endorsed and not submitted:
        raise Refused(_("There’s no endorsed application to assess yet."))
    if not round_assessors(round_):
        raise Refused(_("This cohort has no assessors yet. Invite some first."))
    transition(round_, "assess", by=by)
    transition_all(endorsed, "find_eligible", by=by)
    transition_all(submitted, "find_eligible", by=by, reason=reason)
    return allocate_assessors(round=round_, by=by)


@transaction.atomic
def include_late(*, application: Application, by: Actor, reason: str) -> Allocated:
    """Send one more application to assessors after assessment began, such as one endorsed late."""
    round_ = locked_round(application.round, by)
    if round_.state != RoundState.ASSESSING:
        raise WrongState(_("Applications can only be added while the round is being assessed."))
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    if not Application.objects.filter(COUNTS, pk=application.pk).exists():
        raise Refused(_("Settle first whether this application counts: it’s late or its eligibility isn’t found."))
    transition(application, "find_eligible", by=by, reason=reason)
    return allocate_assessors(round=round_, by=by)


@transaction.atomic
def allocate_assessors(*, round: SelectionRound, by: Actor, seal: str = "") -> Allocated:
    """Give every application the assessors it lacks. Work that was begun stays where it is, except where a conflict was declared or has
    arisen, or an applicant named the assessor; work nobody has opened moves only where a place would stay empty. What bars whom goes on
    record. `seal` is that of the plan that was looked at: if it's another by now, nothing is written (WrongState)."""
    round_ = locked_round(round, by)
    if round_.state != RoundState.ASSESSING:
        raise WrongState(_("Assessors are allocated while the round is being assessed."))
    # nobody opens what is about to move meanwhile
    held = AssessorAllocation.objects.select_for_update(of=("self",)).filter(application__round=round_)
    list(held.order_by("pk").values_list("pk", flat=True))
    if seal and seal != plan_round(round_).seal:
        raise WrongState(_("Something has changed since you looked at the plan. Look at it again."))
    applications = list(Application.objects.filter(round=round_, state=ApplicationState.ELIGIBLE).order_by("pk"))
    bind_objections(applications, round_assessors(round_))
    taken = suspend_barred(round_) + suspend_allocations(round_)
    planned = plan_round(round_)
    keep_known(planned.found)
    plan = planned.plan
    for application_id, assessor_id in plan.removed:
        held.filter(application_id=application_id, assessor_id=assessor_id).delete()
    now = timezone.now()
    AssessorAllocation.objects.bulk_create(
        AssessorAllocation(
            application_id=application_id,
            assessor_id=assessor_id,
            allocated_at=now,
            how=plan.because[application_id, assessor_id].how,
            among=plan.because[application_id, assessor_id].among,
        )
        for application_id, assessor_id in plan.added
    )
    _tell_assessors(round_, list(planned.assessors.values()), plan.added, by)
    for suspension in taken:
        short = suspension.allocation.application_id in plan.short
        emails_assess.send_conflict(suspension, replaced=not short, by=by)
    return Allocated(
        len(plan.added), sum(plan.short.values()), len(plan.short), len(plan.removed), frozenset(plan.short)
    )


def _tell_assessors(round_: SelectionRound, assessors: list[Person], added: list[tuple[int, int]], by: Actor) -> None:
    for person in assessors:
        if count := sum(1 for _application, assessor_id in added if assessor_id == person.pk):
            emails_assess.send_pile(round_, person, count=count, by=by)


@transaction.atomic
def withdraw_assessor(*, round: SelectionRound, assessor: Person, by: Actor, reason: str) -> Allocated:
    """An assessor drops out: what they have finished counts, what they haven't goes to others."""
    round_ = locked_round(round, by)
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    unfinished = AssessorAllocation.objects.filter(
        application__round=round_, assessor=assessor, withdrawn_at__isnull=True, finished_at__isnull=True
    )
    count = unfinished.update(withdrawn_at=timezone.now(), withdrawn_because=AssessorAllocation.Withdrawn.DROPPED_OUT)
    if not count:
        raise Refused(_("%(name)s has nothing left to score.") % {"name": assessor.name})
    record_change(
        round_,
        "withdraw_assessor",
        by=by,
        reason=ngettext("%(name)s, %(n)s application: %(why)s", "%(name)s, %(n)s applications: %(why)s", count)
        % {"name": assessor.name, "n": count, "why": reason.strip()},
    )
    return allocate_assessors(round=round_, by=by)


@transaction.atomic
def declare_assessor_conflict(*, allocation: AssessorAllocation, kind: str, by: Actor) -> ConflictDeclaration:
    """The assessor knows the applicant, noticed before or after scoring: their access and scores end at once, somebody else
    takes over, staff are told. Until the round is decided."""
    SelectionRound.objects.select_for_update(of=("self",)).get(pk=allocation.application.round_id)
    held = _own_open_allocation(allocation, by, declaring=True)
    return declare_conflict(person=held.assessor, other=held.application.applicant, kind=kind, by=by)


def _own_open_allocation(allocation: AssessorAllocation, by: Actor, *, declaring: bool = False) -> AssessorAllocation:
    """The row locked, if it's still this assessor's to work on, or to declare a conflict about; otherwise why not."""
    held = (
        AssessorAllocation.objects.select_for_update(of=("self",))
        .select_related("application__applicant", "application__round", "assessor")
        .filter(pk=allocation.pk)
        .first()
    )
    if held is None:  # nobody had opened it, and it went to somebody else meanwhile
        raise NotAllowed(_("This application isn’t in your pile."))
    if not assessing(by, held):
        raise NotAllowed(_("This application isn’t in your pile."))
    if held.finished_at is not None and held.imported_at is not None and not declaring:
        raise WrongState(
            _("Programme staff entered your scores of this application from a sheet, so they can’t be changed.")
        )
    if held.finished_at is not None and not declaring:
        raise WrongState(_("You’ve finished this application, so it can’t be changed."))
    states = (RoundState.ASSESSING, RoundState.MODERATING) if declaring else (RoundState.ASSESSING,)
    if held.application.state != ApplicationState.ELIGIBLE or held.application.round.state not in states:
        raise WrongState(_("This application isn’t being assessed any more."))
    if AssessorAllocation.objects.filter(suspended("assessor", "application__applicant"), pk=held.pk).exists():
        raise NotAllowed(_("You can’t assess this application: a conflict of interest has been declared."))
    return held


@transaction.atomic
def save_scores(
    *, allocation: AssessorAllocation, marks: Mapping[int, Mark], by: Actor, finish: bool = False, seconds: int = 0
) -> AssessorAllocation:
    """Keep an assessor's marks (criterion id → Mark); with `finish` for good, which needs points for every criterion. `seconds` are
    those the page says it was in use since it last said so."""
    held = _own_open_allocation(allocation, by)
    count_time(held, seconds)
    criteria = list(held.application.round.criteria.all())
    check_marks(criteria, marks, finish=finish)
    Score.objects.bulk_create(
        [
            Score(allocation=held, criterion=criterion, points=mark.points, comment=mark.comment.strip())
            for criterion in criteria
            if (mark := marks.get(criterion.pk)) is not None
        ],
        update_conflicts=True,
        unique_fields=["tenant", "allocation", "criterion"],
        update_fields=["points", "comment"],
    )
    now = timezone.now()
    if finish or held.opened_at is None or held.drafted_at is None:
        held.opened_at = held.opened_at or now
        held.finished_at = now if finish else None
        held.drafted_at = held.drafted_at or now
        held.save(update_fields=["finished_at", "opened_at", "drafted_at"])
    return held


def check_marks(criteria: Collection[Criterion], marks: Mapping[int, Mark], *, finish: bool) -> None:
    """Refused, at the field, for points that a criterion doesn't have, and to `finish` without points for each."""
    for criterion in criteria:
        points = marks[criterion.pk].points if criterion.pk in marks else None
        if points is not None and not 1 <= points <= criterion.max_points:
            raise Refused(
                _("Choose from 1 to %(max)s points.") % {"max": criterion.max_points}, field=field_of(criterion)
            )
        if points is None and finish:
            raise Refused(
                _("Choose points for “%(name)s” before you finish") % {"name": criterion.name},
                field=field_of(criterion),
            )


def field_of(criterion: Criterion) -> str:
    """The name of the criterion's points in the form."""
    return f"points_{criterion.public_id}"


def note_opening(*, allocation: AssessorAllocation, by: Actor) -> None:
    """Remember when the assessor first saw the application: with the end, how long it takes. Time in use counts from now on."""
    if assessing(by, allocation):
        now = timezone.now()
        AssessorAllocation.objects.filter(pk=allocation.pk, finished_at__isnull=True).update(
            opened_at=Coalesce(F("opened_at"), Value(now)), counted_at=now
        )


def count_time(held: AssessorAllocation, seconds: int) -> None:
    """Add what a page says of its time in use, never more than has passed since the page was opened or last said so: a browser may
    say what it likes. The caller holds the row."""
    now = timezone.now()
    since = held.counted_at or held.opened_at
    passed = int((now - since).total_seconds()) + 1 if since else 0
    if seconds > 0 and passed > 0:
        held.active_seconds = (held.active_seconds or 0) + min(seconds, passed)
        held.counted_at = now
        held.save(update_fields=["active_seconds", "counted_at"])


@transaction.atomic
def note_time(*, allocation: AssessorAllocation, seconds: int, by: Actor) -> None:
    """Seconds a page was in use, told when it goes out of view; nothing where the work is finished or gone."""
    held = AssessorAllocation.objects.select_for_update(of=("self",)).filter(pk=allocation.pk).first()
    if held is not None and assessing(by, held) and held.finished_at is None:
        count_time(held, seconds)


@transaction.atomic
def start_moderation(*, round: SelectionRound, by: Actor) -> SelectionRound:
    """Close assessment: refused while anybody still has to score, while an application has no scores at all, and while an assessment
    centre that was switched on is neither over nor called off."""
    round_ = locked_round(round, by)
    refuse_unscored(round_)
    if is_under_way(round_):
        raise Refused(_("The assessment centre isn’t over. Close it, or call it off."))
    return transition(round_, "moderate", by=by)


def refuse_unscored(round_: SelectionRound) -> None:
    """Unless every application that is being assessed has been scored by all who should."""
    if waiting := waiting_by_assessor(round_):
        names = ", ".join(f"{name} ({count})" for name, count in waiting)
        raise Refused(
            _("Scores are still missing from: %(names)s. Chase them, or withdraw an assessor.") % {"names": names}
        )
    unscored = Application.objects.filter(round=round_, state=ApplicationState.ELIGIBLE).exclude(
        pk__in=AssessorAllocation.objects.filter(
            application__round=round_, withdrawn_at__isnull=True, finished_at__isnull=False
        ).values("application_id")
    )
    if references := list(unscored.values_list("reference", flat=True)[:10]):
        raise Refused(
            _("Nobody has scored %(references)s. Allocate assessors again.") % {"references": ", ".join(references)}
        )
