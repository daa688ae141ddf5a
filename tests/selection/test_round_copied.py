"""A cohort that is copied takes its selection round along: same settings, every date moved, in its order and not published."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cohorts.models import Cohort
from cohorts.selectors.copying import plan_copy
from cohorts.services.copying import add_closed_days, copy_cohort
from selection.face_cohorts import shifted
from selection.models import SelectionRound
from tenancy.scope import tenant_context
from tests.factories.selection import SYSTEM, make_round

DATES = {
    "opens_on": date(2027, 1, 11),
    "nominate_by": date(2027, 1, 29),
    "closes_on": date(2027, 2, 5),
    "late_until": date(2027, 2, 9),
    "endorse_by": date(2027, 2, 19),
    "score_by": date(2027, 3, 26),
}


@pytest.fixture
def source(essex):
    with tenant_context(essex):
        round_ = make_round(opened=True, audience="Whoever leads others", offer_days=7, **DATES)
        Cohort.objects.filter(pk=round_.cohort_id).update(starts_on=date(2027, 5, 4), ends_on=date(2028, 3, 1))
        return SelectionRound.objects.select_related("cohort__programme", "framework").get(pk=round_.pk)


def copied(source, first_day):
    cohort = Cohort.objects.select_related("programme").get(pk=source.cohort_id)
    plan = plan_copy(cohort, first_day)
    made = copy_cohort(
        source=cohort,
        name=f"From {first_day}",
        places=20,
        starts_on=first_day,
        ends_on=plan.ends_on,
        days={},
        seen=plan.seen,
        by=SYSTEM,
    )
    return plan, SelectionRound.objects.select_related("framework").get(cohort=made)


def local(moment):
    return moment.astimezone().date() if moment else None


def test_the_round_goes_along_with_its_dates(essex, source, staff):
    with tenant_context(essex):
        plan, round_ = copied(source, date(2028, 5, 2))
        assert [(line.was, line.becomes) for line in plan.others if "elect" in line.what][:1] == [
            (DATES["opens_on"], date(2028, 1, 10))
        ]
        year = timedelta(weeks=52)
        for name, was in (
            ("opens_at", "opens_on"),
            ("nominate_by", "nominate_by"),
            ("closes_at", "closes_on"),
            ("late_until", "late_until"),
            ("endorse_by", "endorse_by"),
        ):
            assert local(getattr(round_, name)) == DATES[was] + year, name
        assert (round_.state, round_.audience, round_.offer_days) == ("draft", "Whoever leads others", 7)
        assert round_.framework.copied_from == source.framework and round_.framework.frozen_at is None
    page = staff.client.get(
        reverse(
            "cohorts:cohort-copy-dates",
            kwargs={"tenant": "essex", "public_id": source.cohort.public_id, "first_day": "2028-05-02"},
        )
    ).content.decode()
    assert "Selection opens" in page and "10 January 2028" in page and "Last day to score" in page


def test_closed_days_never_turn_its_dates_round(essex, source):
    with tenant_context(essex):
        add_closed_days(
            programme=source.cohort.programme,
            name="Refit",
            first_day=date(2028, 1, 31),
            last_day=date(2028, 2, 18),
            every_year=False,
            by=SYSTEM,
        )
        plan, round_ = copied(source, date(2028, 5, 2))
        moved = shifted(source, plan.shift)
        days = [moved[name][1] for name in ("opens_at", "closes_at", "late_until", "endorse_by", "score_by")]
        assert days == sorted(days) and moved["late_until"][1] > moved["closes_at"][1]
        assert moved["nominate_by"][1] <= moved["closes_at"][1]
        assert local(round_.closes_at) == moved["closes_at"][1] > date(2028, 2, 18)
