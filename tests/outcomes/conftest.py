from __future__ import annotations

from types import SimpleNamespace

import pytest

from cohorts.models import Cohort
from tenancy.models import Person, Role, Tenant
from tenancy.scope import tenant_context
from tests.conftest import cast_member, make_member
from tests.factories.outcomes import add_people, make_cohort, make_survey, place

# Figures are computed on another connection (portal_sys), which sees only what has been committed.
COMMITTED = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


@pytest.fixture
def cohort(essex: Tenant) -> Cohort:
    with tenant_context(essex):
        return make_cohort()


@pytest.fixture
def participant(essex: Tenant, cohort: Cohort) -> SimpleNamespace:
    """Takes part in the cohort, and has an account."""
    member = make_member(essex, "Pat Participant")
    with tenant_context(essex):
        place(cohort, member.person)
    return cast_member(essex, member.person, member.account)


@pytest.fixture
def neighbour(essex: Tenant, cohort: Cohort) -> SimpleNamespace:
    """Another participant of the same cohort."""
    member = make_member(essex, "Nia Neighbour")
    with tenant_context(essex):
        place(cohort, member.person)
    return cast_member(essex, member.person, member.account)


@pytest.fixture
def other_staff(essex: Tenant) -> SimpleNamespace:
    """Staff of another cohort of the same tenant."""
    from tenancy.services.people import give_role
    from tests.factories.outcomes import SYSTEM

    member = make_member(essex, "Olu Other")
    with tenant_context(essex):
        elsewhere = make_cohort("Cohort 9")
        give_role(person=member.person, role=Role.STAFF, by=SYSTEM, cohort_id=elsewhere.pk)
    return cast_member(essex, member.person, member.account)


@pytest.fixture
def people(essex: Tenant, cohort: Cohort) -> list[Person]:
    """Twelve more who take part."""
    with tenant_context(essex):
        return add_people(cohort, 12)


@pytest.fixture
def survey(essex: Tenant, cohort: Cohort):
    with tenant_context(essex):
        return make_survey(cohort)
