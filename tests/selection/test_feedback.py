"""Feedback: drafted from the descriptors, edited by staff, sent once and only by them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reminders.models import Message
from selection.feedback import Judged, draft_text
from selection.models import Application, Feedback, RatingDescriptor
from selection.services.choosing import send_not_selected
from selection.services.feedback import draft_feedback, edit_feedback, send_feedback, tell_points
from selection.states import ApplicationState as S
from tenancy.errors import NotAllowed, Refused, WrongState
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

MEANS = {1: "Says what a team did.", 4: "Led others through a difficulty.", 7: "Led with lasting results."}


def judged(name="Leadership", points="4", position=1, means=MEANS):
    return Judged(name, position, Decimal(points), 7, means)


def test_strengths_come_first_then_the_next_step_up_in_the_frameworks_words():
    text = draft_text(
        [judged("Learning", "2.5", 3), judged("Leadership", "6.8", 1), judged("System", "4.5", 2)],
        readers=3,
        closing="Goodbye.",
    )
    opening, strengths, steps, closing = text.split("\n\n")
    assert opening.startswith("Thank you for your application. 3 assessors read it, each on their own")
    assert strengths.splitlines()[1:] == [
        "- Leadership: “Led with lasting results.”",
        "- System: “Led others through a difficulty.”",
    ]
    # weakest first, one point up; nothing to add to the top of the scale
    assert steps.splitlines()[1:] == [
        "- Learning: “Led others through a difficulty.”",
        "- System: “Led with lasting results.”",
    ]
    assert closing == "Goodbye."
    assert not any(figure in text for figure in ("2.5", "6.8", "4.5", "of 7"))


def test_points_only_when_the_round_says_so_and_never_of_one_reader():
    told = draft_text([judged(points="4.3")], readers=2, closing="", tells_points=True)
    assert "- Leadership (4.3 of 7): “Led others" in told and told.count("4.3") == 1
    alone = draft_text([judged(points="4")], readers=1, closing="", tells_points=True)
    assert "One assessor has read it" in alone and "one reader’s view" in alone and "of 7" not in alone


@pytest.mark.parametrize("points", ["1", "2.4"])
def test_low_points_are_never_quoted_back_as_a_strength(points):
    text = draft_text([judged(points=points)], readers=2, closing="")
    assert MEANS[1] not in text and "we’d have liked to see more" in text and "Led others through a difficulty." in text


def test_no_descriptors_no_quotation():
    text = draft_text([judged(means={})], readers=2, closing="Bye.")
    assert "“" not in text and text.endswith("Bye.")


@pytest.fixture
def decided(essex, staff):
    """One offered, one reserve, one with no place who scored 5, 5, 5, one who scored 4, 4, 4."""
    scene = make_scene(essex, staff, applications=4, places=1, reserve_length=1)
    with scene.inside(staff):
        # as published frameworks have it: every point of every criterion has an example
        for descriptor in RatingDescriptor.objects.select_related("criterion"):
            assert descriptor.example
    return scene.decided()


def feedback_of(scene, n):
    with scene.inside(scene.staff):
        return Feedback.objects.filter(application=scene.applications[n]).first()


def draft(scene):
    with scene.inside(scene.staff):
        return draft_feedback(round=scene.round, by=scene.staff.actor)


def page_of(scene, n):
    application = scene.applications[n]
    return scene.member(application).client.get(url(scene, "offer-answer", application.public_id)).content.decode()


def test_everybody_gets_a_draft_once_and_nobody_reads_it_before_it_is_sent(decided, bystander):
    target = url(decided, "feedback-list")
    assert bystander.client.post(target, {"step": "draft"}).status_code == 403
    for _click in range(2):
        assert decided.staff.client.post(target, {"step": "draft"}).status_code == 302
    with decided.inside(decided.staff):
        assert Feedback.objects.count() == 4 and not Message.objects.filter(kind="selection.feedback").exists()
    first, last = feedback_of(decided, 0), feedback_of(decided, 3)
    assert "e.g. Outstanding" in first.text and "of use to you on the programme" in first.text
    assert "e.g. Acceptable" in last.text and "it’s “not yet”" in last.text
    assert "a next application stronger" in last.text and "a next application stronger" not in first.text
    for assessor in decided.assessors:
        assert assessor.person.name not in first.text + last.text
    assert "Feedback</h2>" not in page_of(decided, 0)


def test_staff_edit_a_draft_and_send_it_once(decided):
    draft(decided)
    edit, send = url(decided, "feedback-edit", decided.applications[0].public_id), url(decided, "feedback-send")
    page = decided.staff.client.get(edit).content.decode()
    assert "Leadership potential: 7.0 of 7" in page and "nobody has changed it" in page
    assert decided.staff.client.post(edit, {"version": "1", "text": "Well done, and welcome."}).status_code == 302
    assert decided.staff.client.post(edit, {"version": "1", "text": "Something else"}).status_code == 409
    assert "Version 2, Sita Staff" in decided.staff.client.get(edit).content.decode()
    preview = decided.staff.client.get(send).content.decode()
    # the reserve's and the first one's; the others haven't been told anything yet
    assert "Well done, and welcome." in preview and preview.count('name="applications"') == 2
    assert decided.staff.client.post(send, {}).status_code == 422
    data = {"applications": [decided.applications[0].public_id]}
    assert decided.staff.client.post(send, data).status_code == 302
    assert decided.staff.client.post(send, data).status_code == 422
    with decided.inside(decided.staff):
        mail = Message.objects.get(kind="selection.feedback")
        assert mail.recipient_id == decided.applications[0].applicant_id and not mail.asks
        assert "Well done, and welcome." in mail.body_text and not mail.subject.startswith("Please")
        assert Feedback.objects.get(sent_at__isnull=False).by_id == decided.staff.person.pk
        with pytest.raises(WrongState, match="has been sent"):
            edit_feedback(application=decided.applications[0], text="x", version=2, by=decided.staff.actor)
    assert "Well done, and welcome." in page_of(decided, 0)
    assert "Feedback</h2>" not in page_of(decided, 1)


def test_who_is_not_selected_reads_their_own_draft_with_the_outcome(decided):
    draft(decided)
    rest = [a.public_id for a in decided.applications[2:]]
    with decided.inside(decided.staff):
        edit_feedback(application=decided.applications[2], text="Yours alone.", version=1, by=decided.staff.actor)
    target = url(decided, "offer-not-selected")
    assert decided.staff.client.post(target, {"applications": rest, "reason": "rank"}).status_code == 302
    assert "Yours alone." in page_of(decided, 2) and "e.g. Acceptable" in page_of(decided, 3)
    with decided.inside(decided.staff):
        mails = Message.objects.filter(kind="selection.not_selected")
        assert sorted("Yours alone." in m.body_text for m in mails) == [False, True]
        assert Feedback.objects.filter(sent_at__isnull=False, by=decided.staff.person).count() == 2


def test_nobody_is_told_no_without_a_word_of_feedback(decided):
    rest = [a.public_id for a in decided.applications[2:]]
    with decided.inside(decided.staff), pytest.raises(Refused, match="Write the feedback"):
        send_not_selected(round=decided.round, applications=rest, reason="x", feedback=" ", by=decided.staff.actor)
    with decided.inside(decided.staff):
        assert not Application.objects.filter(state=S.NOT_SELECTED).exists()


def test_points_are_told_from_the_next_draft_on(decided):
    target = url(decided, "feedback-list")
    assert decided.staff.client.post(target, {"step": "points"}).status_code == 302
    draft(decided)
    assert "Leadership potential (6 of 7)" in feedback_of(decided, 1).text


def test_only_staff_of_the_cohort_and_only_after_the_offers(essex, staff, bystander):
    scene = make_scene(essex, staff, applications=1, places=1).moderating()
    with scene.inside(staff), pytest.raises(WrongState):
        draft_feedback(round=scene.round, by=staff.actor)
    with scene.inside(bystander):
        for call in (
            lambda: draft_feedback(round=scene.round, by=bystander.actor),
            lambda: edit_feedback(application=scene.applications[0], text="x", version=1, by=bystander.actor),
            lambda: send_feedback(round=scene.round, applications=["x"], by=bystander.actor),
            lambda: tell_points(round=scene.round, tells_points=True, by=bystander.actor),
        ):
            with pytest.raises(NotAllowed):
                call()


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=2 * count, places=count, reserve_length=count).decided()
    draft(scene)
    assert page_queries(staff.client, url(scene, "feedback-list")) == 11
    assert page_queries(staff.client, url(scene, "feedback-send")) == 7
