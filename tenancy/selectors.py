"""Reads used twice."""

from __future__ import annotations

from django.db.models import Exists, IntegerField, JSONField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from tenancy.actors import Actor, Grant
from tenancy.models import Membership, Person, Role, RoleAssignment, Tenant

# Every request asks this, and building it from querysets took longer than all else that it does before its view.
HELD_NOW = """(
    SELECT coalesce(jsonb_agg(jsonb_build_object('role', role, 'programme_id', programme_id, 'cohort_id', cohort_id)), '[]'::jsonb)
    FROM tenancy_roleassignment
    WHERE person_id = tenancy_membership.person_id AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s))"""


def actor_of_account(account_id: int) -> Actor | None:
    """The account's person in the open tenant, with employer and roles, in one query; None if it is no member."""
    now = timezone.now()
    held = RawSQL(HELD_NOW, [now, now], JSONField())  # noqa: S611 -- no part of it comes from anybody
    membership = (
        Membership.objects.filter(account_id=account_id, ended_at__isnull=True)
        .select_related("person__organisation")
        .annotate(held=held)
        .first()
    )
    if membership is None:
        return None
    return Actor.for_person(membership.person, [Grant(**grant) for grant in membership.held])


def tenants_of_account(account_id: int) -> list[Tenant]:
    """The tenants this account is a member of, by name; within account_context()."""
    rows = (
        Membership.unscoped()  # all tenants -- the policy on app.account_id shows own rows only
        .filter(account_id=account_id, ended_at__isnull=True)
        .values("tenant_id")
    )
    return list(Tenant.objects.filter(pk__in=rows).order_by("name"))


def grants_of(person_id: int) -> list[Grant]:
    now = timezone.now()
    rows = RoleAssignment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), person_id=person_id, valid_from__lte=now
    )
    return [Grant(r.role, r.programme_id, r.cohort_id) for r in rows]


def actor_of(person: Person) -> Actor:
    """The person as an actor with the roles they hold now."""
    return Actor.for_person(person, grants_of(person.pk))


def people_with_role(role: str, *, cohort_id: int | None = None) -> list[Person]:
    """People who hold the role now, by name; where a cohort is named for it, its programme or the whole tenant."""
    rows = open_roles() if cohort_id is None else roles_reaching(cohort_id)
    rows = rows.filter(role=role)
    return list(Person.objects.filter(pk__in=rows.values("person_id")).select_related("organisation"))


def open_roles() -> QuerySet[RoleAssignment]:
    now = timezone.now()
    return RoleAssignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now)


def roles_reaching(cohort_id: int) -> QuerySet[RoleAssignment]:
    """What is held now for the cohort, its programme or the whole tenant."""
    everywhere = Q(programme__isnull=True) | Q(programme__cohorts=cohort_id)
    return open_roles().filter(Q(cohort_id=cohort_id) | Q(everywhere, cohort__isnull=True))


def people_for_staff(actor: Actor) -> QuerySet[Person]:
    """The people a member of staff may open: everyone for staff of the whole tenant; for staff of programmes or cohorts those
    who hold or held a role there. The twin of the rule `staff_of_person`."""
    grants = [g for g in actor.grants if g.role == Role.STAFF]
    if any(g.cohort_id is None and g.programme_id is None for g in grants):
        return Person.objects.all()
    programmes = [g.programme_id for g in grants if g.programme_id]
    reached = RoleAssignment.objects.filter(
        Q(cohort_id__in=[g.cohort_id for g in grants if g.cohort_id])
        | Q(programme_id__in=programmes)
        | Q(cohort__programme_id__in=programmes)
    )
    return Person.objects.filter(Q(pk__in=reached.values("person_id")) | Q(pk=actor.person_id))


def people_with_reach(actor: Actor) -> QuerySet[Person]:
    """Everybody, each with whether this actor may open them (`reached`, for whom `asked_by`), so that the rule needn't ask again."""
    return Person.objects.annotate(
        asked_by=Value(actor.person_id, IntegerField()),
        reached=Exists(people_for_staff(actor).filter(pk=OuterRef("pk"))),
    )


def people_near(actor: Actor) -> QuerySet[Person]:
    """Whom a member may name in a declaration: staff anyone they may open; others the people who have a part in the same
    cohorts, and those who serve all cohorts. Applicants are left out: that someone applied is theirs to tell."""
    if actor.holds(Role.STAFF):
        return people_for_staff(actor).exclude(pk=actor.person_id)
    cohorts = {g.cohort_id for g in actor.grants if g.cohort_id}
    rows = (
        open_roles()
        .exclude(role=Role.APPLICANT)
        .filter(Q(cohort_id__in=cohorts) | Q(cohort__isnull=True, programme__isnull=True))
    )
    return Person.objects.filter(pk__in=rows.values("person_id")).exclude(pk=actor.person_id)
