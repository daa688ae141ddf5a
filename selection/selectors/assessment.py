"""Who scores what, and who may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from statistics import median
from typing import Protocol

from django.db.models import Count, DateField, Exists, F, Max, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.models import Application, AssessorAllocation, Endorsement, Score, SelectionRound
from selection.states import ApplicationState as S
from selection.states import RoundState
from tenancy.conflicts import conflict_sources, conflicts_among, pair
from tenancy.models import ConflictDeclaration, Employment, Person, Role
from tenancy.selectors import people_with_role

# Having assessed or observed somebody is no reason not to assess them.
IGNORED_CONFLICTS = frozenset({"selection.assessor", "selection.observer"})
MINUTES_EACH = 10
LONGEST_SITTING = timedelta(hours=1)


def suspended(person: str, other: str) -> Exists:
    """An open declaration between two people, either way round: it closes the page before anybody re-allocates."""
    return Exists(
        ConflictDeclaration.objects.filter(
            Q(person=OuterRef(person), other=OuterRef(other)) | Q(person=OuterRef(other), other=OuterRef(person)),
            lifted_at__isnull=True,
        )
    )


def live_allocations() -> QuerySet[AssessorAllocation]:
    """Allocations that stand: not taken back, the application not withdrawn, no conflict declared meanwhile."""
    return AssessorAllocation.objects.filter(
        ~suspended("assessor", "application__applicant"), withdrawn_at__isnull=True
    ).exclude(application__state=S.WITHDRAWN)


def open_allocations() -> QuerySet[AssessorAllocation]:
    """What is still to be scored, in rounds being assessed."""
    return live_allocations().filter(
        finished_at__isnull=True, application__state=S.ELIGIBLE, application__round__state=RoundState.ASSESSING
    )


def round_assessors(round_: SelectionRound) -> list[Person]:
    return people_with_role(Role.ASSESSOR, cohort_id=round_.cohort_id)


# (application id, person id) -> why the two must not meet, as (kind, sentence), the most telling first.
Bars = dict[tuple[int, int], list[tuple[str, str]]]


def bars(applications: Collection[Placed], people: Collection[Person], *, employers: bool = True) -> Bars:
    """Every reason why one of these people must not judge one of these applications; two statements, whatever the numbers.

    The same employer counts now and as it was when the application was sent, on either side, unless `employers` is False.
    """
    kinds = {name for name, _source in conflict_sources.items()} - IGNORED_CONFLICTS
    if not employers:
        kinds.discard("same-employer")
    judges = {p.pk for p in people}
    among = conflicts_among(judges | {a.applicant_id for a in applications}, kinds=kinds, of=judges)
    endorsed, left = _asked_and_left(applications, people, employers=employers)
    found: Bars = {}
    for application in applications:
        since = _sent_on(application)
        for person in people:
            why: list[tuple[str, str]] = []
            if person.pk == application.applicant_id:
                why.append(("applicant", _("is the applicant")))
            if (application.pk, person.pk) in endorsed:
                why.append(("endorser", _("was asked to endorse it")))
            elif person.pk in (application.line_manager_id, application.sponsor_id):
                why.append(("named", _("is named in it as line manager or chief officer")))
            same = person.organisation_id is not None and person.organisation_id == application.organisation_id
            if employers and same:
                why.append(("employer-then", _("works for the same organisation")))
            elif any(end >= since for end in left.get((person.pk, application.organisation_id), ())):
                why.append(("employer-then", _("worked for the same organisation when it was sent")))
            why += [(c.kind, c.reason) for c in among.get(pair(person.pk, application.applicant_id), ())]
            if why:
                found[application.pk, person.pk] = why
    return found


class Judged(Protocol):
    """As much of an application as says who has a tie to it: the row itself, or its line in a ranking."""

    @property
    def pk(self) -> int: ...

    @property
    def applicant_id(self) -> int: ...

    @property
    def line_manager_id(self) -> int | None: ...

    @property
    def sponsor_id(self) -> int | None: ...


class Placed(Judged, Protocol):
    """And as much as says whose employer they had in common when it was sent."""

    @property
    def organisation_id(self) -> int: ...

    @property
    def submitted_at(self) -> datetime | None: ...

    @property
    def received_on(self) -> date | None: ...

    @property
    def created_at(self) -> datetime: ...


def ties_in_round(round_: SelectionRound, person_id: int) -> dict[int, str]:
    """Applicant's id → why one person mustn't judge them, of everybody who applied in the round; one statement. Their employer alone is
    no reason: this is asked about staff."""
    applicants = Application.objects.filter(round=round_).values("applicant")
    people = Person.objects.filter(Q(pk=person_id) | Q(pk__in=applicants)).values("pk")
    kinds = {name for name, _source in conflict_sources.items()} - IGNORED_CONFLICTS - {"same-employer"}
    among = conflicts_among(people, kinds=kinds, of=[person_id])
    return {one if other == person_id else other: why[0].reason for (one, other), why in among.items()}


def closed_among(rows: Iterable[Judged], ties: Mapping[int, str], person_id: int) -> dict[int, str]:
    """Application id → why it's closed to that person, who has these ties."""
    found: dict[int, str] = {}
    for row in rows:
        if row.applicant_id == person_id:
            found[row.pk] = _("It is your own application.")
        elif person_id in (row.line_manager_id, row.sponsor_id):
            found[row.pk] = _("You’re named in it as line manager or chief officer.")
        elif row.applicant_id in ties:
            found[row.pk] = ties[row.applicant_id]
    return found


