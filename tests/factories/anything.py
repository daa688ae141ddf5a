"""One row of any tenant-owned model, filled by looking at its fields: for tests that walk every model."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from cohorts.models import Ask, AskText, Cohort, LearningSet, Participation, SetMembership, SetPlan
from outcomes.models import NetworkPlace, NetworkWave
from projects.models import ProjectMembership, Stakeholder
from tenancy.models import Person, TenantModel
from tenancy.scope import become

NOW = timezone.now().replace(minute=0, second=0, microsecond=0)


def plain_value(field: models.Field) -> Any:
    """A value the column takes, different at each call where the column might be unique."""
    kind = field.get_internal_type()
    if field.choices:
        return field.flatchoices[0][0]
    if kind in {"CharField", "SlugField", "TextField", "EmailField", "URLField"}:
        text = f"x{uuid.uuid4().hex}"
        if kind == "EmailField":
            return f"{text[:12]}@canary.example"
        return text[: field.max_length or 20]
    values = {
        "BooleanField": False,
        "DateField": date(2026, 1, 5),
        "DateTimeField": NOW,
        "TimeField": time(9),
        "DecimalField": Decimal("3.00"),
        "FloatField": 1.0,
        "JSONField": {},
        "BinaryField": uuid.uuid4().bytes + uuid.uuid4().bytes,
        "DurationField": timedelta(hours=1),
        "ArrayField": [],
        "DateTimeRangeField": DateTimeTZRange(NOW, NOW + timedelta(hours=1)),
    }
    return values.get(kind, 1)


# What the fields alone don't say: check constraints.
LATER = {"ends_on", "closes_at", "ends_at", "ends_until"}


def value_for(model: type[TenantModel], field: models.Field, person: Person) -> Any:
    if field.name in LATER:
        return plain_value(field) + timedelta(
            days=400 if field.get_internal_type() == "DateField" else 0,
            hours=1 if isinstance(NOW, datetime) and field.get_internal_type() != "DateField" else 0,
        )
    if field.is_relation:
        return related_value(model, field, person)
    return plain_value(field)


def related_value(model: type[TenantModel], field: models.Field, person: Person) -> Any:
    target = field.related_model
    if target._meta.label == "tenancy.Account":
        return target.objects.create_user(f"{uuid.uuid4().hex[:12]}@canary.example")
    if target is Person:
        # two different people where a row names two (other, mentee), the reader otherwise
        second = field.name in {"other", "mentee", "endorser", "helper"} or (field.unique and field.name != "author")
        second |= (model._meta.label, field.name) == ("cohorts.SeatingPair", "second")
        return make_any(Person, person) if second else person
    return make_any(target, person)


# What check constraints ask of several columns together.
TOGETHER: dict[str, dict[str, Any]] = {
    "selection.BalanceRule": {"attribute": "place", "words": "Harlow", "floor": 1},
}
# Keys that may be empty, and that a check constraint asks for.
NEEDED = {
    # whoever writes in a set's room is in it
    ("cohorts.LearningSet", "facilitator"),
    ("selection.SeatCommitment", "sector"),
    ("selection.AssessorExpertise", "sector"),
    ("selection.ScoreImport", "uploaded_by"),
    ("cohorts.AttendanceImport", "uploaded_by"),
    ("selection.Suspension", "declaration"),
    ("cohorts.ReflectionShare", "with_person"),
}


def facilitated(person: Person) -> dict[str, Any]:
    """They facilitate the set in force that they're in: whose cohort that is."""
    plan = make_any(SetPlan, person, state="published")
    own = make_any(LearningSet, person, plan=plan, cohort=plan.cohort)
    make_any(SetMembership, person, plan=plan, learning_set=own)
    return {"cohort": plan.cohort}


def asked_by_another(person: Person, other: Person | None = None) -> dict[str, Any]:
    """Somebody else of their cohort asks, and they read it."""
    cohort, other = make_any(Cohort, person), other or make_any(Person, person)
    for one in (person, other):
        make_any(Participation, person, cohort=cohort, person=one, state="active")
    become(other.pk)
    until = timezone.now() + timedelta(days=1)
    ask = make_any(Ask, other, cohort=cohort, audience="cohort", ends_at=until)
    make_any(AskText, other, ask=ask)
    become(person.pk)
    return {"ask": ask, "owner": other}


def on_a_list(person: Person, other: Person | None = None) -> dict[str, Any]:
    """They, and whom they name, are on the list of one network survey."""
    wave, other = make_any(NetworkWave, person), other or make_any(Person, person)
    for one in (person, other):
        make_any(NetworkPlace, person, wave=wave, person=one)
    return {"wave": wave, "other": other}


def on_a_list_alone(person: Person) -> dict[str, Any]:
    return {"wave": on_a_list(person)["wave"]}


def leading(person: Person) -> dict[str, Any]:
    """They lead a project, whose map they keep."""
    return {"project": make_any(ProjectMembership, person, is_lead=True).project}


def on_a_map(person: Person) -> dict[str, Any]:
    """One is on the map of a project that they lead."""
    row = make_any(Stakeholder, person)
    return {"stakeholder": row, "project": row.project}


# What must stand before, for the row's own wall to let it be written.
BEFORE = {
    "cohorts.EngagementSignal": facilitated,
    "cohorts.CheckIn": facilitated,
    "cohorts.IssueTally": facilitated,
    "cohorts.AskAnswer": asked_by_another,
    "outcomes.Tie": on_a_list,
    "outcomes.NetworkStanding": on_a_list_alone,
    "projects.Stakeholder": leading,
    "projects.StakeholderShare": leading,
    "projects.MapQuestion": leading,
    "projects.StakeholderEntry": on_a_map,
    "projects.StakeholderMove": on_a_map,
}


def make_any(model: type[models.Model], person: Person | None, /, **given: Any) -> Any:
    """Save one row in the open tenant, as `person` (who must be the scope's person for private tables); `given` goes first."""
    before = BEFORE.get(model._meta.label)
    given = TOGETHER.get(model._meta.label, {}) | (before(person) if before and person else {}) | given
    values: dict[str, Any] = dict(given)
    for field in model._meta.local_fields:
        required = not field.null and not field.has_default() and not field.primary_key
        required = required or (model._meta.label, field.name) in NEEDED
        skipped = (
            field.name in {"tenant", *given}
            or getattr(field, "auto_now", False)
            or getattr(field, "auto_now_add", False)
        )
        if not required or skipped or (field.blank and field.empty_strings_allowed and not field.is_relation):
            continue
        values[field.name] = value_for(model, field, person)  # type: ignore[arg-type]
    row = model(**values)
    row.save()
    return row
