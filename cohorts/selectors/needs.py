"""What people need at one event: counts for the kitchen, names where they are needed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import QuerySet

from cohorts.models import Attendance, Event, EventNeeds
from cohorts.selectors.events import expected_ids, my_events
from cohorts.selectors.seating import in_words, seats_for
from tenancy.models import Access, Person

# What the record of readers calls the page.
WHAT = "Food and access"


@dataclass
class Needs:
    """`coming` are the people expected without those who sent apologies; of them `said` have answered and `silent` have not."""

    coming: int = 0
    said: int = 0
    silent: list[Person] = field(default_factory=list)
    diets: list[tuple[str, int]] = field(default_factory=list)
    without: list[tuple[str, int]] = field(default_factory=list)
    allergies: list[EventNeeds] = field(default_factory=list)
    access: list[EventNeeds] = field(default_factory=list)
    # Who asked for a table that is easy to reach, and where they sit; '' where no plan is shown.
    easy: list[tuple[EventNeeds, str]] = field(default_factory=list)


def needs_at(event: Event) -> Needs:
    """Everything the organisers arrange for. Reads as the person whom the page is for: the wall shows others nothing."""
    away = Attendance.objects.filter(event=event, state=Attendance.State.APOLOGIES).values("person_id")
    people = list(Person.objects.filter(pk__in=expected_ids(event)).exclude(pk__in=away).order_by("sort_key", "pk"))
    rows = list(
        EventNeeds.objects.filter(person__in=people).select_related("person").order_by("person__sort_key", "person_id")
    )
    said = {row.person_id for row in rows}
    asked = [row for row in rows if row.easy_seat]
    seats = seats_for([row.person_id for row in asked], [event.pk]) if asked else {}
    diets, without = Counter(row.diet for row in rows), Counter(w for row in rows for w in row.without)
    return Needs(
        coming=len(people),
        said=len(rows),
        silent=[person for person in people if person.pk not in said],
        diets=[(str(label), diets[value]) for value, label in EventNeeds.Diet.choices if diets[value]],
        without=[(str(label), without[value]) for value, label in EventNeeds.Without.choices if without[value]],
        allergies=[row for row in rows if row.allergy],
        access=[row for row in rows if row.access],
        easy=[(row, in_words(seats.get((event.pk, row.person_id), []))) for row in asked],
    )


def readings_for(person_id: int) -> QuerySet[Access]:
    """When organisers read the needs of an event that this person was expected at, newest first."""
    mine = my_events(person_id).order_by().values("public_id")
    return Access.objects.filter(subject_kind=Event._meta.label, subject_id__in=mine, what=WHAT).order_by("-at")
