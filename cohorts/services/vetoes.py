"""A round of vetoes before sets are composed: opened by staff, answered in confidence, forgotten once the sets are settled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_veto_asked
from cohorts.models import Cohort, Participation, SetVeto, VetoAnswer, VetoRound
from cohorts.models.set_veto import MOST_VETOES
from cohorts.rules import participant
from cohorts.selectors.vetoes import people_to_name, unsettled_round
from cohorts.services.cohorts import check_until, may_run
from cohorts.states import ParticipationState
from engine.transitions import record_change
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.retention import delete_rows
from tenancy.turns import take_turns
from tenancy.vocabulary import in_own_words


@transaction.atomic
def open_veto_round(*, cohort: Cohort, until: datetime, by: Actor) -> VetoRound:
    """Ask everybody who takes part whom they'd rather not sit with, until a moment. One round at a time; opened twice, it is one."""
    may_run(by, cohort)
    take_turns(cohort)
    now = timezone.now()
    check_until(until)
    if (there := unsettled_round(cohort)) is not None:
        if there.is_open:
            return there
        raise WrongState(
            in_own_words(
                _("The answers of the last round count for the next %(sets)s. Publish those, or end the round first.")
            )
        )
    row = VetoRound.objects.create(cohort=cohort, until=until, opened_by=by.person, opened_at=now)
    record_change(row, "open", by=by)
    places = Participation.objects.filter(cohort=cohort, state=ParticipationState.ACTIVE).select_related("person")
    for place in places.order_by("person__sort_key", "pk"):
        send_veto_asked(row, place.person, by=by)
    return row


@transaction.atomic
def answer_vetoes(*, round: VetoRound, others: Collection[Person], by: Actor) -> VetoAnswer:
    """Say whom one would rather not sit with, or nobody; said again, the newer answer counts. No reason is asked, no history kept."""
    if by.person is None or not participant(by, round):
        raise NotAllowed(_("Only those who take part are asked."))
    take_turns(by.person)
    fresh = VetoRound.objects.get(pk=round.pk)
    if not fresh.is_open:
        raise WrongState(_("The time to answer is over."))
    wanted = {person.pk for person in others}
    if len(wanted) > MOST_VETOES:
        raise Refused(_("Choose %(n)d people at most.") % {"n": MOST_VETOES}, field="others")
    if wanted - set(people_to_name(fresh, by.person_id).values_list("pk", flat=True)):
        raise Refused(_("Choose from the people of your cohort."), field="others")
    mine = SetVeto.objects.filter(round=fresh, person=by.person)
    mine.exclude(other__in=wanted).delete()
    known = set(mine.values_list("other_id", flat=True))
    SetVeto.objects.bulk_create(SetVeto(round=fresh, person=by.person, other_id=pk) for pk in sorted(wanted - known))
    answer, _made = VetoAnswer.objects.update_or_create(
        round=fresh, person=by.person, defaults={"answered_at": timezone.now()}
    )
    return answer


@transaction.atomic
def close_veto_round(*, round: VetoRound, by: Actor) -> VetoRound:
    """Nobody answers any more; what was said counts for the next sets. The second of two clicks finds it closed."""
    may_run(by, round)
    take_turns(round.cohort)
    row = VetoRound.objects.get(pk=round.pk)
    if row.is_open:
        row.until = timezone.now()
        row.save(update_fields=["until"])
        record_change(row, "close", by=by)
    return row


@transaction.atomic
def end_veto_round(*, round: VetoRound, by: Actor) -> None:
    """Without any sets: what was said is forgotten and counts for nothing."""
    may_run(by, round)
    take_turns(round.cohort)
    settle_round(round.cohort, by=by)


def settle_round(cohort: Cohort, *, by: Actor) -> None:
    """The sets are settled: once this transaction has committed, who named whom is deleted. The caller has the cohort's turn."""
    row = unsettled_round(cohort)
    if row is None:
        return
    row.settled_at = timezone.now()
    row.until = min(row.until, row.settled_at)
    row.save(update_fields=["settled_at", "until"])
    record_change(row, "settle", by=by)
    transaction.on_commit(forget_vetoes)


def forget_vetoes() -> int:
    """Delete the vetoes of every settled round, as portal_sys. After each settling, and by the tick should that have been cut off."""
    due = SetVeto.unscoped("sys").filter(
        round__settled_at__isnull=False
    )  # all tenants -- what is over is nobody's any more
    ids = list(due.values_list("pk", flat=True))
    if ids:
        delete_rows(SetVeto, ids)
    return len(ids)
