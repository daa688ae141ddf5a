"""What a declared conflict takes from an assessor, and what an applicant's objection becomes. Callers hold the round's lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from engine.transitions import record_change
from selection.models import (
    Application,
    AssessorAllocation,
    AssessorObjection,
    KnownConflict,
    Score,
    SelectionRound,
    Suspension,
)
from selection.selectors.assessment import Bars, suspended
from tenancy.actors import Actor
from tenancy.models import ConflictDeclaration, Person

System = Actor.system("conflicts of interest")


def suspend_allocations(round_: SelectionRound) -> list[Suspension]:
    """Take back every piece of work between two people with an open declaration: from now on the database shows its scores to nobody.
    Returns what was taken, with allocation, assessor and application at hand."""
    drafted = Score.objects.filter(allocation=OuterRef("pk"))
    rows = list(
        AssessorAllocation.objects.select_for_update(of=("self",))
        .filter(suspended("assessor", "application__applicant"), application__round=round_, withdrawn_at__isnull=True)
        .annotate(drafted=Exists(drafted))
        .select_related("application__cohort", "application__round", "assessor")
        .order_by("pk")
    )
    if not rows:
        return []
    now = timezone.now()
    AssessorAllocation.objects.filter(pk__in=[row.pk for row in rows]).update(
        withdrawn_at=now, withdrawn_because=AssessorAllocation.Withdrawn.CONFLICT
    )
    found = {}
    people = {row.assessor_id for row in rows} | {row.application.applicant_id for row in rows}
    for d in ConflictDeclaration.objects.filter(person__in=people, other__in=people, lifted_at__isnull=True):
        found[frozenset((d.person_id, d.other_id))] = d
    made = []
    for row in rows:
        declaration = found[frozenset((row.assessor_id, row.application.applicant_id))]
        work = Suspension.Work.NONE
        if row.finished_at is not None:
            work = Suspension.Work.FINISHED
        elif row.opened_at is not None or row.drafted:
            work = Suspension.Work.BEGUN
        suspension, _created = Suspension.objects.update_or_create(
            declaration=declaration, allocation=row, defaults={"work": work, "at": now, "restored_at": None}
        )
        suspension.allocation, suspension.declaration = row, declaration
        record_change(row.application, "declare_conflict", by=System, reason=row.assessor.name)
        made.append(suspension)
    return made


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
