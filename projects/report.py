"""What a cohort report says of its projects: which ambitions they serve, and how sure the teams are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from projects.models import Project
from projects.selectors import ambition_coverage, rag_counts, share_outside_own_area


def report_figures(cohort_id: int) -> list[dict[str, Any]]:
    rows = Project.objects.filter(cohort_id=cohort_id)
    coverage = ambition_coverage(rows)
    outside = share_outside_own_area(rows)
    return [
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
