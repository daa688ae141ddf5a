"""What the staff pages of a round share: the round in the URL, and the way around it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse

from cohorts.navigation import cohort_side_navigation
from selection.models import SelectionRound
from selection.rules import staff
from selection.selectors.rounds import rounds_with_cohort
from selection.states import RoundState
from tenancy.views.base import TenantView


class RoundMixin(TenantView):
    """`object` is the round. Staff of its cohort only."""

    permission = staff
    object: SelectionRound
    step: ClassVar[str] = ""

    def get_object(self) -> SelectionRound:
        return self.find(SelectionRound, queryset=rounds_with_cohort())

    @property
    def round(self) -> SelectionRound:
        return self.object

    def url(self, name: str, **kwargs: str) -> str:
        names = {"tenant": self.request.tenant.slug, "public_id": self.round.public_id, **kwargs}
        return reverse(f"selection:{name}", kwargs=names)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("round", self.round)
        kwargs.setdefault("cohort", self.round.cohort)
        kwargs.setdefault("caption", str(self.round.cohort))
        path = self.url(self.step) if self.step else self.request.path
        kwargs.setdefault(
            "side_navigation", cohort_side_navigation(self.round.cohort, self.actor, self.request.tenant, path)
        )
        return super().get_context_data(**kwargs)


def moderation_is_open(view: RoundMixin) -> bool:
    """Staff look when they like; the chair, who may have marks of their own to give, once moderation has begun."""
    return staff(view.actor, view.round) or view.round.state in (RoundState.MODERATING, RoundState.DECIDED)
