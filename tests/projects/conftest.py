from types import SimpleNamespace

import pytest

from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.projects import join, make_cohort


@pytest.fixture
def cast(essex, staff, stranger):
    """Essex's cohort 2 with a lead, a member, an outsider of the same cohort, a sponsor, and staff of another cohort."""
    people = SimpleNamespace(
        lead=make_member(essex, "Lena Lead", Role.PARTICIPANT),
        member=make_member(essex, "Mo Member", Role.PARTICIPANT),
        outsider=make_member(essex, "Olu Outsider", Role.PARTICIPANT),
        sponsor=make_member(essex, "Sam Sponsor", Role.SPONSOR),
        staff=staff,
        stranger=stranger,
        tenant=essex,
    )
    with tenant_context(essex):
        people.cohort = make_cohort()
        for one in (people.lead, people.member, people.outsider):
            one.actor = join(one.person, people.cohort)
    return people
