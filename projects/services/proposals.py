"""Writing a proposal and putting it to its sponsor."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Participation, StrategicAmbition
from cohorts.states import ParticipationState
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from projects import emails
from projects.dates import decision_deadline, delivery_window
from projects.models import Project, ProjectAmbition, ProjectDistrict, ProjectMembership
from projects.rules import DECISION, lead_or_staff, participant, staff
from projects.selectors import whole_project
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import revoke_links
from tenancy.models import District, Person, Role, Tenant
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.services.people import ensure_person, give_role
from tenancy.turns import take_turns


def check_writable(project: Project, by: Actor) -> None:
    if by.kind != "system" and not lead_or_staff(by, project):
        raise NotAllowed(_("Only the person who leads the project can change its proposal."))
    if not project.is_writable:
        raise WrongState(_("This proposal has been sent, so it can’t be changed. Take it back first."))


def take_turn_of(project: Project) -> None:
    """The project's turn, and what it is by then: whoever had the turn before may have sent it."""
    take_turns(project)
    project.refresh_from_db(fields=["state", "sponsor"])


@transaction.atomic
def create_project(*, cohort: Cohort, title: str, by: Actor) -> Project:
    """Begin a proposal; whoever begins it leads it. The same title in the cohort by the same person is the same proposal."""
    if not participant(by, cohort):
        raise NotAllowed(_("Only people on the cohort can propose a project."))
    taking_part = Participation.objects.select_for_update().filter(
        cohort=cohort, person_id=by.person_id, state=ParticipationState.ACTIVE
    )
    if not taking_part:
        raise NotAllowed(_("Only people on the cohort can propose a project."))
    title = " ".join(title.split())
    again = Project.objects.filter(
        cohort=cohort,
        title__iexact=title,
        state="draft",
        memberships__person_id=by.person_id,
        memberships__is_lead=True,
    ).first()
    if again is not None:
        return again
    project = Project.objects.create(cohort=cohort, title=title)
    ProjectMembership.objects.create(project=project, person=by.person, is_lead=True, joined_at=timezone.now())
    record_change(project, "create", by=by, target=project.state)
    return project


