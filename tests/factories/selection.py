"""Rounds and applications in the open tenant, through the services where there is one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort, Programme
from engine.transitions import transition
from selection.models import Application, Endorsement, SelectionRound
from selection.services.applications import save_answer, save_details, save_endorsers, save_scope, submit_application
from selection.services.endorsements import give_endorsement
from selection.services.references import next_references
from selection.services.rounds import open_round, set_up_round
from selection.states import ApplicationState
from tenancy.actors import Actor
from tenancy.models import Person, Role
from tenancy.selectors import actor_of
from tenancy.services.people import ensure_account, ensure_person, give_role
from tests.factories.tenancy import make_organisation

SYSTEM = Actor.system("test set-up")
State = ApplicationState


def make_cohort_for_round(name: str = "Cohort 2", places: int = 50) -> Cohort:
    programme, _ = Programme.objects.get_or_create(
        slug="leading-greater-essex",
        defaults={"name": "Leading Greater Essex", "summary": "For leaders of the whole system."},
    )
    today = timezone.localdate()
    return Cohort.objects.create(
        programme=programme,
        name=name,
        slug=name.lower().replace(" ", "-"),
        places=places,
        starts_on=today + timedelta(days=90),
        ends_on=today + timedelta(days=360),
    )


def make_round(cohort: Cohort | None = None, *, opened: bool = True, **settings: Any) -> SelectionRound:
    """A round that opened yesterday and closes in three weeks; `opened=False` leaves it being prepared."""
    cohort = cohort or make_cohort_for_round()
    today = timezone.localdate()
    dates = {
        "opens_on": today - timedelta(days=1),
        "closes_on": today + timedelta(days=21),
        "endorse_by": today + timedelta(days=28),
        "score_by": today + timedelta(days=49),
    }
    round_ = set_up_round(cohort=cohort, by=SYSTEM, **(dates | settings))
    if opened:
        open_round(round=round_, by=SYSTEM)
    return SelectionRound.objects.select_related("cohort__programme", "tenant").get(pk=round_.pk)


def make_applicant(
    name: str, *, organisation: str = "Essex County Council", sector: str = "local government"
) -> Person:
    employer = make_organisation(organisation, sector)
    email = f"{name.lower().replace(' ', '.')}@essex.example"
    person, _ = ensure_person(name=name, email=email, organisation=employer, job_title="Head of service", by=SYSTEM)
    ensure_account(person=person)
    return person


def make_application(
    round: SelectionRound,
    name: str = "Alice Applicant",
    *,
    state: str = State.DRAFT,
    organisation: str = "Essex County Council",
    sector: str = "local government",
    manager: str = "Mia Manager",
    sponsor: str = "Otto Officer",
) -> Application:
    """An application in `state`, taken there by the people who would: up to 'endorsed' by services, 'eligible' by staff's step."""
    applicant = make_applicant(name, organisation=organisation, sector=sector)
    application = Application.objects.create(
        round=round,
        cohort=round.cohort,
        applicant=applicant,
        organisation=applicant.organisation,
        job_title=applicant.job_title,
        route=Application.Route.NOMINATED,
        reference=next_references(round.cohort, 1)[0],
        line_manager=endorser(manager),
        sponsor=endorser(sponsor),
    )
    give_role(person=applicant, role=Role.APPLICANT, cohort_id=round.cohort_id, by=SYSTEM)
    if state == State.INVITED:
        return application
    fill_in(application)
    if state == State.DRAFT:
        return fresh(application)
    submit_application(application=fresh(application), by=actor_of(applicant))
    if state == State.SUBMITTED:
        return fresh(application)
    endorse(application)
    if state != State.ENDORSED:
        transition(fresh(application), "find_eligible", by=SYSTEM)
    return fresh(application)


def endorser(name: str) -> Person:
    person, _ = ensure_person(
        name=name,
        email=f"{name.lower().replace(' ', '.')}@essex.example",
        organisation=make_organisation("Essex County Council"),
        by=SYSTEM,
    )
    return person


def fill_in(application: Application) -> None:
    """Every page of the application but files, saved by its applicant."""
    by = actor_of(application.applicant)
    save_details(
        application=application,
        version=application.version,
        organisation=application.organisation,
        job_title=application.job_title,
        grade="Head of service",
        by=by,
    )
    save_scope(
        application=application,
        version=application.version,
        decision_scope="A budget of £2 million and a team of 40.",
        by=by,
    )
    for question in application.round.questions.filter(kind="text"):
        text = f"{application.applicant.name} on question {question.position}: what I did and what came of it."
        save_answer(application=application, question=question, version=0, text=text, by=by)
    manager, sponsor = application.line_manager, application.sponsor
    save_endorsers(
        application=application,
        version=application.version,
        manager_name=manager.name,
        manager_email=manager.email,
        sponsor_name=sponsor.name,
        sponsor_email=sponsor.email,
        by=by,
    )


def endorse(application: Application) -> None:
    """The line manager, then the chief officer."""
    for kind in (Endorsement.Kind.LINE_MANAGER, Endorsement.Kind.CHIEF_OFFICER):
        row = Endorsement.objects.select_related("endorser").get(application=application, kind=kind)
        if row.state == "given":
            continue
        give_endorsement(
            endorsement=row,
            by=Actor.for_link(row.endorser, "endorse"),
            releases_time=True,
            confirms_scope=True,
            will_sponsor=True,
            days_released=15,
            cover="Her deputy acts up on programme days.",
            will_fund=True,
        )


def fresh(application: Application) -> Application:
    return Application.objects.select_related(
        "round__cohort__programme", "round__tenant", "applicant", "organisation", "line_manager", "sponsor"
    ).get(pk=application.pk)
