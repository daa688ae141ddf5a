"""The engagement signal: opened and closed by a task; who spoke with whom; pauses; a word about the day job."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_day_job
from cohorts.engagement import latest_day, needs_word, steps
from cohorts.models import (
    CheckIn,
    Cohort,
    DayJobText,
    DayJobWord,
    EngagementLimits,
    EngagementPause,
    EngagementSignal,
    LearningSet,
    Participation,
)
from cohorts.promises import promises_about
from cohorts.rules import checks_in, hears, participant, pauses
from cohorts.selectors.engagement import facts_of, limits_of, open_signals, running_pause
from cohorts.services.cohorts import may_run
from cohorts.states import ParticipationState, PlanState
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.turns import just_now, take_turns, take_turns_at

LONGEST_WORD = 3000


@transaction.atomic
def refresh_signals(*, cohort: Cohort, by: Actor) -> int:
    """Open and close signals as the facts stand, and move the steps of those that stay with the cohort's limits. Nobody is written to.
    Returns how many were opened or closed. For the system alone, in a scope of nobody: each page shows its reader a part of the rows."""
    if by.kind != "system":
        raise NotAllowed(_("Only the portal itself works this out."))
    take_turns(cohort)
    now, limits = timezone.now(), limits_of(cohort)
    needing = {person for person, facts in facts_of(cohort).items() if needs_word(facts, limits)}
    there = {row.person_id: row for row in EngagementSignal.objects.filter(cohort=cohort, closed_at__isnull=True)}
    over = [row.pk for person, row in there.items() if person not in needing]
    EngagementSignal.objects.filter(pk__in=over).update(closed_at=now)
    led = set(
        LearningSet.objects.filter(cohort=cohort, plan__state=PlanState.PUBLISHED, facilitator__isnull=False)
        .order_by()
        .values_list("memberships__person_id", flat=True)
    )
    spoke = dict(
        CheckIn.objects.filter(signal__in=[row.pk for row in there.values()], kind=CheckIn.Kind.FACILITATOR)
        .order_by()
        .values_list("signal_id", "spoke_at")
    )
    for person in needing & there.keys():
        row = there[person]
        due = steps(row.since, limits, facilitated=person in led, spoke_at=spoke.get(row.pk))
        if (row.facilitator_from, row.staff_from) != (due.facilitator_from, due.staff_from):
            row.facilitator_from, row.staff_from = due.facilitator_from, due.staff_from
            row.save(update_fields=["facilitator_from", "staff_from"])
    fresh = sorted(needing - there.keys())
    for person in fresh:
        due = steps(now, limits, facilitated=person in led)
        EngagementSignal.objects.create(
            cohort=cohort,
            person_id=person,
            since=now,
            facilitator_from=due.facilitator_from,
            staff_from=due.staff_from,
        )
    return len(over) + len(fresh)


@transaction.atomic
def note_check_in(*, signal: EngagementSignal, by: Actor) -> CheckIn:
    """That one spoke with them, now or lately; what was said is written nowhere. A facilitator's word gives it time before staff are asked;
    two who facilitate a set have spoken once. Staff may note another word later."""
    if by.person is None or not checks_in(by, signal):
        raise NotAllowed(_("Whoever facilitates their set, or staff, speaks with them."))
    take_turns_at(f"check-in {signal.public_id}")
    if not open_signals().filter(pk=signal.pk).exists():
        raise WrongState(_("Things are going again, or they’re away: nobody needs to ask now."))
    kind = CheckIn.Kind.FACILITATOR if hears(by, signal) else CheckIn.Kind.STAFF
    noted = CheckIn.objects.filter(signal=signal, kind=kind)
    if kind == CheckIn.Kind.STAFF:
        noted = noted.filter(spoke_at__gt=just_now())
    if (same := noted.first()) is not None:
        return same
    now = timezone.now()
    row = CheckIn.objects.create(
        signal=signal, cohort=signal.cohort, person_id=signal.person_id, kind=kind, by_person=by.person, spoke_at=now
    )
    if kind == CheckIn.Kind.FACILITATOR:
        due = steps(signal.since, limits_of(signal.cohort), spoke_at=now)
        EngagementSignal.objects.filter(pk=signal.pk).update(staff_from=due.staff_from)
    return row


@transaction.atomic
def pause_engagement(*, place: Participation, until: date, by: Actor) -> EngagementPause:
    """They are away until the end of that day: ill, on leave or otherwise, which nobody says. Paused already, the new day counts."""
    if by.person is None or not pauses(by, place):
        raise NotAllowed(_("They themselves, whoever facilitates their set, or staff can say that they’re away."))
    today = timezone.localdate()
    if not today <= until <= latest_day(today):
        raise Refused(_("Enter a day within the next six months"), field="until")
    if place.state != ParticipationState.ACTIVE:
        raise WrongState(_("They aren’t taking part any more."))
    take_turns_at(f"pause {place.public_id}")
    ends = timezone.make_aware(datetime.combine(until, time(23, 59)))
    row = running_pause(place.cohort_id, place.person_id)
    if row is None:
        return EngagementPause.objects.create(
            cohort_id=place.cohort_id,
            person_id=place.person_id,
            begins_at=timezone.now(),
            ends_at=ends,
            set_by=by.person,
        )
    if row.ends_at != ends:
        row.ends_at, row.set_by = ends, by.person
        row.save(update_fields=["ends_at", "set_by"])
    return row


@transaction.atomic
def end_pause(*, place: Participation, by: Actor) -> bool:
    """They are back. False where they weren't away: the second of two clicks."""
    if by.person is None or not pauses(by, place):
        raise NotAllowed(_("They themselves, whoever facilitates their set, or staff can say that they’re back."))
    take_turns_at(f"pause {place.public_id}")
    row = running_pause(place.cohort_id, place.person_id)
    if row is None:
        return False
    row.ends_at = timezone.now()
    row.save(update_fields=["ends_at"])
    return True


