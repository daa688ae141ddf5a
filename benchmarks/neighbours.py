"""Other tenants, each with people, a cohort, a scored round: what the measured tenant's pages must not notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connections
from django.db.models import Model
from django.utils import timezone

from cohorts.models import Cohort, Participation, Programme
from selection.models import (
    Application,
    AssessorAllocation,
    Criterion,
    Endorsement,
    Score,
    SelectionFramework,
    SelectionRound,
)
from tenancy.models import Organisation, Person, Sector, Tenant
from tenancy.models.base import new_public_id

PEOPLE = 16
ASSESSORS = 2
CRITERIA = 3
BATCH = 5000


@contextmanager
def without_triggers() -> Iterator[None]:
    """The audit of rows that nobody reads would double the time of loading."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'pgtrigger%'"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def write(model: type[Model], rows: Iterable[Any]) -> list[Any]:
    """As the owner, who may write for every tenant at once; in batches, in order."""
    made: list[Any] = []
    queue = iter(rows)
    while batch := list(islice(queue, BATCH)):
        made += model.unscoped("owner").bulk_create(batch)  # type: ignore[attr-defined]
    return made


def add_neighbours(count: int) -> None:
    """`count` more tenants with 16 people, 16 applications, 32 assessments and 96 scores each."""
    with without_triggers():
        tenants = Tenant.objects.using("owner").bulk_create(
            Tenant(slug=f"tenant-{n:04}", name=f"Tenant {n:04}") for n in range(count)
        )
        people = frame(tenants)
        score_all(tenants, *people)


def frame(tenants: list[Tenant]) -> tuple[list[SelectionRound], list[list[Person]]]:
    """For each tenant: sector, employer, programme, cohort, round, people and their places."""
    now = timezone.now()
    sectors = write(Sector, (Sector(tenant=t, name="health") for t in tenants))
    bodies = write(Organisation, (Organisation(tenant=s.tenant, name="Trust", sector=s) for s in sectors))
    programmes = write(Programme, (Programme(tenant=t, name="Programme", slug="programme") for t in tenants))
    cohorts = write(
        Cohort,
        (
            Cohort(
                tenant=p.tenant, programme=p, name="Cohort", slug="cohort", places=20, stage="running",
                starts_on=now.date(), ends_on=now.date() + timedelta(days=270),
            )
            for p in programmes
        ),
    )  # fmt: skip
    frameworks = write(
        SelectionFramework, (SelectionFramework(tenant=p.tenant, programme=p, number=1) for p in programmes)
    )
    rounds = write(
        SelectionRound,
        (
            SelectionRound(
                tenant=c.tenant, cohort=c, framework=f, state="moderating", opens_at=now - timedelta(days=60), closes_at=now,
                endorse_by=now, score_by=now,
            )
            for c, f in zip(cohorts, frameworks, strict=True)
        ),
    )  # fmt: skip
    people = write(
        Person,
        (
            Person(
                tenant=b.tenant, name=f"Person {n}", sort_key=f"person {n:04}", email=f"p{n}@people.example",
                organisation=b, public_id=new_public_id(),
            )
            for b in bodies
            for n in range(PEOPLE)
        ),
    )  # fmt: skip
    grouped = [people[n : n + PEOPLE] for n in range(0, len(people), PEOPLE)]
    write(
        Participation,
        (
            Participation(tenant=c.tenant, cohort=c, person=p, organisation=p.organisation, joined_at=now)
            for c, group in zip(cohorts, grouped, strict=True)
            for p in group
        ),
    )
    return rounds, grouped


def score_all(tenants: list[Tenant], rounds: list[SelectionRound], people: list[list[Person]]) -> None:
    now = timezone.now()
    criteria = write(
        Criterion,
        (
            Criterion(tenant=r.tenant, framework=r.framework, name=f"C{n}", position=n)
            for r in rounds
            for n in range(CRITERIA)
        ),
    )
    applications = write(
        Application,
        (
            Application(
                tenant=r.tenant, round=r, cohort=r.cohort, applicant=p, organisation=p.organisation, route="own",
                reference=f"N-{n:04}", state="eligible", submitted_at=now,
            )
            for r, group in zip(rounds, people, strict=True)
            for n, p in enumerate(group)
        ),
    )  # fmt: skip
    write(
        Endorsement,
        (
            Endorsement(tenant=a.tenant, application=a, kind="line_manager", endorser=a.applicant, state="given")
            for a in applications
        ),
    )
    chosen = {r.pk: group[:ASSESSORS] for r, group in zip(rounds, people, strict=True)}
    allocations = write(
        AssessorAllocation,
        (
            AssessorAllocation(tenant=a.tenant, application=a, assessor=who, allocated_at=now, finished_at=now)
            for a in applications
            for who in chosen[a.round_id]
        ),
    )
    of_round: dict[int, list[Criterion]] = {}
    for criterion in criteria:
        of_round.setdefault(criterion.framework_id, []).append(criterion)
    write(
        Score,
        (
            Score(tenant=row.tenant, allocation=row, criterion=c, points=1 + (row.pk + c.pk) % 7)
            for row in allocations
            for c in of_round[row.application.round.framework_id]
        ),
    )
