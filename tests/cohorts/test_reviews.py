"""The delivery team's review of a cohort: dated, with a log of what it learns and changes, owed by name and day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import CohortReview, Lesson
from cohorts.services.reviews import add_lesson, answer_lesson, hold_review
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.scope import tenant_context


def at(name, row):
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": row.public_id})


def boxes(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def test_staff_hold_one_and_see_to_what_they_change(
    essex, cohort, staff, facilitator, participant, other_staff, count_queries
):
    page, today = at("review-list", cohort), timezone.localdate()
    half = cohort.starts_on + (cohort.ends_on - cohort.starts_on) // 2
    shown = staff.client.get(page).content.decode()
    assert "No review yet" in shown and f"{half.day} {half:%B %Y}" in shown
    assert page in staff.client.get(at("cohort-detail", cohort)).content.decode()
    for somebody in (participant, facilitator, other_staff):
        assert somebody.client.get(page).status_code == 403
    wrong = staff.client.post(page, boxes("held_on", today + timedelta(days=1)))
    assert wrong.status_code == 422 and "today or earlier" in wrong.content.decode()
    form = {**boxes("held_on", today), "summary": "Six of us, half a day."}
    assert staff.client.post(page, form).status_code == 302
    with tenant_context(essex):
        review = CohortReview.objects.get()
    due = today + timedelta(days=20)
    lesson = {
        "learned": "Set meetings before noon are missed",
        "change": "Afternoons from now on",
        "owner": facilitator.person.public_id,
        **boxes("due_on", due),
    }
    outsider = staff.client.post(at("lesson-add", review), {**lesson, "owner": participant.person.public_id})
    assert outsider.status_code == 422
    one = count_queries(staff.client, page)
    for _click in range(2):
        assert staff.client.post(at("lesson-add", review), lesson).status_code == 302
    with tenant_context(essex):
        row = Lesson.objects.get()
        owed = read_obligations(kind="cohorts.lesson")
        assert [(o.person_id, o.about, o.key) for o in owed] == [
            (facilitator.person.pk, "Afternoons from now on", row.public_id)
        ]
        for n in range(3):
            add_lesson(review=review, learned=f"L{n}", change=f"C{n}", owner=staff.person, due_on=due, by=staff.actor)
    assert one <= count_queries(staff.client, page) <= 12
    # who sees to it says what came of it; the log shows it
    assert participant.client.get(at("lesson-answer", row)).status_code == 403
    answer = {"outcome": "done", "note": "Five of six moved."}
    assert facilitator.client.post(at("lesson-answer", row), {}).status_code == 422
    assert facilitator.client.post(at("lesson-answer", row), answer).status_code == 302
    shown = staff.client.get(page).content.decode()
    assert "Five of six moved." in shown and "4 lessons" in shown and "Six of us" in shown
    with tenant_context(essex):
        assert len(read_obligations(kind="cohorts.lesson")) == 3


def test_what_is_refused(essex, cohort, staff, participant):
    with tenant_context(essex):
        today = timezone.localdate()
        review = hold_review(cohort=cohort, held_on=today, summary="One", by=staff.actor)
        assert hold_review(cohort=cohort, held_on=today, summary="One", by=staff.actor) == review
        with pytest.raises(Refused, match="already"):
            hold_review(cohort=cohort, held_on=today, summary="Two", by=staff.actor)
        with pytest.raises(Refused, match="since the cohort"):
            hold_review(cohort=cohort, held_on=cohort.starts_on - timedelta(days=1), summary="", by=staff.actor)
        with pytest.raises(NotAllowed):
            hold_review(cohort=cohort, held_on=today, summary="", by=participant.actor)
        said = {"learned": "L", "change": "C", "owner": staff.person}
        with pytest.raises(Refused, match="today or later"):
            add_lesson(review=review, due_on=today - timedelta(days=1), by=staff.actor, **said)
        row = add_lesson(review=review, due_on=today, by=staff.actor, **said)
        with pytest.raises(NotAllowed):
            answer_lesson(lesson=row, outcome="done", note="", by=participant.actor)
        answer_lesson(lesson=row, outcome="dropped", note="", by=staff.actor)
        answer_lesson(lesson=row, outcome="dropped", note="", by=staff.actor)  # the second click
        with pytest.raises(WrongState):
            answer_lesson(lesson=row, outcome="done", note="", by=staff.actor)
