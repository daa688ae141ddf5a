"""Reads of leadership histories. Which entries of others there are, the database says."""

from __future__ import annotations

from django.db.models import Count, Prefetch, QuerySet

from cohorts.models import LeadershipHistoryEntry, LeadershipHistoryNod
from tenancy.models import Person


def history_of(owner_id: int) -> list[LeadershipHistoryEntry]:
    """One person's entries in their order, as far as the reader is shown them, with the nods that the reader may see."""
    nods = LeadershipHistoryNod.objects.select_related("by_person")
    rows = LeadershipHistoryEntry.objects.filter(owner_id=owner_id).prefetch_related(Prefetch("nods", nods))
    return list(rows)


def histories_shown_to(person_id: int) -> QuerySet[Person]:
    """Whose history one is shown any of, with how much of it, by name."""
    shown = LeadershipHistoryEntry.objects.exclude(owner_id=person_id).order_by().values("owner_id")
    counts = dict(shown.annotate(n=Count("pk")).values_list("owner_id", "n"))
    people = Person.objects.filter(pk__in=counts).select_related("organisation").order_by("sort_key", "pk")
    for person in people:
        person.shown = counts[person.pk]
    return people
