"""What stakeholder maps answer when the lower floors ask: what is held, and for how long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from projects.models import Project, Stakeholder, StakeholderMove, StakeholderShare
from projects.states import ENDED
from tenancy.models import Change, Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds

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


def maps_due(before: datetime) -> QuerySet[Stakeholder]:
    """Of projects that came to their end before; a project's history says when."""
    steps = Change.objects.filter(
        subject_kind=Project._meta.label, subject_id=OuterRef("project__public_id"), target__in=ENDED
    )
    rows = Stakeholder.objects.filter(project__state__in=ENDED)
    ended = Subquery(steps.order_by("-at").values("at")[:1])
    return rows.annotate(ended_at=ended).filter(ended_at__lt=before).order_by("pk")


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
        # what is written of them, which portal_sys can't read, goes in the database
        delete=lambda rows: delete_rows(Stakeholder, [row.pk for row in rows]),
        reads="default",
    ),
)
