"""Who knew of which conflict in a round, and since when: what an auditor reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

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
from selection.selectors.assessment import round_assessors
from tenancy.models import Change, ConflictDeclaration, Person, Role
from tenancy.selectors import people_with_role


def people_of_round(round_: SelectionRound) -> set[int]:
    """Everybody who judges in the round or has: its assessors, whoever ever held a piece of its pile or observed, and staff."""
    observed = Observer.objects.filter(place__application__round=round_).values_list("person", flat=True)
    held = AssessorAllocation.objects.filter(application__round=round_).values_list("assessor", flat=True)
    judges = [*round_assessors(round_), *people_with_role(Role.STAFF, cohort_id=round_.cohort_id)]
    return {person.pk for person in judges} | set(held.union(observed))


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


def decided_at(round_: SelectionRound) -> datetime | None:
    steps = Change.objects.filter(subject_kind=round_._meta.label, subject_id=round_.public_id, name="decide")
    return steps.values_list("at", flat=True).first()


def conflicts_on_record(round_: SelectionRound) -> list[OnRecord]:
    """Every conflict of the round, by application: declared ones with what they suspended, and those the portal found. Eight statements,
    whatever the number. Reasons of applicants are read as the person who asks reads them: never by whoever is named."""
    by_applicant = {a.applicant_id: a for a in Application.objects.filter(round=round_).select_related("applicant")}
    judges = people_of_round(round_)
    decided = decided_at(round_)
    suspended: dict[int, list[Suspension]] = {}
    found_out: dict[int, list[Suspension]] = {}
    for s in Suspension.objects.filter(allocation__application__round=round_).select_related("allocation"):
        if s.declaration_id is not None:
            suspended.setdefault(s.declaration_id, []).append(s)
        elif s.known_id is not None:
            found_out.setdefault(s.known_id, []).append(s)
    reasons = {}
    for why in ObjectionReason.objects.filter(objection__application__round=round_).select_related("objection"):
        named_in = why.objection
        for key in {named_in.sort_key, named_in.email.lower()} - {""}:
            reasons[named_in.application_id, key] = why.text
    found = []
    rows = ConflictDeclaration.objects.filter(Q(person__in=by_applicant) | Q(other__in=by_applicant))
    for d in rows.select_related("person", "other", "declared_by", "lifted_by").order_by("declared_at", "id"):
        for applicant, other in ((d.person, d.other), (d.other, d.person)):
            application = by_applicant.get(applicant.pk)
            named = d.known == ConflictDeclaration.Known.APPLICATION and d.person_id == applicant.pk
            if application is None or not (other.pk in judges or d.pk in suspended or named):
                continue
            key = (application.pk, other.sort_key)
            found.append(
                OnRecord(
                    application,
                    other,
                    d.get_known_display(),
                    d.get_kind_display(),
                    d.declared_at,
                    d.declared_by.name,
                    (reasons.get(key) or reasons.get((application.pk, other.email.lower())) or "") if named else "",
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
    return sorted(found, key=lambda r: (r.application.reference, r.person.sort_key, r.since))


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


def unmatched_objections(round_: SelectionRound) -> list[AssessorObjection]:
    """Whom applicants named and the tenant doesn't know under that name or address: nothing to bar yet."""
    rows = AssessorObjection.objects.filter(application__round=round_, application__submitted_at__isnull=False)
    known = {
        (d.person_id, key)
        for d in ConflictDeclaration.objects.filter(
            known=ConflictDeclaration.Known.APPLICATION, person__applications__round=round_
        ).select_related("other")
        for key in (d.other.sort_key, d.other.email.lower())
    }
    return [
        o
        for o in rows.select_related("application", "why")
        if (o.application.applicant_id, o.sort_key) not in known
        and (o.application.applicant_id, o.email.lower()) not in known
    ]
