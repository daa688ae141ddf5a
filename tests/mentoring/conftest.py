from types import SimpleNamespace

import pytest

from tenancy.models import Role
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tests.conftest import make_member
from tests.factories.mentoring import employ, make_match
from tests.factories.projects import join, make_cohort


@pytest.fixture
def cast(essex, staff, stranger):
    """Essex's cohort 2: two mentees of the council and the police, a mentor of the health service and one of a university."""
    people = SimpleNamespace(
        mentee=make_member(essex, "Mina Mentee", Role.PARTICIPANT),
        other=make_member(essex, "Otto Other", Role.PARTICIPANT),
        mentor=make_member(essex, "Maud Mentor", Role.MENTOR),
        second=make_member(essex, "Seb Second", Role.MENTOR),
        staff=staff,
        stranger=stranger,
        tenant=essex,
    )
    with tenant_context(essex):
        people.cohort = make_cohort()
        employ(people.mentee.person, "Essex County Council", "local government")
        employ(people.other.person, "Essex Police", "police and fire")
        employ(people.mentor.person, "Mid Essex Hospital", "health")
        employ(people.second.person, "University of Essex", "higher education")
        for one in (people.mentee, people.other):
            one.actor = join(one.person, people.cohort)
        for one in (people.mentor, people.second):
            one.actor = actor_of(one.person)
    return people


@pytest.fixture
def match(cast):
    with tenant_context(cast.tenant):
        return make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
