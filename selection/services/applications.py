"""An application from its first page to being sent, re-opened or withdrawn. Every page saves on its own."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.forms import count_words
from engine.transitions import transition
from engine.versions import save_if_unchanged
from selection.emails import send_submitted, send_withdrawn
from selection.models import Application, ApplicationAnswer, Question, SelectionRound
from selection.models.application import WRITABLE
from selection.rules import applicant, require, staff
from selection.selectors.application_files import files_by_question
from selection.services.centre_places import release_of
from selection.services.endorsements import ask_endorsers, stop_asking
from selection.services.endorsers import check_endorser
from selection.services.references import next_references
from selection.services.suspension import bind_objections, people_named
from selection.states import ApplicationState, Eligibility, Lateness
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Organisation, Person, Role, SeniorityBand
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.services.people import change_employer, change_line_manager, ensure_person, give_role
from tenancy.turns import take_turns

SCOPE_WORDS = 150


def require_writable(application: Application, by: Actor) -> None:
    """The applicant, while the application isn't sent: before the round closes, or in its late window what was begun before.
    Whoever sends it meanwhile waits."""
    require(applicant, by, application)
    take_turns(application)
    application.refresh_from_db(fields=["state"])
    if not application.may_be_written(timezone.now()):
        if application.state not in WRITABLE and application.round.takes_applications(timezone.now()):
            raise WrongState(_("You’ve sent your application. Re-open it first to change it."))
        raise WrongState(_("Applications for this round are closed, so yours can’t be changed any more."))


def begin(application: Application, by: Actor) -> None:
    """The first page saved makes it a draft. The caller has the application's turn, so two pages saved at once begin it once."""
    if application.state == ApplicationState.INVITED:
        transition(application, "start", by=by)


@transaction.atomic
def start_application(*, round: SelectionRound, by: Actor) -> Application:
    """A member's own application; the one they have, if they've one already."""
    person = by.person
    if by.kind != "person" or person is None:
        raise NotAllowed(_("You can’t do this."))
    take_turns(person)
    known = Application.objects.filter(round=round, applicant=person).first()
    if known is not None:
        return known
    if not round.takes_applications(timezone.now()):
        raise WrongState(_("This round isn’t open for applications."))
    if person.organisation_id is None:
        raise Refused(_("We don’t know who you work for. Ask the programme team to add your employer first."))
    application = Application.objects.create(
        round=round,
        cohort=round.cohort,
        applicant=person,
        organisation=person.organisation,
        job_title=person.job_title,
        grade=person.grade,
        service_area=person.service_area,
        route=Application.Route.OWN,
        line_manager=person.line_manager,
        reference=next_references(round.cohort, 1)[0],
        received_on=timezone.localdate(),
    )
    give_role(person=person, role=Role.APPLICANT, cohort_id=round.cohort_id, by=by)
    return transition(application, "start", by=by)


@transaction.atomic
def save_details(
    *,
    application: Application,
    version: int,
    organisation: Organisation,
    job_title: str,
    grade: str,
    by: Actor,
    service_area: str | None = None,
) -> Application:
    """Employer and post as they are now; a new employer becomes the person's employer too, and the old one stays on record. The
    service stays as it was where none is given."""
    if application.applicant.organisation_id != organisation.pk:
        hold_ties()
    require_writable(application, by)
    service_area = application.service_area if service_area is None else service_area
    save_if_unchanged(
        application,
        version=version,
        organisation=organisation,
        job_title=job_title,
        grade=grade,
        service_area=service_area,
        details_confirmed=True,
    )
    begin(application, by)
    person = application.applicant
    if person.organisation_id != organisation.pk:
        change_employer(person=person, organisation=organisation, job_title=job_title, on=timezone.localdate(), by=by)
    if (person.job_title, person.grade, person.service_area) != (job_title, grade, service_area):
        person.job_title, person.grade, person.service_area = job_title, grade, service_area
        person.save(update_fields=["job_title", "grade", "service_area"])
    return application


@transaction.atomic
def save_scope(
    *, application: Application, version: int, decision_scope: str, by: Actor, band: SeniorityBand | None = None
) -> Application:
    """What the applicant decides, and which of the tenant's bands comes nearest to their post. Endorsers confirm both."""
    require_writable(application, by)
    _within(decision_scope, SCOPE_WORDS, "decision_scope")
    save_if_unchanged(application, version=version, decision_scope=decision_scope, band=band)
    begin(application, by)
    return application


@transaction.atomic
def save_answer(
    *, application: Application, question: Question, version: int, text: str, by: Actor
) -> ApplicationAnswer:
    """`version` is that of the answer the page showed, 0 where there was none. An answer over its limit isn't saved."""
    require_writable(application, by)
    if question.is_file:
        raise Refused(_("This question asks for a file."))
    _within(text, question.word_limit, "text")
    begin(application, by)
    answer, created = ApplicationAnswer.objects.get_or_create(
        application=application, question=question, defaults={"text": text}
    )
    if created:
        return answer
    save_if_unchanged(answer, version=version, text=text, stamps={"saved_at": timezone.now()})
    return answer


