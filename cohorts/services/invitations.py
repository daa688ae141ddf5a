"""Inviting people to roles."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_invitation, send_invitation_answer
from cohorts.models import Cohort, Invitation
from cohorts.rules import INVITE, invited
from cohorts.services.cohorts import may_run
from cohorts.states import InvitationState
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import revoke_links, spend_links
from tenancy.models import Account, Membership, Organisation, Person, Role
from tenancy.selectors import grants_of
from tenancy.services.people import ensure_account, ensure_person, give_role, link_account
from tenancy.turns import just_now, take_turns

# Roles that staff invite to; applicants, participants and alumni come by selection.
INVITABLE = (
    Role.STAFF,
    Role.ASSESSOR,
    Role.MENTOR,
    Role.FACILITATOR,
    Role.SPONSOR,
    Role.SUPPLIER,
    Role.PARTNER,
)


@transaction.atomic
def invite_person(
    *,
    name: str,
    email: str,
    role: str,
    cohort: Cohort | None,
    by: Actor,
    note: str = "",
    organisation: Organisation | None = None,
    job_title: str = "",
) -> Invitation:
    """Ask someone to take a role in a cohort, or with `cohort` None in the whole tenant (which only its own staff may)."""
    may_run(by, cohort)
    if role not in INVITABLE:
        raise Refused(_("People don’t get this role by invitation."), field="role")
    person, _created = ensure_person(name=name, email=email, organisation=organisation, job_title=job_title, by=by)
    cohort_id = cohort.pk if cohort else None
    take_turns(person)
    if any(g.role == role and g.cohort_id == cohort_id and g.programme_id is None for g in grants_of(person.pk)):
        raise Refused(_("%(name)s already has this role.") % {"name": person.name}, field="email")
    now = timezone.now()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                person=person,
                role=role,
                cohort=cohort,
                note=note.strip(),
                invited_by=by.person,
                invited_at=now,
                sent_at=now,
            )
    except IntegrityError as error:
        raise Refused(
            _("%(name)s has already been invited and hasn’t answered yet. You can send the invitation again.")
            % {"name": person.name},
            field="email",
        ) from error
    record_change(invitation, "invite", by=by, target=invitation.state)
    send_invitation(invitation, by=by)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Actor) -> Invitation:
    """Send it again with a new link; the old one stops working. Not twice within a minute: the second would undo the first."""
    may_run(by, invitation.cohort)
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if locked.state != InvitationState.OPEN:
        raise WrongState(_("This invitation is now “%(state)s”.") % {"state": locked.get_state_display()})
    if locked.times_sent > 1 and locked.sent_at > just_now():
        raise Refused(_("This invitation was sent again a moment ago. Give it a minute to arrive."))
    revoke_links(purpose=INVITE, about=locked.public_id)
    locked.times_sent += 1
    locked.sent_at = timezone.now()
    locked.save(update_fields=["times_sent", "sent_at"])
    record_change(locked, "send again", by=by)
    send_invitation(locked, by=by)
    return locked


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Actor) -> Invitation:
    transition(invitation, "withdraw", by=by, answered_at=timezone.now())
    revoke_links(purpose=INVITE, about=invitation.public_id)
    return invitation


def check_password(password: str, person: Person) -> None:
    """The portal's own rules for passwords, as an error of the form's field."""
    try:
        validate_password(password, Account(email=person.email))
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, by: Actor, account: Account | None = None, password: str = ""
) -> Account:
    """Take the role. `account` is the one the person is signed in with; without it one is made for the invited address, which the
    link has proven, with a password if one is given (codes by e-mail work without).

    A person who has an account, or whose address has one, must sign in to it: staff say where an invitation goes, so its link may
    never open an account that is there already. An account that is already someone in this tenant keeps being that person, and
    that person gets the role.
    """
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("person", "cohort").get(pk=invitation.pk)
    if not invited(by, locked):
        raise NotAllowed(_("This invitation is for someone else."))
    if locked.state != InvitationState.OPEN:
        raise WrongState(_("This invitation is now “%(state)s”.") % {"state": locked.get_state_display()})
    person = locked.person
    # Two invitations of one person, accepted at once, make one sign-in.
    take_turns(person)
    if account is None:
        if has_sign_in(person):
            raise Refused(_("You already have a sign-in. Sign in, then accept."))
        if password:
            check_password(password, person)
        account = ensure_account(person=person, password=password or None)
    else:
        person = person_for(account, person)
    transition(locked, "accept", by=by, answered_at=timezone.now(), accepted_as=person)
    give_role(person=person, role=locked.role, by=by, cohort_id=locked.cohort_id)
    spend_links(purpose=INVITE, about=locked.public_id)
    send_invitation_answer(locked, accepted=True, by=by)
    return account


def has_sign_in(person: Person) -> bool:
    """Whether the person has an account, or had one here, or their address is an account's."""
    return (
        Membership.objects.filter(person=person).exists() or Account.objects.filter(email__iexact=person.email).exists()
    )


def person_for(account: Account, person: Person) -> Person:
    """Whom the account is in this tenant: the person it already is, or from now on the one invited."""
    if (mine := Membership.objects.filter(account=account).select_related("person").first()) is not None:
        if mine.ended_at is not None:
            raise Refused(_("This account’s membership here has ended. Ask the programme’s staff."))
        return mine.person
    other = Membership.objects.filter(person=person).select_related("account").first()
    if other is not None:
        raise Refused(_("This invitation belongs to another sign-in. Sign out, then sign in with that one."))
    return link_account(person=person, account=account).person


@transaction.atomic
def decline_invitation(*, invitation: Invitation, by: Actor) -> Invitation:
    transition(invitation, "decline", by=by, answered_at=timezone.now())
    spend_links(purpose=INVITE, about=invitation.public_id)
    send_invitation_answer(invitation, accepted=False, by=by)
    return invitation
