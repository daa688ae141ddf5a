"""People, employers, roles and accounts."""

from __future__ import annotations

from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.models import Account, Employment, Membership, Organisation, Person, Role, RoleAssignment
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.turns import take_turns


def person_by_email(email: str) -> Person | None:
    return Person.objects.filter(email__iexact=email.strip()).first() if email else None


@transaction.atomic
def ensure_person(
    *,
    name: str,
    email: str,
    by: Actor,
    organisation: Organisation | None = None,
    job_title: str = "",
    on: date | None = None,
    **details: str,
) -> tuple[Person, bool]:
    """The person with this address in the open tenant, made if unknown; (person, created). Never overwrites what is known."""
    known = person_by_email(email)
    if known is not None:
        return known, False
    person = Person(
        name=" ".join(name.split()),
        email=email.strip().lower(),
        organisation=organisation,
        job_title=job_title,
        **details,
    )
    person.full_clean(exclude=["tenant", "sort_key"], validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        # somebody else added them at this very moment
        if (known := person_by_email(email)) is not None:
            return known, False
        raise
    if organisation is not None:
        Employment.objects.create(
            person=person, organisation=organisation, job_title=job_title, from_date=on or timezone.localdate()
        )
    return person, True


@transaction.atomic
def change_employer(
    *, person: Person, organisation: Organisation, job_title: str, on: date, by: Actor, email: str = ""
) -> Person:
    """The person moves: the open employment ends the day before, and everything they have stays theirs. Said twice, it is one. What they
    may judge follows at once."""
    hold_ties()
    take_turns(person)
    there = Employment.objects.filter(person=person, to_date__isnull=True)
    if not there.filter(organisation=organisation, job_title=job_title, from_date=on).exists():
        there.update(to_date=on)
        Employment.objects.create(person=person, organisation=organisation, job_title=job_title, from_date=on)
    person.organisation, person.job_title = organisation, job_title
    if email:
        person.email = email.strip().lower()
    person.save(update_fields=["organisation", "job_title", "email"])
    ties_changed([person.pk], by=by)
    return person


@transaction.atomic
def change_line_manager(*, person: Person, manager: Person, by: Actor) -> None:
    """Who manages them from now on. The caller holds the ties (`hold_ties`): everybody's line above and below may be another one."""
    if person.line_manager_id != manager.pk:
        person.line_manager = manager
        person.save(update_fields=["line_manager"])
        ties_changed(None, by=by)


@transaction.atomic
def link_account(*, person: Person, account: Account) -> Membership:
    """Let this account in as this person. An account is one person of a tenant, and a person has one account."""
    membership, _ = Membership.objects.get_or_create(account=account, defaults={"person": person})
    return membership


@transaction.atomic
def ensure_account(*, person: Person, password: str | None = None) -> Account:
    """The account that signs in with the person's address, made and linked if need be.

    An account already known to Baton for other tenants is linked, not told: its holder sees the new tenant on signing in.
    """
    take_turns(person)
    if membership := Membership.objects.filter(person=person, ended_at__isnull=True).select_related("account").first():
        return membership.account
    account = account_by_email(person.email) or new_account(person.email, password)
    link_account(person=person, account=account)
    return account


def account_by_email(email: str) -> Account | None:
    return Account.objects.filter(email__iexact=email).first()


def new_account(email: str, password: str | None) -> Account:
    """An account of this address; the one that another tenant makes of it at this very moment, if it's quicker."""
    try:
        with transaction.atomic():
            account = Account.objects.create_user(email, password)
            # The address was given by a programme's staff and every sign-in by code proves it again, so it counts as verified.
            EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    except IntegrityError:
        if (known := account_by_email(email)) is None:
            raise
        return known
    return account


@transaction.atomic
def give_role(
    *,
    person: Person,
    role: str,
    by: Actor,
    cohort_id: int | None = None,
    programme_id: int | None = None,
    at: datetime | None = None,
) -> RoleAssignment:
    """Give a role from now on; giving it twice changes nothing."""
    assignment, _ = RoleAssignment.objects.get_or_create(
        person=person,
        role=Role(role),
        cohort_id=cohort_id,
        programme_id=programme_id,
        valid_to=None,
        defaults={"valid_from": at or timezone.now()},
    )
    return assignment


@transaction.atomic
def end_role(*, person: Person, role: str, by: Actor, cohort_id: int | None = None) -> int:
    """End the person's open role for the cohort (or tenant-wide); returns how many rows ended."""
    return RoleAssignment.objects.filter(
        Q(valid_to__isnull=True), person=person, role=role, cohort_id=cohort_id
    ).update(valid_to=timezone.now())
