"""Reads of introductions and notices. Whose words there are, the database says."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cohorts.models import Cohort, Introduction, IntroductionQuestion, Notice, Participation
from cohorts.selectors.cohorts import staff_cohorts
from cohorts.states import IntroductionState, NoticeState, ParticipationState
from tenancy.actors import Actor
from tenancy.models import Person

OPEN = (IntroductionState.ASKED, IntroductionState.HALF)


def readable_introductions() -> QuerySet[Introduction]:
    return Introduction.objects.filter(words__isnull=False).select_related(
        "cohort__programme",
        "words__by_person",
        "words__first__organisation",
        "words__second__organisation",
    )


def introductions_with(person_id: int) -> QuerySet[Introduction]:
    """Those somebody made or wished for, is asked about, or was introduced by; whether their own answer is awaited stands with each."""
    waits = IntroductionQuestion.objects.filter(
        introduction=OuterRef("pk"), person=person_id, answered_at__isnull=True, introduction__until__gt=timezone.now()
    )
    rows = readable_introductions().filter(
        Q(words__by_person=person_id) | Q(words__first=person_id) | Q(words__second=person_id)
    )
    return rows.annotate(waits=Exists(waits.filter(introduction__state__in=OPEN))).order_by(
        "-waits", "-begun_at", "-pk"
    )


def questions_owed() -> QuerySet[IntroductionQuestion]:
    """Questions not yet answered of introductions that can still come about."""
    return IntroductionQuestion.objects.filter(
        answered_at__isnull=True, introduction__state__in=OPEN, introduction__until__gt=Now()
    )


def wishes_for_staff(cohort_id: int, person_id: int | None) -> QuerySet[Introduction]:
    """What was asked of staff, and what this one of them began."""
    rows = readable_introductions().filter(cohort=cohort_id)
    return rows.filter(Q(words__to_staff=True) | Q(words__by_person=person_id)).order_by("-begun_at", "-pk")


def introduction_counts(cohort_id: int) -> dict[str, int]:
    """Numbers only, from what the tenant may know."""
    return Introduction.objects.filter(cohort=cohort_id).aggregate(
        begun=Count("pk", filter=~Q(state__in=(IntroductionState.WISHED, IntroductionState.CLOSED))),
        made=Count("pk", filter=Q(state=IntroductionState.MADE)),
    )


def people_staff_reach(actor: Actor, cohort: Cohort) -> QuerySet[Person]:
    """Everybody with a place on a cohort of the same programme that this actor is staff of."""
    cohorts = staff_cohorts(actor).filter(programme=cohort.programme_id).order_by().values("pk")
    places = Participation.objects.filter(cohort__in=cohorts).exclude(state=ParticipationState.WITHDRAWN)
    rows = Person.objects.filter(pk__in=places.order_by().values("person"))
    return rows.select_related("organisation").order_by("sort_key", "pk")


def notices_of(cohort_id: int) -> QuerySet[Notice]:
    """Those on the board now, the newest first."""
    rows = Notice.objects.filter(cohort=cohort_id, state=NoticeState.UP, ends_at__gt=timezone.now())
    return rows.select_related("author__organisation")


def notices_gone(cohort_id: int) -> QuerySet[Notice]:
    """What was taken down, as far as the reader still sees it."""
    rows = Notice.objects.filter(cohort=cohort_id).exclude(state=NoticeState.UP)
    return rows.select_related("author__organisation")


def fresh_notices(cohorts: Any, since: Any) -> QuerySet[Notice]:
    rows = Notice.objects.filter(
        cohort__in=cohorts, state=NoticeState.UP, ends_at__gt=timezone.now(), posted_at__gt=since
    )
    return rows.select_related("author", "cohort")
