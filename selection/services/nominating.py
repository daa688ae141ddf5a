"""Senior leaders nominate on a page of their own, without an account; staff confirm, and the nominee is invited."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.dates import uk_deadline
from engine.names import clean_email
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from selection.emails import send_nominated
from selection.emails_nominating import send_nominate, send_nominated_too, send_nominations_received
from selection.models import Application, Nomination, Nominator, SelectionRound
from selection.rules import NOMINATE, nominator, require, staff
from selection.selectors.nominating import drafts_of, nominations_with_parts, shown
from selection.services.applications import locked
from selection.services.endorsers import is_allowed, spoken
from selection.services.interest import organisation_called
from selection.services.references import next_references
from selection.states import ApplicationState, NominationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.links import revoke_links
from tenancy.models import Organisation, Person, Role
from tenancy.seen import digest_of
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.services.people import change_employer, ensure_account, ensure_person, give_role
from tenancy.turns import just_now, take_turns

# A senior leader names a few; a link that leaks can't fill the round.
MOST = 20
MOST_WORDS = 150


DATES = ("state", "closes_at", "nominate_by")


def require_taking(round: SelectionRound) -> None:
    """Refused once nominations have ended, with the day they did."""
    round.refresh_from_db(fields=DATES)
    if round.takes_nominations(timezone.now()):
        return
    if round.state == RoundState.OPEN:
        raise WrongState(
            _("Nominations closed at %(deadline)s, so this can’t be taken any more.")
            % {"deadline": uk_deadline(round.nominations_until)}
        )
    raise WrongState(_("Nominations for this round are closed."))


# --- staff ask ---


@transaction.atomic
def ask_nominators(*, round: SelectionRound, leaders: Sequence[tuple[str, str]], by: Actor) -> list[Nominator]:
    """Send each (name, address) a link of their own: all of them or, if one address isn't allowed, nobody. Who has been asked already
    isn't written to again; who was asked and had the link taken back is asked anew. Returns who is written to."""
    require(staff, by, round)
    take_turns(round)
    round.refresh_from_db(fields=["endorser_domains"])
    require_taking(round)
    asked = []
    for name, typed in leaders:
        address = clean_email(typed)
        if address is None:
            raise Refused(_("“%(typed)s” isn’t an email address") % {"typed": typed}, field="leaders")
        if round.endorser_domains and not is_allowed(address, round.endorser_domains):
            raise Refused(
                _("%(address)s isn’t at an address that this round takes: %(domains)s")
                % {"address": address, "domains": spoken(round.endorser_domains)},
                field="leaders",
            )
        person, _made = ensure_person(name=name, email=address, by=by)
        row, created = Nominator.objects.get_or_create(
            round=round,
            person=person,
            defaults={"named": " ".join(name.split()), "asked_by": by.person, "asked_at": timezone.now()},
        )
        if created or row.withdrawn_at is not None:
            _ask(row, by, "ask_nominator")
            asked.append(row)
    return asked


def _ask(row: Nominator, by: Actor, step: str) -> None:
    row.asked_at, row.withdrawn_at, row.asked_by = timezone.now(), None, by.person
    row.save(update_fields=["asked_at", "withdrawn_at", "asked_by"])
    record_change(row, step, by=by)
    send_nominate(row, by=by, occurrence=row.asked_at.isoformat())


def _held(row: Nominator, by: Actor) -> Nominator:
    """With its turn; staff of its cohort only."""
    require(staff, by, row)
    take_turns(row)
    row.refresh_from_db(fields=["asked_at", "withdrawn_at"])
    return row


@transaction.atomic
def renew_nominator_link(*, nominator: Nominator, by: Actor) -> Nominator:
    """A new link; the old ones are dead at once. Pressed twice it's one."""
    row = _held(nominator, by)
    require_taking(row.round)
    if row.withdrawn_at is None and row.asked_at > just_now():
        return row
    revoke_links(purpose=NOMINATE, about=row.public_id)
    _ask(row, by, "resend")
    return row


@transaction.atomic
def withdraw_nominator(*, nominator: Nominator, by: Actor) -> Nominator:
    """Take the link back: it opens nothing any more, and what they hadn't sent goes. What they sent stays with staff."""
    row = _held(nominator, by)
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        revoke_links(purpose=NOMINATE, about=row.public_id)
        drafts_of(row).delete()
        record_change(row, "withdraw_nominator", by=by)
    return row


