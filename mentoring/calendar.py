"""A session in the calendars of its two people: that there is one, when and where; never what it's about."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.models import MentoringSession
from mentoring.states import SessionState
from reminders.calendars import CalendarEntry
from tenancy.models import Person

KEEP = timedelta(days=90)


def session_entry(session: MentoringSession, slug: str) -> CalendarEntry:
    return CalendarEntry(
        uid=f"mentoring-{session.public_id}@baton",
        sequence=session.sequence,
        title=_("Mentoring session"),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        join_url=session.join_url,
        path=reverse("mentoring:session-detail", kwargs={"tenant": slug, "public_id": session.public_id}),
        cancelled=session.state == SessionState.CANCELLED,
    )


def calendar_entries(person: Person) -> list[CalendarEntry]:
    """The person's sessions from three months ago on, cancelled ones as such."""
    slug = person.tenant.slug
    rows = MentoringSession.objects.filter(
        Q(mentor=person) | Q(mentee=person), ends_at__gte=timezone.now() - KEEP
    ).select_related("match")
    return [session_entry(row, slug) for row in rows]
