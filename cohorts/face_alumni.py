"""What alumni and their careers answer when the lower floors ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.models import AlumniMembership, CareerConsent, CareerStep, CoDesignAsk, CoDesignInvitation, EventOpening
from reminders.calendars import CalendarEntry, Day, Days, calendar_sources, days_of
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds


def answers_owed() -> QuerySet[CoDesignInvitation]:
    """What alumni were asked and haven't answered, while answers are taken."""
    return CoDesignInvitation.objects.filter(
        answer=CoDesignInvitation.Answer.WAITING, ask__closed_at__isnull=True, ask__answer_by__gt=Now()
    ).annotate(
        owed_by=F("person_id"),
        owed_about=Cast("ask__title", TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=F("ask__answer_by"),
        owed_since=F("asked_at"),
        owed_cohort=Cast(Value(None), BigIntegerField()),
    )


obligation_sources.register(
    "cohorts.co_design",
    ObligationSource(
        kind="cohorts.co_design",
        label=_("Answer: {about}"),
        board_label=_("Questions to alumni"),
        rows=answers_owed,
        path=lambda slug, key: reverse("cohorts:co-design-answer", kwargs={"tenant": slug, "public_id": key}),
        ends=_("when they say yes or no, the time is over, or staff close it"),
    ),
)


def sessions_of(person: Person) -> Days:
    """Sessions of co-design that they said they'd come to."""
    slug = person.tenant.slug
    yes = CoDesignInvitation.Answer.YES
    rows = CoDesignInvitation.objects.filter(person=person, answer=yes, ask__starts_at__isnull=False)

    def entry(day: Day) -> CalendarEntry:
        return CalendarEntry(
            uid=f"co-design-{day.key}@baton",
            sequence=0,
            title=day.title,
            starts_at=day.starts_at,
            ends_at=day.ends_at,
            place=day.place,
            join_url=day.join_url,
            path=reverse("cohorts:co-design-answer", kwargs={"tenant": slug, "public_id": day.key}),
        )

    return Days(
        days_of(
            rows,
            key="public_id",
            title="ask__title",
            starts_at="ask__starts_at",
            ends_at="ask__ends_at",
            place="ask__place",
            join_url="ask__join_url",
        ),
        entry,
    )


calendar_sources.register("cohorts.co_design", sessions_of)


def export_co_design(person: Person) -> list[dict[str, Any]]:
    rows = CoDesignInvitation.objects.filter(person=person).select_related("ask")
    asked = CoDesignAsk.objects.filter(asked_by=person)
    return [
        *(
            {
                "asked": r.ask.title,
                "at": r.asked_at,
                "answer": r.answer,
                "words": r.words,
                "answered": r.answered_at,
            }
            for r in rows
        ),
        *(
            {
                "you asked": a.title,
                "text": a.body,
                "place": a.place,
                "online": a.join_url,
                "what came of it": a.came_of_it,
                "at": a.asked_at,
            }
            for a in asked
        ),
    ]


def export_openings(person: Person) -> list[dict[str, Any]]:
    rows = EventOpening.objects.filter(opened_by=person).select_related("event")
    return [
        {"opened to alumni": r.event.title, "at": r.opened_at, "recording": r.recording_url, "for": r.recording_for}
        for r in rows
    ]


def old_answers(before: datetime) -> QuerySet[CoDesignInvitation]:
    return CoDesignInvitation.objects.filter(ask__answer_by__lt=before).order_by("pk")


def delete_answers(rows: Sequence[CoDesignInvitation]) -> None:
    delete_rows(CoDesignInvitation, [row.pk for row in rows])


def export_memberships(person: Person) -> list[dict[str, Any]]:
    rows = AlumniMembership.objects.filter(person=person).select_related("programme")
    return [
        {"programme": r.programme.name, "joined": r.joined_at, "hears": r.state, "since": r.state_since} for r in rows
    ]


def export_careers(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words; as anybody else what they agreed to."""
    agreed = CareerConsent.objects.filter(person=person)
    return [
        *(
            {"role": s.role, "at": s.employer, "level": s.level, "since": s.since, "written": s.written_at}
            for s in CareerStep.objects.filter(person=person)
        ),
        *({"agreed to": c.purpose, "given": c.given_at, "taken back": c.withdrawn_at} for c in agreed),
    ]


def old_steps(before: datetime) -> QuerySet[CareerStep]:
    return CareerStep.objects.filter(written_at__lt=before).order_by("pk")


def delete_steps(rows: Sequence[CareerStep]) -> None:
    delete_rows(CareerStep, [row.pk for row in rows])


holdings.register(
    "cohorts.alumni",
    Holding(
        label=_("That you’re an alumnus"),
        models=(AlumniMembership._meta.label,),
        export=export_memberships,
        keep_days=None,
    ),
)
holdings.register(
    "cohorts.careers",
    Holding(
        label=_("Your career since your cohort"),
        models=(CareerStep._meta.label, CareerConsent._meta.label),
        export=export_careers,
        kind="cohorts.careers",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "cohorts.careers",
    RetentionKind(
        label=_("Careers of alumni"),
        after=_("after it was last written"),
        days=2192,
        least=366,
        most=3653,
        due=old_steps,
        delete=delete_steps,
    ),
)
holdings.register(
    "cohorts.co_design",
    Holding(
        label=_("What you were asked as an alumnus"),
        models=(CoDesignInvitation._meta.label, CoDesignAsk._meta.label),
        export=export_co_design,
        kind="cohorts.co_design",
    ),
)
retention_kinds.register(
    "cohorts.co_design",
    RetentionKind(
        label=_("What alumni answered when they were asked"),
        after=_("after the last day for answers"),
        days=1096,
        least=366,
        most=2192,
        due=old_answers,
        delete=delete_answers,
    ),
)
holdings.register(
    "cohorts.alumni_events",
    Holding(
        label=_("Events you opened to alumni"),
        models=(EventOpening._meta.label,),
        export=export_openings,
        keep_days=6 * 365,
    ),
)
name_kinds(
    "cohorts",
    {
        "alumni_welcome": _("Added to the alumni"),
        "alumni_event": _("Event open to alumni"),
        "recording": _("Recording of an event"),
        "co_design": _("Alumni asked for a view or to a session"),
        "co_design_closed": _("What came of what alumni were asked"),
    },
)
