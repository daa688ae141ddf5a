"""What a cohort report says of its projects: which ambitions they serve, and how sure the teams are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from projects.models import Project
from projects.selectors import (
    ambition_coverage,
    projects_by_district,
    rag_counts,
    share_on_objectives,
    share_outside_own_area,
)

# Fewer people who tied a project and the number might point at someone.
FEWEST_TIED = 5


def report_figures(cohort_id: int) -> list[dict[str, Any]]:
    rows = Project.objects.filter(cohort_id=cohort_id)
    coverage = ambition_coverage(rows)
    outside = share_outside_own_area(rows)
    tied = share_on_objectives(rows)
    figures: list[dict[str, Any]] = [
        {
            "key": "projects-by-ambition",
            "title": _("Projects by ambition"),
            "definition": _(
                "Projects sent to a sponsor, and not declined or sent back, that name the ambition. A project may name several."
            ),
            "kind": "table",
            "data": {
                "header": [_("Ambition"), _("Projects"), _("Under way"), _("Titles")],
                "rows": [[c.name, str(c.projects), str(c.live), "; ".join(c.titles)] for c in coverage],
            },
        },
        {
            "key": "projects-rag",
            "title": _("Projects by the team’s own latest rating"),
            "definition": _(
                "Projects approved and not ended, by the rating of their latest update; green, amber or red."
            ),
            "kind": "rag",
            "data": rag_counts(rows),
        },
        {
            "key": "projects-outside-own-area",
            "title": _("Members working outside their own area"),
            "definition": _(
                "Of the members of these projects who said whether the project is outside their own area of work."
            ),
            "kind": "number",
            "data": {"value": outside["outside"], "of": outside["said"]},
        },
    ]
    if districts := projects_by_district(rows):
        figures.append(
            {
                "key": "projects-by-district",
                "title": _("Projects by district"),
                "definition": _(
                    "Projects sent to a sponsor, and not declined or sent back, that name the district. A project may name several."
                ),
                "kind": "table",
                "data": {"header": [_("District"), _("Projects")], "rows": [list(row) for row in districts]},
            }
        )
    if tied["people"] >= FEWEST_TIED:
        figures.append(
            {
                "key": "projects-on-objectives",
                "title": _("%(n)d of %(of)d projects are for an objective of people’s work")
                % {"n": tied["projects"], "of": tied["of"]},
                "definition": _(
                    "Projects that somebody of the team ties to an objective of their own work, of all sent to a sponsor and not declined"
                    " or sent back. Nobody but its owner can read an objective, nor whose it is."
                ),
                "kind": "number",
                "data": {"value": tied["projects"], "of": tied["of"]},
            }
        )
    return figures
