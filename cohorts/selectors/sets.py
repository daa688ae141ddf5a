from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort, Event, LearningSet, Participation, SetCoFacilitator, SetMembership, SetPlan, SetTerms
from cohorts.models.learning_set import Standing
from cohorts.selectors.cohorts import counted
from cohorts.selectors.set_terms import MeetsAt, capacities_of, misfits, terms_of, who_said
from cohorts.states import EventState, ParticipationState, PlanState
from tenancy.conflicts import conflicts_among, employer_conflicts, pair
from tenancy.models import Person
from tenancy.vocabulary import in_own_words

# Which of tenancy's answers keep two people out of one learning set.
SET_BARRIERS = ("same-employer", "line-management", "declared")
SMALLEST, LARGEST = 5, 8


@dataclass
class SetCard:
    """One set as staff see it: who is in it, its mix, and each rule it doesn't keep, as a sentence."""

    row: LearningSet
    people: list[Person] = field(default_factory=list)
    mix: list[tuple[str, int]] = field(default_factory=list)
    organisations: int = 0
    broken: list[str] = field(default_factory=list)
    # Ids of those who stay when the proposal is composed again.
    locked: set[int] = field(default_factory=set)
    # What everybody of the plan and whoever is in no set of it said of when and where they can, and how many sets each facilitator
    # takes of the cohort, by id.
    terms: Mapping[int, SetTerms] = field(default_factory=dict)
    takes: Mapping[int, int] = field(default_factory=dict)
    # Filled by selectors.mixing where it's shown.
    why: list[str] = field(default_factory=list)

    @property
    def capacity(self) -> int | None:
        """How many sets its facilitator takes here; None where that isn't said, or there is nobody."""
        return self.takes.get(self.row.facilitator_id) if self.row.facilitator_id else None


def cohorts_before_composing() -> QuerySet[Cohort]:
    """With what the form that composes sets begins from: how many take part (`taking_part`), how many of them have said when they can
    (`said_when`) and how many the proposal keeps in place (`locked`); whether sets were ever published (`earlier`), and whether any of
    the proposal has a time (`timed`)."""
    of_it = {"cohort": OuterRef("pk")}
    there = Participation.objects.filter(**of_it, state=ParticipationState.ACTIVE)
    proposed = LearningSet.objects.filter(**of_it, plan__state=PlanState.PROPOSED)
    kept = SetMembership.objects.filter(plan__cohort=OuterRef("pk"), plan__state=PlanState.PROPOSED, locked=True)
    return Cohort.objects.select_related("programme").annotate(
        taking_part=counted(there, "cohort"),
        said_when=counted(who_said(there), "cohort"),
        locked=counted(kept, "plan__cohort"),
        earlier=Exists(SetPlan.objects.filter(**of_it, published_at__isnull=False)),
        timed=Exists(proposed.exclude(half_day="")),
    )


def set_cards(plan: SetPlan) -> list[SetCard]:
    return set_board(plan)[0]


def set_board(plan: SetPlan) -> tuple[list[SetCard], list[Person]]:
    """The sets of a plan with members, sector mix and broken rules, computed from the rows as they stand now; and the
    participants who are in none of them: they joined since, or were taken out. Who withdrew is in neither."""
    cards = {
        row.pk: SetCard(row)
        for row in LearningSet.objects.filter(plan=plan).select_related("facilitator", "plan", "cohort", "venue")
    }
    own = SetMembership.objects.filter(plan=plan, person=OuterRef("person"))
    mine = own.values("learning_set")[:1]
    places = (
        Participation.objects.filter(cohort=plan.cohort_id)
        .exclude(state=ParticipationState.WITHDRAWN)
        .annotate(set_id=Subquery(mine), is_locked=Exists(own.filter(locked=True)))
        .filter(Q(set_id__isnull=False) | Q(state=ParticipationState.ACTIVE))
        .select_related("person__organisation__sector")
        .order_by("person__sort_key", "pk")
    )
    left = []
    for place in places:
        if place.set_id is None:
            left.append(place.person)
        else:
            cards[place.set_id].people.append(place.person)
            if place.is_locked:
                cards[place.set_id].locked.add(place.person_id)
    add_findings(list(cards.values()), left)
    return list(cards.values()), left


