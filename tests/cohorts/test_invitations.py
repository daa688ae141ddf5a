"""Invitations: sent, answered by link or signed in, followed up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Invitation
from cohorts.services.invitations import (
    accept_invitation,
    invite_person,
    resend_invitation,
    withdraw_invitation,
)
from cohorts.states import InvitationState
from engine.transitions import transition, transition_named
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import mint_link
from tenancy.models import Account, Link, Membership, Person, Role, RoleAssignment
from tenancy.scope import tenant_context
from tenancy.services.people import give_role
from tests.conftest import make_member
from tests.factories.cohorts import SYSTEM, make_person

CREATE = reverse("cohorts:invitation-create", kwargs={"tenant": "essex"})
LIST = reverse("cohorts:invitation-list", kwargs={"tenant": "essex"})
HOME = reverse("portal:home", kwargs={"tenant": "essex"})


@pytest.fixture
def invitation(essex, cohort, staff):
    with tenant_context(essex):
        return invite_person(
            name="Ada Assessor",
            email="Ada@Example.org",
            role=Role.ASSESSOR,
            cohort=cohort,
            note="Ten of them.",
            by=staff.actor,
        )


def link_to(essex, invitation, *, minutes: float | None = None) -> str:
    expires = timezone.now() + timedelta(minutes=minutes) if minutes is not None else None
    with tenant_context(essex):
        token = mint_link(
            person=invitation.person,
            purpose="invitation",
            about=invitation.public_id,
            days=None if expires else 28,
            expires_at=expires,
        )
    return reverse("cohorts:invitation-accept", kwargs={"tenant": "essex", "token": token})


def roles_of(essex, person):
    with tenant_context(essex):
        return [(r.role, r.cohort_id) for r in RoleAssignment.objects.filter(person=person, valid_to__isnull=True)]


def test_staff_invite_someone_new(essex, cohort, staff):
    response = staff.client.post(
        CREATE,
        {
            "name": "Ada  Assessor",
            "email": "Ada@Example.org",
            "role": "assessor",
            "cohort": cohort.public_id,
            "note": "Ten of them.",
        },
    )
    assert response.status_code == 302
    with tenant_context(essex):
        invitation = Invitation.objects.select_related("person").get()
        assert (invitation.person.name, invitation.person.email) == ("Ada Assessor", "ada@example.org")
        message = Message.objects.get(kind="cohorts.invitation")
        assert message.asks and message.subject.startswith("Please answer")
        assert "Ten of them." in message.body_text and "Sita Staff" in message.body_text
        assert (message.link_purpose, message.link_about) == ("invitation", invitation.public_id)
        owed = read_obligations(person_id=invitation.person_id)
        assert [(o.kind, o.label()) for o in owed] == [("cohorts.invitation", "Answer your invitation: Assessor")]
        # inviting gives nothing yet
        assert not RoleAssignment.objects.filter(person=invitation.person).exists()
        assert not Account.objects.filter(email__iexact="ada@example.org").exists()
    assert "Ada Assessor" in staff.client.get(LIST).content.decode()


@pytest.mark.parametrize("email", ["not an address", "", "a@b"])
def test_bad_addresses_are_named(essex, cohort, staff, email):
    response = staff.client.post(CREATE, {"name": "A", "email": email, "role": "assessor", "cohort": cohort.public_id})
    assert response.status_code == 422 and 'id="id_email-error"' in response.content.decode()
    with tenant_context(essex):
        assert not Invitation.objects.exists()


def test_inviting_twice_says_so(essex, cohort, staff, invitation):
    form = {"name": "Ada", "email": "ada@example.org", "role": "assessor", "cohort": cohort.public_id}
    response = staff.client.post(CREATE, form)
    assert response.status_code == 422 and "has already been invited" in response.content.decode()
    with tenant_context(essex):
        give_role(person=invitation.person, role=Role.MENTOR, by=SYSTEM, cohort_id=cohort.pk)
    response = staff.client.post(CREATE, {**form, "role": "mentor"})
    assert "already has this role" in response.content.decode()


def test_who_may_invite_to_what(essex, cohort, other_cohort, other_staff, participant):
    with tenant_context(essex):
        for role, where, by in (
            (Role.STAFF, None, other_staff.actor),
            (Role.ASSESSOR, cohort, other_staff.actor),
            (Role.MENTOR, cohort, participant.actor),
        ):
            with pytest.raises(NotAllowed):
                invite_person(name="X", email="x@example.org", role=role, cohort=where, by=by)
        with pytest.raises(Refused):
            invite_person(name="X", email="x@example.org", role=Role.PARTICIPANT, cohort=cohort, by=SYSTEM)
        assert not Invitation.objects.exists()
    form = {"name": "X", "email": "x@example.org", "role": "assessor"}
    assert other_staff.client.post(CREATE, {**form, "cohort": cohort.public_id}).status_code == 422
    assert other_staff.client.post(CREATE, {**form, "cohort": ""}).status_code == 422
    assert other_staff.client.post(CREATE, {**form, "cohort": other_cohort.public_id}).status_code == 302


@pytest.mark.parametrize("choice", [{"way": "code"}, {"way": "password", "password": "a long enough pass phrase"}])
def test_accepting_by_link_signs_a_new_person_in(essex, cohort, invitation, choice):
    url, client = link_to(essex, invitation), Client()
    page = client.get(url).content.decode()
    assert "Sita Staff" in page and "assessor" in page and "Ten of them." in page
    assert client.get(url).status_code == 200  # opening it spends nothing
    response = client.post(url, choice)
    assert response.status_code == 302 and response.url == HOME
    assert client.get(HOME).status_code == 200
    assert roles_of(essex, invitation.person) == [("assessor", cohort.pk)]
    account = Account.objects.get(email="ada@example.org")
    assert account.check_password("a long enough pass phrase") == (choice["way"] == "password")
    with tenant_context(essex):
        told = Message.objects.get(kind="cohorts.invitation_answer")
        assert told.recipient.name == "Sita Staff" and "has accepted" in told.subject
        assert read_obligations(person_id=invitation.person_id, kind="cohorts.invitation") == []
    # the same link again, and anybody else's
    again = Client().get(url)
    assert again.status_code == 404 and "doesn’t work any more" in again.content.decode()
    assert Client().post(url, choice).status_code == 404


def test_a_weak_password_is_refused_at_its_field_and_nothing_is_made(essex, invitation):
    url = link_to(essex, invitation)
    for password, words in (("short", "too short"), ("", "Enter a password"), ("passwordpassword1", None)):
        response = Client().post(url, {"way": "password", "password": password})
        if words:
            assert response.status_code == 422 and words in response.content.decode()
            assert not Account.objects.filter(email="ada@example.org").exists()


def test_dead_links_all_look_alike(essex, hsmc, invitation):
    with tenant_context(hsmc):
        foreign = make_person("Fen Foreign")
        token = mint_link(person=foreign, purpose="invitation", about=invitation.public_id, days=1)
    with tenant_context(essex):
        endorse = mint_link(person=invitation.person, purpose="endorse", about=invitation.public_id, days=1)
    tokens = {
        "unknown": "x" * 43,
        "expired": link_to(essex, invitation, minutes=-1).split("/")[-2],
        "foreign": token,
        "other": endorse,
    }
    pages = {
        name: Client().get(reverse("cohorts:invitation-accept", kwargs={"tenant": "essex", "token": value}))
        for name, value in tokens.items()
    }
    assert {response.status_code for response in pages.values()} == {404}
    bodies = {re.sub(r"nonce-[\w+/=]+|csrf\w+", "", r.content.decode()) for r in pages.values()}
    assert len(bodies) == 1
    assert "Ada" not in bodies.pop()


def test_an_address_with_an_account_must_sign_in_first(essex, hsmc, cohort, staff):
    """Holding a forwarded link must not open an account that its owner uses for another programme."""
    known = make_member(hsmc, "Ada Known", Role.MENTOR, email="ada@example.org")
    with tenant_context(essex):
        invitation = invite_person(
            name="Ada Known", email="ada@example.org", role=Role.ASSESSOR, cohort=cohort, by=staff.actor
        )
    url, visitor = link_to(essex, invitation), Client()
    page = visitor.get(url).content.decode()
    assert "Sign in to accept" in page and "next=" in page
    response = visitor.post(url, {"way": "code"})
    assert response.status_code == 422 and "_auth_user_id" not in visitor.session
    assert roles_of(essex, invitation.person) == []
    # the owner, signed in
    assert known.client.post(url).status_code == 302
    assert roles_of(essex, invitation.person) == [("assessor", cohort.pk)]
    assert known.client.get(HOME).status_code == 200
    assert Account.objects.filter(email__iexact="ada@example.org").count() == 1


def test_accepting_with_the_account_one_is_signed_in_with(essex, hsmc, cohort, invitation):
    """Another address: the invited person is from now on the person of that account."""
    other = make_member(hsmc, "Ada Elsewhere", Role.MENTOR, email="ada@elsewhere.example")
    url = link_to(essex, invitation)
    assert "ada@elsewhere.example" in other.client.get(url).content.decode()
    assert other.client.post(url).status_code == 302
    assert roles_of(essex, invitation.person) == [("assessor", cohort.pk)]
    with tenant_context(essex):
        assert Membership.objects.get(person=invitation.person).account == other.account
    assert not Account.objects.filter(email="ada@example.org").exists()


def test_someone_already_here_keeps_being_one_person(essex, cohort, invitation, participant):
    url = link_to(essex, invitation)
    assert participant.client.post(url).status_code == 302
    assert ("assessor", cohort.pk) in roles_of(essex, participant.person)
    assert roles_of(essex, invitation.person) == []
    with tenant_context(essex):
        assert Invitation.objects.get().accepted_as == participant.person


def test_signed_in_as_the_person_invited(essex, cohort, staff, participant, other_participant):
    with tenant_context(essex):
        invitation = invite_person(
            name="Pat", email=participant.person.email, role=Role.MENTOR, cohort=cohort, by=staff.actor
        )
    url = reverse("cohorts:invitation-answer", kwargs={"tenant": "essex", "public_id": invitation.public_id})
    assert "Answer your invitation: Mentor" in participant.client.get(HOME).content.decode()
    assert other_participant.client.get(url).status_code == 403
    assert staff.client.post(url).status_code == 403
    assert participant.client.get(url).status_code == 200
    assert participant.client.post(url).status_code == 302
    assert ("mentor", cohort.pk) in roles_of(essex, participant.person)
    assert participant.client.post(url).status_code == 404  # answered already


def test_declining_makes_no_account(essex, invitation):
    url, client = link_to(essex, invitation), Client()
    response = client.post(url, {"decline": "yes"})
    assert response.status_code == 200 and "declined" in response.content.decode()
    assert client.get(url).status_code == 404
    assert not Account.objects.filter(email="ada@example.org").exists()
    with tenant_context(essex):
        assert Invitation.objects.get().state == "declined"
        assert "has declined" in Message.objects.get(kind="cohorts.invitation_answer").subject


def test_sent_again_the_old_link_dies(essex, invitation, staff, other_staff):
    url = link_to(essex, invitation)
    step = reverse(
        "cohorts:invitation-step", kwargs={"tenant": "essex", "public_id": invitation.public_id, "step": "resend"}
    )
    assert other_staff.client.post(step).status_code == 403
    assert staff.client.post(step).status_code == 302
    assert Client().get(url).status_code == 404
    with tenant_context(essex):
        assert Message.objects.filter(kind="cohorts.invitation").count() == 2
        assert Link.objects.filter(revoked_at__isnull=False).count() == 1
    assert "sent 2 times" in staff.client.get(LIST).content.decode()


def test_withdrawn(essex, invitation, staff):
    url = link_to(essex, invitation)
    step = reverse(
        "cohorts:invitation-step", kwargs={"tenant": "essex", "public_id": invitation.public_id, "step": "withdraw"}
    )
    assert staff.client.post(step).status_code == 302
    assert Client().get(url).status_code == 404
    with tenant_context(essex):
        invitation.refresh_from_db()
        with pytest.raises(WrongState):
            resend_invitation(invitation=invitation, by=staff.actor)
        with pytest.raises(WrongState):
            withdraw_invitation(invitation=invitation, by=staff.actor)
        with pytest.raises(WrongState):
            accept_invitation(invitation=invitation, by=Actor.for_link(invitation.person, "invitation"))


def test_a_link_of_another_purpose_or_person_cant_accept(essex, invitation, staff):
    with tenant_context(essex):
        other = make_person("Otto")
        for by in (
            Actor.for_link(invitation.person, "endorse"),
            Actor.for_link(other, "invitation"),
            staff.actor,
            SYSTEM,
        ):
            with pytest.raises(NotAllowed):
                accept_invitation(invitation=invitation, by=by)


@pytest.mark.parametrize("state", InvitationState.values)
@pytest.mark.parametrize("step", [t.name for t in Invitation.machine])
def test_every_step_from_every_state(essex, invitation, staff, state, step):
    by = staff.actor if step == "withdraw" else Actor.for_link(invitation.person, "invitation")
    with tenant_context(essex):
        Invitation.objects.filter(pk=invitation.pk).update(state=state)
        table = transition_named(Invitation, step)
        if state in table.source:
            assert transition(invitation, step, by=by).state == table.target
        else:
            with pytest.raises(WrongState):
                transition(invitation, step, by=by)


def test_the_list_costs_the_same(essex, cohort, staff, invitation, count_queries):
    one = count_queries(staff.client, LIST)
    with tenant_context(essex):
        for n in range(3):
            invite_person(name=f"N {n}", email=f"n{n}@example.org", role="mentor", cohort=cohort, by=staff.actor)
        assert Person.objects.count() >= 4
    assert count_queries(staff.client, LIST) == one <= 12
