"""Projects for tests, through the services."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from cohorts.models import Cohort, Participation, Programme, StrategicAmbition
from projects.models import Project
from projects.selectors import whole_project
from projects.services.decisions import decide_project
from projects.services.proposals import (
    choose_ambitions,
    choose_sponsor,
    create_project,
    edit_proposal,
    propose_project,
)
from projects.services.team import add_member, set_learning_goal
from tenancy.actors import Actor
from tenancy.models import Person, Role
from tenancy.selectors import actor_of
from tenancy.services.people import give_role


def make_cohort(name: str = "Cohort 2", slug: str = "cohort-2") -> Cohort:
    programme, _ = Programme.objects.get_or_create(slug="lge", defaults={"name": "Projects across Essex"})
    cohort, _ = Cohort.objects.get_or_create(
        slug=slug,
        defaults={
            "programme": programme,
            "name": name,
            "places": 50,
            "starts_on": date(2026, 9, 1),
            "ends_on": date(2027, 6, 30),
            "stage": "running",
        },
    )
    return cohort


def make_ambition(name: str = "Develop our county sustainably", position: int = 0) -> StrategicAmbition:
    ambition, _ = StrategicAmbition.objects.get_or_create(name=name, defaults={"position": position})
    return ambition


def join(person: Person, cohort: Cohort) -> Actor:
    """Put a person on the cohort; returns them as the actor they now are."""
    Participation.objects.get_or_create(
        cohort=cohort, person=person, defaults={"organisation": person.organisation, "joined_at": timezone.now()}
    )
    give_role(person=person, role=Role.PARTICIPANT, cohort_id=cohort.pk, by=Actor.system("test set-up"))
    return actor_of(person)


TEXTS = {
    "title": "One front door for carers",
    "summary": "Carers tell their story to six organisations.",
    "benefit": "Carers tell it once.",
    "starts_on": date(2027, 1, 4),
    "ends_on": date(2028, 3, 31),
}


def make_proposal(
    lead: Person, sponsor: Person, *members: Person, cohort: Cohort | None = None, **texts: object
) -> Project:
    """A proposal that lacks nothing, still a draft."""
    cohort = cohort or make_cohort()
    by = join(lead, cohort)
    project = create_project(cohort=cohort, title=str(texts.get("title", TEXTS["title"])), by=by)
    edit_proposal(project=project, version=project.version, by=by, **{**TEXTS, **texts})
    choose_ambitions(project=project, ambitions=[make_ambition()], by=by)
    choose_sponsor(project=project, sponsor=sponsor, by=by)
    for person in members:
        join(person, cohort)
        add_member(project=project, person=person, by=by)
    for member in project.memberships.select_related("person"):
        set_learning_goal(
            project=project,
            member=member,
            learning_goal="To lead without authority",
            outside_own_area=True,
            by=actor_of(member.person),
        )
    return whole_project().get(pk=project.pk)


def make_proposed(lead: Person, sponsor: Person, *members: Person, **texts: object) -> Project:
    project = make_proposal(lead, sponsor, *members, **texts)
    return propose_project(project=project, version=project.version, by=actor_of(lead))


def make_approved(lead: Person, sponsor: Person, *members: Person, **texts: object) -> Project:
    project = make_proposed(lead, sponsor, *members, **texts)
    decide_project(project=project, decision="approve", comment="", by=actor_of(sponsor))
    return whole_project().get(pk=project.pk)


def fresh(project: Project) -> Project:
    return whole_project().get(pk=project.pk)


__all__ = ["fresh", "join", "make_ambition", "make_approved", "make_cohort", "make_proposal", "make_proposed"]
