"""How long is each kind of record kept? Every app answers; the daily task deletes what is due, and pages say the same numbers.

Deleting runs as portal_sys, in small transactions. Nothing is remembered between them: each asks the database what is due and
still there, so a killed worker loses and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, QuerySet

from tenancy.models import Change, Hold, RetentionPeriod, TenantModel
from tenancy.registry import Registry
from tenancy.words import Words

SYS = "sys"


@dataclass(frozen=True)
class RetentionKind:
    """One kind of record. `after` says in words what its days are counted from.

    `due(before)` gives the rows of the open tenant whose time began before that moment, on the connection `reads`; `delete(rows)`
    deletes them on portal_sys, and what hangs on them; `prepare(rows)` keeps what is to stay, as portal_app, before.
    """

    label: Words
    after: Words
    days: int
    least: int
    most: int
    due: Callable[[datetime], QuerySet]
    delete: Callable[[Sequence[Any]], None]
    prepare: Callable[[Sequence[Any]], None] | None = None
    reads: str = SYS


retention_kinds: Registry[RetentionKind] = Registry("How long is each kind of record kept?")


def periods(using: str = "default") -> dict[str, int]:
    """Days by kind in the open tenant: its own where it has said so."""
    own = dict(RetentionPeriod.objects.using(using).values_list("kind", "days"))
    return {key: min(max(own.get(key, kind.days), kind.least), kind.most) for key, kind in retention_kinds.items()}


def held(model: type[TenantModel], public_id: str = "public_id") -> Exists:
    """Whether somebody holds the row of `model` that `public_id` leads to."""
    return Exists(
        Hold.objects.filter(subject_kind=model._meta.label, subject_id=OuterRef(public_id), lifted_at__isnull=True)
    )


def delete_rows(model: type[Model], ids: Sequence[int]) -> None:
    """Delete rows as portal_sys with what hangs on them (the database cascades), every version the audit has of any of them, and what
    their histories say."""
    kept = list(audit_of(model, list(ids)))
    for event, event_ids in kept:
        names = QuerySet(event, using=SYS).filter(id__in=event_ids).values_list("public_id", flat=True).distinct()
        told = {"subject_kind": event.pgh_tracked_model._meta.label, "subject_id__in": list(names)}  # type: ignore[attr-defined]
        Change.objects.using(SYS).filter(**told)._raw_delete(SYS)
    QuerySet(model, using=SYS).filter(pk__in=ids)._raw_delete(SYS)  # type: ignore[attr-defined]
    for event, event_ids in kept:
        QuerySet(event, using=SYS).filter(id__in=event_ids)._raw_delete(SYS)


def audit_of(model: type[Model], ids: list[int]) -> list[tuple[type[Model], list[int]]]:
    """The event tables that have versions of these rows or of rows that go with them, each with the ids of what they are of."""
    found: list[tuple[type[Model], list[int]]] = []
    if event := event_model(model):
        found.append((event, ids))
    # keys without a way back are hidden, and cascade all the same
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        child = relation.related_model
        if relation.on_delete is not models.CASCADE or hasattr(child, "pgh_tracked_model"):
            continue
        if not (child_event := event_model(child)):
            continue
        column = relation.field.attname
        rows = QuerySet(child_event, using=SYS).filter(**{f"{column}__in": ids}).values_list("id", flat=True)
        if child_ids := list(rows.distinct()):
            found += audit_of(child, child_ids)
    return found


def event_model(model: type[Model]) -> type[Model] | None:
    """The table of the audit that has this model's versions."""
    return events().get(model)


@cache
def events() -> dict[type[Model], type[Model]]:
    return {e.pgh_tracked_model: e for e in apps.get_models() if hasattr(e, "pgh_tracked_model")}
