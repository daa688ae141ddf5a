"""What a cohort report says of the movement around its programme: counts, and none that might point at somebody."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Movement
from cohorts.selectors.spread import Spread, safe_spread
from engine.reports import ReportSection, report_sections


def members_figure(spread: Spread) -> dict[str, Any] | None:
    if spread.members is None:
        return None
    return {
        "key": "movement",
        "title": _("%(n)d people from outside the cohorts are in the movement") % {"n": spread.members},
        "definition": _(
            "Who had said yes by a link of their own and hadn’t left when the report was made, by how they came. It’s the whole programme’s"
            " movement, not this cohort’s alone. Small numbers are withheld, and others with them."
        ),
        "kind": "balance",
        "data": {"groups": [[name, number, None] for name, number in spread.steps], "unit": ""},
    }


def months_figure(spread: Spread) -> dict[str, Any] | None:
    if spread.members is None:
        return None
    withheld = _("withheld")

    def cell(number: int | None) -> str:
        return withheld if number is None else str(number)

    return {
        "key": "movement-months",
        "title": _("The movement quarter by quarter"),
        "definition": _(
            "Who joined in a quarter and is in it still; pledges by when they were made, and kept ones by when that was said."
        ),
        "kind": "table",
        "data": {
            "header": [_("Quarter"), _("Joined"), _("Pledges made"), _("Pledges kept")],
            "rows": [[m.label, cell(m.joined), cell(m.made), cell(m.kept)] for m in spread.months],
        },
    }


def pledges_figure(spread: Spread) -> dict[str, Any] | None:
    if spread.made is None or spread.kept is None:
        return None
    return {
        "key": "pledges",
        "title": _("%(kept)d of %(made)d pledges were kept so far") % {"kept": spread.kept, "made": spread.made},
        "definition": _(
            "Pledges made in the movement, by its members and by people of the programme’s cohorts, whoever may read them; kept are those"
            " whose owners say so. Neither a name nor a word of them is read for it."
        ),
        "kind": "number",
        "data": {"value": spread.kept, "of": spread.made},
    }


def figures(cohort_id: int) -> list[dict[str, Any]]:
    movement = Movement.objects.filter(programme__cohorts=cohort_id).first()
    if movement is None:
        return []
    spread = safe_spread(movement)
    made = (members_figure(spread), months_figure(spread), pledges_figure(spread))
    return [figure for figure in made if figure is not None]


report_sections.register(
    "cohorts.movement", ReportSection(title=gettext_lazy("The movement"), position=35, figures=figures)
)
