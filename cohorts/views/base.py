"""What the pages of a cohort have in common."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from cohorts.models import Cohort
from cohorts.navigation import cohort_side_navigation
from tenancy.actors import Actor
from tenancy.views.base import TenantRequest

PER_PAGE = 50


def page_of(request: HttpRequest, rows: Any) -> Page:
    """The page of a list that the address asks for: 50 rows, or up to 500 with ?per_page=."""
    asked = request.GET.get("per_page", "")
    size = min(max(int(asked), 1), 500) if asked.isdecimal() and len(asked) < 6 else PER_PAGE
    return Paginator(rows, size).get_page(request.GET.get("page"))


class CohortFrame:
    """Caption and side navigation for a page within a cohort. `get_cohort` says which; a page's object may know it."""

    request: TenantRequest
    actor: Actor
    object: Any

    def get_cohort(self) -> Cohort:
        return self.object if isinstance(self.object, Cohort) else self.object.cohort

    def navigation_path(self) -> str:
        """The address in the side navigation that this page belongs to."""
        return self.request.get_full_path()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cohort = self.get_cohort()
        side = cohort_side_navigation(cohort, self.actor, self.request.tenant, self.navigation_path())
        kwargs.setdefault("caption", str(cohort))
        kwargs.setdefault("cohort", cohort)
        kwargs.setdefault("side_navigation", side)
        return super().get_context_data(**kwargs)  # type: ignore[misc, no-any-return]


def cohorts_with_programme() -> Any:
    return Cohort.objects.select_related("programme")
