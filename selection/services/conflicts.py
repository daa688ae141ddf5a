"""Conflicts of interest in a round: what follows from one declared or lifted, what applicants and staff put on record."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.names import clean_email
from selection import emails_assess
from selection.models import (
    Application,
    AssessorAllocation,
    AssessorObjection,
    ObjectionReason,
    Observer,
    SelectionRound,
    Suspension,
)
from selection.rules import require, staff
from selection.selectors.assessment import bars
from selection.selectors.conflicts import people_of_round
from selection.services.applications import require_writable
from selection.services.assessment import allocate_assessors
from selection.services.observing import give_observers_back, take_back_observers
from selection.services.suspension import end_known, give_back, suspend_allocations, suspend_barred
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.conflicts import Consequence, conflict_consequences
from tenancy.errors import Refused, WrongState
from tenancy.models import ConflictDeclaration, Person
from tenancy.names import sort_key
from tenancy.services.conflicts import declare_conflict

# Where a declaration still changes something.
UNDER_WAY = (RoundState.ASSESSING, RoundState.MODERATING)
LIVE = (RoundState.OPEN, RoundState.CLOSED, RoundState.ASSESSING, RoundState.MODERATING)
MOST_OBJECTIONS = 10


def lock_rounds(one: int, other: int) -> None:
    """Rounds in which either has applied, in order: whatever concerns all of a round's applications happens one at a time."""
    rounds = SelectionRound.objects.filter(
        pk__in=Application.objects.filter(applicant__in=(one, other)).values("round"), state__in=LIVE
    )
    list(rounds.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def suspend(declaration: ConflictDeclaration, by: Actor) -> None:
    """Access and scores end at once, somebody else gets the work, and staff are told. A decided round stays as it is."""
    for round_ in _rounds_of(declaration, (RoundState.ASSESSING, RoundState.MODERATING)):
        if round_.state == RoundState.ASSESSING:
            allocate_assessors(round=round_, by=Actor.system("conflict of interest"))
            continue
        for suspension in suspend_allocations(round_):
            emails_assess.send_conflict(suspension, replaced=False, by=by)
    for round_ in _rounds_observed({declaration.person_id, declaration.other_id}):
        take_back_observers(round_)


def _rounds_observed(people: Collection[int] | None) -> list[SelectionRound]:
    """Rounds under way with an assessment centre that one of these people observes or is seen at; None for all."""
    parts = Observer.objects.filter(place__application__round__state__in=UNDER_WAY)
    if people is not None:
        parts = parts.filter(Q(person__in=people) | Q(place__application__applicant__in=people))
    rounds = SelectionRound.objects.filter(pk__in=parts.values("place__application__round"))
    return list(rounds.select_related("cohort__programme", "tenant").order_by("pk"))


def _rounds_of(declaration: ConflictDeclaration, states: tuple[RoundState, ...]) -> list[SelectionRound]:
    pair = (declaration.person_id, declaration.other_id)
    rounds = SelectionRound.objects.filter(
        pk__in=Application.objects.filter(
            Q(applicant__in=pair), allocations__assessor__in=pair, allocations__withdrawn_at__isnull=True
        ).values("round"),
        state__in=states,
    )
    return list(rounds.select_related("cohort__programme", "tenant").order_by("pk"))


def restore(declaration: ConflictDeclaration, by: Actor) -> None:
    """Access and scores come back as they were. Once moderation has begun only finished scores do: nobody can finish others then."""
    pair = (declaration.person_id, declaration.other_id)
    # what the portal had found itself and has ended meanwhile was kept away by the declaration alone
    found = Q(known__isnull=False, allocation__assessor__in=pair, allocation__application__applicant__in=pair)
    rows = Suspension.objects.filter(
        Q(declaration=declaration) | found, restored_at__isnull=True, allocation__withdrawn_at__isnull=False
    ).select_related("allocation__application__round", "allocation__application__applicant", "allocation__assessor")
    for row in rows.order_by("pk"):
        # something that the portal finds by itself may bar it as well
        if not bars([row.allocation.application], [row.allocation.assessor]):
            give_back(row, by=by, reason=declaration.lifted_reason)
    for round_ in _rounds_observed(pair):
        give_observers_back(round_, by=by)


def hold_rounds() -> None:
    """Rounds in which a tie could bar somebody from work they have, in order."""
    rounds = SelectionRound.objects.filter(state__in=UNDER_WAY).order_by("pk")
    list(rounds.select_for_update(of=("self",)).values_list("pk", flat=True))


def follow_ties(people: Collection[int] | None, by: Actor) -> None:
    """After a change of ties: work between two people who are barred from each other by now is taken back as a declaration takes it, and
    somebody else gets it; what has ended is on record as ended. All that is under way, or where one of these people has a part."""
    work = AssessorAllocation.objects.filter(application__round__state__in=UNDER_WAY)
    if people is not None:
        work = work.filter(Q(assessor__in=people) | Q(application__applicant__in=people))
    rounds = SelectionRound.objects.filter(pk__in=work.values("application__round"))
    for round_ in rounds.select_related("cohort__programme", "tenant").order_by("pk"):
        end_known(round_, by)
        taken = suspend_barred(round_) + suspend_allocations(round_)
        if not taken:
            continue
        short: Collection[int] = {s.allocation.application_id for s in taken}
        if round_.state == RoundState.ASSESSING:
            short = allocate_assessors(round=round_, by=Actor.system("conflict of interest")).short
        for suspension in taken:
            emails_assess.send_conflict(suspension, replaced=suspension.allocation.application_id not in short, by=by)
    for round_ in _rounds_observed(people):
        end_known(round_, by)
        take_back_observers(round_)
        give_observers_back(round_, by=by)


def why_final(declaration: ConflictDeclaration) -> str:
    """A round that has been decided was decided with what was known: its conflicts stay as they were."""
    pair = {declaration.person_id, declaration.other_id}
    decided = SelectionRound.objects.filter(
        state=RoundState.DECIDED, pk__in=Application.objects.filter(applicant__in=pair).values("round")
    )
    for round_ in decided.select_related("cohort__programme"):
        applicants = set(
            Application.objects.filter(round=round_, applicant__in=pair).values_list("applicant", flat=True)
        )
        if (pair - applicants) & people_of_round(round_):
            return _("%(cohort)s has been decided, so this can’t be lifted any more.") % {"cohort": round_.cohort}
    return ""


conflict_consequences.register(
    "selection", Consequence(lock_rounds, suspend, restore, why_final, hold_rounds, follow_ties)
)


@transaction.atomic
def record_conflict(*, application: Application, person: Person, kind: str, by: Actor) -> ConflictDeclaration:
    """Staff put on record that somebody shouldn't judge this application; it binds at once."""
    require(staff, by, application)
    round_ = SelectionRound.objects.select_for_update(of=("self",)).get(pk=application.round_id)
    if round_.state == RoundState.DECIDED:
        raise WrongState(_("This round has been decided, so its conflicts stay as they are."))
    if person.pk == application.applicant_id:
        raise Refused(_("Choose somebody other than the applicant"), field="person")
    return declare_conflict(
        person=person,
        other=application.applicant,
        kind=ConflictDeclaration.Kind(kind),
        known=ConflictDeclaration.Known.STAFF,
        by=by,
    )


@transaction.atomic
def object_to_assessor(
    *, application: Application, name: str, by: Actor, email: str = "", reason: str = ""
) -> AssessorObjection:
    """The applicant names somebody who shouldn't assess them. Named twice, it is once. It binds when the application is sent."""
    application = (
        Application.objects.select_for_update(of=("self",)).select_related("round", "applicant").get(pk=application.pk)
    )
    require_writable(application, by)
    address = ""
    if email.strip():
        found = clean_email(email)
        if found is None:
            raise Refused(_("Enter an email address in the correct format, like name@example.com"), field="email")
        address = found
    name = " ".join(name.split())
    if address == application.applicant.email.lower() and address:
        raise Refused(_("Enter the address of somebody else"), field="email")
    known = AssessorObjection.objects.filter(application=application)
    same = known.filter(sort_key=sort_key(name)[:200], email=address).first()
    if same is None and known.count() >= MOST_OBJECTIONS:
        raise Refused(_("You can name up to %(most)d people.") % {"most": MOST_OBJECTIONS}, field="name")
    row = same or AssessorObjection.objects.create(
        application=application, name=name, email=address, named_at=timezone.now()
    )
    if reason.strip():
        ObjectionReason.objects.update_or_create(objection=row, defaults={"text": reason.strip()})
    return row


@transaction.atomic
def take_back_objection(*, objection: AssessorObjection, by: Actor) -> None:
    """While the application is being written; gone already is as good."""
    application = (
        Application.objects.select_for_update(of=("self",)).select_related("round").get(pk=objection.application_id)
    )
    require_writable(application, by)
    AssessorObjection.objects.filter(pk=objection.pk).delete()
