"""Reads of leadership histories. Which entries of others there are, the database says."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from cohorts.models import LeadershipHistoryEntry, LeadershipHistoryNod
from tenancy.models import Person


def history_of(owner_id: int) -> list[LeadershipHistoryEntry]:
    """One person's entries in their order, as far as the reader is shown them, with the nods that the reader may see."""
    nods = LeadershipHistoryNod.objects.select_related("by_person")
    rows = LeadershipHistoryEntry.objects.filter(owner_id=owner_id).prefetch_related(Prefetch("nods", nods))
    return list(rows)


def histories_shown_to(person_id: int) -> QuerySet[Person]:
    """Whose history one is shown any of, by name."""
    shown = LeadershipHistoryEntry.objects.exclude(owner_id=person_id).order_by().values("owner_id")
    return Person.objects.filter(pk__in=shown).select_related("organisation").order_by("sort_key", "pk")
