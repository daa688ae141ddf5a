"""An assessment centre in the calendars of whoever comes and whoever observes: the feed, and what goes out beside the mails."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from reminders.calendars import CalendarEntry
from selection.models import CentrePlace, Observer


def place_entry(place: CentrePlace, slug: str) -> CalendarEntry:
    """Of somebody who has a time, or had one until they were released."""
    slot = place.had
    if slot is None:
        raise ValueError("never had a time")
    application = place.application
    return CalendarEntry(
        uid=f"centre-{place.public_id}@baton",
        sequence=place.sequence,
        title=_("Assessment centre, %(cohort)s") % {"cohort": application.round.cohort.name},
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        place=slot.where,
        path=reverse("selection:centre-book", kwargs={"tenant": slug, "public_id": application.public_id}),
        cancelled=place.slot_id is None,
    )


def observer_entry(observer: Observer, slug: str) -> CalendarEntry:
    """Whoever observes no longer, be it for a conflict, keeps no name."""
    gone = observer.withdrawn_at is not None
    name = observer.place.application.applicant.name
    return CalendarEntry(
        uid=f"observing-{observer.public_id}@baton",
        sequence=observer.sequence,
        title=observer.exercise.name if gone else f"{observer.exercise.name}: {name}",
        starts_at=observer.starts_at,
        ends_at=observer.ends_at,
        place=observer.slot.where,
        path="" if gone else reverse("selection:observe", kwargs={"tenant": slug, "public_id": observer.public_id}),
        cancelled=gone,
    )
