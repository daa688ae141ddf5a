"""What somebody on a stakeholder map may ask for: staff pass it on to the teams, and each team answers them itself."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import MapQuestion, Project, Stakeholder
from projects.rules import staff, team_member
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.turns import just_now, take_turns_at

# The law gives a month; what the teams don't need of it is left for whoever asks again.
ANSWER_WITHIN = timedelta(days=14)


@transaction.atomic
def ask_teams(*, about: str, reach: str, by: Actor) -> list[MapQuestion]:
    """Have every team that keeps a map look for this person and answer them: nobody else could, and no page says which team has them. The
    second click finds the first."""
    if not staff(by, None):
        raise NotAllowed(_("Only staff of the whole programme pass on what somebody asks."))
    about, reach = " ".join(about.split()), " ".join(reach.split())
    take_turns_at("map-questions")
    if again := list(MapQuestion.objects.filter(about__iexact=about, asked_at__gt=just_now())):
        return again
    projects = list(Project.objects.filter(pk__in=Stakeholder.objects.values("project_id")))
    if not projects:
        raise Refused(_("No team keeps a stakeholder map, so there’s nothing to ask."))
    now = timezone.now()
    return MapQuestion.objects.bulk_create(
        MapQuestion(
            project=project,
            about=about,
            reach=reach,
            asked_by=by.person,
            asked_at=now,
            answer_by=now + ANSWER_WITHIN,
        )
        for project in projects
    )


@transaction.atomic
def answer_question(*, question: MapQuestion, by: Actor) -> None:
    """The team has told them: what is written of them, or that nothing is. Twice is once; it stays when it was answered first."""
    project = Project.objects.select_for_update().get(pk=question.project_id)
    if not team_member(by, project):
        raise NotAllowed(_("Only the team answers for its stakeholder map."))
    MapQuestion.objects.filter(pk=question.pk, answered_at__isnull=True).update(
        answered_by=by.person, answered_at=timezone.now()
    )
