"""Half-way some say which objective of their work an action or a project is for; each sees their own, staff a share."""

from __future__ import annotations

from cohorts.models import SetAction, WorkObjective
from cohorts.services.set_room import tie_action
from portal.demo.story import Story
from projects.models import Project
from projects.services.team import tie_project


def plan_ties(story: Story) -> None:
    timeline = story.world.timeline
    timeline.add(timeline.at(-4, "20:45"), lambda: tie(story))


def tie(story: Story) -> None:
    """Every one of them with an objective: the project they are on, and their latest action."""
    world = story.world
    for person in story.participants[:24]:
        with world.acting(person) as by:
            objective = WorkObjective.objects.filter(owner=person).first()
            if objective is None:
                continue
            project = Project.objects.filter(memberships__person=person).prefetch_related("memberships").first()
            if project is not None:
                tie_project(project=project, objective=objective, by=by)
            actions = SetAction.objects.filter(owner=person).select_related("learning_set")
            if (action := actions.order_by("-made_at", "-pk").first()) is not None:
                tie_action(action=action, objective=objective, by=by)
