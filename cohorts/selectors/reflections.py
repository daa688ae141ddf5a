from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from cohorts.models import (
    LearningSet,
    Participation,
    Reflection,
    ReflectionDraft,
    ReflectionFact,
    ReflectionKind,
    ReflectionShare,
    SetMembership,
    ShareGround,
)
from cohorts.selectors.sets import has_left
from cohorts.states import ParticipationState, PlanState
from tenancy.grounds import stands_on
from tenancy.models import Person, Role
from tenancy.selectors import roles_reaching
from tenancy.vocabulary import in_own_words


@dataclass(frozen=True)
class Reader:
    """Somebody an author may show an entry to, and on what ground; without a person it's the whole set."""

    ground: ShareGround
    person: Person | None = None
    learning_set: LearningSet | None = None

    @property
    def key(self) -> str:
        """What a page's form names them by."""
        return (self.person or self.learning_set).public_id  # type: ignore[union-attr]

    @property
    def name(self) -> str:
        if self.person is None:
            return str(in_own_words(ShareGround.SET.label))
        at = f" ({self.person.organisation})" if self.person.organisation else ""
        return f"{self.person.name}{at}"


def reflections_of(person_id: int, asked: Mapping[str, str] | None = None) -> QuerySet[Reflection]:
    """A person's own entries, newest first, with how many shares each has; those that have every word of `q` in title or text,
    of `kind`, and about `objective`, where these are asked for."""
    asked = asked or {}
    rows = Reflection.objects.filter(author_id=person_id).annotate(readers=Count("shares"))
    for word in asked.get("q", "").split()[:20]:
        rows = rows.filter(Q(title__icontains=word) | Q(body__icontains=word))
    if asked.get("kind") in ReflectionKind.values:
        rows = rows.filter(kind=asked["kind"])
    if objective := asked.get("objective"):
        rows = rows.filter(objective__public_id=objective)
    return rows.order_by("-written_at", "-pk")


def draft_of(person_id: int | None) -> ReflectionDraft | None:
    return ReflectionDraft.objects.filter(author_id=person_id).select_related("notebook__cohort").first()


def shared_with_me(person_id: int) -> list[Reflection]:
    """Entries others have shown to this person, alone or with their set, as far as they may still read them."""
    rows = Reflection.objects.exclude(author_id=person_id).select_related("author")
    return list(rows.order_by("-written_at", "-pk")[:200])


def readers_for(author_id: int, cohort_id: int) -> list[Reader]:
    """Whom an author may show an entry to: their set, one of its members or facilitators, their mentor, and the people the tenant
    has as mentors, coaches or sponsors for their cohort."""
    own = SetMembership.objects.filter(
        plan__state=PlanState.PUBLISHED, person_id=author_id, learning_set__cohort_id=cohort_id
    ).exclude(has_left("learning_set__cohort", "person"))
    learning_set = (row := own.select_related("learning_set__facilitator").first()) and row.learning_set
    found: list[Reader] = []
    people = Person.objects.exclude(pk=author_id).select_related("organisation")
    seen: set[int] = set()
    if learning_set is not None:
        found.append(Reader(ShareGround.SET, learning_set=learning_set))
        mates = SetMembership.objects.filter(learning_set=learning_set).exclude(
            has_left("learning_set__cohort", "person")
        )
        beside = learning_set.co_facilitators.values("person_id")
        who = Q(pk__in=mates.values("person_id")) | Q(pk__in=beside) | Q(pk=learning_set.facilitator_id)
        for person in people.filter(who):
            found.append(Reader(ShareGround.MEMBER, person, learning_set))
            seen.add(person.pk)
    helping = roles_reaching(cohort_id).filter(role__in=(Role.MENTOR, Role.SPONSOR))
    helpers = Q(pk__in=helping.values("person_id"))
    mentors = set(people.filter(stands_on("mentor", author_id)).values_list("pk", flat=True))
    for person in people.filter(helpers | Q(pk__in=mentors)):
        if person.pk not in seen:
            found.append(Reader(ShareGround.MENTOR if person.pk in mentors else ShareGround.HELPER, person))
    return found


def reflection_counts(cohort_id: int) -> dict[str, Any]:
    """How many entries, by how many of those taking part, and how many of them about something tried at work: from the facts alone,
    never from the entries."""
    writers = Participation.objects.filter(cohort_id=cohort_id).exclude(state=ParticipationState.WITHDRAWN)
    tried = Q(kind=ReflectionKind.TRIED)
    return ReflectionFact.objects.filter(cohort_id=cohort_id, author__in=writers.values("person_id")).aggregate(
        entries=Count("pk"),
        writers=Count("author", distinct=True),
        tried=Count("pk", filter=tried),
        about_work=Count("pk", filter=Q(on_objective=True)),
        with_objective=Count("author", filter=Q(on_objective=True), distinct=True),
        tryers=Count("author", filter=tried, distinct=True),
    )


def readers_of(reflection: Reflection) -> list[ReflectionShare]:
    """For its author: whom it is shown to, whether or not they may still read it."""
    return list(ReflectionShare.objects.filter(reflection=reflection).select_related("with_person", "learning_set"))
