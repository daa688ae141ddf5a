"""What stakeholder maps answer when the lower floors ask: what is held, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from projects.models import MapQuestion, Project, Stakeholder, StakeholderMove, StakeholderShare
from projects.states import ENDED
from tenancy.models import Change, Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import SYS, RetentionKind, delete_rows, retention_kinds

MAPS = "projects.stakeholders"


def export_stakeholders(person: Person) -> list[dict[str, Any]]:
    """What they wrote and which relationships they lead, on teams they're still on; not of whom, who has rights of their own."""
    moves = StakeholderMove.objects.filter(by=person).select_related("project").order_by("at")
    leads = Stakeholder.objects.filter(lead__person=person).select_related("project")
    shown = StakeholderShare.objects.filter(sponsor=person).select_related("project")
    shared = StakeholderShare.objects.filter(shared_by=person).select_related("project")
    return [
        *({"project": m.project.title, "on": m.on, "you wrote of a stakeholder": m.note, "at": m.at} for m in moves),
        *({"project": s.project.title, "leads a relationship, next step by": s.step_due} for s in leads),
        *({"project": s.project.title, "was shown its stakeholder map": s.shared_at} for s in shown),
        *({"project": s.project.title, "showed its stakeholder map to the sponsor": s.shared_at} for s in shared),
    ]


# What of a map is deleted with its project's time; the rest hangs on a stakeholder.
PARTS = (Stakeholder, StakeholderShare)


def maps_due(before: datetime) -> QuerySet[Project]:
    """Projects with a map, or an empty one that is shown, which came to their end before; a project's history says when."""
    steps = Change.objects.filter(subject_kind=Project._meta.label, subject_id=OuterRef("public_id"), target__in=ENDED)
    on_map, shown = (Exists(part.objects.filter(project=OuterRef("pk"))) for part in PARTS)
    rows = Project.objects.filter(on_map | shown, state__in=ENDED)
    ended = Subquery(steps.order_by("-at").values("at")[:1])
    return rows.annotate(ended_at=ended).filter(ended_at__lt=before).order_by("pk")


def delete_maps(projects: Sequence[Project]) -> None:
    """What is written of a stakeholder, which portal_sys can't read, goes with them in the database."""
    for part in PARTS:
        rows = part.objects.using(SYS).filter(project__in=[project.pk for project in projects])
        delete_rows(part, list(rows.values_list("pk", flat=True)))


def export_questions(person: Person) -> list[dict[str, Any]]:
    """That they passed one on, or answered it; who asked has rights of their own."""
    asked = MapQuestion.objects.filter(asked_by=person).select_related("project")
    answered = MapQuestion.objects.filter(answered_by=person).select_related("project")
    return [
        *({"project": q.project.title, "passed on a question about its stakeholder map": q.asked_at} for q in asked),
        *({"project": q.project.title, "said that somebody was answered": q.answered_at} for q in answered),
    ]


def questions_due(before: datetime) -> QuerySet[MapQuestion]:
    return MapQuestion.objects.filter(asked_at__lt=before).order_by("pk")


holdings.register(
    "projects.map_questions",
    Holding(
        label=_("Questions about stakeholder maps that you passed on or answered"),
        models=(MapQuestion._meta.label,),
        export=export_questions,
        kind="projects.map_questions",
    ),
)
retention_kinds.register(
    "projects.map_questions",
    RetentionKind(
        label=_("Who asked what stakeholder maps say of them"),
        after=_("after they asked"),
        days=366,
        least=60,
        most=731,
        due=questions_due,
        delete=lambda rows: delete_rows(MapQuestion, [row.pk for row in rows]),
        reads="default",
    ),
)
holdings.register(
    MAPS,
    Holding(
        label=_("Stakeholder maps: what you wrote, and which relationships you lead"),
        models=(StakeholderMove._meta.label, StakeholderShare._meta.label),
        export=export_stakeholders,
        kind=MAPS,
        private_to_author=True,
    ),
)
retention_kinds.register(
    MAPS,
    RetentionKind(
        label=_("Stakeholder maps of projects"),
        after=_("after the project was closed, stopped or declined"),
        days=183,
        least=30,
        most=731,
        due=maps_due,
        delete=delete_maps,
        reads="default",
    ),
)
