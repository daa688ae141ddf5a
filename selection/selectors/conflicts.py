"""Who knew of which conflict in a round, and since when: what an auditor reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from selection.models import (
    Application,
    AssessorAllocation,
    AssessorObjection,
    KnownConflict,
    ObjectionReason,
    Observer,
    SelectionRound,
    Suspension,
)
from tenancy.models import Change, ConflictDeclaration, Person, Role
from tenancy.selectors import roles_reaching


def people_of_round(round_: SelectionRound) -> set[int]:
    """Everybody who judges in the round or has: its assessors, whoever ever held a piece of its pile or observed, and staff; one
    statement."""
    observed = Observer.objects.filter(place__application__round=round_).order_by()
    held = AssessorAllocation.objects.filter(application__round=round_).order_by()
    now = roles_reaching(round_.cohort_id).filter(role__in=(Role.ASSESSOR, Role.STAFF)).order_by()
    return set(
        now.values_list("person", flat=True).union(
            held.values_list("assessor", flat=True), observed.values_list("person", flat=True)
        )
    )


@dataclass
class OnRecord:
    """One conflict between an application and a person."""

    application: Application
    person: Person
    how: str
    what: str
    since: datetime
    declared_by: str = ""
    reason: str = ""
    declaration: ConflictDeclaration | None = None
    suspensions: list[Suspension] = field(default_factory=list)
    after_decision: bool = False
    ended: datetime | None = None
    # parts at an assessment centre that it took
    observed: list[Observer] = field(default_factory=list)

    @property
    def automatic(self) -> bool:
        return self.declaration is None

    @property
    def lifted(self) -> bool:
        return self.declaration is not None and self.declaration.lifted_at is not None


@dataclass
class Record:
    """A round's conflicts, by application; and whom applicants named and the tenant doesn't know under that name or address: nothing to
    bar yet."""

    rows: list[OnRecord]
    unmatched: list[AssessorObjection]


def decided_first() -> Subquery:
    """When a round was decided first, as a column of a query of rounds."""
    steps = Change.objects.filter(
        subject_kind=SelectionRound._meta.label, subject_id=OuterRef("public_id"), name="decide"
    ).order_by("at", "pk")
    return Subquery(steps.values("at")[:1])


def conflicts_on_record(round_: SelectionRound, *, decided: datetime | None) -> Record:
    """Every conflict of the round, which was `decided` then or isn't yet: declared ones with what they suspended, and those the portal
    found. Seven statements, whatever the number. Reasons of applicants are read as the person who asks reads them: never by whoever is
    named."""
    by_applicant = {a.applicant_id: a for a in Application.objects.filter(round=round_).select_related("applicant")}
    judges = people_of_round(round_)
    suspended: dict[int, list[Suspension]] = {}
    found_out: dict[int, list[Suspension]] = {}
    for s in Suspension.objects.filter(allocation__application__round=round_).select_related("allocation"):
        if s.declaration_id is not None:
            suspended.setdefault(s.declaration_id, []).append(s)
        elif s.known_id is not None:
            found_out.setdefault(s.known_id, []).append(s)
    reasons = {}
    objections = list(AssessorObjection.objects.filter(application__round=round_).select_related("application", "why"))
    for named_in in objections:
        why: ObjectionReason | None = getattr(named_in, "why", None)
        for key in {named_in.sort_key, named_in.email.lower()} - {""} if why else ():
            reasons[named_in.application_id, key] = why.text  # type: ignore[union-attr]
    found = []
    # (applicant, name or address) of those who were named and are known
    matched: set[tuple[int, str]] = set()
    rows = ConflictDeclaration.objects.filter(Q(person__in=by_applicant) | Q(other__in=by_applicant))
    for d in rows.select_related("person", "other", "declared_by", "lifted_by").order_by("declared_at", "id"):
        if d.known == ConflictDeclaration.Known.APPLICATION:
            matched |= {(d.person_id, d.other.sort_key), (d.person_id, d.other.email.lower())}
        for applicant, other in ((d.person, d.other), (d.other, d.person)):
            application = by_applicant.get(applicant.pk)
            named = d.known == ConflictDeclaration.Known.APPLICATION and d.person_id == applicant.pk
            if application is None or not (other.pk in judges or d.pk in suspended or named):
                continue
            said = (application.pk, other.sort_key)
            found.append(
                OnRecord(
                    application,
                    other,
                    d.get_known_display(),
                    d.get_kind_display(),
                    d.declared_at,
                    d.declared_by.name,
                    (reasons.get(said) or reasons.get((application.pk, other.email.lower())) or "") if named else "",
                    d,
                    [s for s in suspended.get(d.pk, []) if s.allocation.application_id == application.pk],
                    decided is not None and d.declared_at > decided,
                )
            )
    known = list(
        KnownConflict.objects.filter(application__round=round_).select_related("person", "application__applicant")
    )
    # one employer is one conflict, as it was when the application was sent and as it is now
    then = {(k.application_id, k.person_id, k.known_at, k.ended_at) for k in known if k.kind == "employer-then"}
    found += [
        OnRecord(
            k.application,
            k.person,
            "",
            k.reason,
            k.known_at,
            suspensions=found_out.get(k.pk, []),
            after_decision=decided is not None and k.known_at > decided,
            ended=k.ended_at,
        )
        for k in known
        if k.kind != "same-employer"
        or k.pk in found_out
        or (k.application_id, k.person_id, k.known_at, k.ended_at) not in then
    ]
    _attach_observed(round_, found)
    return Record(
        sorted(found, key=lambda r: (r.application.reference, r.person.sort_key, r.since)),
        [
            o
            for o in objections
            if o.application.submitted_at is not None
            and (o.application.applicant_id, o.sort_key) not in matched
            and (o.application.applicant_id, o.email.lower()) not in matched
        ],
    )


def _attach_observed(round_: SelectionRound, found: list[OnRecord]) -> None:
    """Parts at an assessment centre that were taken while the conflict stood."""
    parts: dict[tuple[int, int], list[Observer]] = {}
    taken = Observer.objects.filter(place__application__round=round_, suspended_at__isnull=False)
    for o in taken.select_related("exercise", "place").order_by("starts_at", "pk"):
        parts.setdefault((o.place.application_id, o.person_id), []).append(o)
    for row in found:
        ended = row.ended or (row.declaration.lifted_at if row.declaration else None)
        row.observed = [
            o
            for o in parts.get((row.application.pk, row.person.pk), [])
            if o.suspended_at and row.since <= o.suspended_at and (ended is None or o.suspended_at <= ended)
        ]
