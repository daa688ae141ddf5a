"""Briefs for managers: what can go into one, who may be meant, and who still has to say that they've talked."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce, Now
from django.utils.translation import gettext as _

from cohorts.models import Cohort, ReturnBrief, ReturnPlanText
from cohorts.promises import promises_about
from cohorts.selectors.development import Pickable, pickables
from cohorts.selectors.returning import SYS, context_of
from reminders.obligations import last_minute_of
from tenancy.models import Person

# Somebody without a day has this long.
TALK_WITHIN = timedelta(days=21)


def need_labels() -> dict[str, str]:
    return {"n-time": _("Time"), "n-sponsor": _("Backing"), "n-place": _("A place to try things")}


def brief_pickables(person_id: int, cohort: Cohort, plan: ReturnPlanText) -> list[Pickable]:
    """Their plan and the note of what has changed first, then what a summary for an appraisal could say, but no reflections."""
    found = [Pickable("p-keep", _("What I want to keep doing"), plan.keep)]
    said = {"n-time": plan.need_time, "n-sponsor": plan.need_sponsor, "n-place": plan.need_place}
    found += [Pickable(key, label, said[key]) for key, label in need_labels().items() if said[key]]
    if (change := context_of(person_id, cohort)) is not None:
        if change.kinds:
            found.append(Pickable("c-kinds", _("What has changed here meanwhile"), "; ".join(change.kind_labels) + "."))
        if change.body:
            found.append(Pickable("c-words", _("What has changed here meanwhile"), change.body))
    return found + pickables(person_id, reflections=False)


def likely_manager(person: Person, cohort: Cohort) -> Person | None:
    """Whoever backed them last when they were put forward, or else their line manager on record."""
    given = [promise for promise in promises_about(person.pk, cohort.pk) if promise.given_at is not None]
    if given:
        return max(given, key=lambda promise: promise.given_at).by  # type: ignore[arg-type, return-value]
    return person.line_manager


def briefs_of(person_id: int | None, cohort: Cohort | None) -> QuerySet[ReturnBrief]:
    rows = ReturnBrief.objects.filter(owner_id=person_id, cohort=cohort)
    return rows.select_related("reader", "words", "owner", "cohort__programme")


def talks_owed() -> QuerySet[ReturnBrief]:
    """By managers who have a brief and haven't said that they've talked."""
    return (
        ReturnBrief.objects.filter(
            reader__isnull=False, sent_at__isnull=False, taken_back_at__isnull=True, talked_at__isnull=True
        )
        .annotate(over=last_minute_of("until"))
        .filter(over__gte=Now())
        .annotate(
            owed_by=F("reader_id"),
            owed_about=Cast("owner__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=Coalesce(F("meet_at"), F("sent_at") + TALK_WITHIN),
            owed_since=F("sent_at"),
            owed_cohort=F("cohort_id"),
        )
    )


def managers_counted(cohort_id: int) -> tuple[int, int]:
    """Of a cohort's people who sent a brief: how many of them a manager has talked with, and how many they are. Read by the role that
    counts, from rows without words."""
    rows = ReturnBrief.objects.using(SYS).filter(cohort_id=cohort_id, sent_at__isnull=False)
    told = list(rows.values_list("owner_id", "talked_at"))
    return len({owner for owner, at in told if at is not None}), len({owner for owner, _at in told})
