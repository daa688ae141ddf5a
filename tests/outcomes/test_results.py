"""Figures of many people's answers, against numbers worked out by hand, on the page as staff read it."""

from __future__ import annotations

import pytest

from outcomes.services.aggregates import paired_results, response_by_sector, wave_results
from outcomes.services.surveys import set_thresholds
from tenancy.errors import NotAllowed, WrongState
from tenancy.scope import tenant_context
from tests.conftest import cast_member
from tests.factories.outcomes import (
    SYSTEM,
    add_people,
    answer,
    answered_survey,
    ask,
    close_wave,
    make_cohort,
    make_survey,
)
from tests.outcomes.conftest import COMMITTED

pytestmark = COMMITTED


def before(person: int, statement: int) -> int:
    """2 or 3, turn about."""
    return 2 + person % 2


def after(person: int, statement: int) -> int:
    """One up for the first statements of each, two up for person 0."""
    return before(person, statement) + (2 if person == 0 else 1)


@pytest.fixture
def compared(essex, cohort, people):
    """Twelve people, all answered twice: up by 1, one of them by 2."""
    with tenant_context(essex):
        return answered_survey(essex, cohort, people, before, after)


def results(essex, survey, by):
    with tenant_context(essex, by.person):
        return paired_results(survey=survey, by=by.actor)


def test_means_change_and_interval(essex, compared, staff):
    """Changes: eleven 1 and one 2. Mean 13/12, sd sqrt(11/12 / 11) = 0.2887, half width 2.201 * 0.2887 / sqrt(12) = 0.183."""
    found = results(essex, compared, staff)
    assert found.paired == 12
    domains = [line for line in found.lines if line.is_domain]
    assert [(d.text, d.before, d.after) for d in domains] == [
        ("Confidence", 2.5, 3.6), ("Skills", 2.5, 3.6), ("Relationships", 2.5, 3.6)
    ]  # fmt: skip
    confidence = domains[0]
    assert (confidence.before, confidence.after, confidence.change) == (2.5, 3.6, 1.1)
    assert (confidence.low, confidence.high) == (0.9, 1.3)
    assert confidence.dz == pytest.approx(3.8)
    assert (confidence.n, len(found.lines)) == (12, 13)


def test_counts_of_directions_are_suppressed_against_their_total(essex, compared, staff):
    """All twelve moved up: 12, 0 and 0 beside a known 12, so nothing can be shown but nothing."""
    found = results(essex, compared, staff)
    assert {(d.up, d.same, d.down) for d in found.directions} == {(None, None, None)}


def test_directions_that_may_be_shown(essex, staff):
    """18 people: 6 up, 6 the same, 6 down."""
    with tenant_context(essex):
        cohort = make_cohort("Cohort 2")
        crowd = add_people(cohort, 18, prefix="Crowd")
        survey = answered_survey(
            essex, cohort, crowd, lambda p, s: 3 if p % 2 else 2, lambda p, s: (3 if p % 2 else 2) + p % 3 - 1
        )
    found = results(essex, survey, staff)
    assert {(d.up, d.same, d.down) for d in found.directions} == {(6, 6, 6)}
    page = staff.client.get(f"/essex/surveys/{survey.public_id}/results/").content.decode()
    assert "6 of 18 people rate themselves higher in Confidence" in page
    assert "67%" in page and "No domain is rated higher after than before" in page


def test_only_people_who_answered_both_are_compared(essex, staff):
    """20 answer before, 12 of them after: the 8 others rated 5 and count in nothing but the response rate."""
    with tenant_context(essex):
        cohort = make_cohort("Cohort 2")
        crowd = add_people(cohort, 20, prefix="Crowd")
        survey = answered_survey(
            essex, cohort, crowd, lambda p, s: before(p, s) if p < 12 else 4 + p % 2, after, only_before=8
        )
    found = results(essex, survey, staff)
    assert [(c.invited, c.answered) for c in found.counts] == [(20, 20), (20, 12)]
    assert (found.paired, found.lines[0].before, found.lines[0].after) == (12, 2.5, 3.6)


@pytest.mark.parametrize(("size", "paired"), [(7, 7), (4, None)])
def test_too_few_people_and_every_mean_is_withheld(essex, staff, size, paired):
    with tenant_context(essex):
        cohort = make_cohort("Cohort 2")
        survey = answered_survey(essex, cohort, add_people(cohort, size, prefix="Few"), before, after)
    found = results(essex, survey, staff)
    assert found.paired == paired
    assert all(line.before is line.after is line.change is line.low is line.dz is None for line in found.lines)
    page = staff.client.get(f"/essex/surveys/{survey.public_id}/results/").content.decode()
    assert "Too few people answered both surveys to compare" in page
    assert "2.5" not in page and "3.6" not in page