@transaction.atomic
def send_day_job_word(*, cohort: Cohort, to: Person | None, body: str, by: Actor) -> DayJobWord:
    """In the writer's own words, to somebody who promised them time, or to staff (None). The message that goes out holds none of it."""
    if by.person is None or not participant(by, cohort):
        raise NotAllowed(_("Only those who take part write this."))
    body = body.strip()
    if not body:
        raise Refused(_("Write what you want to say"), field="body")
    if len(body) > LONGEST_WORD:
        raise Refused(_("Use %(n)d characters or fewer") % {"n": LONGEST_WORD}, field="body")
    if to is not None and to.pk not in {promise.by.pk for promise in promises_about(by.person.pk, cohort.pk)}:
        raise Refused(_("Choose from the list"), field="to")
    take_turns(by.person)
    lately = DayJobWord.objects.filter(author=by.person, cohort=cohort, to_person=to, sent_at__gt=just_now())
    if (same := lately.filter(words__body=body).first()) is not None:
        return same
    row = DayJobWord.objects.create(cohort=cohort, author=by.person, to_person=to, sent_at=timezone.now())
    DayJobText.objects.create(word=row, author=by.person, body=body)
    send_day_job(row, by=by)
    return row


@transaction.atomic
def save_limits(
    *,
    cohort: Cohort,
    version: int,
    watches: bool,
    missed: int,
    actions: int,
    quiet_days: int,
    facilitator_after: int,
    staff_after: int,
    by: Actor,
) -> EngagementLimits:
    """What a cohort goes by from the next time signals are worked out (`version` 0: it went by the usual)."""
    may_run(by, cohort)
    take_turns(cohort)
    fields: dict[str, Any] = {
        "watches": watches,
        "missed": missed,
        "actions": actions,
        "quiet_days": quiet_days,
        "facilitator_after": facilitator_after,
        "staff_after": staff_after,
    }
    row = EngagementLimits.objects.filter(cohort=cohort).first()
    if row is None:
        row = EngagementLimits.objects.create(cohort=cohort, **fields)
    else:
        save_if_unchanged(row, version=version, **fields)
    record_change(cohort, "engagement", by=by)
    return row


def copy_limits(source: Cohort, target: Cohort, by: Actor) -> None:
    """A cohort copied from another goes by the same numbers. In the transaction, and with the right, of whoever copies."""
    row = EngagementLimits.objects.filter(cohort=source).first()
    if row is not None:
        EngagementLimits.objects.create(cohort=target, **vars(row.limits))
