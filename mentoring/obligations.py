"""What is owed in mentoring: an answer, times, a first booking, and a word on whether a session took place."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentoring.models import AvailabilitySlot, MentoringSession, MentorMatch, MentorProfile
from mentoring.selectors import free_slots
from mentoring.states import MatchState, SessionState
from reminders.obligations import ObligationSource, obligation_sources

ANSWER_WITHIN = timedelta(days=7)
BOOK_WITHIN = timedelta(days=14)
OFFER_WITHIN = timedelta(days=14)
RECORD_WITHIN = timedelta(days=7)


def later(field: str, by: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(F(field) + by, output_field=DateTimeField())


def text(name: str) -> Cast:
    return Cast(F(name), TextField())


def number(name: str) -> Cast:
    return Cast(F(name), BigIntegerField())


def sessions(**filters: object) -> QuerySet[MentoringSession]:
    return MentoringSession.objects.filter(**filters).exclude(state=SessionState.CANCELLED)


def answers_owed() -> QuerySet:
    return MentorMatch.objects.filter(state=MatchState.PROPOSED).annotate(
        owed_by=number("mentor_id"),
        owed_about=text("mentee__name"),
        owed_key=text("public_id"),
        owed_due=later("proposed_at", ANSWER_WITHIN),
        owed_since=F("proposed_at"),
        owed_cohort=number("cohort_id"),
    )


def bookings_owed() -> QuerySet:
    """The first session: by the mentee, once the mentor has accepted and while there's a time to take."""
    return (
        MentorMatch.objects.filter(state=MatchState.ACTIVE)
        .filter(~Exists(sessions(match=OuterRef("pk"))), Exists(free_slots(OuterRef("mentor_id"))))
        .annotate(
            owed_by=number("mentee_id"),
            owed_about=text("mentor__name"),
            owed_key=text("public_id"),
            owed_due=later("accepted_at", BOOK_WITHIN),
            owed_since=F("accepted_at"),
            owed_cohort=number("cohort_id"),
        )
    )


def slots_owed() -> QuerySet:
    """By mentors who have a mentee with nothing ahead and no time left to take; counted from when their times ran out."""
    ahead = sessions(match=OuterRef("pk"), ends_at__gt=Now())
    idle = MentorMatch.objects.filter(~Exists(ahead), mentor=OuterRef("person_id"), state=MatchState.ACTIVE)
    last_slot = (
        AvailabilitySlot.objects.filter(mentor=OuterRef("person_id"), starts_at__lte=Now())
        .order_by()
        .values("mentor")
        .annotate(last=Max("starts_at"))
        .values("last")
    )
    accepted = Subquery(idle.order_by("-accepted_at").values("accepted_at")[:1])
    return (
        MentorProfile.objects.filter(Exists(idle), ~Exists(free_slots(OuterRef("person_id"))))
        .annotate(idle_since=Greatest(accepted, Coalesce(Subquery(last_slot), accepted), output_field=DateTimeField()))
        .annotate(
            owed_by=number("person_id"),
            owed_about=Cast(Value(""), TextField()),
            owed_key=text("public_id"),
            owed_due=later("idle_since", OFFER_WITHIN),
            owed_since=F("idle_since"),
            owed_cohort=Cast(Subquery(idle.order_by("-accepted_at").values("cohort_id")[:1]), BigIntegerField()),
        )
    )


def records_owed() -> QuerySet:
    return MentoringSession.objects.filter(state=SessionState.BOOKED, ends_at__lt=Now()).annotate(
        owed_by=number("mentor_id"),
        owed_about=text("mentee__name"),
        owed_key=text("public_id"),
        owed_due=later("ends_at", RECORD_WITHIN),
        owed_since=F("ends_at"),
        owed_cohort=number("match__cohort_id"),
    )


def page(name: str, slug: str, key: str) -> str:
    return reverse(f"mentoring:{name}", kwargs={"tenant": slug, "public_id": key})


SOURCES = (
    ObligationSource(
        kind="mentoring.answer",
        label=_("Say whether you’ll mentor {about}"),
        board_label=_("Mentors’ answers"),
        rows=answers_owed,
        path=lambda slug, key: page("match-detail", slug, key),
        ends=_("The mentor accepts or declines, or staff withdraw the proposal."),
    ),
    ObligationSource(
        kind="mentoring.book",
        label=_("Book a first session with {about}"),
        board_label=_("First mentoring sessions"),
        rows=bookings_owed,
        path=lambda slug, key: page("session-book", slug, key),
        ends=_("A session is booked, the mentor’s times run out, or the mentoring ends."),
    ),
    ObligationSource(
        kind="mentoring.slots",
        label=_("Offer times for mentoring"),
        board_label=_("Mentors’ times"),
        rows=slots_owed,
        path=lambda slug, key: reverse("mentoring:slot-list", kwargs={"tenant": slug}),
        ends=_("The mentor offers a time, or nobody needs one."),
    ),
    ObligationSource(
        kind="mentoring.held",
        label=_("Say whether your session with {about} took place"),
        board_label=_("Sessions to confirm"),
        rows=records_owed,
        path=lambda slug, key: page("session-detail", slug, key),
        ends=_("Either of the two says whether it took place."),
    ),
)


def register() -> None:
    for source in SOURCES:
        obligation_sources.register(source.kind, source)
