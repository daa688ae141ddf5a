"""People whom nothing needs any more: known by a name and an address, and named by nothing.

What needs a person is every key to one, of any app, but for what is about nobody else: where they worked, links made for them, mails that
have left. An app says of its own keys which of them need nobody (`loose_ends`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.apps import apps
from django.db.models import Exists, ForeignKey, Model, OuterRef, Q, QuerySet

from tenancy.models import Access, Change, Employment, Link, Person
from tenancy.registry import Registry
from tenancy.retention import SYS, event_model, held
from tenancy.scope import current_scope, tenant_context


@dataclass(frozen=True)
class LooseEnd:
    """Rows of `model` whose `key` names a person without needing them. `release(people)`, as portal_app, has them name somebody else."""

    model: type[Model]
    key: str
    rows: Q = field(default_factory=Q)
    release: Callable[[Sequence[Person]], object] | None = None


loose_ends: Registry[LooseEnd] = Registry("What names a person without needing them?")
loose_ends.register("tenancy.employment", LooseEnd(Employment, "person"))
loose_ends.register("tenancy.link", LooseEnd(Link, "person"))
# Records say by whom in words, too.
loose_ends.register("tenancy.change", LooseEnd(Change, "by_person"))
loose_ends.register("tenancy.access", LooseEnd(Access, "by_person"))


@cache
def keys() -> tuple[ForeignKey, ...]:
    """Every key to a person, but the audit's."""
    models = [m for m in apps.get_models() if not hasattr(m, "pgh_tracked_model")]
    return tuple(
        f
        for m in models
        for f in m._meta.concrete_fields
        if isinstance(f, ForeignKey) and f.remote_field.model is Person
    )


def needs() -> Iterator[Exists]:
    loose = {(end.model, end.key): end.rows for end in loose_ends}
    for key in keys():
        rows = QuerySet(key.model).filter(**{key.name: OuterRef("pk")})
        if (end := loose.get((key.model, key.name))) is not None:
            if not end:
                continue
            rows = rows.exclude(end)
        yield Exists(rows)


def named_by_nothing() -> QuerySet[Person]:
    """Read as portal_app. What is private to somebody it can't see; whoever has such rows has a membership or an invitation as well."""
    people = Person.objects.exclude(held(Person))
    for need in needs():
        people = people.exclude(need)
    return people.order_by("pk")


def unneeded(before: datetime) -> QuerySet[Person]:
    return named_by_nothing().filter(created_at__lt=before)


def release(people: Sequence[Person]) -> None:
    for end in loose_ends:
        if end.release is not None:
            end.release(people)


def delete_people(people: Sequence[Person]) -> None:
    """Those of them whom still nothing needs: locked first, then looked at again, so that nobody who is named at this moment goes."""
    held_now = Person.objects.using(SYS).select_for_update().filter(pk__in=[person.pk for person in people])
    locked = list(held_now.order_by("pk").values_list("pk", flat=True))
    with tenant_context(current_scope().tenant_id):
        still = list(named_by_nothing().filter(pk__in=locked).values_list("pk", flat=True))
    # Not delete_rows: what once named them and names somebody else now keeps its history.
    event = event_model(Person)
    assert event is not None
    versions = QuerySet(event, using=SYS).filter(id__in=still)
    names = list(versions.values_list("public_id", flat=True).distinct())
    Change.objects.using(SYS).filter(subject_kind=Person._meta.label, subject_id__in=names)._raw_delete(SYS)
    QuerySet(Person, using=SYS).filter(pk__in=still)._raw_delete(SYS)
    QuerySet(event, using=SYS).filter(id__in=still)._raw_delete(SYS)
