"""Actions of a set and projects that are for somebody's work: which objective is theirs alone, staff read a share."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import figures
from cohorts.models import ActionTie, ActionTieFact
from cohorts.services.development import add_objective, delete_planned
from cohorts.services.set_room import add_action, tie_action
from engine.reports import check_figure
from projects.models import ProjectTie, ProjectTieFact
from projects.report import report_figures
from projects.services.team import remove_member, tie_project
from tenancy.errors import NotAllowed, Refused
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.factories.cohorts import SYSTEM, actor_for, make_many, make_person, make_sets, sign_in_as
from tests.factories.projects import make_approved

SECRET = "Trauerschnäpper"


@pytest.fixture
def scene(essex, cohort):
    """Twelve people in two sets, each with an objective and an action; a project of six."""
    with tenant_context(essex):
        people = [place.person for place in make_many(cohort, 12)]
        plan = make_sets(cohort, [people[:6], people[6:]])
        sets = list(plan.sets.select_related("plan", "cohort__programme").order_by("position"))
    actions, objectives = [], []
    for n, person in enumerate(people):
        with tenant_context(essex, person):
            by = actor_for(person)
            due = timezone.localdate() + timedelta(days=9)
            actions.append(add_action(learning_set=sets[n // 6], owner=person, body=f"Act {n}", due_on=due, by=by))
            objectives.append(
                add_objective(cohort=cohort, title=f"{SECRET} {n}", why="", due_on=None, done=False, by=by)
            )
    return people, actions, objectives


def tied(essex, person, action, objective):
    with tenant_context(essex, person):
        return tie_action(action=action, objective=objective, by=actor_for(person))


def shown(essex, cohort, person, key, read=figures):
    with tenant_context(essex, person):
        found = {figure["key"]: figure for figure in read(cohort.pk)}
        for figure in found.values():
            check_figure(json.loads(json.dumps(figure)))
        return found[key]["data"] if key in found else None


def test_which_objective_is_its_owners_alone_and_staff_read_a_share(essex, cohort, staff, scene):
    people, actions, objectives = scene
    mine = sign_in_as(essex, people[0])
    page = reverse("cohorts:set-action-tie", kwargs={"tenant": "essex", "public_id": actions[0].public_id})
    assert SECRET in mine.client.get(page).content.decode()
    assert mine.client.post(page, {"objective": objectives[1].public_id}).status_code == 422  # somebody else's
    assert mine.client.post(page, {"objective": objectives[0].public_id}).status_code == 302
    answer = reverse("cohorts:set-action-answer", kwargs={"tenant": "essex", "public_id": actions[0].public_id})
    assert f"{SECRET} 0" in mine.client.get(answer).content.decode()
    mate = sign_in_as(essex, people[1])
    assert mate.client.get(page).status_code == staff.client.get(page).status_code == 403
    for n in range(1, 4):
        tied(essex, people[n], actions[n], objectives[n])
    assert shown(essex, cohort, staff.person, "actions-on-objectives") is None  # four would point at somebody
    tied(essex, people[7], actions[7], objectives[7])
    tied(essex, people[7], actions[7], objectives[7])  # twice is once
    assert shown(essex, cohort, staff.person, "actions-on-objectives") == {"value": 5, "of": 12}
    for reader, n in ((people[0], 1), (people[1], 1), (staff.person, 0), (people[11], 0)):
        with tenant_context(essex, reader):
            assert (ActionTie.objects.count(), ActionTieFact.objects.count()) == (n, 5)
    with tenant_context(essex, people[0]):
        assert f"{SECRET} 0" in str(export_person(people[0]))
    with tenant_context(essex, people[1]), pytest.raises(NotAllowed):
        tie_action(action=actions[0], objective=objectives[1], by=actor_for(people[1]))
    with tenant_context(essex, people[0]), pytest.raises(Refused):
        tie_action(action=actions[0], objective=objectives[1], by=actor_for(people[0]))
    # taken back, or the objective deleted: no longer counted
    assert mine.client.post(page, {"objective": ""}).status_code == 302
    with tenant_context(essex, people[1]):
        delete_planned(row=objectives[1], by=actor_for(people[1]))
    with tenant_context(essex):
        assert ActionTieFact.objects.count() == 3


def test_a_project_is_for_the_work_of_those_on_its_team(essex, cohort, staff, scene):
    people, _actions, objectives = scene
    with tenant_context(essex):
        chief = make_person("Chloe Chief", "Essex Fire", "police and fire")
        project = make_approved(people[0], chief, *people[1:6], cohort=cohort)
    mine = sign_in_as(essex, people[0])
    page = reverse("projects:project-tie", kwargs={"tenant": "essex", "public_id": project.public_id})
    assert page in mine.client.get(page.replace("objective/", "")).content.decode()
    assert mine.client.post(page, {"objective": objectives[0].public_id}).status_code == 302
    assert staff.client.get(page).status_code == 403
    for n in range(1, 5):
        with tenant_context(essex, people[n]):
            tie_project(project=project, objective=objectives[n], by=actor_for(people[n]))
    key = "projects-on-objectives"
    assert shown(essex, cohort, staff.person, key, report_figures) == {"value": 1, "of": 1}
    for reader, n in ((people[0], 1), (staff.person, 0), (people[8], 0)):
        with tenant_context(essex, reader):
            assert (ProjectTie.objects.count(), ProjectTieFact.objects.count()) == (n, 5)
    with tenant_context(essex, people[8]), pytest.raises(NotAllowed):
        tie_project(project=project, objective=objectives[8], by=actor_for(people[8]))
    # whoever leaves the team is counted no more
    with tenant_context(essex):
        remove_member(project=project, member=project.memberships.get(person=people[4]), by=SYSTEM)
    assert shown(essex, cohort, staff.person, key, report_figures) is None
