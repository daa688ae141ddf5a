"""Endorsement: the line manager is asked first, then the chief officer, who is somebody else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change, transition
from selection.emails import send_endorsed, send_endorsement_request, send_not_endorsed, send_passed_on
from selection.models import Application, Endorsement
from selection.rules import ENDORSE, applicant, endorser, require, staff
from selection.services.endorsers import allow_endorser, check_endorser
from selection.services.suspension import keep_asked
from selection.states import ApplicationState, EndorsementState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.links import revoke_links, spend_links
from tenancy.models import Change, Person
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.services.people import ensure_person
from tenancy.turns import just_now

Kind = Endorsement.Kind
# Mails to the applicant are queued by it: the label of a link's holder is the name that the tenant knows them by.
System = Actor.system("endorsement")
MOST_DAYS = 200
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
        if not created and row.endorser_id != person.pk:
            keep_asked(
                application,
                row.endorser,
                _("was asked to endorse it as %(kind)s, until somebody else was")
                % {"kind": row.get_kind_display().lower()},
            )
        if not created and (row.endorser_id != person.pk or row.state == EndorsementState.DECLINED):
            _start_again(row, person, by)
    ask_next(application=application, by=by)
    ties_changed([application.applicant_id], by=by)


def _start_again(row: Endorsement, person: Person, by: Actor) -> None:
    blank: dict[str, Any] = {
        "endorser": person,
        "releases_time": None,
        "confirms_scope": None,
        "will_sponsor": None,
        "comment": "",
        "days_released": None,
        "cover": "",
        "will_fund": None,
        "project_idea": "",
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
        _ask(manager, by)
    elif manager.state == EndorsementState.GIVEN and officer.state == EndorsementState.WAITING:
        _ask(officer, by)
    elif manager.state == officer.state == EndorsementState.GIVEN and application.state == ApplicationState.SUBMITTED:
        transition(application, "endorse", by=System)
        send_endorsed(application, by=System, occurrence=timezone.now().isoformat())


def _ask(row: Endorsement, by: Actor) -> None:
    now = timezone.now()
    transition(row, "ask", by=System, asked_at=now)
    send_endorsement_request(row, by=by, occurrence=now.isoformat())


@transaction.atomic
def give_endorsement(
    *,
    endorsement: Endorsement,
    by: Actor,
    releases_time: bool = False,
    confirms_scope: bool = False,
    will_sponsor: bool = False,
    days_released: int | None = None,
    cover: str = "",
    will_fund: bool = False,
    project_idea: str = "",
    comment: str = "",
) -> Endorsement:
    """Record the support and what is committed with it: the line manager's days and cover, the chief officer's sponsorship, money
    and idea of a project. Then the chief officer is asked, or the application is endorsed."""
    row = _locked(endorsement, by)
    manager = row.kind == Kind.LINE_MANAGER
    if manager and not releases_time:
        raise Refused(
            _("Confirm that you’ll release their time, or say why you don’t endorse the application"), field="confirms"
        )
    if not manager and not will_sponsor:
        raise Refused(
            _("Confirm that you’ll sponsor them, or say why you don’t endorse the application"), field="confirms"
        )
    if not confirms_scope:
        raise Refused(_("Confirm what they decide, or say why you don’t endorse the application"), field="confirms")
    if manager and not 1 <= (days_released or 0) <= MOST_DAYS:
        raise Refused(
            _("Enter how many days you release, from 1 to %(most)d") % {"most": MOST_DAYS}, field="days_released"
        )
    if manager and not cover.strip():
        raise Refused(_("Say who covers for them and how, or that nobody needs to"), field="cover")
    transition(
        row,
        "give",
        by=by,
        answered_at=timezone.now(),
        confirms_scope=True,
        comment=comment.strip(),
        releases_time=True if manager else None,
        days_released=days_released if manager else None,
        cover=cover.strip() if manager else "",
        will_sponsor=None if manager else True,
        will_fund=None if manager else will_fund,
        project_idea="" if manager else project_idea.strip(),
    )
    spend_links(purpose=ENDORSE, about=row.public_id)
    ask_next(application=row.application, by=by)
    return row


@transaction.atomic
def decline_endorsement(*, endorsement: Endorsement, by: Actor, reason: str) -> Endorsement:
    """Not now, with a reason; the applicant is told it and may name somebody else."""
    row = _locked(endorsement, by)
    now = timezone.now()
    transition(row, "decline", by=by, reason=reason, answered_at=now, comment=reason.strip())
    spend_links(purpose=ENDORSE, about=row.public_id)
    send_not_endorsed(row, by=System, occurrence=now.isoformat())
    return row


@transaction.atomic
def take_back_endorsement(*, endorsement: Endorsement, by: Actor, reason: str) -> Endorsement:
    """Whoever endorsed no longer does and has told staff, whose link was for one answer. As a refusal from now on: the applicant is told
    why, and somebody else may be asked. Not once assessors have the application."""
    row = _row(endorsement)
    require(staff, by, row)
    _still_open(row)
    if row.state != EndorsementState.GIVEN:
        raise WrongState(_("Only an endorsement that was given can be taken back."))
    now = timezone.now()
    transition(
        row,
        "take_back",
        by=by,
        reason=reason,
        answered_at=now,
        comment=reason.strip(),
        releases_time=None,
        days_released=None,
        cover="",
        will_sponsor=None,
        will_fund=None,
        project_idea="",
    )
    if row.application.state == ApplicationState.ENDORSED:
        transition(row.application, "unendorse", by=System, reason=_("%(name)s took it back") % {"name": row.named})
    send_not_endorsed(row, by=System, occurrence=now.isoformat())
    return row


@transaction.atomic
def pass_on_endorsement(*, endorsement: Endorsement, name: str, email: str, by: Actor) -> Endorsement:
    """The person asked names somebody better placed, who gets a link of their own; the old link dies, and the applicant is told to
    whom it went."""
    hold_ties()
    endorsement = _locked(endorsement, by)
    row = _hand_over(endorsement, "pass_on", name=name, email=email, by=by)
    send_passed_on(row, by=System, occurrence=timezone.now().isoformat())
    return row


@transaction.atomic
def replace_endorser(*, endorsement: Endorsement, name: str, email: str, by: Actor, reason: str = "") -> Endorsement:
    """Staff name somebody else, also after a refusal. `reason` lets an address outside the round's domains in."""
    hold_ties()
    endorsement = _row(endorsement)
    require(staff, by, endorsement)
    _still_changeable(endorsement)
    if reason.strip():
        allow_endorser(application=endorsement.application, email=email, reason=reason, by=by)
    return _hand_over(endorsement, "replace", name=name, email=email, by=by)


