"""Nobody gets into somebody else's account: not by a link sent where staff of one tenant said, nor by a borrowed session."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.services.invitations import accept_invitation, invite_person
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.links import mint_link
from tenancy.models import Account, Membership, Role
from tenancy.scope import tenant_context
from tenancy.services.people import change_employer, link_account
from tests.conftest import make_member
from tests.factories.cohorts import SYSTEM, make_person


@pytest.fixture
def victim(essex, hsmc):
    """A mentor in Essex whose account is also staff of the other tenant; Essex has given them another address since."""
    found = make_member(essex, "Vera Victim", Role.MENTOR)
    with tenant_context(hsmc):
        link_account(person=make_person("Vera Victim"), account=found.account)
    with tenant_context(essex):
        change_employer(
            person=found.person,
            organisation=found.person.organisation,
            job_title="Head",
            on=found.person.created_at.date(),
            email="mallory@elsewhere.example",
            by=SYSTEM,
        )
    return found


@pytest.fixture
def link(essex, staff, victim) -> str:
    """The link of an invitation that went to the new address."""
    with tenant_context(essex):
        row = invite_person(
            name="Vera", email="mallory@elsewhere.example", role=Role.ASSESSOR, cohort=None, by=staff.actor
        )
        assert row.person == victim.person
        token = mint_link(person=row.person, purpose="invitation", about=row.public_id)
    return reverse("cohorts:invitation-accept", kwargs={"tenant": "essex", "token": token})


@pytest.mark.parametrize("answer", [{"way": "code"}, {"way": "password", "password": "correct horse battery 1"}])
def test_an_invitations_link_opens_no_account_that_the_person_has(essex, hsmc, link, victim, answer) -> None:
    client = Client()
    page = client.get(link)
    assert page.status_code == 200 and reverse("account_login") in page.content.decode()
    assert client.post(link, answer).status_code == 422
    assert "_auth_user_id" not in client.session
    for tenant in ("essex", "hsmc"):
        assert client.get(f"/{tenant}/").status_code == 302
    victim.account.refresh_from_db()
    assert not victim.account.check_password("correct horse battery 1")


def test_its_owner_signs_in_and_takes_the_role(essex, link, victim) -> None:
    assert victim.client.post(link, {}).status_code == 302
    with tenant_context(essex):
        assert victim.person.roles.filter(role=Role.ASSESSOR, valid_to__isnull=True).exists()


def test_nor_an_account_whose_membership_has_ended(essex, staff, victim, link) -> None:
    with tenant_context(essex):
        Membership.objects.filter(person=victim.person).update(ended_at=victim.person.created_at)
    before = Account.objects.count()
    client = Client()
    assert client.post(link, {"way": "code"}).status_code == 422
    assert "_auth_user_id" not in client.session and Account.objects.count() == before


def test_the_service_refuses_it_too(essex, staff, victim, link) -> None:
    from cohorts.models import Invitation

    with tenant_context(essex):
        row = Invitation.objects.select_related("person").get(person=victim.person)
        with pytest.raises(Refused, match="sign-in"):
            accept_invitation(invitation=row, by=Actor.for_link(row.person, "invitation"))
