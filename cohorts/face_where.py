"""What a cohort report says of where its people come from and where it met."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cohorts.models import Cohort
from cohorts.selectors.whereabouts import FAR, NEAR, SAME, by_deprivation, by_rurality, home_of, places_on, travel_of
from engine.suppression import thresholds_of_tenant


def where_figures(cohort_id: int) -> list[dict[str, Any]]:
    """By how rural and how deprived a place people come from, small numbers withheld; and the share of events by district. How
    often people come from near and from far is told when both are enough people, however many journeys those make."""
    homes = [home_of(place) for place in places_on(cohort_id)]
    least = thresholds_of_tenant().breakdown
    found = []
    if any(home and home.rurality_there for home in homes):
        found.append(
            kinds_figure("rurality", _("How rural a place people come from"), by_rurality(homes, least), least)
        )
    if any(home and home.decile_there for home in homes):
        title = _("How deprived a place people come from")
        found.append(kinds_figure("deprivation", title, by_deprivation(homes, least), least))
    cohort = Cohort.objects.get(pk=cohort_id)
    travel = travel_of(cohort, homes)
    if (busiest := travel.busiest) is not None:
        known = sum(journey.counts[SAME] + journey.counts[NEAR] + journey.counts[FAR] for journey in travel.journeys)
        near = sum(journey.counts[SAME] + journey.counts[NEAR] for journey in travel.journeys)
        found.append(
            {
                "key": "travel",
                "title": _("%(percent)d%% of events in a room were in %(district)s")
                % {"percent": busiest.events_percent, "district": busiest.district.name},
                "definition": _(
                    "Events of everyone, by the district of their venue; %(unknown)d events, whose district isn’t known, aren’t counted."
                )
                % {"unknown": travel.events_unknown}
                + (
                    " "
                    + _(
                        "%(n)d of %(of)d times somebody was to come it was to their own district or a neighbouring one."
                    )
                    % {"n": near, "of": known}
                    if travel.has_distances and travel.people_near >= least and travel.people_far >= least
                    else ""
                ),
                "kind": "table",
                "data": {
                    "header": [_("District"), _("Events"), _("Share of events, %")],
                    "rows": [[s.district.name, s.events, s.events_percent] for s in travel.shares if s.events],
                },
            }
        )
    return found


def kinds_figure(key: str, title: str, rows: list[tuple[str, int | None]], least: int) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "definition": _(
            "By the organisation that sent each of the cohort’s people, or their employer: its own class, or that of its district as"
            " published. Numbers below %(least)d, and those that would tell them, are left out."
        )
        % {"least": least},
        "kind": "table",
        "data": {
            "header": [_("Kind of place"), _("People")],
            "rows": [[label, _("Left out") if n is None else n] for label, n in rows],
        },
    }
