"""Things owed, from real rows: each active participation is owed until it ends, due when it was joined."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Value
from django.utils import timezone

from cohorts.models import Cohort, Participation, Programme
from reminders.obligations import ObligationSource
from tenancy.actors import Actor
from tenancy.models import Person
from tenancy.services.people import ensure_person

LONG_AGO = timedelta(days=400)


def owed_rows(state: str = "active") -> Any:
    return Participation.objects.filter(state=state).annotate(
        owed_by=F("person_id"),
        owed_about=F("cohort__name"),
        owed_key=F("public_id"),
        owed_due=F("joined_at"),
        owed_since=Value(timezone.now() - LONG_AGO),
        owed_cohort=F("cohort_id"),
    )


def make_source(kind: str, state: str = "active", **options: Any) -> ObligationSource:
    defaults = {
        "label": "Say hello to {about}",
        "board_label": f"Greetings ({kind})",
        "path": lambda slug, key: f"/{slug}/greet/{key}/",
        "ends": "the participation ends",
    }
    return ObligationSource(kind=kind, rows=lambda: owed_rows(state), **{**defaults, **options})


def make_cohort(name: str = "Cohort 1", **fields: Any) -> Cohort:
    """In the open tenant."""
    programme, _ = Programme.objects.get_or_create(slug="leaders", defaults={"name": "Leaders"})
    values = {"places": 50, "starts_on": date(2026, 1, 5), "ends_on": date(2027, 1, 5), **fields}
    return Cohort.objects.create(programme=programme, name=name, slug=name.lower().replace(" ", "-"), **values)


def make_person(name: str, email: str | None = None) -> Person:
    """Without an account, in the open tenant."""
    address = f"{name.lower().replace(' ', '.')}@people.example" if email is None else email
    person, _ = ensure_person(name=name, email=address, by=Actor.system("test set-up"))
    return person


def owe(person: Person, cohort: Cohort, due: datetime, state: str = "active") -> Participation:
    return Participation.objects.create(cohort=cohort, person=person, joined_at=due, state=state)


def finish(participation: Participation) -> None:
    Participation.objects.filter(pk=participation.pk).update(state="withdrawn")
