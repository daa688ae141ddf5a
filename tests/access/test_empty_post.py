"""A form sent empty or half filled: one summary that names each box, and what was typed still there."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5

from tests.access.filling import client_of, fill, form_of, shown_data
from tests.access.small_world import World, undone
from tests.access.test_any_script import free
from tests.access.test_every_url import POSTS, methods

PAGES = [n for n in POSTS if "get" in methods(n)]
# Forms that may be sent empty: a confirmation, or nothing in them that must be said.
MAY_BE_EMPTY = {
    "cohorts:partner-remove",
    "cohorts:closed-days-remove",
    # nobody is an answer
    "cohorts:veto-answer",
    "cohorts:set-action-tie",
    "cohorts:set-repair",
    "cohorts:check-in",
    "cohorts:set-co-facilitator-remove",
    "cohorts:set-meeting-bid",
    "cohorts:cohort-close",
    "cohorts:event-apologies",
    "cohorts:event-task-remove",
    "cohorts:attendance-import-row",
    "cohorts:invitation-answer",
    "cohorts:appraisal-delete",
    "cohorts:experiment-delete",
    "cohorts:career-step-delete",
    "cohorts:onward-step-delete",
    "cohorts:return-brief-delete",
    "cohorts:return-delete",
    "cohorts:event-open",
    "cohorts:group-close",
    "cohorts:linked-end",
    "cohorts:movement-link",
    "cohorts:movement-link-edit",
    "cohorts:movement-mine",
    "cohorts:movement-mine-edit",
    "cohorts:event-close-movement",
    "cohorts:movement-event",
    "cohorts:movement-link-event",
    "cohorts:pledge-detail",
    "cohorts:pledge-delete",
    "cohorts:pledge-link-detail",
    "cohorts:pledge-link-delete",
    "cohorts:partner-offer",
    "cohorts:alumni-event",
    "cohorts:goal-delete",
    "cohorts:leadership-history-delete",
    "cohorts:objective-delete",
    "cohorts:reflection-delete",
    "mentoring:match-step",
    # whoever names nobody has answered
    "outcomes:network-answer",
    "outcomes:network-close",
    "mentoring:session-cancel",
    "outcomes:answer-check",
    "outcomes:answer-note",
    "outcomes:wave-close",
    "projects:stakeholder-delete",
    "projects:map-question",
    # for everywhere, or not known yet
    "projects:project-districts",
    "projects:project-step",
    "projects:project-tie",
    "selection:application-equality",
    "selection:application-submit",
    "selection:criterion-remove",
    "selection:equality-question-remove",
    "selection:equality-standard",
    "selection:round-deletion",
    "selection:endorser-domains",
    "selection:question-remove",
    "selection:application-withdraw",
    "selection:assess-allocate",
    "selection:import-row",
    "selection:score-import-row",
    "selection:moderation-chair",
    "selection:moderation-lock",
    "selection:interest-link",
}
# Django's own words that name nothing.
NAMELESS = re.compile(
    "This field|Enter a valid value|Ensure this value|Select a valid choice|Enter a whole number|Enter a number$", re.I
)


def summary_of(page: str) -> list[Element]:
    tree = tinyhtml5.parse(page, namespace_html_elements=False)
    return [
        item
        for box in tree.iter("div")
        if "govuk-error-summary__body" in (box.get("class") or "")
        for item in box.iter("li")
    ]


def words_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_form_is_answered_by_a_summary(world: World, name: str) -> None:
    with undone():
        client, url = client_of(world, name), fill(world, name).url
        offered = form_of(client.get(url).content.decode())
        answer = client.post(url, {})
        if name in MAY_BE_EMPTY:
            assert answer.status_code == 302
            return
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "<title>Error: " in page
        said = [words_of(item) for item in summary_of(page)]
        assert said and len(said) == len(set(said))
        assert [text for text in said if NAMELESS.search(text)] == []
        # every link leads to a box that is on the page
        links = [a.get("href", "") for item in summary_of(page) for a in item.iter("a")]
        if offered is not None:
            assert [link for link in links if f'id="{link.removeprefix("#")}"' not in page] == []


@pytest.mark.parametrize("name", [n for n in PAGES if n not in MAY_BE_EMPTY])
def test_what_was_typed_stays(world: World, name: str) -> None:
    """Every text is typed, and the rest of the form is missing, its choices and its dates."""
    with undone():
        filled = fill(world, name)
        typed = {box: f"Kept {n}" for n, box in enumerate(free(filled.typed))}
        if not typed:
            pytest.skip("nothing to type")
        answer = filled.client.post(filled.url, typed)
        if answer.status_code == 302:
            return
        assert answer.status_code in {409, 422}
        form = form_of(answer.content.decode())
        assert form is not None, html.unescape(answer.content.decode())[:2000]
        shown = shown_data(form)
        assert {box: shown.get(box) for box in typed} == typed
