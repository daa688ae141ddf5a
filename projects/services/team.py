"""Who is on a project's team."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Participation, WorkObjective
from cohorts.states import ParticipationState
from engine.transitions import record_change
from projects import emails
from projects.models import Project, ProjectMembership, ProjectTie, ProjectTieFact
from projects.rules import lead_or_staff, staff, team_member
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.turns import take_turns


def lock_team(project: Project, by: Actor) -> Project:
    """The locked row, if this actor may change the team now."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if by.kind != "system" and not lead_or_staff(by, locked):
        raise NotAllowed(_("Only the person who leads the project can change its team."))
    if not locked.team_may_change:
        raise WrongState(_("The team can’t be changed at this stage."))
    return locked


@transaction.atomic
def add_member(*, project: Project, person: Person, by: Actor) -> ProjectMembership:
    """Bring a participant of the same cohort onto the team. Twice is once."""
    hold_ties()
    locked = lock_team(project, by)
    if person.pk == locked.sponsor_id:
        raise Refused(_("The sponsor can’t be on the project’s own team."), field="person")
    taking_part = Participation.objects.filter(
        cohort_id=locked.cohort_id, person=person, state=ParticipationState.ACTIVE
    )
    if not taking_part.exists():
        raise Refused(_("Only people on the same cohort can join the team."), field="person")
    member, made = ProjectMembership.objects.get_or_create(
        project=locked, person=person, defaults={"joined_at": timezone.now()}
    )
    if made:
        record_change(locked, "join", by=by, reason=person.name)
        emails.joined_team(locked, member, by=by)
        ties_changed([person.pk], by=by)
    return member


@transaction.atomic
def remove_member(*, project: Project, member: ProjectMembership, by: Actor) -> None:
    """Take somebody off the team. The lead hands the lead on first."""
    locked = lock_team(project, by)
    row = ProjectMembership.objects.filter(pk=member.pk, project=locked).select_related("person").first()
    if row is None:
        return
    if row.is_lead:
        raise Refused(_("Choose someone else to lead the project first."))
    row.delete()
    record_change(locked, "leave", by=by, reason=row.person.name)


@transaction.atomic
def hand_over_lead(*, project: Project, member: ProjectMembership, by: Actor) -> None:
    """Another member leads from now on."""
    locked = lock_team(project, by)
    row = ProjectMembership.objects.select_related("person").filter(pk=member.pk, project=locked).first()
    if row is None:
        raise WrongState(_("This person has left the team. Load the page again."))
    if row.is_lead:
        return
    ProjectMembership.objects.filter(project=locked, is_lead=True).update(is_lead=False)
    row.is_lead = True
    row.save(update_fields=["is_lead"])
    record_change(locked, "lead", by=by, reason=row.person.name)


@transaction.atomic
def set_learning_goal(
    *, project: Project, member: ProjectMembership, learning_goal: str, outside_own_area: bool, by: Actor
) -> ProjectMembership:
    """Say what one wants to learn. Each member says it for themselves; staff may type it for them."""
    if by.person_id != member.person_id and not staff(by, project):
        raise NotAllowed(_("Each member writes their own learning goal."))
    if not Project.objects.select_for_update().get(pk=project.pk).team_may_change:
        raise WrongState(_("This project has ended."))
    if not ProjectMembership.objects.filter(pk=member.pk).exists():
        raise WrongState(_("This person has left the team. Load the page again."))
    member.learning_goal = learning_goal.strip()
    member.outside_own_area = outside_own_area
    member.save(update_fields=["learning_goal", "outside_own_area"])
    return member


@transaction.atomic
def tie_project(*, project: Project, objective: WorkObjective | None, by: Actor) -> ProjectTie | None:
    """Say for which objective of one's own work the project is, or with None for none. Nobody else reads which."""
    if by.person is None or not team_member(by, project):
        raise NotAllowed(_("Only its team say what a project is for in their work."))
    if objective is not None and objective.owner_id != by.person_id:
        raise Refused(_("Choose one from the list."), field="objective")
    take_turns(by.person)
    held = ProjectTie.objects.filter(project=project, owner=by.person).first()
    if held is not None and objective is not None and held.objective_id == objective.pk:
        return held
    if held is not None:
        held.delete()
    if objective is None:
        return None
    tie = ProjectTie.objects.create(project=project, owner=by.person, objective=objective)
    ProjectTieFact.objects.create(tie=tie, project=project, owner=by.person)
    return tie
