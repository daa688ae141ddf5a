"""Going back to work. Every other person's address of any of it is a 404."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.returning import ChangeContextForm, ReturnPlanForm, ReturnReviewForm
from cohorts.models import ChangeContext, ChangeKind, ReturnPlan, ReturnPlanText, ReturnReview
from cohorts.rules import keeps_plan, owns
from cohorts.selectors.buddies import open_pairs_of
from cohorts.selectors.development import cohort_to_plan_in
from cohorts.selectors.return_briefs import briefs_of
from cohorts.selectors.returning import context_of, plan_of, reviews_of
from cohorts.services.returning import delete_return_plan, look_again, save_change_context, save_return_plan
from cohorts.views.development import InCohort
from engine.views.service_form import ServiceFormView
from tenancy.views.base import TenantPage

PLAN_FIELDS = ("keep", "need_time", "need_sponsor", "need_place", "review_on", "review_again_on", "version")


class OfReturn(InCohort):
    """Its pages lead back to the one that shows all of it."""

    @property
    def plan_href(self) -> str:
        return reverse("cohorts:return-home", kwargs={"tenant": self.request.tenant.slug})

    def nowhere(self) -> HttpResponse:
        messages.info(self.request, _("You plan your return from a cohort, and you aren’t in one here."))
        return redirect(self.plan_href)

    @property
    def draft(self) -> str:
        return f"return-{self.actor.person.public_id}"


class ReturnHomeView(TenantPage):
    """The plan, what has changed, and when to look again."""

    permission = keeps_plan
    template_name = "cohorts/return_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.actor.person_id
        cohort = cohort_to_plan_in(me)
        pairs = list(open_pairs_of(self.actor.person)) if self.actor.person else []
        return super().get_context_data(
            cohort=cohort,
            plan=plan_of(me, cohort),
            change=context_of(me, cohort),
            reviews=reviews_of(me, cohort),
            briefs=briefs_of(me, cohort),
            pairs=pairs,
            shown_to=next((pair.buddy for pair in pairs if pair.is_on and pair.shows_plan), None),
            today=timezone.localdate(),
            **kwargs,
        )


class ReturnPlanEditView(OfReturn, ServiceFormView):
    permission = keeps_plan
    form_class = ReturnPlanForm
    page_heading = gettext_lazy("Your return plan")

    def get_object(self) -> ReturnPlanText | None:
        return plan_of(self.actor.person_id, self.cohort)

    def current_version(self) -> int:
        row = self.get_object()
        return row.version if row else 0

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in PLAN_FIELDS} if self.object else {"version": 0}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": self.draft}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=str(self.cohort or ""), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        assert self.cohort is not None
        save_return_plan(cohort=self.cohort, by=self.actor, **data)
        messages.success(self.request, _("Saved. Nobody reads it whom you don’t show it to."))


class ChangeContextEditView(OfReturn, ServiceFormView):
    permission = keeps_plan
    form_class = ChangeContextForm
    template_name = "cohorts/change_context.html"
    page_heading = gettext_lazy("What has changed in your organisation")

    def get_object(self) -> ChangeContext | None:
        return context_of(self.actor.person_id, self.cohort)

    def current_version(self) -> int:
        row = self.get_object()
        return row.version if row else 0

    def get_initial(self) -> dict[str, Any]:
        row = self.object
        return {"kinds": row.kinds, "body": row.body, "version": row.version} if row else {"version": 0}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"{self.draft}-change"}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {**theirs, "kinds": ", ".join(str(ChangeKind(kind).label) for kind in theirs.get("kinds") or [])}

    def act(self, data: dict[str, Any]) -> None:
        assert self.cohort is not None
        kept = save_change_context(cohort=self.cohort, by=self.actor, **data)
        said = (
            _("Saved. Nobody reads it whom you don’t show it to.")
            if kept
            else _("It has been deleted. No copy is kept.")
        )
        messages.success(self.request, said)


class ReturnReviewView(OfReturn, ServiceFormView):
    permission = owns
    form_class = ReturnReviewForm
    template_name = "cohorts/return_review.html"
    page_heading = gettext_lazy("Look at your return plan again")

    def get_object(self) -> ReturnReview:
        rows = ReturnReview.objects.filter(owner_id=self.actor.person_id)
        return self.find(ReturnReview, queryset=rows.select_related("plan__cohort", "plan__words"))  # type: ignore[no-any-return]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"{self.draft}-{self.object.public_id}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(plan=self.object.plan.words, caption=str(self.object.plan.cohort), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        look_again(review=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved. Nobody reads it whom you don’t show it to."))


class ReturnPlanDeleteView(OfReturn, ServiceFormView):
    permission = owns
    form_class = ConfirmForm
    template_name = "cohorts/return_delete.html"
    page_heading = gettext_lazy("Delete your return plan")

    def get_object(self) -> ReturnPlan:
        rows = ReturnPlan.objects.filter(owner_id=self.actor.person_id)
        return self.find(ReturnPlan, queryset=rows.select_related("cohort"))  # type: ignore[no-any-return]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Delete it for good"), "warning": True}

    def act(self, data: dict[str, Any]) -> None:
        delete_return_plan(plan=self.object, by=self.actor)
        messages.success(self.request, _("It has been deleted. No copy is kept."))
