"""What reviews of a cohort answer when the lower floors ask."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.models import CohortReview, Lesson
from cohorts.selectors.reviews import lessons_owed
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings

obligation_sources.register(
    "cohorts.lesson",
    ObligationSource(
        kind="cohorts.lesson",
        label=_("See to a change: {about}"),
        board_label=_("Changes after a review"),
        rows=lessons_owed,
        path=lambda slug, key: reverse("cohorts:lesson-answer", kwargs={"tenant": slug, "public_id": key}),
        ends=_("when they, or staff, say what came of it"),
    ),
)


def export_reviews(person: Person) -> list[dict[str, Any]]:
    written = CohortReview.objects.filter(written_by=person).select_related("cohort")
    lessons = Lesson.objects.filter(owner=person).select_related("review__cohort")
    return [
        *({"review of": r.cohort.name, "held": r.held_on, "says": r.summary} for r in written),
        *(
            {
                "lesson of": row.review.cohort.name,
                "learned": row.learned,
                "changes": row.change,
                "by": row.due_on,
                "came of it": row.outcome,
                "note": row.note,
            }
            for row in lessons
        ),
    ]


holdings.register(
    "cohorts.reviews",
    Holding(
        label=_("Reviews of a cohort that you wrote down, and changes you see to"),
        models=(CohortReview._meta.label, Lesson._meta.label),
        export=export_reviews,
        keep_days=None,
    ),
)
