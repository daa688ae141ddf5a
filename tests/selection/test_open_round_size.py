"""Opening a round writes to its nominees in one statement, however many they are."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reminders.models import Message
from selection.models import Application
from selection.services.references import next_references
from selection.services.rounds import open_round
from selection.states import ApplicationState
from tenancy.models import Person
from tenancy.scope import tenant_context
from tests.factories.selection import make_cohort_for_round, make_round
from tests.factories.tenancy import make_organisation
from tests.queries import plain


def nominated(count: int, name: str):
    round_ = make_round(make_cohort_for_round(name), opened=False)
    employer = make_organisation("Essex County Council")
    people = Person.objects.bulk_create(
        Person(name=f"Nominee {n}", email=f"{name}.{n}@example.org".replace(" ", "."), organisation=employer)
        for n in range(count)
    )
    references = next_references(round_.cohort, count)
    Application.objects.bulk_create(
        Application(
            round=round_,
            cohort=round_.cohort,
            applicant=person,
            organisation=employer,
            reference=reference,
            state=ApplicationState.INVITED,
        )
        for person, reference in zip(people, references, strict=True)
    )
    return round_


def statements(round_, staff) -> int:
    with CaptureQueriesContext(connection) as asked:
        open_round(round=round_, by=staff.actor)
    return len(plain(asked))


@pytest.mark.django_db(databases=["default"])
def test_500_nominees_cost_the_statements_of_three(essex, staff):
    with tenant_context(essex, staff.person):
        few, many = nominated(3, "Cohort 2"), nominated(500, "Cohort 3")
        first = statements(few, staff)
        began = time.monotonic()
        assert statements(many, staff) == first
        took = time.monotonic() - began
        assert Message.objects.filter(kind="selection.nominated").count() == 503
    # a page's patience, with room for a busy machine
    assert took < 10, took
