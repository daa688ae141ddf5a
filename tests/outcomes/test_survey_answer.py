"""Answering, as an invited person does it, page by page."""

from __future__ import annotations

import re

import pytest

from outcomes.models import Indicator, ResponseAnswer, SurveyInvitation, SurveyResponse
from outcomes.services.surveys import close_wave
from tenancy.scope import tenant_context
from tests.factories.outcomes import SYSTEM, answer, answered_survey, ask
from tests.queries import page_queries


@pytest.fixture
def wave(essex, survey, participant, neighbour):
    with tenant_context(essex):
        return ask(survey, "before")


def start(wave) -> str:
    return f"/essex/surveys/waves/{wave.public_id}/answer/"


def statements(essex, wave, domain: str) -> list[str]:
    with tenant_context(essex):
        return list(Indicator.objects.filter(survey=wave.survey, domain=domain).values_list("public_id", flat=True))


def rate(client, essex, wave, domain: str, value: int, query: str = ""):
    return client.post(
        f"{start(wave)}about/{domain}/{query}", {key: str(value) for key in statements(essex, wave, domain)}
    )


def test_from_the_first_page_to_the_last(essex, wave, participant):
    client = participant.client
    first = client.get(start(wave)).content.decode()
    assert "You alone can read your answers" in first and first.count("Not started") == 3
    step = re.search(r'href="(/essex/surveys/waves/[^"]+/about/confidence/)"', first)[1]
    page = client.get(step).content.decode()
    assert page.count("Completely true of me") == page.count("Not yet true of me") == 3
    for domain, following in (
        ("confidence", "about/skills/"),
        ("skills", "about/relationships/"),
        ("relationships", "note/"),
    ):
        done = rate(client, essex, wave, domain, 4)
        assert (done.status_code, done.headers["Location"]) == (302, start(wave) + following)
    assert (
        client.post(start(wave) + "note/", {"note": "Mind the estuary."}).headers["Location"] == start(wave) + "check/"
    )
    check = client.get(start(wave) + "check/").content.decode()
    assert check.count("Mostly") == 10 and "Mind the estuary." in check
    sent = client.post(start(wave) + "check/")
    assert sent.headers["Location"] == start(wave) + "done/"
    assert "Your answers are sent" in client.get(start(wave) + "done/").content.decode()
    with tenant_context(essex, participant.person):
        assert SurveyResponse.objects.get().sent_at is not None
        assert SurveyInvitation.objects.get(person=participant.person).answered_at is not None


def test_saved_is_kept_and_picked_up_again(essex, wave, participant):
    rate(participant.client, essex, wave, "confidence", 2)
    page = participant.client.get(start(wave)).content.decode()
    assert "3 of 3 answered" in page and "Completed" in page and "Continue" in page
    assert re.search(
        r'class="govuk-button[^>]*"[^>]*href="[^"]*about/skills/|href="[^"]*about/skills/"[^>]*class="govuk-button',
        page,
    )
    again = participant.client.get(f"{start(wave)}about/confidence/").content.decode()
    assert len(re.findall(r'value="2"[^>]* checked', again)) == 3


def test_a_statement_left_out_is_named(essex, wave, participant):
    keys = statements(essex, wave, "skills")
    page = participant.client.post(f"{start(wave)}about/skills/", {keys[0]: "3", keys[1]: "9"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "Choose an answer to “I try something small, learn from it and change course.”" in text
    assert re.search(r'value="3"[^>]* checked', text), "what was chosen is still there"
    with tenant_context(essex, participant.person):
        assert not ResponseAnswer.objects.exists()


def test_sending_too_early_says_how_many_are_missing(essex, wave, participant):
    rate(participant.client, essex, wave, "confidence", 2)
    page = participant.client.post(start(wave) + "check/", follow=True).content.decode()
    assert "7 still to do" in page
    assert participant.client.get(start(wave) + "done/").status_code == 404


def test_answers_can_change_until_the_wave_closes(essex, wave, participant):
    answer(essex, wave, participant.person, [3] * 10)
    changed = rate(participant.client, essex, wave, "confidence", 5, "?change=1")
    assert changed.headers["Location"] == start(wave) + "check/"
    assert "You sent your answers on" in participant.client.get(start(wave) + "check/").content.decode()
    with tenant_context(essex):
        close_wave(wave=wave, by=SYSTEM)
    late = rate(participant.client, essex, wave, "confidence", 1)
    assert late.status_code == 422 and "has closed" in late.content.decode()
    assert participant.client.get(f"{start(wave)}about/confidence/").headers["Location"] == start(wave)
    assert "This survey closed" in participant.client.get(start(wave)).content.decode()
    with tenant_context(essex, participant.person):
        assert sorted(ResponseAnswer.objects.values_list("value", flat=True)) == [3] * 7 + [5] * 3


def test_sending_twice_is_once(essex, wave, participant, neighbour):
    answer(essex, wave, participant.person, [3] * 10)
    with tenant_context(essex, participant.person):
        first = SurveyResponse.objects.get().sent_at
    assert participant.client.post(start(wave) + "check/").status_code == 302
    with tenant_context(essex, participant.person):
        assert SurveyResponse.objects.get().sent_at == first


@pytest.mark.parametrize("page", ["", "about/skills/", "note/", "check/"])
def test_only_those_who_were_asked(essex, wave, participant, staff, stranger, page):
    address = start(wave) + page
    assert [who.client.get(address).status_code for who in (participant, staff, stranger)] == [200, 403, 404]
    assert staff.client.post(address, {}).status_code in (403, 405)


def test_an_unknown_domain_is_no_page(wave, participant):
    assert participant.client.get(f"{start(wave)}about/wisdom/").status_code == 404


def test_what_has_changed_for_me(essex, cohort, survey, participant, neighbour, staff, stranger):
    with tenant_context(essex):
        survey.delete()
        two = [participant.person, neighbour.person]
        both = answered_survey(essex, cohort, two, lambda p, s: 1 + p, lambda p, s: 4 + p)
    address = f"/essex/surveys/{both.public_id}/mine/"
    page = participant.client.get(address).content.decode()
    cells = re.findall(r'<td class="baton-number">(\d)</td>', page)
    assert cells == ["1", "4"] * 10 and "Only you can read this." in page
    theirs = neighbour.client.get(address).content.decode()
    assert re.findall(r'<td class="baton-number">(\d)</td>', theirs) == ["2", "5"] * 10
    assert staff.client.get(address).status_code == 403
    assert stranger.client.get(address).status_code == 404


def test_home_and_list_say_what_is_open(essex, wave, participant, neighbour, staff):
    assert "Surveys open for you" in participant.client.get("/essex/").content.decode()
    listed = participant.client.get("/essex/surveys/mine/").content.decode()
    assert "Open for you" in listed and start(wave) in listed
    answer(essex, wave, participant.person, [3] * 10)
    assert "Surveys open for you" not in participant.client.get("/essex/").content.decode()
    assert "you can still change it" in participant.client.get("/essex/surveys/mine/").content.decode()
    assert staff.client.get("/essex/surveys/mine/").status_code == 403


def test_pages_ask_little_of_the_database(wave, participant):
    for page in ("", "about/skills/", "check/"):
        assert page_queries(participant.client, start(wave) + page) <= 12