def _sent_on(application: Placed) -> date:
    at = application.submitted_at
    return timezone.localdate(at) if at else application.received_on or timezone.localdate(application.created_at)


def _asked_and_left(
    applications: Collection[Placed], people: Collection[Person], *, employers: bool
) -> tuple[set[tuple[int, int | None]], dict[tuple[int, int], list[date]]]:
    """(application id, person id) of everybody asked to endorse; and (person id, organisation id) → the days on which they stopped
    working there. One statement for both."""
    asked = (
        Endorsement.objects.filter(application__in=[a.pk for a in applications])
        .order_by()
        .values_list("application_id", "endorser_id", Value(None, DateField()))
    )
    gone = (
        Employment.objects.filter(
            person__in=[p.pk for p in people],
            organisation__in={a.organisation_id for a in applications},
            to_date__isnull=False,
        )
        .order_by()
        .values_list("person_id", "organisation_id", "to_date")
    )
    endorsed: set[tuple[int, int | None]] = set()
    left: dict[tuple[int, int], list[date]] = {}
    for one, other, end in asked.union(gone, all=True) if employers else asked:
        if end is None:
            endorsed.add((one, other))
        else:
            left.setdefault((one, other), []).append(end)
    return endorsed, left


def barred_pairs(applications: Collection[Application], assessors: Collection[Person]) -> dict[tuple[int, int], str]:
    """(application, assessor) that must not meet, and the most telling reason why."""
    return {key: why[0][1] for key, why in bars(applications, assessors).items()}


@dataclass
class AssessorLoad:
    """One assessor's line on the staff page."""

    person: Person
    allocated: int = 0
    finished: int = 0

    @property
    def left(self) -> int:
        return self.allocated - self.finished


def assessor_loads(round_: SelectionRound) -> list[AssessorLoad]:
    """Everyone who is an assessor for the cohort or has work in the round, by name."""
    loads = {person.pk: AssessorLoad(person) for person in round_assessors(round_)}
    counts = {
        row["assessor"]: (row["allocated"], row["finished"])
        for row in live_allocations()
        .filter(application__round=round_)
        .order_by()
        .values("assessor")
        .annotate(allocated=Count("pk"), finished=Count("finished_at"))
    }
    gone = [pk for pk in counts if pk not in loads]
    for person in Person.objects.filter(pk__in=gone).select_related("organisation") if gone else []:
        loads[person.pk] = AssessorLoad(person)
    for pk, (allocated, finished) in counts.items():
        loads[pk].allocated, loads[pk].finished = allocated, finished
    return sorted(loads.values(), key=lambda load: (load.person.sort_key, load.person.pk))


@dataclass
class Shortfall:
    """An application that lacks assessors, and why each assessor who isn't on it can't be."""

    application: Application
    missing: int
    reasons: list[tuple[str, str]]


def shortfalls(round_: SelectionRound) -> list[Shortfall]:
    """Applications with fewer assessors than the round asks for; nothing more is read when there are none."""
    live = Q(allocations__withdrawn_at__isnull=True)
    short = list(
        Application.objects.filter(round=round_, state=S.ELIGIBLE)
        .annotate(held=Count("allocations", filter=live))
        .filter(held__lt=round_.assessors_per_application)
        .order_by("reference")
    )
    if not short:
        return []
    assessors = round_assessors(round_)
    barred = barred_pairs(short, assessors)
    past = dict.fromkeys(
        AssessorAllocation.objects.filter(application__in=short).values_list("application_id", "assessor_id")
    )
    return [
        Shortfall(
            a,
            round_.assessors_per_application - a.held,
            [
                (person.name, barred.get((a.pk, person.pk)) or _("was withdrawn from it"))
                for person in assessors
                if (a.pk, person.pk) in barred or (a.pk, person.pk) in past
            ],
        )
        for a in short
    ]


