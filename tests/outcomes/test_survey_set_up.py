"""Setting up a survey, asking people, closing: as staff do it on the pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from outcomes.models import DisclosureSetting, Indicator, Survey, SurveyInvitation, SurveyWave
from outcomes.services.surveys import edit_survey, open_wave
from reminders.models import Message
from reminders.obligations import owed
from tenancy.errors import NotAllowed, Refused
from tenancy.scope import tenant_context
from tests.factories.outcomes import SYSTEM, add_people, answer, ask, invitation, make_cohort, make_survey
from tests.queries import page_queries


def in_days(days: int) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=days)
    return {"closes_on-day": str(day.day), "closes_on-month": str(day.month), "closes_on-year": str(day.year)}


def test_staff_set_up_a_survey_with_ten_statements(essex, cohort, staff):
    page = staff.client.get(f"/essex/surveys/new/?cohort={cohort.public_id}").content.decode()
    assert re.search(
        rf'<option[^>]* value="{cohort.public_id}"[^>]* selected|<option value="{cohort.public_id}" selected', page
    )
    answer_ = staff.client.post("/essex/surveys/new/", {"cohort": cohort.public_id, "name": " Where  I am "})
    assert answer_.status_code == 302
    shown = staff.client.get(answer_.headers["Location"]).content.decode()
    with tenant_context(essex):
        texts = list(Indicator.objects.values_list("text", flat=True))
    assert len(texts) == 10 and all(text in shown for text in texts)
    again = staff.client.post("/essex/surveys/new/", {"cohort": cohort.public_id, "name": "Where I am"})
    assert again.status_code == 422 and "already has a survey of that name" in again.content.decode()


def test_staff_of_another_cohort_can_not_choose_this_one(essex, cohort, other_staff, stranger):
    refused = other_staff.client.post("/essex/surveys/new/", {"cohort": cohort.public_id, "name": "Mine"})
    assert refused.status_code == 422
    with tenant_context(essex):
        assert not Survey.objects.exists()
    assert stranger.client.get("/essex/surveys/new/").status_code == 404


def edit(client, survey, **changes):
    data = {
        "name": survey.name,
        "version": survey.version,
        "confidence": "I decide.",
        "skills": "I listen.\n\n I ask. ",
        "relationships": "",
        **changes,
    }
    return client.post(f"/essex/surveys/{survey.public_id}/edit/", data)


def test_statements_are_edited_one_a_line(essex, survey, staff):
    assert edit(staff.client, survey).status_code == 302
    with tenant_context(essex):
        kept = list(Indicator.objects.values_list("domain", "text"))
    assert kept == [("confidence", "I decide."), ("skills", "I listen."), ("skills", "I ask.")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"confidence": "", "skills": " "}, "Write at least one statement"),
        ({"skills": "I decide."}, "is there twice"),
        ({"skills": "x" * 201}, "200 characters or fewer"),
        ({"skills": "\n".join(f"I do {n}" for n in range(13))}, "12 statements or fewer"),
    ],
)
def test_bad_statements_are_named_and_nothing_is_written(essex, survey, staff, changes, words):
    page = edit(staff.client, survey, **changes)
    assert page.status_code == 422 and words in page.content.decode()
    with tenant_context(essex):
        assert Indicator.objects.count() == 10


def test_two_people_editing_see_both_texts(essex, survey, staff):
    with tenant_context(essex):
        edit_survey(survey=survey, version=1, name="Theirs", indicators={"skills": ["I was quicker."]}, by=SYSTEM)
        survey.version = 1
    page = edit(staff.client, survey, name="Mine")
    assert page.status_code == 409
    text = page.content.decode()
    assert "Theirs" in text and "Mine" in text and "I decide." in text


def test_opening_asks_everyone_taking_part_once(essex, cohort, survey, people, participant, staff):
    address = f"/essex/surveys/{survey.public_id}/open/before/"
    assert "13 people on this cohort get a message" in staff.client.get(address).content.decode()
    assert staff.client.post(address, in_days(10)).status_code == 302
    again = staff.client.post(address, in_days(10))
    assert again.status_code == 422 and "already been opened" in again.content.decode()
    with tenant_context(essex):
        wave = SurveyWave.objects.get()
        asks = Message.objects.filter(kind="outcomes.survey_open")
        assert SurveyInvitation.objects.count() == asks.count() == 13
        mine = asks.get(recipient=participant.person)
        assert mine.asks and mine.subject.startswith("Please answer “Where I am now”: reply by ")
        assert mine.link_path == f"/essex/surveys/waves/{wave.public_id}/answer/"
        assert "11:59pm" in mine.body_text
        assert len(owed(kind="outcomes.survey")) == 13
        (own,) = owed(kind="outcomes.survey", person_id=participant.person.pk)
        assert own.label() == "Answer “Where I am now”" and own.cohort_id == cohort.pk and own.due == wave.closes_at
        assert own.path(essex) == mine.link_path


def test_the_last_day_must_be_ahead_and_a_real_one(essex, survey, people, staff):
    address = f"/essex/surveys/{survey.public_id}/open/before/"
    cases = (
        (in_days(-1), "must be today or later"),
        ({**in_days(3), "closes_on-day": "31", "closes_on-month": "2"}, "must be a real date"),
        ({}, "Enter the last day to answer"),
    )
    for data, words in cases:
        page = staff.client.post(address, data)
        assert page.status_code == 422 and words in page.content.decode()
    with tenant_context(essex):
        assert not SurveyWave.objects.exists()


def test_statements_stay_once_people_were_asked(essex, survey, people, staff):
    with tenant_context(essex):
        ask(survey, "before")
    page = edit(staff.client, survey)
    assert page.status_code == 422 and "can’t change any more" in page.content.decode()


def test_after_waits_for_before_and_nobody_means_no_wave(essex, survey, people, staff):
    with tenant_context(essex):
        ask(survey, "before")
    early = staff.client.post(f"/essex/surveys/{survey.public_id}/open/after/", in_days(10))
    assert "close the “before” survey first" in early.content.decode()
    with tenant_context(essex):
        empty = make_survey(make_cohort("Cohort 4"))
    page = staff.client.post(f"/essex/surveys/{empty.public_id}/open/before/", in_days(10))
    assert "Nobody takes part" in page.content.decode()
    assert staff.client.get(f"/essex/surveys/{survey.public_id}/open/sideways/").status_code == 404


def test_newcomers_are_asked_on_request_and_withdrawn_people_owe_nothing(essex, cohort, survey, people, staff):
    with tenant_context(essex):
        wave = ask(survey, "before")
        add_people(cohort, 2, prefix="Late")
    page = staff.client.post(f"/essex/surveys/waves/{wave.public_id}/invite/", follow=True).content.decode()
    assert "2 more people were asked." in page and "0 of 14 answered" in page
    assert (
        "had already been asked"
        in staff.client.post(f"/essex/surveys/waves/{wave.public_id}/invite/", follow=True).content.decode()
    )
    with tenant_context(essex):
        cohort.participations.filter(person=people[0]).update(state="withdrawn")
        assert len(owed(kind="outcomes.survey")) == 13


def test_the_closing_day_can_move_and_closing_now_is_final(essex, survey, people, staff):
    with tenant_context(essex):
        wave = ask(survey, "before", days=2)
    assert staff.client.post(f"/essex/surveys/waves/{wave.public_id}/closing/", in_days(20)).status_code == 302
    with tenant_context(essex):
        wave.refresh_from_db()
        assert wave.closes_at > timezone.now() + timedelta(days=19)
    close = f"/essex/surveys/waves/{wave.public_id}/close/"
    assert "can’t be opened again" in staff.client.get(close).content.decode()
    assert "The survey is closed." in staff.client.post(close, follow=True).content.decode()
    assert "has closed" in staff.client.post(close, follow=True).content.decode()
    moved = staff.client.post(f"/essex/surveys/waves/{wave.public_id}/closing/", in_days(30))
    assert moved.status_code == 422 and "has closed" in moved.content.decode()
    with tenant_context(essex):
        assert owed(kind="outcomes.survey") == []


def test_the_wave_closes_with_the_last_answer(essex, survey, cohort, people, staff):
    with tenant_context(essex):
        wave = ask(survey, "before")
        cohort.participations.filter(person=people[-1]).update(state="withdrawn")
    for person in people[:-2]:
        answer(essex, wave, person, [3] * 10)
    with tenant_context(essex):
        wave.refresh_from_db()
        assert not wave.is_closed
    answer(essex, wave, people[-2], [3] * 10)  # the withdrawn one is not waited for
    with tenant_context(essex):
        wave.refresh_from_db()
        assert wave.is_closed and invitation(wave, people[-1]).answered_at is None


STAFF_PAGES = ("", "edit/", "open/before/", "results/")


@pytest.mark.django_db(databases=["default", "sys"])
@pytest.mark.parametrize("page", STAFF_PAGES)
def test_staff_pages_are_for_staff_of_the_cohort(survey, participant, staff, other_staff, stranger, page):
    address = f"/essex/surveys/{survey.public_id}/{page}"
    codes = [who.client.get(address).status_code for who in (staff, other_staff, participant, stranger)]
    assert codes == [200, 403, 403, 404]


@pytest.mark.parametrize("page", ["closing/", "close/", "invite/"])
def test_wave_pages_are_for_staff_of_the_cohort(essex, survey, people, participant, staff, other_staff, stranger, page):
    with tenant_context(essex):
        wave = ask(survey, "before")
    address = f"/essex/surveys/waves/{wave.public_id}/{page}"
    assert [who.client.post(address, in_days(9)).status_code for who in (other_staff, participant, stranger)] == [
        403,
        403,
        404,
    ]
    assert staff.client.post(address, in_days(9)).status_code == 302


def test_services_ask_the_rule_themselves(essex, survey, people, participant, other_staff):
    for by in (participant, other_staff):
        with tenant_context(essex, by.person), pytest.raises(NotAllowed):
            open_wave(survey=survey, kind="before", closes_at=timezone.now() + timedelta(days=3), by=by.actor)


def test_the_list_shows_own_cohorts_only_and_asks_little(essex, survey, people, staff, other_staff):
    with tenant_context(essex):
        ask(survey, "before")
    one = page_queries(staff.client, "/essex/surveys/")
    with tenant_context(essex):
        for n in (2, 3):
            cohort = make_cohort(f"Cohort {n}")
            add_people(cohort, 2, prefix=f"C{n}")
            ask(make_survey(cohort, f"Survey {n}"), "before")
    assert page_queries(staff.client, "/essex/surveys/") == one <= 12
    assert "Survey 3" in staff.client.get("/essex/surveys/").content.decode()
    assert "Where I am now" not in other_staff.client.get("/essex/surveys/").content.decode()
    assert "Survey 3" not in staff.client.get(f"/essex/surveys/?cohort={survey.cohort.public_id}").content.decode()
    assert other_staff.client.get(f"/essex/surveys/?cohort={survey.cohort.public_id}").status_code == 404


def test_thresholds_go_up_only_and_belong_to_staff_of_the_whole_tenant(essex, survey, staff, other_staff, stranger):
    address = "/essex/surveys/small-numbers/"
    low = staff.client.post(address, {"min_count": 4, "min_mean": 8, "min_breakdown": 10})
    assert low.status_code == 422 and "can’t be less than 5" in low.content.decode()
    assert staff.client.post(address, {"min_count": 6, "min_mean": 12, "min_breakdown": 10}).status_code == 302
    with tenant_context(essex):
        assert DisclosureSetting.objects.get().min_mean == 12
    assert other_staff.client.get(address).status_code == 403
    assert stranger.client.get(address).status_code == 404


def test_the_database_holds_the_line_on_thresholds(in_essex):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        DisclosureSetting.objects.create(min_count=4)
    with pytest.raises(Refused):
        from outcomes.services.surveys import set_thresholds

        set_thresholds(min_count=5, min_mean=7, min_breakdown=10, by=SYSTEM)
