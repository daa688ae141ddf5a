"""A cohort's page of where people come from and where they meet."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cohorts.rules import staff
from cohorts.selectors.whereabouts import NEAR_KM, by_deprivation, by_rurality, home_of, places_on, travel_of
from cohorts.views.base import CohortFrame
from cohorts.views.cohorts import OneCohort
from engine.suppression import thresholds_of_tenant
from engine.views.downloads import Column, Downloads, Sheet
from tenancy.views.base import TenantPage


class CohortWhereView(OneCohort, CohortFrame, Downloads, TenantPage):
    permission = staff
    template_name = "cohorts/cohort_where.html"

    def sheet(self) -> Sheet:
        """How far people come to each event."""
        travel = travel_of(self.object, [home_of(place) for place in places_on(self.object.pk)])
        columns = (
            Column(_("Event"), "event.title"),
            Column(_("Starts"), "event.starts_at", "moment"),
            Column(_("Where"), "event.where"),
            Column(_("District"), lambda row: row.there.name if row.there else None),
            Column(_("From the same district"), lambda row: row.counts["same"], "number"),
            Column(_("From a neighbouring one"), lambda row: row.counts["near"], "number"),
            Column(_("From further away"), lambda row: row.counts["far"], "number"),
            Column(_("From another, distance not known"), lambda row: row.counts["elsewhere"], "number"),
            Column(_("Not known"), lambda row: row.counts["unknown"], "number"),
        )
        return Sheet(f"{_('Where we come from and meet')}, {self.object.name}", columns, travel.journeys)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        homes = [home_of(place) for place in places_on(self.object.pk)]
        least = thresholds_of_tenant().breakdown
        # of what nobody's place is known there is nothing to count
        tables = []
        if any(home and home.rurality_there for home in homes):
            tables.append(("rurality", _("How rural"), by_rurality(homes, least)))
        if any(home and home.deprivation_there for home in homes):
            tables.append(("deprivation", _("How deprived"), by_deprivation(homes, least)))
        return super().get_context_data(
            people=len(homes), tables=tables, least=least, travel=travel_of(self.object, homes), near=NEAR_KM, **kwargs
        )
