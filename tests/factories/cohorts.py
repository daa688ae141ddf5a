"""Cohorts for tests, through the services. All in the open tenant, except the cast, who open their own."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort, Event, Participation, Programme
from cohorts.services.cohorts import create_cohort, create_programme
from cohorts.services.events import create_event
from cohorts.services.participation import join_cohort
from cohorts.services.sets import publish_sets, save_proposal
from tenancy.actors import Actor
from tenancy.models import Person, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.people import ensure_account, ensure_person, give_role
from tests.conftest import cast_member
from tests.factories.tenancy import make_organisation

SYSTEM = Actor.system("test set-up")


def make_programme(name: str = "Leading Greater Essex") -> Programme:
    return Programme.objects.filter(name=name).first() or create_programme(name=name, by=SYSTEM)


def make_cohort(name: str = "Cohort 2", *, stage: str = "running", places: int = 50, **fields: Any) -> Cohort:
    today = timezone.localdate()
    cohort = create_cohort(
        programme=fields.pop("programme", None) or make_programme(),
        name=name,
        places=places,
        starts_on=fields.pop("starts_on", today - timedelta(days=30)),
        ends_on=fields.pop("ends_on", today + timedelta(days=240)),
        by=SYSTEM,
        **fields,
    )
    if stage != cohort.stage:
        cohort.stage = stage
        cohort.save(update_fields=["stage"])
    return cohort


def make_person(
    name: str, organisation: str = "Essex County Council", sector: str = "local government", **details: Any
) -> Person:
    manager = details.pop("line_manager", None)
    person, _made = ensure_person(
        name=name,
        email=details.pop("email", f"{name.lower().replace(' ', '.')}@example.org"),
        organisation=make_organisation(organisation, sector),
        by=SYSTEM,
        **details,
    )
    if manager is not None:
        person.line_manager = manager
        person.save()
    return person


def make_participant(
    cohort: Cohort,
    name: str,
    organisation: str = "Essex County Council",
    sector: str = "local government",
    **details: Any,
) -> Participation:
    person = make_person(name, organisation, sector, **details)
    return join_cohort(cohort=cohort, person=person, organisation=person.organisation, by=SYSTEM)


def make_many(cohort: Cohort, n: int, *, organisations: int = 0) -> list[Participation]:
    """`n` participants over `organisations` employers (one each when 0) in three sectors."""
    sectors = ("local government", "health", "police and fire")
    spread = organisations or n
    return [
        make_participant(
            cohort,
            f"Person {i:02}",
            f"Organisation {i % spread:02}",
            sectors[i % spread % 3],
            district=f"District {i % 5}",
        )
        for i in range(n)
    ]


def ten_in_the_morning(days: int) -> datetime:
    """So many days from today by the clock on the wall; what begins then ends on the same day, at whatever hour the tests run."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(10)))


def make_event(cohort: Cohort, title: str = "Workshop 1", *, starts_at: datetime | None = None, **fields: Any) -> Event:
    starts_at = starts_at or ten_in_the_morning(7)
    owner = fields.pop("owner", None)
    return create_event(
        cohort=cohort,
        kind=fields.pop("kind", "workshop"),
        title=title,
        starts_at=starts_at,
        ends_at=fields.pop("ends_at", starts_at + timedelta(hours=3)),
        place=fields.pop("place", "County Hall"),
        by=fields.pop("by", SYSTEM),
        owner=owner,
        **fields,
    )


def make_past_event(cohort: Cohort, title: str = "Workshop 0", **fields: Any) -> Event:
    return make_event(cohort, title, starts_at=ten_in_the_morning(-3), **fields)


def make_sets(
    cohort: Cohort, groups: list[list[Person]], *, facilitator: Person | None = None, publish: bool = True
) -> Any:
    plan = save_proposal(cohort=cohort, groups=[[p.pk for p in group] for group in groups], seed=1, steps=0, by=SYSTEM)
    if facilitator is not None:
        plan.sets.update(facilitator=facilitator)
    if publish:
        plan = publish_sets(plan=plan, version=plan.version, by=SYSTEM)
    return plan


def sign_in_as(
    tenant: Tenant, person: Person, *roles: str, cohort: Cohort | None = None, programme: Programme | None = None
) -> SimpleNamespace:
    """The person with an account, signed in, holding these roles for the cohort or programme (or the whole tenant)."""
    of = {"cohort_id": cohort.pk if cohort else None, "programme_id": programme.pk if programme else None}
    with tenant_context(tenant):
        for role in roles:
            give_role(person=person, role=role, by=SYSTEM, **of)
        account = ensure_account(person=person)
    return cast_member(tenant, person, account)


def actor_for(person: Person) -> Actor:
    return actor_of(person)
