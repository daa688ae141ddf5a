"""What briefs for managers answer when the lower floors ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.face_notebook import NOTEBOOK
from cohorts.models import ReturnBrief, ReturnBriefText
from cohorts.rules import RETURN_BRIEF
from cohorts.selectors.return_briefs import managers_counted, talks_owed
from engine.suppression import suppress_counts
from reminders.calendars import CalendarEntry, Day, Days, calendar_sources, days_of
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings

TALK_FOR = timedelta(minutes=30)

obligation_sources.register(
    "cohorts.return_talk",
    ObligationSource(
        kind="cohorts.return_talk",
        label=gettext_lazy("Talk with {about} about their return to work, and say that you have"),
        board_label=gettext_lazy("Managers’ conversations"),
        rows=talks_owed,
        path=lambda slug, key: reverse("cohorts:return-brief-answer", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when they say that they’ve talked, the brief is taken back, or its time is over"),
        link_purpose=RETURN_BRIEF,
        private=True,
    ),
)


def talks_in_calendar(person: Person) -> Days:
    """For both who talk."""
    slug = person.tenant.slug
    rows = ReturnBrief.objects.filter(Q(owner=person) | Q(reader=person), meet_at__isnull=False)
    other = Case(When(owner=person, then=F("reader__name")), default=F("owner__name"))

    def entry(day: Day) -> CalendarEntry:
        page = "return-brief" if day.own else "return-brief-answer"
        return CalendarEntry(
            uid=f"return-talk-{day.key}@baton",
            sequence=int(day.starts_at.timestamp()) // 60,
            title=_("Return to work: talk with %(name)s") % {"name": day.title},
            starts_at=day.starts_at,
            ends_at=day.starts_at + TALK_FOR,
            path=reverse(f"cohorts:{page}", kwargs={"tenant": slug, "public_id": day.key}),
            cancelled=day.cancelled,
        )

    return Days(
        days_of(
            rows,
            key="public_id",
            title=Coalesce(other, Value(person.name)),
            starts_at="meet_at",
            ends_at="meet_at",
            own=Q(owner=person),
            cancelled=Q(taken_back_at__isnull=False),
        ),
        entry,
    )


calendar_sources.register("cohorts.return_talks", talks_in_calendar)


def export_briefs(person: Person) -> list[dict[str, Any]]:
    """Read as its owner it gives every word; as its reader what they may read still; as anybody else none of it."""
    rows = ReturnBrief.objects.filter(Q(owner=person) | Q(reader=person)).select_related("owner", "reader")
    found = []
    for row in rows:
        words = ReturnBriefText.objects.filter(brief=row).first()
        own = row.owner_id == person.pk
        who = {"brief for": row.reader.name if row.reader else ""} if own else {"was sent a brief by": row.owner.name}
        said = (
            {
                "begins": words.introduction,
                "says": words.content,
                "asks": words.needs,
                "agreed": words.agreed,
                "answer": words.answer,
            }
            if words
            else {}
        )
        found.append(
            {
                **who,
                "made": row.made_at,
                "sent": row.sent_at,
                "until": row.until,
                "talk on": row.meet_at,
                "talked": row.talked_at,
                "taken back": row.taken_back_at,
                **said,
            }
        )
    return found


holdings.register(
    "cohorts.return_briefs",
    Holding(
        label=gettext_lazy("Briefs for managers about somebody’s return"),
        models=(ReturnBrief._meta.label, ReturnBriefText._meta.label),
        export=export_briefs,
        kind=NOTEBOOK,
        private_to_author=True,
    ),
)
name_kinds(
    "cohorts",
    {
        "return_brief": gettext_lazy("Brief for a manager"),
        "return_meeting": gettext_lazy("Another day to talk about a return to work"),
        "return_answered": gettext_lazy("Brief answered by a manager"),
    },
    private=("return_brief", "return_meeting", "return_answered"),
)


def managers_figure(cohort_id: int, least: int) -> dict[str, Any] | None:
    """With how many of those who sent a brief a manager has talked: withheld where the number, or the rest, may point at somebody."""
    talked, sent = managers_counted(cohort_id)
    if sent < least or None in suppress_counts([talked, sent - talked], least=least).cells:
        return None
    return {
        "key": "return-talks",
        "title": _("With %(n)d of %(of)d people a manager has talked about their return") % {"n": talked, "of": sent},
        "definition": _(
            "People of the cohort who sent a brief to a manager, and those of them whose manager said that they’ve talked."
            " Staff read no brief."
        ),
        "kind": "number",
        "data": {"value": talked, "of": sent},
    }
