"""Reads of the movement around a programme: whose it is, who belongs to it, who is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cohorts.models import AlumniMembership, Movement, MovementMember, MovementWords, Participation, Programme
from cohorts.states import AlumniState, MemberState, ParticipationState
from tenancy.models import Person
from tenancy.retention import periods

# Members go so long after they last did anything there, unless the tenant says otherwise, and are asked first, so long before.
MEMBER_DAYS, LEAST_MEMBER_DAYS, STAY_DAYS = 730, timedelta(days=183), timedelta(days=30)


def open_movements() -> QuerySet[Movement]:
    return Movement.objects.filter(is_open=True).select_related("programme")


def movement_of(programme: Programme) -> Movement | None:
    """Open or closed; None where staff have never begun one."""
    return Movement.objects.filter(programme=programme).first()


def places_now(person_id: int | None) -> QuerySet[Participation]:
    return Participation.objects.filter(person_id=person_id, state=ParticipationState.ACTIVE)


def alumni_now(person_id: int | None) -> QuerySet[AlumniMembership]:
    """Programmes that somebody is an alumnus of and hasn't left."""
    return AlumniMembership.objects.filter(person_id=person_id).exclude(state=AlumniState.LEFT)


def is_own(programme: Programme, person_id: int | None) -> bool:
    """Takes part in a cohort of the programme, or is an alumnus of it: belongs to its movement without being a member."""
    return (
        places_now(person_id).filter(cohort__programme=programme.pk).exists()
        or alumni_now(person_id).filter(programme=programme.pk).exists()
    )


def membership_of(programme: Programme, person_id: int | None) -> MovementMember | None:
    rows = MovementMember.objects.filter(movement__programme=programme.pk, person_id=person_id)
    return rows.select_related("movement__programme", "person", "organisation").first()


def belongs_to(programme: Programme, person_id: int | None) -> bool:
    """The twin of the rule `in_movement`, in one statement."""
    members = MovementMember.objects.filter(state=MemberState.MEMBER, person_id=person_id)
    return (
        Programme.objects.filter(pk=programme.pk)
        .filter(
            Exists(places_now(person_id).order_by().filter(cohort__programme=OuterRef("pk")))
            | Exists(alumni_now(person_id).order_by().filter(programme=OuterRef("pk")))
            | Exists(members.order_by().filter(movement__programme=OuterRef("pk")))
        )
        .exists()
    )


def movements_for(person_id: int) -> QuerySet[Movement]:
    """Open ones that somebody belongs to."""
    members = MovementMember.objects.filter(person_id=person_id, state=MemberState.MEMBER)
    return open_movements().filter(
        Q(programme__in=places_now(person_id).order_by().values("cohort__programme"))
        | Q(programme__in=alumni_now(person_id).order_by().values("programme"))
        | Q(pk__in=members.order_by().values("movement"))
    )


def members_of(movement: Movement) -> QuerySet[MovementMember]:
    """Who is in it, the newest first."""
    rows = MovementMember.objects.filter(movement=movement, state=MemberState.MEMBER)
    return rows.select_related("person", "organisation__sector", "brought_by").order_by("-joined_at", "-pk")


@dataclass(frozen=True)
class Head:
    """How many are in a movement, and how many have yet to answer."""

    members: int
    asked: int


@dataclass(frozen=True)
class Kept:
    """How many days a no is kept, or that nobody answered; and how many a name and an address after they became known."""

    row: int
    person: int


def kept_days() -> Kept:
    """As the open tenant has it."""
    days = periods()
    return Kept(row=days["cohorts.movement_asked"], person=days["tenancy.people"])


def goes_on(member: MovementMember) -> datetime | None:
    """When what is kept of a member will be deleted, from a month before; None while that's further off."""
    now = timezone.now()
    if member.state != MemberState.MEMBER or member.seen_at > now - LEAST_MEMBER_DAYS + STAY_DAYS:
        return None
    goes_at = max(now, member.seen_at + timedelta(days=periods()["cohorts.movement"]))
    return goes_at if goes_at < now + STAY_DAYS else None


def head_count(movement: Movement) -> Head:
    counts = MovementMember.objects.filter(movement=movement).aggregate(
        members=Count("pk", filter=Q(state=MemberState.MEMBER)), asked=Count("pk", filter=Q(state=MemberState.ASKED))
    )
    return Head(**counts)


def brought_count(movement: Movement, person_id: int | None) -> int:
    """How many joined whom this person told of it: never who."""
    rows = MovementMember.objects.filter(movement=movement, brought_by_id=person_id, state=MemberState.MEMBER)
    return rows.count()


def interests_of(member: MovementMember) -> str:
    return MovementWords.objects.filter(member=member).values_list("interests", flat=True).first() or ""


def generation_after(movement: Movement, person: Person) -> int:
    """How many steps from the programme somebody is whom this person tells of it."""
    rows = MovementMember.objects.filter(movement=movement, person=person, state=MemberState.MEMBER)
    generation = rows.values_list("generation", flat=True).first()
    return 1 if generation is None else generation + 1
