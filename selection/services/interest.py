"""Expressions of interest: registered by anybody, counted once the address has answered, told when applications open."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Programme
from engine.transitions import record_change
from selection.emails_interest import send_confirm_interest, send_interest_open
from selection.models import Application, ExpressionOfInterest, SelectionRound
from selection.rules import INTEREST, interested, require, staff
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, WrongState
from tenancy.links import revoke_links
from tenancy.models import Organisation, Person
from tenancy.services.people import ensure_person
from tenancy.turns import take_turns

# By whom the records say it was done: nobody has proved yet whose address it is.
PAGE = Actor.system("interest page")


@transaction.atomic
def register_interest(
    *,
    programme: Programme,
    name: str,
    email: str,
    by: Actor,
    organisation: Organisation | None = None,
    organisation_name: str = "",
    job_title: str = "",
) -> ExpressionOfInterest:
    """Ask the address to confirm. Anybody may, also for an address that is known: nothing known is changed, and what the row says
    counts for nothing until it is confirmed. Said twice it is one; one message a day at most. The page must tell nobody which it was.
    """
    organisation_name = " ".join(organisation_name.split())
    if organisation is None and organisation_name:
        organisation = organisation_called(organisation_name)
    person, _made = ensure_person(name=name, email=email, organisation=organisation, job_title=job_title, by=PAGE)
    row = _live_or_new(
        programme,
        person,
        organisation=organisation,
        organisation_name="" if organisation else organisation_name,
        job_title=job_title,
        by=PAGE,
    )
    send_confirm_interest(row, by=PAGE, occurrence=timezone.localdate().isoformat())
    return row


def organisation_called(name: str) -> Organisation | None:
    """The organisation on record with this very name, short name or alias."""
    named = Q(name__iexact=name) | Q(short_name__iexact=name) | Q(aliases__contains=[name])
    return Organisation.objects.filter(named).order_by("id").first()


@transaction.atomic
def join_interest(*, programme: Programme, by: Actor) -> ExpressionOfInterest:
    """A member's own, confirmed at once: signing in has proved their address. Said twice it is one."""
    person = by.person
    if by.kind != "person" or person is None:
        raise NotAllowed(_("You can’t do this."))
    row = _live_or_new(programme, person, organisation=person.organisation, job_title=person.job_title, by=by)
    return _confirm(row, by)


@transaction.atomic
def confirm_interest(*, interest: ExpressionOfInterest, by: Actor) -> ExpressionOfInterest:
    """The holder of the address says that it was them. Confirming twice is once."""
    row = _locked(interest, by)
    if row.withdrawn_at is not None:
        raise WrongState(_("This registration was withdrawn."))
    return _confirm(row, by)


@transaction.atomic
def withdraw_interest(*, interest: ExpressionOfInterest, by: Actor) -> ExpressionOfInterest:
    """Off the list, confirmed or not; every link sent for it stops working. They may register again."""
    row = _locked(interest, by)
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        revoke_links(purpose=INTEREST, about=row.public_id)
        record_change(row, "withdraw", by=by)
    return row


@transaction.atomic
def tell_interested(*, round: SelectionRound, by: Actor) -> int:
    """Write to everybody on the programme's list who has no application in this round; returns how many that were. In as many
    statements for hundreds as for three, and nobody twice for one round, however often it opens."""
    require(staff, by, round)
    applied = Application.objects.filter(round=round, applicant=OuterRef("person"))
    waiting = (
        ExpressionOfInterest.objects.filter(
            ~Exists(applied),
            programme=round.cohort.programme,
            confirmed_at__isnull=False,
            withdrawn_at__isnull=True,
        )
        .exclude(told_for=round)
        .select_related("person")
        .order_by("id")
    )
    rows = list(waiting.select_for_update(of=("self",)))
    if not rows:
        return 0
    ExpressionOfInterest.objects.filter(pk__in=[row.pk for row in rows]).update(told_for=round)
    return send_interest_open(rows, round=round, by=by)


def _live_or_new(
    programme: Programme,
    person: Person,
    *,
    by: Actor,
    organisation: Organisation | None,
    organisation_name: str = "",
    job_title: str,
) -> ExpressionOfInterest:
    take_turns(person)
    live = ExpressionOfInterest.objects.filter(programme=programme, person=person, withdrawn_at__isnull=True)
    row = live.select_related("person", "programme").first()
    if row is not None:
        return row
    row = ExpressionOfInterest.objects.create(
        programme=programme,
        person=person,
        organisation=organisation,
        organisation_name=organisation_name,
        job_title=job_title,
        registered_at=timezone.now(),
    )
    record_change(row, "register", by=by)
    return row


def _confirm(row: ExpressionOfInterest, by: Actor) -> ExpressionOfInterest:
    if row.confirmed_at is None:
        row.confirmed_at = timezone.now()
        row.save(update_fields=["confirmed_at"])
        record_change(row, "confirm", by=by)
    return row


def _locked(interest: ExpressionOfInterest, by: Actor) -> ExpressionOfInterest:
    row = ExpressionOfInterest.objects.select_for_update(of=("self",)).get(pk=interest.pk)
    require(interested, by, row)
    return row
