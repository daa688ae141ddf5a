"""What the app tells the lower floors when asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.navigation import cohort_navigation_sources
from engine.home import navigation_sources, panel_sources
from engine.reports import ReportSection, report_sections
from mentoring import obligations
from mentoring.calendar import calendar_entries
from mentoring.models import (
    AvailabilitySlot,
    MenteeRequest,
    MentoringNote,
    MentoringNoteFact,
    MentoringSession,
    MentorMatch,
    MentorProfile,
)
from mentoring.panels import cohort_mentoring_items, mentoring_navigation, mentoring_panels
from mentoring.selectors import cohort_counts
from mentoring.states import MatchState
from reminders.calendars import calendar_sources
from reminders.kinds import name_kinds
from tenancy.conflicts import NOTHING_MORE, ConflictSource, conflict_sources
from tenancy.grounds import Ground, grounds
from tenancy.models import Person
from tenancy.privacy import Holding, holdings

grounds.register(
    "mentor",
    Ground(
        "EXISTS (SELECT 1 FROM mentoring_mentormatch pair"
        " WHERE pair.mentor_id = {me} AND pair.mentee_id = {owner} AND pair.state = 'active')"
    ),
)
BOUND = (MatchState.PROPOSED, MatchState.ACTIVE, MatchState.ENDED)


def mentor_and_mentee(person_ids: Collection[int]) -> list[QuerySet]:
    """A mentor takes no part in judging whom they mentor, or have mentored."""
    rows = MentorMatch.objects.filter(mentor__in=person_ids, mentee__in=person_ids, state__in=BOUND)
    return [rows.annotate(conflict_one=F("mentor"), conflict_other=F("mentee"), conflict_detail=NOTHING_MORE)]


def export_mentoring(person: Person) -> list[dict[str, Any]]:
    own = Q(mentor=person) | Q(mentee=person)
    profiles = MentorProfile.objects.filter(person=person)
    requests = MenteeRequest.objects.filter(person=person)
    matches = MentorMatch.objects.filter(own | Q(proposed_by=person)).select_related("mentor", "mentee")
    sessions = MentoringSession.objects.filter(own)
    return [
        *({"mentor profile": p.topics, "about": p.about, "capacity": p.capacity} for p in profiles),
        *({"asked for": r.topics, "wishes": r.wishes, "at": r.asked_at} for r in requests),
        *(
            {
                "mentor": m.mentor.name,
                "mentee": m.mentee.name,
                "why": m.reason,
                "state": m.state,
                "since": m.proposed_at,
            }
            for m in matches
        ),
        *(
            {
                "session": s.starts_at,
                "until": s.ends_at,
                "place": s.place,
                "online": s.join_url,
                "state": s.state,
                "booked": s.booked_at,
            }
            for s in sessions
        ),
        *(
            {
                "time offered": s.starts_at,
                "until": s.ends_at,
                "place": s.place,
                "online": s.join_url,
                "withdrawn": s.withdrawn_at,
            }
            for s in AvailabilitySlot.objects.filter(mentor=person)
        ),
    ]


def export_notes(person: Person) -> list[dict[str, Any]]:
    """Read as that person, it gives their own notes; read as anybody else, the database gives none."""
    rows = MentoringNote.objects.filter(author=person)
    return [{"written": n.written_at, "note": n.body, "shared with the other": n.shared} for n in rows]


def report_figures(cohort_id: int) -> list[dict[str, Any]]:
    counts = cohort_counts(cohort_id)
    figures = (
        (
            "mentoring-matched",
            _("Participants who had a mentor"),
            _("Matches accepted by the mentor, ended ones included; each participant once."),
            "matched",
        ),
        ("mentoring-held", _("Mentoring sessions held"), _("Sessions that one of the pair said took place."), "held"),
        ("mentoring-hours", _("Hours of mentoring"), _("Booked length of the sessions held."), "hours"),
    )
    return [
        {"key": key, "title": title, "definition": definition, "kind": "number", "data": {"value": counts[name]}}
        for key, title, definition, name in figures
    ]


holdings.register(
    "mentoring",
    Holding(
        label=gettext_lazy("Mentoring: profile, wishes, matches and sessions"),
        models=tuple(
            m._meta.label for m in (MentorProfile, MenteeRequest, MentorMatch, AvailabilitySlot, MentoringSession)
        ),
        export=export_mentoring,
        keep_days=730,
    ),
)
holdings.register(
    "mentoring.notes",
    Holding(
        label=gettext_lazy("Mentoring: your own notes"),
        models=(MentoringNote._meta.label, MentoringNoteFact._meta.label),
        export=export_notes,
        keep_days=730,
        private_to_author=True,
    ),
)
conflict_sources.register(
    "mentor-of", ConflictSource(mentor_and_mentee, gettext_lazy("One mentors the other, or has."), outlasts=True)
)
calendar_sources.register("mentoring", calendar_entries)
report_sections.register("mentoring", ReportSection(gettext_lazy("Mentoring"), 50, report_figures))
panel_sources.register("mentoring", mentoring_panels)
navigation_sources.register("mentoring", mentoring_navigation)
cohort_navigation_sources.register("mentoring", cohort_mentoring_items)
obligations.register()

name_kinds(
    "mentoring",
    {
        "match_asked": gettext_lazy("Mentor asked"),
        "match_proposed": gettext_lazy("Mentor proposed"),
        "match_accepted": gettext_lazy("Mentor accepted"),
        "match_closed": gettext_lazy("Mentoring didn’t go ahead"),
        "match_free": gettext_lazy("Participant needs another mentor"),
        "match_ended": gettext_lazy("Mentoring ended"),
        "session_booked": gettext_lazy("Mentoring session booked or moved"),
        "session_cancelled": gettext_lazy("Mentoring session cancelled"),
    },
)
