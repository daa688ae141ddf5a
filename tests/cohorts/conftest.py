from __future__ import annotations

from types import SimpleNamespace

import pytest

from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.factories.cohorts import make_cohort, make_participant, make_person, sign_in_as
from tests.queries import page_queries


@pytest.fixture
def cohort(essex):
    with tenant_context(essex):
        return make_cohort()


@pytest.fixture
def other_cohort(essex):
    with tenant_context(essex):
        return make_cohort("Cohort 3")


@pytest.fixture
def participant(essex, cohort) -> SimpleNamespace:
    """Takes part in the cohort, signed in."""
    with tenant_context(essex):
        person = make_participant(cohort, "Pat Participant", "Mid Essex Trust", "health").person
    return sign_in_as(essex, person)


@pytest.fixture
def other_participant(essex, cohort) -> SimpleNamespace:
    with tenant_context(essex):
        person = make_participant(cohort, "Olu Other", "Essex Police", "police and fire").person
    return sign_in_as(essex, person)


@pytest.fixture
def other_staff(essex, other_cohort) -> SimpleNamespace:
    """Staff of the other cohort only."""
    with tenant_context(essex):
        person = make_person("Colin Cohortstaff")
    return sign_in_as(essex, person, Role.STAFF, cohort=other_cohort)


@pytest.fixture
def facilitator(essex, cohort) -> SimpleNamespace:
    with tenant_context(essex):
        person = make_person("Fay Facilitator", "Set Work Ltd", "business")
    return sign_in_as(essex, person, Role.FACILITATOR, cohort=cohort)


@pytest.fixture
def count_queries():
    return page_queries
