"""Statements have a kind beside their domain; cohorts are compared only where they were asked the same statements."""

from __future__ import annotations

import pytest

from outcomes.models import IndicatorKind
from outcomes.section import report_figures
from outcomes.services.aggregates import compare_versions, paired_results
from outcomes.services.surveys import copy_survey, edit_survey, set_kinds
from tenancy.errors import NotAllowed, StaleEdit
from tenancy.scope import tenant_context
from tenancy.seen import digest_of
from tests.factories.outcomes import add_people, answered_survey, make_cohort, make_survey
from tests.outcomes.conftest import COMMITTED
from tests.queries import page_queries

pytestmark = COMMITTED


def before(person: int, statement: int) -> int:
    return 2 + person % 2


def up_by_one(person: int, statement: int) -> int:
    return before(person, statement) + (2 if person == 0 else 1)


def only_first_three(person: int, statement: int) -> int:
    """What they know and can do stays, but for the statements of confidence."""
    return before(person, statement) + (1 if statement < 3 else 0)


@pytest.fixture
def compared(essex, cohort, people):
    with tenant_context(essex):
        return answered_survey(essex, cohort, people, before, only_first_three)


def kinds_of(survey):
    return {row.public_id: row.kind for row in survey.indicators.all()}


def test_staff_say_of_what_kind_and_results_and_report_say_it_by_kind(essex, compared, staff, other_staff):
    """Of the starting statements one of three skills, one of six behaviours and two of confidence in all moved by 1."""
    page = f"/essex/surveys/{compared.public_id}/"
    assert "Behaviour" in staff.client.get(page).content.decode()
    with tenant_context(essex, staff.person):
        rows = list(compared.indicators.all())
        found = {line.text: line for line in paired_results(survey=compared, by=staff.actor).kinds}
        for kind, line in zip(("behaviour", "skill", "knowledge"), found.values(), strict=True):
            own = [n for n, row in enumerate(rows) if row.kind == kind]
            assert own and line.change == round(sum(n < 3 for n in own) / len(own), 1)
        assert found["Behaviour"].change > found["Knowledge"].change == 0
        figure = next(f for f in report_figures(compared.cohort_id) if f["key"].startswith("change-kinds"))
        assert [row[0] for row in figure["data"]["rows"]] == ["Behaviour", "Skill", "Knowledge"]
    shown = staff.client.get(f"{page}results/").content.decode()
    assert "What people do, are able to do and know" in shown and "Knowledge" in shown
    # changed at any time, since nobody answers it; whoever has an older page sees both
    with tenant_context(essex):
        was = kinds_of(compared)
    sent = {**dict.fromkeys(was, "skill"), "seen": digest_of(was)}
    assert staff.client.post(f"{page}kinds/", {**sent, "seen": "x"}).status_code == 409
    assert staff.client.post(f"{page}kinds/", sent).status_code == 302
    with tenant_context(essex, staff.person):
        again = paired_results(survey=type(compared).objects.get(pk=compared.pk), by=staff.actor)
        assert [line.text for line in again.kinds] == ["Skill"]
    with tenant_context(essex, other_staff.person), pytest.raises(NotAllowed):
        set_kinds(survey=compared, kinds={}, seen="", by=other_staff.actor)
    with tenant_context(essex, staff.person), pytest.raises(StaleEdit):
        set_kinds(survey=compared, kinds=was, seen="x", by=staff.actor)


def test_kinds_stay_with_their_words(essex, cohort, staff):
    with tenant_context(essex, staff.person):
        survey = make_survey(cohort)
        first = survey.indicators.first()
        edit_survey(
            survey=survey,
            version=survey.version,
            name="Where I am",
            indicators={"confidence": [first.text, "A new one"], "skills": [], "relationships": []},
            by=staff.actor,
        )
        assert dict(survey.indicators.values_list("text", "kind")) == {first.text: first.kind, "A new one": ""}
        copied = copy_survey(survey=survey, cohort=make_cohort("Cohort 9"), by=staff.actor)
        assert copied.indicators.first().kind == first.kind == IndicatorKind.SKILL


def test_cohorts_are_compared_on_the_same_statements_only(essex, compared, staff):
    page = "/essex/surveys/compare/"
    one = page_queries(staff.client, page)
    with tenant_context(essex):
        later = make_cohort("Cohort 7")
        same = answered_survey(essex, later, add_people(later, 10, prefix="Later"), before, up_by_one)
        other = make_cohort("Cohort 8")
        shorter = make_survey(other, "Shorter")
        edit_survey(
            survey=shorter,
            version=shorter.version,
            name="Shorter",
            indicators={"confidence": ["Only this"], "skills": [], "relationships": []},
            by=staff.actor,
        )
    assert page_queries(staff.client, page) == one <= 12
    with tenant_context(essex, staff.person):
        from outcomes.selectors import surveys_for_staff

        surveys = surveys_for_staff(staff.actor).prefetch_related("indicators")
        (version,) = compare_versions(surveys=surveys, by=staff.actor)
        assert {survey.pk for survey, _results in version.results} == {compared.pk, same.pk}
        assert len(version.statements) == 10
        changes = {
            survey.pk: [line.change for line in results.lines if line.is_domain] for survey, results in version.results
        }
        assert changes[compared.pk] == [1.0, 0.0, 0.0] and changes[same.pk] == [1.1, 1.1, 1.1]
    text = " ".join(staff.client.get(page).content.decode().split())
    assert "Version 1: 10 statements" in text and "Cohort 7" in text and "+1.1" in text and "Cohort 8" not in text
