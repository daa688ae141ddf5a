"""Giving and ending roles by hand, with the checks that keep a tenant from locking itself out."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Change, Person, Role, RoleAssignment
from tenancy.services.people import give_role
from tenancy.turns import take_turns, take_turns_at

# What staff give by hand; a participant's, applicant's or alumnus's role follows from selection and the cohort.
GIVEN_BY_HAND = (
    Role.STAFF,
    Role.ASSESSOR,
    Role.SPONSOR,
    Role.MENTOR,
    Role.FACILITATOR,
    Role.SUPPLIER,
    Role.PARTNER,
)


@dataclass(frozen=True)
class RoleScope:
    """Where a role may be given: `value` is what a form carries ('' for the whole tenant), `label` what people read."""

    value: str
    label: str
    cohort_id: int | None = None
    programme_id: int | None = None


def note_change(person: Person, name: str, *, by: Actor, reason: str = "") -> None:
    Change.objects.create(
        subject_kind=person._meta.label,
        subject_id=person.public_id,
        name=name,
        reason=reason,
        by_person=by.person,
        by_label=by.label[:200],
        by_kind=by.kind,
        at=timezone.now(),
    )


def reaches(by: Actor, *, cohort_id: int | None, programme_id: int | None) -> bool:
    return by.kind == "system" or by.has_role(Role.STAFF, cohort_id=cohort_id, programme_id=programme_id)


@transaction.atomic
def assign_role(*, person: Person, role: str, scope: RoleScope, by: Actor) -> RoleAssignment:
    """Give a role for a scope that the actor is staff of."""
    if not reaches(by, cohort_id=scope.cohort_id, programme_id=scope.programme_id):
        raise NotAllowed(_("You aren’t staff of this part of the portal."))
    if role not in GIVEN_BY_HAND:
        raise Refused(_("This role isn’t given by hand."), field="role")
    take_turns(person)
    held = {"role": role, "cohort_id": scope.cohort_id, "programme_id": scope.programme_id, "valid_to": None}
    if (present := RoleAssignment.objects.filter(person=person, **held).first()) is not None:
        return present
    assignment = give_role(person=person, role=role, by=by, cohort_id=scope.cohort_id, programme_id=scope.programme_id)
    note_change(person, "give role", by=by, reason=f"{assignment.get_role_display()}: {scope.label}")
    return assignment


@transaction.atomic
def end_assignment(*, assignment: RoleAssignment, by: Actor) -> RoleAssignment:
    """End a role now. The last member of staff of the whole tenant stays, or nobody could let anyone in again."""
    if not reaches(by, cohort_id=assignment.cohort_id, programme_id=assignment.programme_id):
        raise NotAllowed(_("You aren’t staff of this part of the portal."))
    if assignment.role not in GIVEN_BY_HAND:
        raise Refused(_("This role follows from a place or an application and ends with it."))
    # In turn: two members of staff who end each other's role at once would leave nobody.
    take_turns_at("ending roles")
    assignment.refresh_from_db(fields=["valid_to"])
    now = timezone.now()
    if assignment.valid_to is not None and assignment.valid_to <= now:
        return assignment
    if assignment.role == Role.STAFF and assignment.cohort_id is None and assignment.programme_id is None:
        open_rows = RoleAssignment.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=now), role=Role.STAFF, cohort__isnull=True, programme__isnull=True
        )
        if len({row.person_id for row in open_rows}) < 2:
            raise Refused(_("This is the last member of staff. Give someone else the role first."))
    assignment.valid_to = now
    assignment.save(update_fields=["valid_to"])
    note_change(assignment.person, "end role", by=by, reason=str(assignment.get_role_display()))
    return assignment
