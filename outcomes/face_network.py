"""What the network survey tells the lower floors when asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.navigation import cohort_navigation_sources
from engine.home import NavigationItem
from engine.reports import ReportSection, report_sections
from outcomes.models import NetworkPlace, NetworkStanding, Tie
from outcomes.network_section import network_figures
from outcomes.selectors import owed_networks
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.actors import Actor
from tenancy.models import Person, Tenant
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds
from tenancy.rules import staff


def export_places(person: Person) -> list[dict[str, Any]]:
    rows = NetworkPlace.objects.filter(person=person).select_related("wave__cohort", "organisation")
    return [
        {
            "cohort": p.wave.cohort.name,
            "wave": p.wave.kind,
            "organisation": p.organisation.name if p.organisation else "",
            "asked": p.asked_at,
            "answered": p.answered_at,
        }
        for p in rows
    ]


def export_ties(person: Person) -> list[dict[str, Any]]:
    """Whom they named. Empty unless read as the person themselves, and whom others named is in the others' copies alone."""
    ties = (
        Tie.objects.filter(person=person).select_related("wave__cohort", "other").order_by("wave_id", "other_id", "pk")
    )
    shares = NetworkStanding.objects.filter(person=person).select_related("wave__cohort")
    return [
        *(
            {
                "cohort": t.wave.cohort.name,
                "wave": t.wave.kind,
                "named": t.other.name,
                "as": t.relation,
                "said": t.said_at,
            }
            for t in ties
        ),
        *(
            {
                "cohort": s.wave.cohort.name,
                "wave": s.wave.kind,
                "relation": s.relation,
                "of the ways between others, %": s.share,
            }
            for s in shares
        ),
    ]


def network_path(slug: str, key: str) -> str:
    return reverse("outcomes:network-answer", kwargs={"tenant": slug, "public_id": key})


def network_navigation(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    if not staff(actor, cohort):
        return []
    listed = reverse("outcomes:network-list", kwargs={"tenant": tenant.slug, "public_id": cohort.public_id})
    return [NavigationItem(_("Network survey"), listed, 52)]


def old_places(before: datetime) -> QuerySet[NetworkPlace]:
    return NetworkPlace.objects.filter(wave__closes_at__lt=before).order_by("pk")


def delete_places(rows: Sequence[NetworkPlace]) -> None:
    """With each goes whom they named, whoever named them, and where they stood between others; the figures stay."""
    delete_rows(NetworkPlace, [row.pk for row in rows])


obligation_sources.register(
    "outcomes.network",
    ObligationSource(
        kind="outcomes.network",
        label=gettext_lazy("Say whom you know on {about}"),
        board_label=gettext_lazy("Network surveys to answer"),
        rows=owed_networks,
        path=network_path,
        ends=gettext_lazy("The person sends their answers, or the survey closes."),
    ),
)
holdings.register(
    "outcomes.network_places",
    Holding(
        label=gettext_lazy("Network surveys asked and answered"),
        models=("outcomes.NetworkPlace",),
        export=export_places,
        kind="outcomes.network",
    ),
)
holdings.register(
    "outcomes.network_ties",
    Holding(
        label=gettext_lazy("Whom you named in network surveys"),
        models=("outcomes.Tie", "outcomes.NetworkStanding"),
        export=export_ties,
        kind="outcomes.network",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "outcomes.network",
    RetentionKind(
        label=gettext_lazy("Who was asked who they know, and whom they named"),
        after=gettext_lazy("after the survey closed"),
        # the wave a year after the end is set beside the one at the end, and its people see all three
        days=1096,
        least=731,
        most=1826,
        due=old_places,
        delete=delete_places,
    ),
)
report_sections.register(
    "outcomes.network",
    ReportSection(title=gettext_lazy("Who knows and works with whom"), position=62, figures=network_figures),
)
cohort_navigation_sources.register("outcomes.network", network_navigation)
name_kinds("outcomes", {"network_open": gettext_lazy("Network survey to answer")})
