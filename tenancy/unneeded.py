"""People whom nothing needs any more: known by a name and an address, and named by nothing.

What needs a person is every key to one, of any app, but for what is about nobody else: where they worked, a membership and roles that have
ended, links made for them, mails that have left. An app says of its own keys which of them need nobody (`loose_ends`).

And sign-ins that no tenant has any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.apps import apps
from django.db.models import CASCADE, Exists, ForeignKey, Model, OuterRef, Q, QuerySet

from tenancy.models import Access, Account, Change, Employment, Link, Membership, Person, RoleAssignment
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
loose_ends.register("tenancy.membership", LooseEnd(Membership, "person", Q(ended_at__isnull=False)))
loose_ends.register("tenancy.roleassignment", LooseEnd(RoleAssignment, "person", Q(valid_to__isnull=False)))
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
    """Those whose time began before that moment: when they became known, or when they were last a member or had a role."""
    since = Membership.objects.filter(person=OuterRef("pk"), ended_at__gte=before)
    held_since = RoleAssignment.objects.filter(person=OuterRef("pk"), valid_to__gte=before)
    return named_by_nothing().filter(~Exists(since), ~Exists(held_since), created_at__lt=before)


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
        going = list(going_with(still))
    # Not delete_rows: what once named them and names somebody else now keeps its history.
    event = event_model(Person)
    assert event is not None
    versions = QuerySet(event, using=SYS).filter(id__in=still)
    names = list(versions.values_list("public_id", flat=True).distinct())
    Change.objects.using(SYS).filter(subject_kind=Person._meta.label, subject_id__in=names)._raw_delete(SYS)
    QuerySet(Person, using=SYS).filter(pk__in=still)._raw_delete(SYS)
    QuerySet(event, using=SYS).filter(id__in=still)._raw_delete(SYS)
    for gone, ids in going:
        QuerySet(gone, using=SYS).filter(id__in=ids)._raw_delete(SYS)


def going_with(people: Sequence[int]) -> Iterator[tuple[type[Model], list[int]]]:
    """The event tables of what the database deletes with these people, each with the ids of what goes."""
    for end in loose_ends:
        key, event = end.model._meta.get_field(end.key), event_model(end.model)
        if event is not None and key.remote_field.on_delete is CASCADE:  # type: ignore[union-attr]
            rows = end.model._default_manager.filter(**{f"{end.key}__in": people})
            yield event, list(rows.values_list("pk", flat=True))


def unused_accounts(before: datetime) -> QuerySet[Account]:
    """Sign-ins that are nobody in any tenant, and that nobody has used since that moment. Read as portal_sys, which alone sees every
    tenant's memberships. An operator's stays, and one that an operator has locked."""
    member = Exists(QuerySet(Membership).filter(account=OuterRef("pk")))
    rows = QuerySet(Account, using=SYS).filter(~member, is_active=True, is_staff=False, is_superuser=False)
    idle = Q(last_login__isnull=True) | Q(last_login__lt=before)
    return rows.filter(idle, date_joined__lt=before).order_by("pk")
