"""Linked programmes: the places each gives the other, and who has them."""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from cohorts.models import (
    AlumniMembership,
    Event,
    EventGuest,
    LinkedProgramme,
    Participation,
    PartnerOffer,
    PartnerOfferTaken,
    PartnerPlaces,
    Programme,
)
from cohorts.models.event_guest import OPEN
from cohorts.states import AlumniState, EventState, ParticipationState


def linked_of(programme: Programme) -> QuerySet[LinkedProgramme]:
    rows = LinkedProgramme.objects.filter(programme=programme).select_related("contact")
    return rows.order_by("ended_at", "name", "pk")


def places_of(linked: LinkedProgramme) -> list[PartnerPlaces]:
    """Each with the guests that were named for it."""
    rows = list(PartnerPlaces.objects.filter(linked=linked).select_related("event__cohort__programme", "event__venue"))
    named: dict[int, list[EventGuest]] = {}
    for guest in EventGuest.objects.filter(through__in=rows).select_related("person").order_by("added_at", "pk"):
        named.setdefault(guest.through_id or 0, []).append(guest)
    for row in rows:
        row.named = named.get(row.pk, [])  # type: ignore[attr-defined]
        row.left = row.number - sum(guest.state in OPEN for guest in row.named)  # type: ignore[attr-defined]
    return rows


def offers_of(linked: LinkedProgramme) -> list[PartnerOffer]:
    """Each with who has a place."""
    return list(PartnerOffer.objects.filter(linked=linked).prefetch_related("taken__person__organisation"))


def events_to_share(linked: LinkedProgramme) -> QuerySet[Event]:
    """What lies ahead in the programme and hasn't been offered to them yet."""
    rows = Event.objects.filter(
        cohort__programme=linked.programme_id,
        learning_set__isnull=True,
        state=EventState.PLANNED,
        starts_at__gt=timezone.now(),
    )
    given = PartnerPlaces.objects.filter(linked=linked).values("event_id")
    return rows.exclude(pk__in=given).select_related("cohort").order_by("starts_at", "pk")


def offers_for(person_id: int | None) -> QuerySet[PartnerOffer]:
    """What this alumnus or participant may take or has taken: the twin of the rule `may_take_offer`."""
    alumni = AlumniMembership.objects.filter(person_id=person_id).exclude(state=AlumniState.LEFT)
    active = Participation.objects.filter(person_id=person_id, state=ParticipationState.ACTIVE)
    programmes = Programme.objects.filter(pk__in=alumni.values("programme_id")) | Programme.objects.filter(
        pk__in=active.values("cohort__programme_id")
    )
    return (
        PartnerOffer.objects.filter(linked__programme__in=programmes.values("pk"), linked__ended_at__isnull=True)
        .select_related("linked")
        .annotate(gone=Count("taken"))
        .order_by("starts_at", "pk")
    )


def offers_ahead(person_id: int) -> QuerySet[PartnerOffer]:
    """Those that aren't over, each with whether one has a place and how many are left."""
    mine = PartnerOfferTaken.objects.filter(offer=OuterRef("pk"), person_id=person_id)
    ahead = offers_for(person_id).filter(ends_at__gt=timezone.now())
    return ahead.annotate(is_mine=Exists(mine), left=F("number") - F("gone"))
