"""What projects add where cohorts are compared."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.comparing import Cell, Comparison, comparisons
from cohorts.models import Cohort
from projects.models import Project
from projects.states import LIVE
from tenancy.models import Tenant


def projects_of(cohorts: Sequence[Cohort], tenant: Tenant) -> dict[int, list[Cell]]:
    rows = (
        Project.objects.filter(cohort__in=[row.pk for row in cohorts])
        .order_by("cohort")
        .values_list("cohort")
        .annotate(n=Count("pk"), live=Count("pk", filter=Q(state__in=LIVE)))
    )
    found = {cohort: (n, live) for cohort, n, live in rows}
    listed = reverse("projects:project-list", kwargs={"tenant": tenant.slug})
    return {
        row.pk: [
            Cell(
                str(found[row.pk][0]),
                f"{listed}?cohort={row.public_id}",
                _("in all, %(n)d under way") % {"n": found[row.pk][1]},
            )
        ]
        for row in cohorts
        if row.pk in found
    }


comparisons.register("projects", Comparison(gettext_lazy("Projects"), 60, projects_of))
