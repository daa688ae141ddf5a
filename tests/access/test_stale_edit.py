"""Two people on one page: whoever saves second sees both texts, and writes over nothing unknowingly."""

from __future__ import annotations

import html
from typing import Any

import pytest

from tests.access.filling import boxes_of, client_of, fill, form_of, is_typed, shown_data, value_of
from tests.access.small_world import World, undone
from tests.access.test_double_submit import rows
from tests.access.test_every_url import MATRIX, POSTS, address, methods

MARKS = ("version", "seen")
# Pages that show stored text and yet need no mark, and why.
ALONE = {
    "cohorts:attendance-import-create": "numbers that the page suggests",
    "cohorts:attendance-import-row": "a row of one's own import, checked again as it is saved",
    "cohorts:appraisal-share": "a day that the page suggests",
    "cohorts:return-brief-send": "a day that the page suggests",
    "cohorts:return-meeting": "one's own day, which only oneself may move",
    "cohorts:cohort-copy": "a day that is asked for",
    "cohorts:guest-answer": "one's own employer, as one says it with the answer",
    "cohorts:guest-link": "one's own employer, as one says it with the answer",
    "cohorts:event-open-movement": "a number of places, which whoever says it last says",
    "cohorts:movement-link-edit": "what one says of oneself",
    "cohorts:movement-mine-edit": "what one says of oneself",
    "cohorts:co-design-answer": "one's own answer, as one says it",
    "cohorts:set-list": "a number that the page suggests",
    "cohorts:ask-answer": "one's own address, which the page suggests",
    "outcomes:answer-note": "one's own words, for nobody else",
    "outcomes:network-open": "words that the page suggests",
    "outcomes:survey-create": "a name that the page suggests",
    "projects:project-goal": "one's own goal, which only oneself may write here",
    "selection:centre-slot-create": "a place that the page suggests",
    "selection:deferral-decide": "a day that the page suggests",
    "selection:import-organisation": "a name that the log says",
    "selection:import-row": "a row of an import, checked again as it is saved",
    "selection:score-import-row": "a row of one's own import, checked again as it is saved",
    "selection:offer-not-selected": "words that the page suggests",
    "tenancy:employer-change": "today's date",
}
EDITS = (
    "cohorts:cohort-edit",
    "cohorts:directory-mine",
    "cohorts:event-edit",
    "cohorts:event-register",
    "cohorts:needs-edit",
    "cohorts:reflection-edit",
    "cohorts:set-name",
    "cohorts:venue-edit",
    "mentoring:note-edit",
    "mentoring:profile-edit",
    "outcomes:report-introduction",
    "outcomes:survey-edit",
    "projects:project-edit",
    "selection:application-details",
    "tenancy:district-edit",
    "selection:application-endorsers",
    "selection:application-question",
    "selection:application-scope",
    "selection:criterion-edit",
    "selection:equality-question-edit",
    "selection:feedback-edit",
    "selection:moderation-detail",
    "selection:question-edit",
    "selection:round-edit",
    "selection:seat-edit",
    "tenancy:band-edit",
    "tenancy:organisation-edit",
    "tenancy:tenant-settings",
)


def shown_form(world: World, name: str) -> Any:
    return form_of(client_of(world, name).get(address(world, name)).content.decode())


@pytest.mark.parametrize("name", [n for n in POSTS if "get" in methods(n) and MATRIX[n].about != "invitation"])
def test_a_page_that_shows_stored_text_knows_its_version(world: World, name: str) -> None:
    with undone():
        form = shown_form(world, name)
    boxes = boxes_of(form) if form is not None else []
    stored = [b.get("name") for b in boxes if is_typed(b) and value_of(b)]
    marked = any(b.get("name") in MARKS for b in boxes)
    assert marked or not stored or name in ALONE, stored


# One text of each page that the second person types otherwise; `email` and the like are checked for more than length.
TYPED = {
    "cohorts:directory-mine": "helps_with",
    "cohorts:event-edit": "title",
    "cohorts:needs-edit": "allergy",
    "cohorts:reflection-edit": "title",
    "mentoring:note-edit": "body",
    "mentoring:profile-edit": "about",
    "outcomes:report-introduction": "narrative",
    "outcomes:survey-edit": "name",
    "projects:project-edit": "title",
    "selection:application-details": "job_title",
    "selection:application-endorsers": "manager_email",
    "selection:application-question": "text",
    "selection:application-scope": "decision_scope",
    "selection:criterion-edit": "description",
    "selection:equality-question-edit": "hint",
    "selection:feedback-edit": "text",
    "selection:moderation-detail": "reason",
    "selection:question-edit": "text",
    "selection:round-edit": "audience",
    "selection:seat-edit": "promised_by",
}
# also a good address, and no longer than a name may be
SECOND = "typed.second@example.org"


@pytest.mark.parametrize("name", EDITS)
def test_whoever_saves_second_sees_both(world: World, name: str) -> None:
    with undone():
        opened = fill(world, name, anew=True)
        assert any(mark in opened.data for mark in MARKS)
        assert opened.send().status_code == 302
        before = rows(world, name)
        changes = changed(name, opened.data)
        answer = opened.send(**changes)
        page = html.unescape(answer.content.decode())
        assert answer.status_code == 409
        assert "Someone else" in page
        assert rows(world, name) == before
        now = html.unescape(opened.client.get(opened.url).content.decode())
        assert SECOND not in now
        # the page shown again holds what was typed, and saving that is a choice one has now
        form = form_of(answer.content.decode())
        assert form is not None
        again = shown_data(form)
        assert {key: again[key] for key in changes} == changes
        assert opened.client.post(opened.url, {**opened.data, **again}).status_code == 302


def changed(name: str, data: dict[str, Any]) -> dict[str, Any]:
    if name == "cohorts:event-register":
        return {key: ["absent"] for key in data if key.startswith("p_")}
    return {TYPED.get(name, "name"): SECOND}


@pytest.mark.parametrize("name", EDITS)
def test_saving_the_same_twice_is_no_conflict(world: World, name: str) -> None:
    with undone():
        opened = fill(world, name, anew=True)
        assert opened.send().status_code == 302
        before = rows(world, name)
        answer = opened.send()
        assert answer.status_code == 302
        assert "saved already" in opened.client.get(answer["Location"]).content.decode()
        assert rows(world, name) == before


def test_a_page_without_its_mark_is_refused(world: World) -> None:
    """Nobody gets round the comparison by leaving the mark away."""
    for name in EDITS:
        with undone():
            opened = fill(world, name, anew=True)
            data = {key: value for key, value in opened.data.items() if key not in MARKS}
            answer = opened.client.post(opened.url, {**data, **changed(name, opened.data)})
            assert answer.status_code in {409, 422}, name
