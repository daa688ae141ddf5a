"""Endorsement: the line manager is asked first, then the chief officer; one person in both parts answers once."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.names import clean_email
from engine.transitions import record_change, transition
from selection.emails import send_endorsed, send_endorsement_request, send_not_endorsed
from selection.models import Application, Endorsement
from selection.rules import ENDORSE, endorser, require, staff
from selection.states import ApplicationState, EndorsementState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.links import revoke_links, spend_links
from tenancy.models import Change, Person
from tenancy.services.people import ensure_person
from tenancy.turns import just_now

Kind = Endorsement.Kind
System = Actor.system("endorsement")
# An application that can still be endorsed: sent, and not yet with the assessors.
OPEN = (ApplicationState.SUBMITTED, ApplicationState.ENDORSED)


def rows_of(application: Application) -> dict[str, Endorsement]:
    rows = application.endorsements.select_related("endorser").order_by("id")
    return {row.kind: row for row in rows}


@transaction.atomic
def ask_endorsers(*, application: Application, by: Actor) -> None:
    """Make the two rows and ask whoever comes next. What the same person gave before a re-opening stays given."""
    for kind, person in ((Kind.LINE_MANAGER, application.line_manager), (Kind.CHIEF_OFFICER, application.sponsor)):
        if person is None:
            raise Refused(_("Name who endorses you first."))
        row, created = Endorsement.objects.get_or_create(
            application=application, kind=kind, defaults={"endorser": person}
        )
        if not created and (row.endorser_id != person.pk or row.state == EndorsementState.DECLINED):
            _start_again(row, person, by)
    ask_next(application=application, by=by)


def _start_again(row: Endorsement, person: Person, by: Actor) -> None:
    blank: dict[str, Any] = {
        "endorser": person,
        "releases_time": None,
        "confirms_scope": None,
        "will_sponsor": None,
        "comment": "",
        "asked_at": None,
        "answered_at": None,
    }
    revoke_links(purpose=ENDORSE, about=row.public_id)
    if row.state == EndorsementState.WAITING:
        for key, value in blank.items():
            setattr(row, key, value)
        row.save(update_fields=list(blank))
        record_change(row, "restart", by=by, source=row.state, target=row.state)
    else:
        transition(row, "restart", by=System, reason=_("Asked by %(who)s") % {"who": by.label}, **blank)


@transaction.atomic
def ask_next(*, application: Application, by: Actor) -> None:
    """Ask the line manager, or the chief officer once the manager has endorsed; when both have, the application is endorsed."""
    rows = rows_of(application)
    manager, officer = rows[Kind.LINE_MANAGER], rows[Kind.CHIEF_OFFICER]
    if manager.state == EndorsementState.WAITING:
        both = manager.endorser_id == officer.endorser_id and officer.state == EndorsementState.WAITING
        _ask(manager, by, both=both)
        if both:
            transition(officer, "ask", by=System, asked_at=manager.asked_at)
    elif manager.state == EndorsementState.GIVEN and officer.state == EndorsementState.WAITING:
        _ask(officer, by, both=False)
    elif manager.state == officer.state == EndorsementState.GIVEN and application.state == ApplicationState.SUBMITTED:
        transition(application, "endorse", by=System)
        send_endorsed(application, by=System, occurrence=timezone.now().isoformat())


def _ask(row: Endorsement, by: Actor, *, both: bool) -> None:
    now = timezone.now()
    transition(row, "ask", by=System, asked_at=now)
    send_endorsement_request(row, by=by, both=both, occurrence=now.isoformat())


def answered_together(endorsement: Endorsement) -> list[Endorsement]:
    """This row, and the other one of the application where the same person was asked for both and hasn't answered."""
    others = Endorsement.objects.filter(
        application_id=endorsement.application_id, endorser_id=endorsement.endorser_id, state=EndorsementState.ASKED
    ).exclude(pk=endorsement.pk)
    return [endorsement, *others]


@transaction.atomic
def give_endorsement(
    *,
    endorsement: Endorsement,
    by: Actor,
    releases_time: bool = False,
    confirms_scope: bool = False,
    will_sponsor: bool = False,
    comment: str = "",
) -> Endorsement:
    """Record the support; the chief officer is asked next, or the application is endorsed."""
    endorsement = _locked(endorsement, by)
    together = answered_together(endorsement)
    kinds = {row.kind for row in together}
    if Kind.LINE_MANAGER in kinds and not releases_time:
        raise Refused(
            _("Confirm that you’ll release their time, or say why you don’t endorse the application"), field="confirms"
        )
    if Kind.CHIEF_OFFICER in kinds and not will_sponsor:
        raise Refused(
            _("Confirm that you’ll sponsor them, or say why you don’t endorse the application"), field="confirms"
        )
    if not confirms_scope:
        raise Refused(_("Confirm what they decide, or say why you don’t endorse the application"), field="confirms")
    for row in together:
        manager = row.kind == Kind.LINE_MANAGER
        transition(
            row,
            "give",
            by=by,
            answered_at=timezone.now(),
            confirms_scope=True,
            comment=comment.strip(),
            releases_time=True if manager else None,
            will_sponsor=None if manager else True,
        )
        spend_links(purpose=ENDORSE, about=row.public_id)
    ask_next(application=endorsement.application, by=by)
    return endorsement


