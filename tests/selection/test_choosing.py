"""The choosing board: departures with reasons, the balance beside it, and making offers once."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from reminders.models import Message
from selection.models import Application, Departure, Offer
from selection.selectors.balance import funnel_counts, sector_lines
from selection.selectors.ranking import rank_round
from selection.services.choosing import (
    composition_of,
    deadline_for,
    depart_from_rank,
    make_offers,
    return_to_rank,
    send_not_selected,
)
from selection.states import ApplicationState as S
from selection.states import RoundState
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene


@pytest.fixture
def choosing(essex, staff):
    """Six ranked applications, health and police in turn, three places, one of each wanted."""
    return make_scene(
        essex,
        staff,
        applications=6,
        places=3,
        reserve_length=2,
        sectors=("health", "police"),
        targets={"health": 1, "police": 2},
    ).moderating()


def seal_of(scene):
    with scene.inside(scene.staff):
        return composition_of(scene.round, rank_round(scene.round, places=scene.cohort.places)).seal


def states(scene):
    with scene.inside(scene.staff):
        return [Application.objects.get(pk=a.pk).state for a in scene.applications]


def test_each_sector_is_followed_from_stage_to_stage(choosing):
    """Applied, eligible and chosen beside the target: two of health are chosen where one was wanted."""
    page = choosing.staff.client.get(url(choosing, "choosing-board")).content.decode()
    table = page.split('aria-label="Balance by sector"')[1].split("</table>")[0]
    rows = {
        re.sub("<[^>]+>", "", head): [int(n) for n in re.findall(r">(\d+)</td>", cells)]
        for head, cells in re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table, re.S)
    }
    assert rows == {"health": [3, 3, 2, 1], "police": [3, 3, 1, 2], "Total": [6, 6, 3, 3]}


def test_the_board_shows_rank_line_and_balance(choosing):
    page = choosing.staff.client.get(url(choosing, "choosing-board")).content.decode()
    assert "Line: 3 places by rank" in page
    assert "police has 1 of 2 places" in page
    assert page.count(">In</strong>") == 3 and "Reserve 2" in page


def test_a_departure_needs_a_reason_and_is_recorded(choosing):
    police = choosing.applications[3]
    target = url(choosing, "choosing-board")
    refused = choosing.staff.client.post(target, {"applications": [police.public_id], "step": "in", "reason": " "})
    assert refused.status_code == 422 and "Say why you’re departing" in refused.content.decode()
    page = choosing.staff.client.post(
        target, {"applications": [police.public_id], "step": "in", "reason": "police had 1 of 2"}, follow=True
    ).content.decode()
    assert "Brought in: police had 1 of 2" in page and "Makes way" in page
    assert "Every sector has the places it should have" in page
    with choosing.inside(choosing.staff):
        change = Change.objects.get(name="departure")
        assert change.subject_id == police.public_id and change.reason == "Brought in: police had 1 of 2"
        assert change.by_label == "Sita Staff"
    page = choosing.staff.client.post(
        target, {"applications": [police.public_id], "step": "back"}, follow=True
    ).content.decode()
    assert "Brought in: police" not in page
    with choosing.inside(choosing.staff):
        assert Change.objects.filter(name="departure_undone").count() == 1 and not Departure.objects.exists()


def test_nothing_chosen_or_an_unknown_step_is_an_error(choosing):
    target = url(choosing, "choosing-board")
    for data in (
        {},
        {"step": "in", "reason": "x"},
        {"step": "delete", "applications": ["x"], "reason": "x"},
        {"step": "back"},
    ):
        assert choosing.staff.client.post(target, data).status_code == 422


def test_more_cannot_be_brought_in_than_there_are_places(choosing):
    ids = [a.public_id for a in choosing.applications[2:]]
    with choosing.inside(choosing.staff):
        depart_from_rank(
            round=choosing.round, applications=ids[:2], direction="in", reason="a", by=choosing.staff.actor
        )
        with pytest.raises(Refused, match="only 3 places"):
            depart_from_rank(
                round=choosing.round, applications=ids[2:], direction="in", reason="b", by=choosing.staff.actor
            )


def test_confirming_shows_who_and_makes_offers(choosing):
    page = choosing.staff.client.get(url(choosing, "offer-confirm")).content.decode()
    assert "3 people get an offer, of 3 places." in page and "2 go on the reserve list." in page
    for application in choosing.applications[:5]:
        assert application.applicant.name in page
    response = choosing.staff.client.post(url(choosing, "offer-confirm"), {"seal": seal_of(choosing)}, follow=True)
    assert "3 offers were made." in response.content.decode()
    assert states(choosing) == [S.OFFERED] * 3 + [S.RESERVE] * 2 + [S.ELIGIBLE]
    with choosing.inside(choosing.staff):
        assert Offer.objects.count() == 3
        offered = Message.objects.filter(kind="selection.offered")
        assert offered.count() == 3 and all(m.asks and m.subject.startswith("Please answer by ") for m in offered)
        assert [a.reserve_position for a in Application.objects.filter(state=S.RESERVE)] == [1, 2]
        assert Message.objects.filter(kind="selection.reserve").count() == 2
        choosing.round.refresh_from_db()
        assert choosing.round.state == RoundState.DECIDED
        # those neither offered nor in reserve hear nothing yet
        last = choosing.applications[5]
        assert not Message.objects.filter(recipient=last.applicant).exists()


def test_a_choice_that_changed_meanwhile_is_shown_again(choosing):
    seal = seal_of(choosing)
    with choosing.inside(choosing.staff):
        depart_from_rank(
            round=choosing.round,
            applications=[choosing.applications[4].public_id],
            direction="in",
            reason="x",
            by=choosing.staff.actor,
        )
    response = choosing.staff.client.post(url(choosing, "offer-confirm"), {"seal": seal})
    assert response.status_code == 422 and "has changed since" in response.content.decode()
    assert S.OFFERED not in states(choosing)
    assert f'value="{seal_of(choosing)}"' in response.content.decode()


def test_pressing_twice_offers_once(choosing):
    seal = seal_of(choosing)
    choosing.staff.client.post(url(choosing, "offer-confirm"), {"seal": seal})
    again = choosing.staff.client.post(url(choosing, "offer-confirm"), {"seal": seal})
    assert again.status_code == 422
    with choosing.inside(choosing.staff):
        assert Offer.objects.count() == 3 and Message.objects.filter(kind="selection.offered").count() == 3
        with pytest.raises(WrongState):
            depart_from_rank(
                round=choosing.round,
                applications=[choosing.applications[5].public_id],
                direction="in",
                reason="late",
                by=choosing.staff.actor,
            )


def test_no_offers_while_assessors_differ(essex, staff):
    scene = make_scene(essex, staff).moderating(lambda _a, index: [[7, 7, 7], [2, 2, 2]][index])
    page = staff.client.get(url(scene, "choosing-board")).content.decode()
    assert "4 applications need moderation before offers can be made." in page
    with scene.inside(staff), pytest.raises(Refused, match="4 applications need moderation first"):
        make_offers(round=scene.round, seal=seal_of(scene), by=staff.actor)


def test_the_deadline_counts_working_days_to_the_last_minute(choosing):
    choosing.round.offer_days = 3
    with choosing.inside(choosing.staff):
        # Tuesday 22 December 2026, 23:30 in London; Christmas, the weekend and the substitute day don't count
        due = deadline_for(choosing.round, datetime(2026, 12, 22, 23, 30, tzinfo=UTC))
        assert due.isoformat() == "2026-12-29T23:59:00+00:00"
        # over the change to summer time it's still 11:59pm on the wall
        assert (
            deadline_for(choosing.round, datetime(2027, 3, 25, 12, tzinfo=UTC)).isoformat()
            == "2027-04-01T23:59:00+01:00"
        )


def test_feedback_goes_only_when_staff_send_it(essex, staff):
    scene = make_scene(essex, staff, applications=6, places=3, reserve_length=1).moderating()
    out = scene.applications[5]
    target = url(scene, "offer-not-selected")
    with scene.inside(staff), pytest.raises(WrongState):
        send_not_selected(round=scene.round, applications=[out.public_id], reason="r", feedback="f", by=staff.actor)
    scene.staff.client.post(url(scene, "offer-confirm"), {"seal": seal_of(scene)})
    page = staff.client.get(target).content.decode()
    assert "“not yet”" in page and page.count(" checked") == 2  # the reserve isn't ticked
    refused = staff.client.post(target, {"applications": [out.public_id], "feedback": "", "reason": "x"})
    assert refused.status_code == 422 and "Write the feedback" in refused.content.decode()
    staff.client.post(
        target, {"applications": [out.public_id], "feedback": "Not yet: tell us more.", "reason": "below the line"}
    )
    with scene.inside(staff):
        message = Message.objects.get(kind="selection.not_selected")
        assert message.recipient_id == out.applicant_id and "Not yet: tell us more." in message.body_text
        assert "below the line" not in message.body_text
        assert Change.objects.get(name="not_select").reason == "below the line"
        assert Application.objects.get(pk=out.pk).state == S.NOT_SELECTED
    applicant = scene.member(out)
    assert "Not yet: tell us more." in applicant.client.get(url(scene, "offer-answer", out.public_id)).content.decode()


def test_an_offered_person_cannot_be_turned_down_by_the_letter(choosing):
    choosing.staff.client.post(url(choosing, "offer-confirm"), {"seal": seal_of(choosing)})
    offered = choosing.applications[0]
    with choosing.inside(choosing.staff), pytest.raises(WrongState):
        send_not_selected(
            round=choosing.round, applications=[offered.public_id], reason="r", feedback="f", by=choosing.staff.actor
        )


def test_the_funnel_counts_every_stage(choosing):
    choosing.staff.client.post(url(choosing, "offer-confirm"), {"seal": seal_of(choosing)})
    with choosing.inside(choosing.staff):
        lines = sector_lines(choosing.cohort.pk)
        assert funnel_counts(lines) == {
            "nominated": 6,
            "submitted": 6,
            "endorsed": 6,
            "assessed": 6,
            "offered": 3,
            "accepted": 0,
        }
        assert {(line.name, line.live, line.target) for line in lines} == {("health", 2, 1), ("police", 1, 2)}


def test_only_staff_of_the_cohort(choosing, stranger, bystander):
    for name in ("choosing-board", "offer-confirm", "offer-list", "offer-not-selected"):
        assert choosing.staff.client.get(url(choosing, name)).status_code == 200
        for other in (bystander, choosing.assessors[0]):
            assert other.client.get(url(choosing, name)).status_code == 403
            assert other.client.post(url(choosing, name), {"seal": seal_of(choosing)}).status_code in {403, 405}
        assert stranger.client.get(url(choosing, name)).status_code == 404
    with choosing.inside(bystander):
        ids = [choosing.applications[0].public_id]
        for call in (
            lambda: depart_from_rank(
                round=choosing.round, applications=ids, direction="in", reason="x", by=bystander.actor
            ),
            lambda: return_to_rank(round=choosing.round, applications=ids, by=bystander.actor),
            lambda: make_offers(round=choosing.round, seal="x", by=bystander.actor),
            lambda: send_not_selected(
                round=choosing.round, applications=ids, reason="x", feedback="y", by=bystander.actor
            ),
        ):
            with pytest.raises(NotAllowed):
                call()


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=count, places=3).moderating()
    assert page_queries(staff.client, url(scene, "choosing-board")) == 12
    assert page_queries(staff.client, url(scene, "offer-confirm")) == 12
    staff.client.post(url(scene, "offer-confirm"), {"seal": seal_of(scene)})
    assert page_queries(staff.client, url(scene, "offer-list")) <= 12
