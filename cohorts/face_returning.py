"""What going back to work answers when the lower floors ask: what is owed, what is held, what the calendar and the report say."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.face_buddies import buddies_figure
from cohorts.face_notebook import NOTEBOOK
from cohorts.face_return_briefs import managers_figure
from cohorts.models import (
    ChangeContext,
    ChangeContextKind,
    ChangeKind,
    Participation,
    ReturnPlan,
    ReturnPlanText,
    ReturnReview,
    ReturnReviewText,
)
from cohorts.selectors.returning import changes_counted, plans_owed, reviews_owed
from cohorts.states import ParticipationState
from engine.suppression import thresholds_of_tenant
from reminders.calendars import CalendarEntry, Day, Days, calendar_sources, days_of
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings

LOOK_AT, LOOK_FOR = time(9, 0), timedelta(minutes=30)

obligation_sources.register(
    "cohorts.return_plan",
    ObligationSource(
        kind="cohorts.return_plan",
        label=gettext_lazy("Plan your return to work: {about}"),
        board_label=gettext_lazy("Return plans"),
        rows=plans_owed,
        path=lambda slug, key: reverse("cohorts:return-home", kwargs={"tenant": slug}),
        ends=gettext_lazy("when they’ve made one, or four weeks after the cohort’s last day"),
    ),
)
obligation_sources.register(
    "cohorts.return_review",
    ObligationSource(
        kind="cohorts.return_review",
        label=gettext_lazy("Look at your return plan again: {about}"),
        board_label=gettext_lazy("Return plans looked at again"),
        rows=reviews_owed,
        path=lambda slug, key: reverse("cohorts:return-review", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when they’ve said what became of it, or changed the day"),
        private=True,
    ),
)


def reviews_in_calendar(person: Person) -> Days:
    """Half an hour on the morning of each day that they mean to look at their plan."""
    slug = person.tenant.slug

    def entry(day: Day) -> CalendarEntry:
        starts = timezone.make_aware(datetime.combine(day.starts_at.astimezone(UTC).date(), LOOK_AT))
        return CalendarEntry(
            uid=f"return-review-{day.key}@baton",
            sequence=0,
            title=_("Look at your return plan again"),
            starts_at=starts,
            ends_at=starts + LOOK_FOR,
            path=reverse("cohorts:return-review", kwargs={"tenant": slug, "public_id": day.key}),
        )

    rows = ReturnReview.objects.filter(owner=person, done_at__isnull=True)
    return Days(days_of(rows, key="public_id", starts_at="review_on", ends_at="review_on"), entry)


calendar_sources.register("cohorts.returning", reviews_in_calendar)


def export_return(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words; as anybody else that there is a plan."""
    return [
        *(
            {"return plan made": p.made_at, "cohort": p.cohort.name}
            for p in ReturnPlan.objects.filter(owner=person).select_related("cohort")
        ),
        *(
            {
                "wants to keep doing": t.keep,
                "needs time": t.need_time,
                "needs backing": t.need_sponsor,
                "needs a place to try things": t.need_place,
                "looks again": t.review_on,
                "and": t.review_again_on,
                "written": t.written_at,
            }
            for t in ReturnPlanText.objects.filter(owner=person)
        ),
        *(
            {"look at it on": r.review_on, "looked": r.done_at}
            for r in ReturnReview.objects.filter(owner=person, done_at__isnull=True)
        ),
        *(
            {"looked on": t.review.done_at, "what became of it": t.body}
            for t in ReturnReviewText.objects.filter(owner=person).select_related("review")
        ),
        *(
            {"what has changed": c.kinds, "text": c.body, "written": c.written_at}
            for c in ChangeContext.objects.filter(owner=person)
        ),
    ]


holdings.register(
    "cohorts.returning",
    Holding(
        label=gettext_lazy("Your return plan, and what has changed in your organisation"),
        models=tuple(
            m._meta.label
            for m in (ReturnPlan, ReturnPlanText, ReturnReview, ReturnReviewText, ChangeContext, ChangeContextKind)
        ),
        export=export_return,
        kind=NOTEBOOK,
        private_to_author=True,
    ),
)


def plans_figure(cohort_id: int, made: int) -> dict[str, Any]:
    """How many of those who didn't withdraw made a plan."""
    of = Participation.objects.filter(cohort_id=cohort_id).exclude(state=ParticipationState.WITHDRAWN).count()
    return {
        "key": "return-plans",
        "title": _("%(n)d of %(of)d people have a plan for their return to work") % {"n": made, "of": of},
        "definition": _(
            "People of the cohort who made a return plan and haven’t deleted it, of those who didn’t withdraw. Nobody but its owner can"
            " read a plan."
        ),
        "kind": "number",
        "data": {"value": made, "of": of},
    }


def changes_figure(cohort_id: int, least: int) -> dict[str, Any] | None:
    shown = [(kind, n) for kind, n in changes_counted(cohort_id).items() if n >= least]
    if not shown:
        return None
    order = {value: place for place, value in enumerate(ChangeKind.values)}
    return {
        "key": "change-context",
        "title": _("What changed in people’s organisations while they were away"),
        "definition": _(
            "How many people of the cohort noted each kind of change; one may note several. Kinds that fewer than %(n)d noted aren’t told."
            " Nobody but its owner can read a note."
        )
        % {"n": least},
        "kind": "table",
        "data": {
            "header": [_("Kind of change"), _("People")],
            "rows": [
                [str(ChangeKind(kind).label), n] for kind, n in sorted(shown, key=lambda row: (-row[1], order[row[0]]))
            ],
        },
    }


def return_figures(cohort_id: int) -> list[dict[str, Any]]:
    """None of them while fewer made a plan than may be told: all else follows from plans."""
    least = thresholds_of_tenant().count
    planned = ReturnPlan.objects.filter(cohort_id=cohort_id).count()
    if planned < least:
        return []
    made = (
        plans_figure(cohort_id, planned),
        managers_figure(cohort_id, least),
        buddies_figure(cohort_id, least),
        changes_figure(cohort_id, least),
    )
    return [figure for figure in made if figure is not None]