# --- the leader writes ---


def _writing(row: Nominator, by: Actor) -> None:
    """The leader, by their live link, while nominations are taken; with the leader's turn."""
    require(nominator, by, row)
    take_turns(row)
    row.refresh_from_db(fields=["withdrawn_at"])
    if row.withdrawn_at is not None:
        raise WrongState(_("This link has been taken back."))
    require_taking(row.round)


def _clean(row: Nominator, email: str, organisation: Organisation | None, organisation_name: str) -> dict[str, Any]:
    address = clean_email(email)
    if address is None:
        raise Refused(_("Enter an email address in the correct format, like name@example.com"), field="email")
    if address == row.person.email.lower():
        raise Refused(
            _("Enter the address of somebody else: to apply yourself, write to the programme team"), field="email"
        )
    typed = " ".join(organisation_name.split())
    if organisation is None and typed:
        organisation = organisation_called(typed)
    if organisation is None and not typed:
        raise Refused(_("Choose their organisation, or type its name"), field="organisation")
    return {"email": address, "organisation": organisation, "organisation_name": "" if organisation else typed}


@transaction.atomic
def add_nomination(
    *,
    nominator: Nominator,
    name: str,
    email: str,
    job_title: str,
    reason: str,
    knows: bool,
    by: Actor,
    organisation: Organisation | None = None,
    organisation_name: str = "",
) -> Nomination:
    """Keep one person on the leader's page; nobody else sees it before it's sent. The same said twice is one."""
    _writing(nominator, by)
    values = {
        "name": " ".join(name.split()),
        "job_title": " ".join(job_title.split()),
        "reason": reason.strip(),
        "knows": knows,
    } | _clean(nominator, email, organisation, organisation_name)
    known = Nomination.objects.filter(nominator=nominator, email=values["email"]).first()
    if known is not None:
        if all(getattr(known, key) == value for key, value in values.items()):
            return known
        raise Refused(_("You’ve already named somebody with this address"), field="email")
    if Nomination.objects.filter(nominator=nominator).count() >= MOST:
        raise Refused(
            _("You can nominate %(most)d people at most. If there are more, write to the programme team.")
            % {"most": MOST}
        )
    return Nomination.objects.create(nominator=nominator, **values)


@transaction.atomic
def change_nomination(
    *,
    nomination: Nomination,
    version: int,
    name: str,
    email: str,
    job_title: str,
    reason: str,
    knows: bool,
    by: Actor,
    organisation: Organisation | None = None,
    organisation_name: str = "",
) -> Nomination:
    """While it isn't sent."""
    row = nomination.nominator
    _writing(row, by)
    values = _clean(row, email, organisation, organisation_name)
    _require_draft(nomination)
    if Nomination.objects.filter(nominator=row, email=values["email"]).exclude(pk=nomination.pk).exists():
        raise Refused(_("You’ve already named somebody with this address"), field="email")
    save_if_unchanged(
        nomination,
        version=version,
        name=" ".join(name.split()),
        job_title=" ".join(job_title.split()),
        reason=reason.strip(),
        knows=knows,
        **values,
    )
    return nomination


@transaction.atomic
def remove_nomination(*, nomination: Nomination, by: Actor) -> None:
    """While it isn't sent. Removed twice, it's gone once."""
    _writing(nomination.nominator, by)
    if Nomination.objects.filter(pk=nomination.pk).exists():
        _require_draft(nomination)
        nomination.delete()


def _require_draft(row: Nomination) -> None:
    row.refresh_from_db(fields=["state"])
    if row.state != NominationState.DRAFT:
        raise WrongState(_("You’ve sent this nomination, so it can’t be changed here. Write to the programme team."))


@transaction.atomic
def send_nominations(*, nominator: Nominator, seen: str, by: Actor) -> list[Nomination]:
    """Send what the check-answers page showed (`seen`), and no more: staff have it now, the leader gets a receipt. Sent twice, it's once.

    Nobody learns here whether the tenant knows the person, or whether they have applied."""
    hold_ties()
    _writing(nominator, by)
    rows = list(drafts_of(nominator))
    if not rows:
        return []
    if seen != digest_of(shown(rows)):
        raise Refused(_("Your list has changed since this page was opened. Look at it again, then send it."))
    now = timezone.now()
    nominees = []
    for row in rows:
        nominee, _made = ensure_person(
            name=row.name, email=row.email, organisation=row.organisation, job_title=row.job_title, by=by
        )
        transition(row, "send", by=by, sent_at=now, nominee=nominee)
        nominees.append(nominee.pk)
    # Whoever nominates somebody has taken their side, whatever becomes of it.
    ties_changed(nominees, by=by)
    send_nominations_received(nominator, rows, by=by, occurrence=now.isoformat())
    return rows