def add_findings(cards: list[SetCard], left: list[Person]) -> None:
    """Fill in each card's mix and broken rules. Employers are at hand; the other answers are asked for. `left` are in none of them."""
    everyone = [person for card in cards for person in card.people]
    facilitators = [card.row.facilitator for card in cards if card.row.facilitator]
    found = conflicts_among({p.pk for p in [*everyone, *facilitators]}, kinds=set(SET_BARRIERS) - {"same-employer"})
    for conflict in employer_conflicts((p.pk, p.organisation_id) for p in everyone):
        found.setdefault(conflict.pair, []).append(conflict)
    for card in cards:
        sectors = Counter(str(p.organisation.sector) if p.organisation else "–" for p in card.people)
        card.mix = sorted(sectors.items(), key=lambda item: (-item[1], item[0]))
        card.organisations = len({p.organisation_id for p in card.people})
        card.broken = broken_rules(card, found)
    add_meeting_findings(cards, left)


def add_meeting_findings(cards: list[SetCard], left: list[Person]) -> None:
    """Who can't when their set meets, or not where; and sets beyond what their facilitator takes."""
    facilitators = {card.row.facilitator_id for card in cards if card.row.facilitator_id}
    terms = terms_of([*(p.pk for card in cards for p in card.people), *(p.pk for p in left), *facilitators])
    takes = capacities_of(cards[0].row.cohort_id) if cards else {}
    has: Counter[int] = Counter()
    for card in cards:
        card.terms, card.takes = terms, takes
        leader = card.row.facilitator
        for person in [*card.people, *([leader] if leader else [])]:
            card.broken += misfits(person, terms.get(person.pk), MeetsAt.of(card.row))
        if leader is None:
            continue
        has[leader.pk] += 1
        if card.capacity is not None and has[leader.pk] > card.capacity:
            text = _("%(name)s (facilitator) takes %(takes)d %(sets)s here; this is number %(n)d.")
            card.broken.append(str(in_own_words(text, name=leader.name, takes=card.capacity, n=has[leader.pk])))


def broken_rules(card: SetCard, found: dict) -> list[str]:
    """Sentences for staff, one per pair and reason; a facilitator may share an employer with members, but not manage them."""
    sentences = []
    if not SMALLEST <= len(card.people) <= LARGEST:
        text = ngettext(
            "It has %(n)d person; sets work best with 5 to 8.",
            "It has %(n)d people; sets work best with 5 to 8.",
            len(card.people),
        )
        sentences.append(text % {"n": len(card.people)})
    for a, b in combinations(card.people, 2):
        sentences += [f"{a.name} – {b.name}: {c.reason}" for c in found.get(pair(a.pk, b.pk), [])]
    if (facilitator := card.row.facilitator) is not None:
        sentences += [
            f"{facilitator.name} ({_('facilitator')}) – {person.name}: {c.reason}"
            for person in card.people
            if person.pk != facilitator.pk
            for c in found.get(pair(facilitator.pk, person.pk), [])
        ]
    return sentences


def unavoidable(cards: list[SetCard]) -> list[str]:
    """Why a rule can't be kept at all: an organisation with more people than there are sets."""
    counts = Counter(str(p.organisation) for card in cards for p in card.people if p.organisation)
    return [
        str(
            in_own_words(
                _("%(organisation)s has %(people)d people for %(n)d %(sets)s, so some of them must share one."),
                organisation=organisation,
                people=people,
                n=len(cards),
            )
        )
        for organisation, people in sorted(counts.items())
        if people > len(cards)
    ]