def test_averages_that_would_give_away_the_one_who_left_are_withheld_and_the_page_says_why(essex, staff):
    """18 of 19 answered again, rating 41 in all before: 2.3. The wave's own average, 42 of 19, rounds down to 2.0: shown side
    by side, they would say that whoever left rated 1 or 2."""
    with tenant_context(essex):
        cohort = make_cohort("Cohort 2")
        crowd = add_people(cohort, 19, prefix="Crowd")
        survey = answered_survey(
            essex, cohort, crowd, lambda p, s: 1 if p == 18 else 2 + (p < 5), lambda p, s: 4, only_before=1
        )
    found = results(essex, survey, staff)
    assert found.paired == 18 and all(line.before is None for line in found.lines)
    page = staff.client.get(f"/essex/surveys/{survey.public_id}/results/").content.decode()
    assert "a few people’s own answers could be worked out" in page
    assert "Too few people answered both" not in page


def test_a_tenant_may_ask_for_more_people(essex, compared, staff):
    with tenant_context(essex):
        set_thresholds(min_count=5, min_mean=13, min_breakdown=10, by=SYSTEM)
    assert all(line.before is None for line in results(essex, compared, staff).lines)


def test_one_wave_alone_is_shown_to_the_half(essex, cohort, people, staff):
    """Ratings of 2 and 3 by turns: 2.5; a wave of 12 where all said 4 would tell what each said."""
    with tenant_context(essex):
        survey = make_survey(cohort)
        wave = ask(survey, "before")
    for n, person in enumerate(people):
        answer(essex, wave, person, [2 + n % 2] * 3 + [4] * 4 + [3 + (n < 4)] * 3)
    with tenant_context(essex, staff.person):
        wave.refresh_from_db()
        lines = {line.text: line.mean for line in wave_results(wave=wave, by=staff.actor) if line.is_domain}
    assert lines == {"Confidence": 2.5, "Skills": None, "Relationships": 3.5}
    page = staff.client.get(f"/essex/surveys/{survey.public_id}/results/").content.decode()
    assert "Before: average ratings, to the nearest half" in page


def test_nothing_is_shown_before_the_wave_has_closed(essex, cohort, people, staff):
    with tenant_context(essex):
        survey = make_survey(cohort)
        wave = ask(survey, "before")
    for n, person in enumerate(people[:-1]):
        answer(essex, wave, person, [2 + n % 2] * 10)
    with tenant_context(essex, staff.person):
        with pytest.raises(WrongState):
            wave_results(wave=wave, by=staff.actor)
        assert paired_results(survey=survey, by=staff.actor) is None
    page = staff.client.get(f"/essex/surveys/{survey.public_id}/results/").content.decode()
    assert "92%" in page and "2.5" not in page and "shown once it has closed" in page


def test_answers_saved_but_not_sent_do_not_count(essex, cohort, people, staff):
    """Nine of ten send; the tenth saved 5 throughout."""
    with tenant_context(essex):
        survey = make_survey(cohort)
        wave = ask(survey, "before")
    for n, person in enumerate(people[:10]):
        answer(essex, wave, person, [1 + n % 2] * 10)
    answer(essex, wave, people[10], [5] * 10, send=False)
    with tenant_context(essex, staff.person):
        close_wave(wave=wave, by=SYSTEM)
        wave.refresh_from_db()
        assert {line.mean for line in wave_results(wave=wave, by=staff.actor)} == {1.5}


def test_sectors_where_few_answered_are_withheld(essex, staff):
    """Health: 6 answered, under the 10 of a breakdown; with it goes the next smallest, or the total of 33 would tell."""
    with tenant_context(essex):
        cohort = make_cohort("Cohort 2")
        groups = {"local government": ("Gov", 18, 12), "health": ("Nhs", 9, 6), "voluntary": ("Vol", 22, 15)}
        asked = {s: (add_people(cohort, n, sector=s, prefix=p), k) for s, (p, n, k) in groups.items()}
        wave = ask(make_survey(cohort), "before")
        for members, number in asked.values():
            for person in members[:number]:
                answer(essex, wave, person, [3] * 10)
        close_wave(wave=wave, by=SYSTEM)
        wave.refresh_from_db()
        found = {line.sector: line.answered for line in response_by_sector([wave], by=SYSTEM)}
    assert found == {"local government": [None], "health": [None], "voluntary": [15]}


def test_another_tenants_answers_never_come_in(essex, hsmc, compared, staff):
    """HSMC's people all answered 5; Essex's means are as before."""
    with tenant_context(hsmc):
        theirs = make_cohort("Cohort 1")
        answered_survey(hsmc, theirs, add_people(theirs, 9, prefix="Far"), lambda p, s: 5, lambda p, s: 5)
    assert results(essex, compared, staff).lines[0].before == 2.5


def test_results_are_for_staff_of_the_cohort(essex, compared, staff, other_staff, stranger, people):
    from tenancy.services.people import ensure_account

    address = f"/essex/surveys/{compared.public_id}/results/"
    with tenant_context(essex):
        one = cast_member(essex, people[0], ensure_account(person=people[0]))
    assert staff.client.get(address).status_code == 200
    assert other_staff.client.get(address).status_code == 403
    assert one.client.get(address).status_code == 403
    assert stranger.client.get(address).status_code == 404
    with tenant_context(essex, other_staff.person), pytest.raises(NotAllowed):
        paired_results(survey=compared, by=other_staff.actor)