@transaction.atomic
def decline_endorsement(*, endorsement: Endorsement, by: Actor, reason: str) -> Endorsement:
    """Not now, with a reason; the applicant is told it and may name somebody else."""
    endorsement = _locked(endorsement, by)
    now = timezone.now()
    for row in answered_together(endorsement):
        transition(row, "decline", by=by, reason=reason, answered_at=now, comment=reason.strip())
        spend_links(purpose=ENDORSE, about=row.public_id)
    endorsement.refresh_from_db(fields=["state", "comment", "answered_at"])
    send_not_endorsed(endorsement, by=by, occurrence=now.isoformat())
    return endorsement


@transaction.atomic
def pass_on_endorsement(*, endorsement: Endorsement, name: str, email: str, by: Actor) -> Endorsement:
    """The person asked names somebody better placed, who gets a link of their own; the old link dies."""
    endorsement = _locked(endorsement, by)
    return _hand_over(endorsement, name=name, email=email, by=by)


@transaction.atomic
def replace_endorser(*, endorsement: Endorsement, name: str, email: str, by: Actor) -> Endorsement:
    """Staff name somebody else, also after a refusal."""
    endorsement = _row(endorsement)
    require(staff, by, endorsement)
    _still_open(endorsement)
    if endorsement.state == EndorsementState.GIVEN:
        raise WrongState(_("This endorsement has been given already."))
    return _hand_over(endorsement, name=name, email=email, by=by)


def _hand_over(endorsement: Endorsement, *, name: str, email: str, by: Actor) -> Endorsement:
    application = endorsement.application
    address = clean_email(email)
    if address is None:
        raise Refused(_("Enter an email address in the correct format, like name@example.com"), field="email")
    if address == application.applicant.email.lower():
        raise Refused(_("Applicants can’t endorse themselves: enter somebody else’s address"), field="email")
    before = endorsement.endorser
    person, _created = ensure_person(name=name, email=address, by=by)
    if person.pk == before.pk:
        raise Refused(_("Enter somebody else’s address: this person is being asked already"), field="email")
    for row in answered_together(endorsement):
        _start_again(row, person, by)
        record_change(
            row, "pass_on", by=by, reason=_("%(before)s to %(after)s") % {"before": before.name, "after": person.name}
        )
        column = "line_manager" if row.kind == Kind.LINE_MANAGER else "sponsor"
        setattr(application, column, person)
        application.save(update_fields=[column])
    ask_next(application=application, by=by)
    return endorsement


@transaction.atomic
def resend_endorsement_request(*, endorsement: Endorsement, by: Actor) -> Endorsement:
    """A new link to the same person; links sent before stop working. Not twice within a minute: the second would undo the first."""
    endorsement = _row(endorsement)
    require(staff, by, endorsement)
    _still_open(endorsement)
    if endorsement.state != EndorsementState.ASKED:
        raise WrongState(_("Only somebody who was asked and hasn’t answered can be asked again."))
    together = answered_together(endorsement)
    first = min(together, key=lambda row: row.pk)
    if Change.objects.filter(
        subject_kind=first._meta.label, subject_id=first.public_id, name="resend", at__gt=just_now()
    ).exists():
        raise Refused(_("This request was sent again a moment ago. Give it a minute to arrive."))
    for row in together:
        revoke_links(purpose=ENDORSE, about=row.public_id)
    record_change(first, "resend", by=by, source=first.state, target=first.state)
    send_endorsement_request(first, by=by, both=len(together) > 1, occurrence=timezone.now().isoformat())
    return first


@transaction.atomic
def stop_asking(*, application: Application, by: Actor) -> None:
    """The application was re-opened or withdrawn: nobody is asked for it any more, and links to it stop working."""
    for row in application.endorsements.filter(state=EndorsementState.ASKED):
        transition(row, "restart", by=System, reason=_("Asked by %(who)s") % {"who": by.label}, asked_at=None)
        revoke_links(purpose=ENDORSE, about=row.public_id)


def _row(endorsement: Endorsement) -> Endorsement:
    """The rows of one application are answered under its lock, so that two endorsers can't pass each other unseen."""
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("round__cohort__programme", "round__tenant", "applicant", "organisation")
        .get(pk=endorsement.application_id)
    )
    row = Endorsement.objects.select_related("endorser").get(pk=endorsement.pk)
    row.application = application
    return row


def _locked(endorsement: Endorsement, by: Actor) -> Endorsement:
    row = _row(endorsement)
    require(endorser, by, row)
    _still_open(row)
    if row.state != EndorsementState.ASKED:
        raise WrongState(_("This request has been answered or withdrawn, so there’s nothing left to do."))
    return row


def _still_open(row: Endorsement) -> None:
    if row.application.state not in OPEN:
        raise WrongState(_("This application has moved on, so there’s nothing left to do."))
