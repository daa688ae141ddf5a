"""Who has worked with whom: each app adds the ways it knows of."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from cohorts.models import SetMembership
from cohorts.selectors.seating import same_table
from cohorts.states import PlanState
from tenancy.models import ConflictDeclaration, Person
from tenancy.registry import Registry

# Rows of an outer query's Person (its `pk`) that stand for having met the person of this id.
WayOfMeeting = Callable[[int], QuerySet]
ways_of_meeting: Registry[WayOfMeeting] = Registry("Who has worked with whom?")


def same_set(person_id: int) -> QuerySet:
    rows = SetMembership.objects.filter(plan__state=PlanState.PUBLISHED, person=OuterRef("pk"))
    return rows.filter(learning_set__memberships__person=person_id)


def same_employer(person_id: int) -> QuerySet:
    return Person.objects.filter(pk=person_id, organisation=OuterRef("organisation"))


def kept_apart(person_id: int) -> QuerySet:
    """A conflict of interest is declared between the two: nobody is sent to meet them."""
    return ConflictDeclaration.objects.filter(
        Q(person=person_id, other=OuterRef("pk")) | Q(person=OuterRef("pk"), other=person_id), lifted_at__isnull=True
    )


ways_of_meeting.register("cohorts.set", same_set)
ways_of_meeting.register("cohorts.table", same_table)
ways_of_meeting.register("cohorts.employer", same_employer)
ways_of_meeting.register("tenancy.conflict", kept_apart)


def acquainted(person_id: int) -> Q:
    """On rows of Person: those whom this one has worked with, or isn't to be sent to."""
    return reduce(or_, (Q(Exists(way(person_id))) for way in ways_of_meeting))
