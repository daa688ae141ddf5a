"""What a declared conflict takes from an assessor, and what an applicant's objection becomes. Callers hold the round's lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change
from selection.models import (
    ASKED_BEFORE,
    Application,
    AssessorAllocation,
    AssessorObjection,
    KnownConflict,
    Score,
    SelectionRound,
    Suspension,
)
from selection.selectors.assessment import Bars, bars, suspended
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.conflicts import conflict_sources
from tenancy.models import ConflictDeclaration, Person

System = Actor.system("conflicts of interest")


def suspend_allocations(round_: SelectionRound) -> list[Suspension]:
    """Take back every piece of work between two people with an open declaration: from now on the database shows its scores to nobody.
    Returns what was taken, with allocation, assessor and application at hand."""
    rows = list(_work(round_).filter(suspended("assessor", "application__applicant"), withdrawn_at__isnull=True))
    people = {row.assessor_id for row in rows} | {row.application.applicant_id for row in rows}
    found = {}
    for d in ConflictDeclaration.objects.filter(person__in=people, other__in=people, lifted_at__isnull=True):
        found[frozenset((d.person_id, d.other_id))] = d
    return [
        _take(
            row, declaration=found[frozenset((row.assessor_id, row.application.applicant_id))], step="declare_conflict"
        )
        for row in rows
    ]


def suspend_barred(round_: SelectionRound) -> list[Suspension]:
    """The same for work between two people whom something bars that the portal finds by itself, such as an employer they share by now;
    it goes on record with it."""
    rows = list(_work(round_).filter(withdrawn_at__isnull=True))
    found = bars({row.application for row in rows}, {row.assessor for row in rows}) if rows else {}
    taken = [row for row in rows if any(kind != "declared" for kind, _why in found.get(_pair(row), ()))]
    if not taken:
        return []
    keep_known({_pair(row): found[_pair(row)] for row in taken})
    known: dict[tuple[int, int], KnownConflict] = {}
    for each in KnownConflict.objects.filter(application__round=round_, ended_at__isnull=True).order_by(
        "known_at", "id"
    ):
        known.setdefault((each.application_id, each.person_id), each)
    return [_take(row, known=known[_pair(row)], step="find_conflict") for row in taken]


def _work(round_: SelectionRound) -> QuerySet[AssessorAllocation]:
    return (
        AssessorAllocation.objects.select_for_update(of=("self",))
        .filter(application__round=round_)
        .annotate(drafted=Exists(Score.objects.filter(allocation=OuterRef("pk"))))
        .select_related("application__cohort", "application__round", "application__applicant", "assessor")
        .order_by("pk")
    )


def _pair(row: AssessorAllocation) -> tuple[int, int]:
    return row.application_id, row.assessor_id


def _take(
    row: Any, *, step: str, declaration: ConflictDeclaration | None = None, known: KnownConflict | None = None
) -> Suspension:
    now = timezone.now()
    AssessorAllocation.objects.filter(pk=row.pk).update(
        withdrawn_at=now, withdrawn_because=AssessorAllocation.Withdrawn.CONFLICT
    )
    work = Suspension.Work.NONE
    if row.finished_at is not None:
        work = Suspension.Work.FINISHED
    elif row.opened_at is not None or row.drafted:
        work = Suspension.Work.BEGUN
    suspension, _created = Suspension.objects.update_or_create(
        declaration=declaration, known=known, allocation=row, defaults={"work": work, "at": now, "restored_at": None}
    )
    suspension.allocation, suspension.declaration, suspension.known = row, declaration, known
    record_change(row.application, step, by=System, reason=row.assessor.name)
    return suspension


def end_known(round_: SelectionRound, by: Actor) -> int:
    """What the portal found once and doesn't find any more has ended from now on; work that only that had taken comes back as it was, as it
    does when a declaration is lifted, unless a tie that outlasts its end had a part in it. Returns how many pieces of work came back."""
    rows = list(
        KnownConflict.objects.filter(application__round=round_, ended_at__isnull=True)
        .exclude(kind=ASKED_BEFORE)
        .select_related("application", "person")
    )
    if not rows:
        return 0
    found = bars({k.application for k in rows}, {k.person for k in rows})
    over = [k for k in rows if k.kind not in {kind for kind, _why in found.get((k.application_id, k.person_id), ())}]
    KnownConflict.objects.filter(pk__in=[k.pk for k in over]).update(ended_at=timezone.now())
    outlasting = KnownConflict.objects.filter(
        application__round=round_, kind__in=[name for name, source in conflict_sources.items() if source.outlasts]
    )
    free = {(k.application_id, k.person_id) for k in over} - set(found)
    free -= set(outlasting.values_list("application_id", "person_id"))
    waiting = Suspension.objects.filter(
        known__isnull=False, restored_at__isnull=True, allocation__application__round=round_
    ).select_related("allocation__application__round")
    return sum(
        give_back(row, by=by, reason=_("what barred it has ended")) for row in waiting if _pair(row.allocation) in free
    )


def give_back(row: Suspension, *, by: Actor, reason: str) -> bool:
    """Access and scores as they were. Once moderation has begun only finished scores: nobody can finish others then."""
    held = row.allocation
    round_ = held.application.round
    finished = held.finished_at is not None
    if not (round_.state == RoundState.ASSESSING or (round_.state == RoundState.MODERATING and finished)):
        return False
    held.withdrawn_at, held.withdrawn_because = None, ""
    held.save(update_fields=["withdrawn_at", "withdrawn_because"])
    row.restored_at = timezone.now()
    row.save(update_fields=["restored_at"])
    record_change(held.application, "lift_conflict", by=by, reason=reason)
    return True


def people_named(application: Application) -> list[Person]:
    """Whom the tenant knows by a name or an address that the applicant gave."""
    given = AssessorObjection.objects.filter(application=application).values_list("sort_key", "email")
    names = {name for name, _email in given}
    known = Q(sort_key__in=names)
    for _name, email in given:
        if email:
            known |= Q(email__iexact=email)
    return list(Person.objects.filter(known)) if names else []


def bind_objections(applications: Collection[Application], people: Iterable[Person]) -> int:
    """Make a declaration of every objection that fits one of these people, by name or by address; returns how many are new. What
    staff have lifted stays lifted."""
    by_id = {application.pk: application for application in applications}
    named: dict[str, list[AssessorObjection]] = {}
    for objection in AssessorObjection.objects.filter(application__in=by_id):
        for key in {objection.sort_key, objection.email.lower()} - {""}:
            named.setdefault(key, []).append(objection)
    if not named:
        return 0
    made = 0
    now = timezone.now()
    for person in people:
        hits = {o.application_id for key in (person.sort_key, person.email.lower()) for o in named.get(key, ())}
        for applicant_id in sorted({by_id[pk].applicant_id for pk in hits} - {person.pk}):
            both = Q(person=applicant_id, other=person) | Q(person=person, other=applicant_id)
            stands = Q(lifted_at__isnull=True) | Q(known=ConflictDeclaration.Known.APPLICATION)
            if ConflictDeclaration.objects.filter(both & stands).exists():
                continue
            ConflictDeclaration.objects.create(
                person_id=applicant_id,
                other=person,
                kind=ConflictDeclaration.Kind.VETO,
                known=ConflictDeclaration.Known.APPLICATION,
                declared_by_id=applicant_id,
                declared_at=now,
            )
            made += 1
    return made


def keep_known(bars: Bars) -> None:
    """Put on record what the portal found by itself, once for each kind."""
    now = timezone.now()
    KnownConflict.objects.bulk_create(
        [
            KnownConflict(application_id=application, person_id=person, kind=kind, reason=reason[:300], known_at=now)
            for (application, person), found in bars.items()
            for kind, reason in found
            if kind != "declared"
        ],
        ignore_conflicts=True,
    )


def keep_asked(application: Application, person: Person, reason: str) -> None:
    """Somebody who was asked to endorse no longer is: they stay barred from it, with what that came from."""
    KnownConflict.objects.get_or_create(
        application=application,
        person=person,
        kind=ASKED_BEFORE,
        ended_at=None,
        defaults={"reason": reason[:300], "known_at": timezone.now()},
    )
