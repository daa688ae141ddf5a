"""Groups that alumni and people of a cohort join by themselves."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import AlumniGroup, AlumniGroupMember, Cohort
from cohorts.rules import may_join_group, staff
from engine.transitions import record_change
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.turns import just_now, take_turns


@transaction.atomic
def start_group(*, cohort: Cohort, name: str, purpose: str, by: Actor) -> AlumniGroup:
    """A group of the cohort and its programme's alumni. Started twice, as by a double click, it is one."""
    if by.kind != "system" and not staff(by, cohort):
        raise NotAllowed(_("Only staff of the cohort start its groups."))
    take_turns(cohort)
    name = " ".join(name.split())
    there = AlumniGroup.objects.filter(cohort=cohort, name=name, closed_at__isnull=True).first()
    if there is not None:
        if there.purpose == purpose.strip() and there.started_at > just_now():
            return there
        raise Refused(_("There is already a group of this name."), field="name")
    group = AlumniGroup.objects.create(
        cohort=cohort, name=name, purpose=purpose.strip(), started_by=by.person, started_at=timezone.now()
    )
    record_change(group, "start", by=by)
    return group


@transaction.atomic
def close_group(*, group: AlumniGroup, by: Actor) -> AlumniGroup:
    """Nobody joins it any more, and it stands on no page but staff's."""
    if by.kind != "system" and not staff(by, group):
        raise NotAllowed(_("Only staff of the cohort close its groups."))
    take_turns(group)
    group.refresh_from_db(fields=["closed_at"])
    if group.closed_at is None:
        group.closed_at = timezone.now()
        group.save(update_fields=["closed_at"])
        record_change(group, "close", by=by)
    return group


@transaction.atomic
def join_group(*, group: AlumniGroup, joins: bool, by: Actor) -> bool:
    """They join, or leave again. Said twice it is once; returns whether it was new."""
    if by.person is None or not may_join_group(by, group):
        raise NotAllowed(_("This group isn’t open to you."))
    take_turns(group)
    group.refresh_from_db(fields=["closed_at"])
    if group.closed_at is not None:
        raise WrongState(_("This group has been closed."))
    if joins:
        _row, made = AlumniGroupMember.objects.get_or_create(
            group=group, person=by.person, defaults={"joined_at": timezone.now()}
        )
        return made
    return bool(AlumniGroupMember.objects.filter(group=group, person=by.person).delete()[0])
