"""What selection adds where cohorts are compared."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.comparing import Cell, Comparison, comparisons
from cohorts.models import Cohort
from selection.models import Application
from selection.states import ApplicationState
from tenancy.models import Tenant


def counts(cohorts: Sequence[Cohort], tenant: Tenant) -> dict[int, list[Cell]]:
    """How many applications there are, and how many accepted a place."""
    rows = (
        Application.objects.filter(cohort__in=[row.pk for row in cohorts])
        .order_by("cohort")
        .values_list("cohort", "round__public_id")
        .annotate(n=Count("pk"), accepted=Count("pk", filter=Q(state=ApplicationState.ACCEPTED)))
    )
    found: dict[int, list[Cell]] = {}
    for cohort, round_id, n, accepted in rows:
        listed = reverse("selection:application-list", kwargs={"tenant": tenant.slug, "public_id": round_id})
        found[cohort] = [
            Cell(str(n), listed, _("applications")),
            Cell(str(accepted), f"{listed}?state={ApplicationState.ACCEPTED}", _("chosen and accepted")),
        ]
    return found


comparisons.register("selection", Comparison(gettext_lazy("Applied and chosen"), 20, counts))