@transaction.atomic
def change_endorser(*, endorsement: Endorsement, name: str, email: str, by: Actor) -> Endorsement:
    """The applicant names somebody else for an application that is sent: whoever was asked is no longer, at once."""
    hold_ties()
    endorsement = _row(endorsement)
    require(applicant, by, endorsement)
    _still_changeable(endorsement)
    return _hand_over(endorsement, "change_endorser", name=name, email=email, by=by)


def _still_changeable(endorsement: Endorsement) -> None:
    _still_open(endorsement)
    if endorsement.state == EndorsementState.GIVEN:
        raise WrongState(_("This endorsement has been given already."))


def _hand_over(row: Endorsement, step: str, *, name: str, email: str, by: Actor) -> Endorsement:
    application = row.application
    other = next(each for each in rows_of(application).values() if each.kind != row.kind)
    address = check_endorser(application, email=email, field="email", other=other.endorser.email)
    if address == row.endorser.email.lower():
        raise Refused(_("Enter somebody else’s address: this person is being asked already"), field="email")
    name, before, person_before = " ".join(name.split()), row.named, row.endorser
    person, _created = ensure_person(name=name, email=address, by=by)
    _start_again(row, person, by)
    record_change(row, step, by=by, reason=_("%(before)s to %(after)s") % {"before": before, "after": name})
    fields = ("line_manager", "manager_named") if row.kind == Kind.LINE_MANAGER else ("sponsor", "sponsor_named")
    for field, value in zip(fields, (person, name), strict=True):
        setattr(application, field, value)
    application.save(update_fields=fields)
    keep_asked(
        application,
        person_before,
        _("was asked to endorse it as %(kind)s, until somebody else was") % {"kind": row.get_kind_display().lower()},
    )
    ask_next(application=application, by=by)
    ties_changed([application.applicant_id, person.pk], by=by)
    return row


@transaction.atomic
def resend_endorsement_request(*, endorsement: Endorsement, by: Actor) -> Endorsement:
    """A new link to the same person; links sent before stop working. Not twice within a minute: the second would undo the first."""
    endorsement = _row(endorsement)
    require(staff, by, endorsement)
    return _send_again(endorsement, by)


@transaction.atomic
def renew_endorsement_link(*, endorsement: Endorsement, by: Actor) -> Endorsement:
    """Whoever holds a link that ran out has a new one sent to the address it was sent to."""
    endorsement = _row(endorsement)
    require(endorser, by, endorsement)
    return _send_again(endorsement, by)


def _send_again(endorsement: Endorsement, by: Actor) -> Endorsement:
    _still_open(endorsement)
    if endorsement.state != EndorsementState.ASKED:
        raise WrongState(_("Only somebody who was asked and hasn’t answered can be asked again."))
    if Change.objects.filter(
        subject_kind=endorsement._meta.label, subject_id=endorsement.public_id, name="resend", at__gt=just_now()
    ).exists():
        raise Refused(_("This request was sent again a moment ago. Give it a minute to arrive."))
    revoke_links(purpose=ENDORSE, about=endorsement.public_id)
    record_change(endorsement, "resend", by=by, source=endorsement.state, target=endorsement.state)
    send_endorsement_request(endorsement, by=by, occurrence=timezone.now().isoformat())
    return endorsement


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