# --- staff confirm ---


@transaction.atomic
def confirm_nomination(
    *, nomination: Nomination, by: Actor, organisation: Organisation | None = None, reason: str = ""
) -> Nomination:
    """Invite the nominee, as somebody from `organisation` or the one on the tenant's list that was named. Who is invited or has applied
    already keeps that application, and is told who nominated them too."""
    require(staff, by, nomination)
    hold_ties()
    round_ = nomination.nominator.round
    # One confirmation of a round at a time: what follows takes the turns of several people.
    take_turns(round_)
    round_.refresh_from_db(fields=DATES)
    if not round_.invites(timezone.now()):
        raise WrongState(
            _(
                "The round is closed to applications, so nobody can be invited. Move the closing date first, or don’t take it up."
            )
        )
    nominee = nomination.nominee
    if nominee is None:
        raise WrongState(_("This nomination hasn’t been sent."))
    take_turns(nominee)
    known = Application.objects.filter(round=round_, applicant=nominee).first()
    employer = organisation or nomination.organisation
    if known is None and employer is None:
        raise Refused(_("Choose their organisation"), field="organisation")
    now = timezone.now()
    transition(nomination, "confirm", by=by, reason=reason, settled_at=now)
    if employer is not None and nomination.organisation_id != employer.pk:
        nomination.organisation, nomination.organisation_name = employer, ""
    application = known or _invite(nomination, nominee, employer, by)  # type: ignore[arg-type]
    nomination.application = application
    nomination.save(update_fields=["application", "organisation", "organisation_name"])
    record_change(application, "nominate_on_page", by=by, reason=nomination.nominator.named)
    application = locked(application)
    if known is None:
        send_nominated([application], by=by)
    else:
        send_nominated_too(application, nomination, by=by)
    ties_changed([nominee.pk], by=by)
    return nomination


def _invite(nomination: Nomination, nominee: Person, employer: Organisation, by: Actor) -> Application:
    round_ = nomination.nominator.round
    if nominee.organisation_id is None:
        change_employer(
            person=nominee,
            organisation=employer,
            job_title=nominee.job_title or nomination.job_title,
            on=timezone.localdate(),
            by=by,
        )
    application = Application.objects.create(
        round=round_,
        cohort=round_.cohort,
        applicant=nominee,
        organisation=employer,
        job_title=nomination.job_title,
        grade=nominee.grade,
        service_area=nominee.service_area,
        route=Application.Route.NOMINATED,
        line_manager=nominee.line_manager,
        state=ApplicationState.INVITED,
        reference=next_references(round_.cohort, 1)[0],
        received_on=timezone.localdate(nomination.sent_at),
    )
    ensure_account(person=nominee)
    give_role(person=nominee, role=Role.APPLICANT, cohort_id=round_.cohort_id, by=by)
    return application


@transaction.atomic
def confirm_nominations(*, round: SelectionRound, nominations: Collection[str], by: Actor) -> int:
    """Those of the ticked that wait and whose organisation is on the tenant's list; returns how many. The others stay as they are."""
    require(staff, by, round)
    hold_ties()
    take_turns(round)
    rows = nominations_with_parts().filter(
        nominator__round=round,
        public_id__in=nominations,
        state=NominationState.WAITING,
        organisation__isnull=False,
    )
    done = 0
    # In one order everywhere: two of these at once, or one in another round, mustn't wait for each other.
    for row in rows.order_by("nominee", "pk"):
        confirm_nomination(nomination=row, by=by)
        done += 1
    return done


@transaction.atomic
def refuse_nomination(*, nomination: Nomination, reason: str, by: Actor) -> Nomination:
    """Not taken up, with a reason for the record. The nominee isn't told; the leader sees that it wasn't sent on."""
    return transition(nomination, "refuse", by=by, reason=reason, settled_at=timezone.now())
