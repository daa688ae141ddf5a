"""What the pages of a cohort have in common."""

from __future__ import annotations

from typing import Any

from cohorts.models import Cohort, LearningSet
from cohorts.navigation import cohort_side_navigation
from cohorts.selectors.sets import keep_standing, with_standing
from engine.views.pages import PER_PAGE, page_of
from tenancy.actors import Actor
from tenancy.views.base import TenantRequest

__all__ = ["PER_PAGE", "CohortFrame", "ReadsSet", "cohorts_with_programme", "page_of"]


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


class ReadsSet:
    """A page that only reads about the set in the address: what binds the reader to it is read with it."""

    set_joins: tuple[str, ...] = ("cohort__programme", "plan", "facilitator")

    def get_object(self) -> LearningSet:
        me = self.actor.person_id  # type: ignore[attr-defined]
        rows = with_standing(LearningSet.objects.select_related(*self.set_joins), me)
        found: LearningSet = self.find(LearningSet, queryset=rows)  # type: ignore[attr-defined]
        keep_standing(found, found, me)
        return found


def cohorts_with_programme() -> Any:
    return Cohort.objects.select_related("programme")