def too_little_room(cards: list[SetCard]) -> list[str]:
    """Sets without a facilitator, where all that facilitators say they take is less than there are sets."""
    takes = cards[0].takes if any(card.row.facilitator_id is None for card in cards) else {}
    if not takes or sum(takes.values()) >= len(cards):
        return []
    text = _("Facilitators take %(takes)d %(sets)s of this cohort in all, and there are %(n)d.")
    return [str(in_own_words(text, takes=sum(takes.values()), n=len(cards)))]


def has_left(cohort: str, person: str) -> Exists:
    """Whether the person of a row has withdrawn from the cohort of the row: a plan keeps them, a set no longer counts them."""
    rows = Participation.objects.filter(state=ParticipationState.WITHDRAWN)
    return Exists(rows.filter(cohort=OuterRef(cohort), person=OuterRef(person)))


def people_in(learning_set: LearningSet) -> QuerySet[SetMembership]:
    """The members of a set who haven't left the cohort, by name."""
    rows = SetMembership.objects.filter(learning_set=learning_set).select_related("person__organisation")
    return rows.exclude(has_left("learning_set__cohort", "person"))


def with_standing(rows: QuerySet, person_id: int | None, learning_set: str = "pk") -> QuerySet:
    """Sets, or what is held for the set that the field names, with what `keep_standing` needs."""
    beside = SetCoFacilitator.objects.filter(learning_set=OuterRef(learning_set), person_id=person_id)
    members = SetMembership.objects.filter(learning_set=OuterRef(learning_set), person_id=person_id)
    return rows.annotate(
        is_beside=Exists(beside), is_member_now=Exists(members.exclude(has_left("learning_set__cohort", "person")))
    )


def keep_standing(row: Any, learning_set: LearningSet | None, person_id: int | None) -> None:
    """The set carries what binds the person to it, so that a page which asks several rules of it reads that once."""
    if learning_set is not None:
        learning_set.standing = Standing(person_id, row.is_beside, row.is_member_now)


def set_size() -> Count:
    return Count("memberships", filter=~has_left("cohort", "memberships__person"))


def live_sets(cohort_id: int) -> QuerySet[LearningSet]:
    return (
        LearningSet.objects.filter(cohort_id=cohort_id, plan__state=PlanState.PUBLISHED)
        .select_related("facilitator", "plan", "cohort")
        .annotate(size=set_size())
        .order_by("position", "pk")
    )


def live_sets_of(person_id: int) -> QuerySet[LearningSet]:
    """The published sets a person is in, that of the latest cohort first."""
    rows = LearningSet.objects.filter(plan__state=PlanState.PUBLISHED, memberships__person_id=person_id)
    return rows.select_related("facilitator", "plan", "cohort__programme").order_by("-cohort__starts_on", "pk")


def live_set_of(person_id: int, cohort_id: int | None = None) -> LearningSet | None:
    """The published set a person is in; of the latest cohort when none is named."""
    rows = live_sets_of(person_id)
    return (rows if cohort_id is None else rows.filter(cohort_id=cohort_id)).first()


def sets_facilitated_by(person_id: int) -> QuerySet[LearningSet]:
    """Each with how many it has and when it meets next."""
    coming = Event.objects.filter(
        learning_set=OuterRef("pk"), state=EventState.PLANNED, ends_at__gte=timezone.now()
    ).order_by("starts_at")
    return (
        LearningSet.objects.filter(
            Q(facilitator_id=person_id)
            | Q(pk__in=SetCoFacilitator.objects.filter(person_id=person_id).values("learning_set_id")),
            plan__state=PlanState.PUBLISHED,
        )
        .exclude(cohort__stage="finished")
        .select_related("plan", "cohort__programme")
        .annotate(size=set_size(), meets_at=Subquery(coming.values("starts_at")[:1]))
        .order_by("-cohort__starts_on", "position", "pk")
    )