@transaction.atomic
def edit_proposal(
    *,
    project: Project,
    version: int,
    title: str,
    summary: str,
    benefit: str,
    starts_on: date | None,
    ends_on: date | None,
    by: Actor,
) -> Project:
    """Save the texts and dates. Dates are checked when both are there; the rest only on proposing."""
    take_turn_of(project)
    check_writable(project, by)
    check_dates(starts_on, ends_on)
    save_if_unchanged(
        project,
        version=version,
        title=" ".join(title.split()),
        summary=summary.strip(),
        benefit=benefit.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return project


def check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if not starts_on or not ends_on:
        return
    first, last = delivery_window(starts_on)
    if not first <= ends_on <= last:
        raise Refused(
            _("The end date must be 12 to 18 months after the start: %(first)s to %(last)s.")
            % {"first": first.strftime("%-d %B %Y"), "last": last.strftime("%-d %B %Y")},
            field="ends_on",
        )


@transaction.atomic
def choose_ambitions(*, project: Project, ambitions: Collection[StrategicAmbition], by: Actor) -> None:
    """Say which ambitions the project serves: at least one."""
    take_turn_of(project)
    check_writable(project, by)
    if not ambitions:
        raise Refused(_("Choose at least one ambition."), field="ambitions")
    wanted = {a.pk for a in ambitions}
    rows = ProjectAmbition.objects.filter(project=project)
    present = set(rows.values_list("ambition_id", flat=True))
    rows.exclude(ambition_id__in=wanted).delete()
    ProjectAmbition.objects.bulk_create([ProjectAmbition(project=project, ambition_id=pk) for pk in wanted - present])


@transaction.atomic
def choose_districts(*, project: Project, districts: Collection[District], by: Actor) -> None:
    """Say in which districts the project works; none is an answer too. Staff may as long as there is a project."""
    take_turn_of(project)
    if by.kind != "system" and not staff(by, project):
        check_writable(project, by)
    wanted = {d.pk for d in districts}
    rows = ProjectDistrict.objects.filter(project=project)
    present = set(rows.values_list("district_id", flat=True))
    rows.exclude(district_id__in=wanted).delete()
    ProjectDistrict.objects.bulk_create([ProjectDistrict(project=project, district_id=pk) for pk in wanted - present])


@transaction.atomic
def choose_sponsor(
    *,
    project: Project,
    by: Actor,
    sponsor: Person | None = None,
    name: str = "",
    email: str = "",
    job_title: str = "",
) -> Person:
    """Name the one chief officer who will decide: one the tenant knows, or a new person by name and address."""
    take_turn_of(project)
    check_writable(project, by)
    if sponsor is None:
        sponsor, _made = ensure_person(name=name, email=email, job_title=job_title, by=by)
    if ProjectMembership.objects.filter(project=project, person=sponsor).exists():
        raise Refused(_("The sponsor can’t be on the project’s own team."), field="sponsor")
    if not sponsor.email:
        raise Refused(_("There’s no email address for this person. Ask staff to add one."), field="sponsor")
    give_role(person=sponsor, role=Role.SPONSOR, by=by)
    if project.sponsor_id != sponsor.pk:
        project.sponsor = sponsor
        project.save(update_fields=["sponsor"])
        record_change(project, "sponsor", by=by, reason=sponsor.name)
    return sponsor


def missing_from(project: Project) -> list[tuple[str, str]]:
    """What a proposal still lacks, as (section, sentence); empty when it can be sent. `project` comes from whole_project()."""
    members = list(project.memberships.all())
    checks = [
        ("texts", not project.summary, _("Say what the project is.")),
        ("texts", not project.benefit, _("Say what will be better, and for whom.")),
        ("texts", not (project.starts_on and project.ends_on), _("Give the start and end dates.")),
        ("ambitions", not project.ambitions.all(), _("Choose at least one ambition.")),
        ("team", not any(m.is_lead for m in members), _("Choose who leads the project.")),
        ("sponsor", project.sponsor_id is None, _("Choose a sponsor.")),
    ]
    found = [(section, text) for section, lacking, text in checks if lacking]
    for member in members:
        if not member.learning_goal:
            text = _("%(name)s hasn’t said what they want to learn yet.") % {"name": member.person.name}
            found.append(("goals", text))
    return found


@transaction.atomic
def propose_project(*, project: Project, version: int, by: Actor) -> Project:
    """Send the proposal to its sponsor, who has ten working days; it's complete, or Refused says what is missing first."""
    hold_ties()
    take_turns(project)
    project = whole_project().get(pk=project.pk)
    if project.version != version:
        raise WrongState(_("The proposal has changed since you opened this page. Read it again, then send it."))
    if project.is_writable and (missing := missing_from(project)):
        raise Refused(missing[0][1])
    if any(m.person_id == project.sponsor_id for m in project.memberships.all()):
        raise Refused(_("The sponsor can’t be on the project’s own team."))
    check_dates(project.starts_on, project.ends_on)
    now = timezone.now()
    tenant = Tenant.objects.get(pk=project.tenant_id)
    transition(
        project,
        "propose",
        by=by,
        proposed_at=now,
        proposed_by=by.person,
        decided_at=None,
        decide_by=decision_deadline(now, tenant),
    )
    ties_changed([m.person_id for m in project.memberships.all()], by=by)
    emails.decision_wanted(project, by=by)
    return project


@transaction.atomic
def take_back_proposal(*, project: Project, by: Actor) -> Project:
    """Withdraw a proposal before it's decided: the sponsor's link stops working and nothing is owed any more."""
    transition(project, "take_back", by=by)
    revoke_links(purpose=DECISION, about=project.public_id)
    emails.proposal_taken_back(project, by=by)
    return project
