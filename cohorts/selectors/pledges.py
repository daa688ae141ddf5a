"""Reads of pledges. Which words of others there are, the database says."""

from __future__ import annotations

from django.db.models import Count, F, QuerySet

from cohorts.models import Movement, Participation, Pledge, PledgeWords
from cohorts.models.pledge import PledgeAudience
from cohorts.states import ParticipationState
from tenancy.models import Person
from tenancy.words import Words


def audiences_for(movement: Movement, person: Person) -> list[tuple[str, Words]]:
    """Whom somebody can show a pledge to: a cohort only where they have a place on one."""
    places = Participation.objects.filter(person=person, cohort__programme=movement.programme_id)
    has_cohort = places.exclude(state=ParticipationState.WITHDRAWN).exists()
    return [(a.value, a.label) for a in PledgeAudience if a != PledgeAudience.COHORT or has_cohort]


def words_read() -> QuerySet[PledgeWords]:
    """As far as whoever reads sees any, the newest first; each says how many said “me too” to it."""
    return (
        PledgeWords.objects.select_related("pledge__movement__programme", "pledge__joined", "owner__organisation")
        .annotate(joined_by=Count("pledge__joined_by"))
        .order_by("-pledge__made_at", "-pk")
    )


def own_pledges(movement: Movement, person_id: int | None) -> QuerySet[PledgeWords]:
    """Those still to do first, by their day."""
    rows = words_read().filter(pledge__movement=movement, owner_id=person_id)
    return rows.order_by(F("pledge__said_at").desc(nulls_first=True), "pledge__due_at", "pk")


def pledges_of_others(movement: Movement, person_id: int | None) -> QuerySet[PledgeWords]:
    rows = words_read().filter(pledge__movement=movement, hidden_at__isnull=True)
    return rows.exclude(owner_id=person_id)


def public_pledges(movement: Movement) -> QuerySet[PledgeWords]:
    rows = words_read().filter(pledge__movement=movement, audience=PledgeAudience.PUBLIC)
    return rows.filter(hidden_at__isnull=True)


def pledges_to_moderate(movement: Movement) -> QuerySet[PledgeWords]:
    """What anybody reads, and what staff have hidden."""
    return words_read().filter(pledge__movement=movement, audience=PledgeAudience.PUBLIC)


def joined_already(person_id: int | None, words: PledgeWords) -> bool:
    """Whether somebody has said “me too” to this one, or to the one that it is a “me too” of."""
    first = words.pledge.joined_id or words.pledge_id
    return Pledge.objects.filter(owner_id=person_id, joined_id=first).exists()
