"""Hundreds of people at once, as an import brings them: what services/people.py does for one, in a handful of statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.models import Account, Employment, Membership, Organisation, Person, Role, RoleAssignment
from tenancy.names import sort_key

Found = TypeVar("Found")


@dataclass(frozen=True)
class Newcomer:
    """A person as a list names them. `email` is in lower case and valid; it tells people apart."""

    name: str
    email: str
    organisation: Organisation | None = None
    job_title: str = ""
    grade: str = ""
    service_area: str = ""
    district: str = ""


def add_missing(step: Callable[[], Found]) -> Found:
    """What `step` adds after a look at what is there; when somebody else adds some of it at that very moment, it looks again.

    Steps add in the order of the addresses, so that two of them never wait for each other."""
    try:
        with transaction.atomic():
            return step()
    except IntegrityError:
        with transaction.atomic():
            return step()


@transaction.atomic
def ensure_people(*, newcomers: Iterable[Newcomer], by: Actor) -> dict[str, Person]:
    """{address: person} for each of them, made where unknown. What is known of a person already is left as it is."""
    wanted = {newcomer.email: newcomer for newcomer in newcomers}
    return add_missing(lambda: _add_people(wanted))


def _add_people(wanted: dict[str, Newcomer]) -> dict[str, Person]:
    known = {p.email.lower(): p for p in Person.objects.exclude(email="") if p.email.lower() in wanted}
    made = [
        Person(
            name=(name := " ".join(new.name.split())),
            sort_key=sort_key(name)[:200],
            email=new.email,
            organisation=new.organisation,
            job_title=new.job_title,
            grade=new.grade,
            service_area=new.service_area,
            district=new.district,
        )
        for email, new in sorted(wanted.items())
        if email not in known
    ]
    Person.objects.bulk_create(made)
    today = timezone.localdate()
    Employment.objects.bulk_create(
        Employment(person=p, organisation=p.organisation, job_title=p.job_title, from_date=today)
        for p in made
        if p.organisation is not None
    )
    return known | {p.email: p for p in made}


@transaction.atomic
def ensure_accounts(*, people: Collection[Person]) -> None:
    """An account for each, linked if Baton knows the address already. They sign in by a code sent there."""
    ids = [p.pk for p in people]
    members = set(Membership.objects.filter(person__in=ids, ended_at__isnull=True).values_list("person_id", flat=True))
    wanted = {p.email.lower(): p for p in people if p.pk not in members}
    accounts = add_missing(lambda: _add_accounts(wanted))
    # An account that is another person of this tenant already stays that person.
    Membership.objects.bulk_create(
        (Membership(account=accounts[email], person=person) for email, person in wanted.items()), ignore_conflicts=True
    )


def _add_accounts(addresses: Collection[str]) -> dict[str, Account]:
    known = {a.email.lower(): a for a in Account.objects.filter(email__in=list(addresses))}
    made = Account.objects.bulk_create(
        Account(email=email, password=make_password(None)) for email in sorted(addresses) if email not in known
    )
    EmailAddress.objects.bulk_create(EmailAddress(user=a, email=a.email, verified=True, primary=True) for a in made)
    return known | {a.email: a for a in made}


@transaction.atomic
def give_role_to_all(*, people: Collection[Person], role: str, cohort_id: int, by: Actor) -> None:
    """Give each of them the role for the cohort from now on; those who hold it keep it as it is."""
    held = set(
        RoleAssignment.objects.filter(role=role, cohort_id=cohort_id, valid_to__isnull=True).values_list(
            "person_id", flat=True
        )
    )
    now = timezone.now()
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=p, role=Role(role), cohort_id=cohort_id, valid_from=now)
        for p in people
        if p.pk not in held
    )
