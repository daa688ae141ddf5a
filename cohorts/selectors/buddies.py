"""Alumni buddies: who is there for whom, pairs of one's own, and whose answer is waited for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, TextField, When
from django.db.models.functions import Cast, Now
from django.utils import timezone

from cohorts.models import AlumniMembership, BuddyOffer, BuddyPair, Cohort, Participation
from cohorts.selectors.returning import SYS
from cohorts.states import AlumniState, ParticipationState
from tenancy.conflicts import conflicts_among, pair
from tenancy.models import Person

# A buddy is no judge: what bars is a line of management, and what somebody has declared, a veto included.
BARS = ("line-management", "declared")


@dataclass(frozen=True)
class Buddy:
    """An alumnus who may be somebody's buddy; `bars` says to staff why not."""

    offer: BuddyOffer
    left: int
    bars: tuple[str, ...] = ()


def open_pairs() -> Q:
    """Asked and still to be answered, or begun and not over."""
    return Q(ended_at__isnull=True) & (
        Q(begun_at__isnull=True, until__gt=timezone.now())
        | Q(begun_at__isnull=False, ends_on__gte=timezone.localdate())
    )


def offers_to(cohort: Cohort) -> QuerySet[BuddyOffer]:
    """Of active alumni of the cohort's programme, with `held`: how many places are taken now."""
    belongs = AlumniMembership.objects.filter(
        person=OuterRef("person"), programme=cohort.programme_id, state=AlumniState.ACTIVE
    )
    return (
        BuddyOffer.objects.filter(Exists(belongs), capacity__gt=0)
        .select_related("person__organisation")
        .annotate(held=Count("places", filter=Q(places__held_until__gt=Now())))
        .order_by("person__sort_key", "pk")
    )


def buddies_for(person: Person, cohort: Cohort) -> list[Buddy]:
    """Everybody who has offered but themselves, with places left and what bars. Whom they were paired with once isn't offered again."""
    before = set(BuddyPair.objects.filter(person=person).values_list("buddy_id", flat=True))
    found = [offer for offer in offers_to(cohort) if offer.person_id != person.pk and offer.person_id not in before]
    ties = conflicts_among({person.pk, *(o.person_id for o in found)}, kinds=BARS, of={person.pk}) if found else {}
    return [
        Buddy(
            offer,
            max(offer.capacity - offer.held, 0),  # type: ignore[attr-defined]
            tuple(conflict.reason for conflict in ties.get(pair(person.pk, offer.person_id), [])),
        )
        for offer in found
    ]


def choosable(buddies: Iterable[Buddy]) -> list[Buddy]:
    """Whom they may ask: they aren't told of those who are barred, nor why."""
    return [row for row in buddies if row.left and not row.bars]


def one_of_two(person: Person | int | None) -> Q:
    """Theirs, or theirs as the buddy once the other has said yes: before that the alumnus knows of nothing."""
    return Q(person=person) | Q(buddy=person, person_yes_at__isnull=False)


def pairs_of(person_id: int | None) -> QuerySet[BuddyPair]:
    rows = BuddyPair.objects.filter(one_of_two(person_id))
    return rows.select_related("person__organisation", "buddy__organisation", "cohort__programme")


def open_pairs_of(person: Person) -> QuerySet[BuddyPair]:
    """Of somebody who goes back to work: the one they have or that is asked; beside it what staff of another cohort suggested."""
    return pairs_of(person.pk).filter(open_pairs(), person=person)


def open_pair_of(person: Person) -> BuddyPair | None:
    return open_pairs_of(person).first()


def people_to_suggest(cohort: Cohort) -> QuerySet[Person]:
    """Those of the cohort who have no buddy and aren't being asked."""
    there = BuddyPair.objects.filter(open_pairs(), person=OuterRef("pk"))
    places = Participation.objects.filter(cohort=cohort).exclude(state=ParticipationState.WITHDRAWN)
    return Person.objects.filter(~Exists(there), pk__in=places.values("person")).order_by("sort_key", "pk")


def answers_owed() -> QuerySet[BuddyPair]:
    """By whoever of the two is to say yes or no next."""
    other = Case(When(person_yes_at__isnull=True, then=F("buddy__name")), default=F("person__name"))
    return BuddyPair.objects.filter(begun_at__isnull=True, ended_at__isnull=True, until__gt=Now()).annotate(
        owed_by=Case(When(person_yes_at__isnull=True, then=F("person_id")), default=F("buddy_id")),
        owed_about=Cast(other, TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=F("until"),
        owed_since=F("asked_at"),
        owed_cohort=F("cohort_id"),
    )


def last_moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def pairs_counted(cohort_id: int) -> int:
    """People of a cohort who have or had a buddy. Read by the role that counts."""
    rows = BuddyPair.objects.using(SYS).filter(cohort_id=cohort_id, begun_at__isnull=False)
    return len(set(rows.values_list("person_id", flat=True)))