@dataclass
class Pile:
    """An assessor's work in one round: what is left, about how long it takes, and what they have finished."""

    left: Sequence[AssessorAllocation]
    finished: Sequence[AssessorAllocation]
    minutes_each: int

    @property
    def time_left(self) -> str:
        return time_left(len(self.left), self.minutes_each)


def time_left(applications: int, minutes_each: int) -> str:
    """'about 40 minutes', 'about 3 hours': no more exact than the guess is."""
    minutes = applications * minutes_each
    if minutes < 90:
        return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(n)d hour", "about %(n)d hours", hours) % {"n": hours}


def pile_of(round_: SelectionRound, person_id: int) -> Pile:
    """In an order of the assessor's own, so that nobody's application is always scored last when people are tired."""
    rows = list(
        live_allocations()
        .filter(application__round=round_, assessor_id=person_id)
        .select_related("application")
        .annotate(drafted=Exists(Score.objects.filter(allocation=OuterRef("pk"))))
        .order_by("public_id")
    )
    return pile_from(round_, rows)


def pile_from(round_: SelectionRound, rows: Sequence[AssessorAllocation]) -> Pile:
    """Of allocations that stand."""
    # the latest first: what one may still want to look at again
    finished = sorted((row for row in rows if row.finished_at), key=attrgetter("finished_at"), reverse=True)
    left = [row for row in rows if not row.finished_at and row.application.state == S.ELIGIBLE]
    return Pile(left if round_.state == RoundState.ASSESSING else [], finished, _minutes_each(finished))


def pace_by_round(rounds: Sequence[int], person_id: int | None) -> dict[int, int]:
    """Minutes an application takes this assessor, for each of the rounds with these ids: one query."""
    finished: dict[int, list[AssessorAllocation]] = {pk: [] for pk in rounds}
    rows = live_allocations().filter(application__round__in=rounds, assessor_id=person_id, finished_at__isnull=False)
    for row in rows.select_related("application"):
        finished[row.application.round_id].append(row)
    return {pk: _minutes_each(done) for pk, done in finished.items()}


def minutes_of(row: AssessorAllocation) -> float | None:
    """How long one assessor's work on one application took: counted while the page was in use, or else from opening to finishing;
    None where nobody knows, as after a sitting with a break in it or away from the portal."""
    if row.imported_at is not None:
        return None
    if row.active_seconds:
        return row.active_seconds / 60
    if row.opened_at is None or row.finished_at is None:
        return None
    span = row.finished_at - row.opened_at
    return span.total_seconds() / 60 if timedelta(0) < span < LONGEST_SITTING else None


def _minutes_each(finished: Sequence[AssessorAllocation]) -> int:
    """The assessor's own pace once it is known."""
    pace = [minutes for row in finished if (minutes := minutes_of(row)) is not None]
    return max(1, round(median(pace))) if len(pace) >= 3 else MINUTES_EACH


def waiting_by_assessor(round_: SelectionRound) -> list[tuple[str, int]]:
    """(name, applications not finished) of everyone the round still waits for."""
    rows = (
        AssessorAllocation.objects.filter(
            application__round=round_,
            application__state=S.ELIGIBLE,
            withdrawn_at__isnull=True,
            finished_at__isnull=True,
        )
        .order_by()
        .values("assessor")
        .annotate(name=Max(F("assessor__name")), n=Count("pk"))
        .order_by("name")
    )
    return [(row["name"], row["n"]) for row in rows]


@dataclass
class Earlier:
    """What an assessor has given for one criterion before: how often each number of points, and the latest with what they saw."""

    counts: list[tuple[int, int]]
    latest: list[tuple[str, int, str]]


MOST_EARLIER = 8


def earlier_marks(allocation: AssessorAllocation) -> dict[int, Earlier]:
    """Criterion id → the assessor's own finished marks in the round besides this application's, the latest first; one statement."""
    rows = (
        Score.objects.filter(
            allocation__assessor_id=allocation.assessor_id,
            allocation__application__round=allocation.application.round_id,
            allocation__finished_at__isnull=False,
            allocation__withdrawn_at__isnull=True,
            points__isnull=False,
        )
        .exclude(allocation=allocation.pk)
        .order_by("-allocation__finished_at", "pk")
        .values_list("criterion_id", "allocation__application__reference", "points", "comment")
    )
    found: dict[int, list[tuple[str, int, str]]] = {}
    for criterion_id, reference, points, comment in rows:
        found.setdefault(criterion_id, []).append((reference, points, comment))
    return {
        pk: Earlier(sorted(Counter(points for _r, points, _c in given).items()), given[:MOST_EARLIER])
        for pk, given in found.items()
    }
