"""Who was asked to help shape the programme, how often, and what they said."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts.models import AlumniMembership, CoDesignAsk, CoDesignInvitation, Programme
from cohorts.states import AlumniState
from tenancy.models import Person


def a_year_ago() -> datetime:
    return timezone.now() - timedelta(days=365)


def askable(programme: Programme) -> QuerySet[Person]:
    """Active alumni, each with how often they were `asked` in twelve months and when `asked_last`, those asked least first."""
    active = AlumniMembership.objects.filter(programme=programme, state=AlumniState.ACTIVE)
    mine = CoDesignInvitation.objects.filter(person=OuterRef("pk")).order_by().values("person")
    times = mine.filter(asked_at__gt=a_year_ago()).annotate(n=Count("pk")).values("n")
    return (
        Person.objects.filter(pk__in=active.values("person_id"))
        .select_related("organisation")
        .annotate(
            asked=Coalesce(Subquery(times), 0),
            asked_last=Subquery(mine.annotate(at=Max("asked_at")).values("at")),
        )
        .order_by("asked", "sort_key", "pk")
    )


def asked_in_a_year(people: list[Person]) -> dict[int, int]:
    rows = CoDesignInvitation.objects.filter(person__in=people, asked_at__gt=a_year_ago())
    return dict(rows.order_by().values("person_id").annotate(n=Count("pk")).values_list("person_id", "n"))


def asks_of(programme: Programme) -> QuerySet[CoDesignAsk]:
    """With how many were asked, and how many answered."""
    answered = ~Q(invitations__answer=CoDesignInvitation.Answer.WAITING)
    return (
        CoDesignAsk.objects.filter(programme=programme)
        .annotate(people=Count("invitations"), answers=Count("invitations", filter=answered))
        .order_by("-asked_at", "-pk")
    )


def asked_of(person_id: int) -> list[CoDesignInvitation]:
    """What somebody was asked, newest first, with what came of it."""
    rows = CoDesignInvitation.objects.filter(person_id=person_id).select_related("ask__programme")
    return list(rows.order_by("-asked_at", "-pk")[:20])