def _within(text: str, limit: int, field: str) -> None:
    if count_words(text) > limit:
        raise Refused(_("Use %(limit)d words or fewer.") % {"limit": limit}, field=field)


@transaction.atomic
def save_endorsers(
    *,
    application: Application,
    version: int,
    manager_name: str,
    manager_email: str,
    sponsor_name: str,
    sponsor_email: str,
    by: Actor,
) -> Application:
    """Who is asked when the application is sent. Nobody endorses their own application."""
    hold_ties()
    require_writable(application, by)
    manager = _endorser(application, manager_name, manager_email, "manager_email", "", by)
    sponsor = _endorser(application, sponsor_name, sponsor_email, "sponsor_email", manager.email, by)
    save_if_unchanged(
        application,
        version=version,
        line_manager=manager,
        manager_named=" ".join(manager_name.split()),
        sponsor=sponsor,
        sponsor_named=" ".join(sponsor_name.split()),
        endorsers_confirmed=True,
    )
    begin(application, by)
    change_line_manager(person=application.applicant, manager=manager, by=by)
    return application


def _endorser(application: Application, name: str, email: str, field: str, other: str, by: Actor) -> Person:
    address = check_endorser(application, email=email, field=field, other=other)
    host = application.applicant.email.rpartition("@")[2]
    same_host = address.rpartition("@")[2] == host
    person, _created = ensure_person(
        name=name, email=address, organisation=application.organisation if same_host else None, by=by
    )
    return person


def what_is_left(application: Application) -> list[str]:
    """Why it can't be sent yet, in the order of the task list; empty when it can."""
    left = []
    if not application.details_confirmed:
        left.append(_("Check your details"))
    if not application.decision_scope.strip():
        left.append(_("Say what you decide"))
    if application.round.names_bands and application.band_id is None:
        left.append(_("Choose your seniority band"))
    answered = {a.question_id for a in application.answers.all() if a.text.strip()} | set(
        files_by_question(application)
    )
    left += [
        (_("Add the file for question %(number)d") if question.is_file else _("Answer question %(number)d"))
        % {"number": question.position}
        for question in application.round.questions.all()
        if question.pk not in answered and not question.optional
    ]
    if not (application.endorsers_confirmed and application.line_manager_id and application.sponsor_id):
        left.append(_("Check who endorses you"))
    return left


@transaction.atomic
def submit_application(*, application: Application, by: Actor) -> Application:
    """Send it, and ask the endorsers. Sending twice is sending once. Sent in the late window it's marked as late, and outside the
    round's bands as to be checked: staff settle both before it goes to assessors."""
    hold_ties()
    application = locked(application)
    require(applicant, by, application)
    if application.state in (ApplicationState.SUBMITTED, ApplicationState.ENDORSED):
        return application
    require_writable(application, by)
    if left := what_is_left(application):
        raise Refused(_("Finish these first: %(what)s.") % {"what": "; ".join(left)})
    _check_endorsers(application)
    now = timezone.now()
    transition(
        application,
        "submit",
        by=by,
        submitted_at=now,
        eligibility="" if application.round.in_bands(application.band) else Eligibility.CHECK,
        eligibility_reason="",
        lateness=Lateness.LATE if application.round.takes_late(now) else "",
        lateness_reason="",
    )
    send_submitted(application, by=by, occurrence=now.isoformat())
    ask_endorsers(application=application, by=by)
    if bind_objections([application], people_named(application)):
        ties_changed([application.applicant_id], by=by)
    return application


def _check_endorsers(application: Application) -> None:
    """Once more: staff may have limited addresses since the page was saved."""
    manager, sponsor = application.line_manager, application.sponsor
    if manager is None or sponsor is None:
        return
    for who, person, other in ((_("Line manager"), manager, ""), (_("Chief officer"), sponsor, manager.email)):
        try:
            check_endorser(application, email=person.email, field="", other=other)
        except Refused as refusal:
            raise Refused(_("%(who)s: %(what)s") % {"who": who, "what": refusal}) from refusal


@transaction.atomic
def reopen_application(*, application: Application, by: Actor) -> Application:
    """Back to writing; endorsers who haven't answered are no longer asked until it's sent again."""
    application = locked(application)
    require(applicant | staff, by, application)
    if not application.round.takes_applications(timezone.now()):
        raise WrongState(_("Applications for this round are closed, so this one can’t be re-opened."))
    transition(application, "reopen", by=by, submitted_at=None)
    stop_asking(application=application, by=by)
    return application


@transaction.atomic
def withdraw_application(*, application: Application, by: Actor, reason: str = "") -> Application:
    application = locked(application)
    transition(application, "withdraw", by=by, reason=reason, reserve_position=None)
    stop_asking(application=application, by=by)
    release_of(application.pk, reason=_("The application was withdrawn."), by=Actor.system("assessment centre"))
    send_withdrawn(application, by=by)
    return application


def locked(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related(
            "round__cohort__programme",
            "round__tenant",
            "round__lowest_band",
            "round__highest_band",
            "applicant",
            "organisation",
            "band",
            "line_manager",
            "sponsor",
        )
        .get(pk=application.pk)
    )
