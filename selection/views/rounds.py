"""Pages of a round: public, for staff, and its settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from cohorts.views.base import CohortFrame, cohorts_with_programme
from engine.transitions import possible
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.rounds import FIXED, RoundEditForm, RoundSetUpForm
from selection.models import Application, SelectionRound
from selection.rules import staff
from selection.selectors.deferrals import how_many_kept
from selection.selectors.frameworks import framework_parts, frameworks_to_copy, unready
from selection.selectors.kept_figures import kept_figures
from selection.selectors.limits import kept_limits
from selection.selectors.offers import still_selecting
from selection.selectors.rounds import (
    bands_of,
    funnel_for_page,
    rounds_of_staff,
    rounds_with_cohort,
    rounds_with_funnel,
)
from selection.services.applications import start_application
from selection.services.rounds import change_round, close_round, open_round, set_up_round
from selection.states import RoundState
from selection.views.application_parts import readable_history
from selection.views.sheets import rounds_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.rules import any_staff, anyone, member
from tenancy.views.base import TenantPage, TenantView


class RoundListView(Downloads, TenantPage):
    """Every round this person is staff of."""

    permission = any_staff
    template_name = "selection/round_list.html"

    def sheet(self) -> Sheet:
        return rounds_sheet(rounds_of_staff(self.actor))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rounds = list(rounds_of_staff(self.actor))
        return super().get_context_data(rounds=rounds, page_heading=_("Selection rounds"), **kwargs)


class OfRound:
    """The round named in the address, loaded with its cohort and programme."""

    def get_object(self) -> SelectionRound:
        return self.find(SelectionRound, queryset=rounds_with_cohort())  # type: ignore[attr-defined, no-any-return]


class RoundDetailView(OfRound, CohortFrame, TenantPage):
    permission = staff
    template_name = "selection/round_detail.html"

    def get_object(self) -> SelectionRound:
        rows = rounds_with_funnel().select_related("centre").annotate(kept=how_many_kept())
        return self.find(SelectionRound, queryset=rows)  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round_: Any = self.object
        unfrozen = round_.framework.frozen_at is None
        criteria, questions = framework_parts(round_.framework, described=unfrozen)
        return super().get_context_data(
            round=round_,
            page_heading=_("Selection round"),
            funnel=funnel_for_page(round_),
            questions=questions,
            criteria=criteria,
            problems=unready(criteria, questions, blind=round_.blind) if unfrozen else [],
            actions={t.name for t in possible(round_, self.actor)},
            imports=round_.imports.select_related("uploaded_by", "file").defer("file__content", "outcome")[:5],
            can_import=round_.state in (RoundState.DRAFT, RoundState.OPEN),
            history=readable_history(round_),
            figures=kept_figures(round_),
            limits_kept=kept_limits(round_),
            centre=getattr(round_, "centre", None),
            to_settle=round_.to_settle,
            kept=round_.kept if still_selecting(round_.cohort) else 0,
            may_see_interest=staff(self.actor, round_.cohort.programme),
            **kwargs,
        )


class RoundAboutView(OfRound, TenantPage):
    """What anybody may read: for whom, when, how it's judged. A round that isn't published doesn't exist for them."""

    permission = anyone
    template_name = "selection/round_about.html"

    def get_object(self) -> SelectionRound:
        round_ = super().get_object()
        if not round_.published and not staff(self.request.actor, round_):
            raise Http404
        return round_

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round_: SelectionRound = self.object
        own = None
        if self.actor.kind == "person":
            own = Application.objects.filter(round=round_, applicant=self.actor.person_id).first()
        now = timezone.now()
        criteria, questions = framework_parts(round_.framework)
        weights = sum(criterion.weight for criterion in criteria) or 1
        return super().get_context_data(
            round=round_,
            cohort=round_.cohort,
            bands=bands_of(round_),
            targets=round_.cohort.targets.select_related("sector"),
            programme=round_.cohort.programme,
            judged_by=[(criterion, round(100 * criterion.weight / weights)) for criterion in criteria],
            questions=questions,
            own=own,
            now_open=round_.takes_applications(now),
            not_yet=round_.state in (RoundState.DRAFT, RoundState.OPEN) and now < round_.opens_at,
            page_heading=_("Apply for %(programme)s") % {"programme": round_.cohort.programme.name},
            caption=round_.cohort.name,
            **kwargs,
        )


class RoundCreateView(CohortFrame, ServiceFormView):
    permission = staff
    form_class = RoundSetUpForm
    object: Cohort

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"frameworks": list(frameworks_to_copy(self.object.programme))}

    def get_object(self) -> Cohort:
        found: Cohort = self.find(Cohort, "cohort_id", queryset=cohorts_with_programme())
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = SelectionRound.objects.filter(cohort=self.object).first()
        if known is not None:
            return HttpResponseRedirect(address(self, "round-detail", known))
        return super().get(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        round_ = set_up_round(cohort=self.object, by=self.actor, **data)
        messages.success(self.request, _("The round is set up. Look at its criteria and questions, then open it."))
        return HttpResponseRedirect(address(self, "round-detail", round_))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page_heading=_("Set up the selection round"), **kwargs)


BANDS = ("highest_band", "lowest_band")


class RoundEditView(OfRound, CohortFrame, ServiceFormView):
    permission = staff
    form_class = RoundEditForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"round": self.object}

    def get_initial(self) -> dict[str, Any]:
        r: SelectionRound = self.object
        days = {"opens_on": r.opens_at, "closes_on": r.closes_at, "endorse_by": r.endorse_by, "score_by": r.score_by}
        if r.late_until is not None:
            days["late_until"] = r.late_until
        if r.nominate_by is not None:
            days["nominate_by"] = r.nominate_by
        bands = {name: band.public_id for name in BANDS if (band := getattr(r, name)) is not None}
        plain = {name: getattr(r, name) for name in (*FIXED, "tolerance", "version") if name not in BANDS}
        return {key: timezone.localdate(at) for key, at in days.items()} | bands | plain

    def act(self, data: dict[str, Any]) -> HttpResponse:
        change_round(round=self.object, by=self.actor, **data)
        messages.success(self.request, _("The round is changed."))
        return HttpResponseRedirect(address(self, "round-detail", self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = address(self, "round-detail", self.object)
        return super().get_context_data(page_heading=_("Change the round"), back_href=back, **kwargs)


class RoundStepView(OfRound, TenantView):
    """A button of the round page: POST does it and returns there, with the reason if it can't be done."""

    permission = staff
    http_method_names = ["post"]

    def step(self, round_: SelectionRound) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.step(self.object))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(address(self, "round-detail", self.object))


class RoundOpenView(RoundStepView):
    def step(self, round_: SelectionRound) -> str:
        open_round(round=round_, by=self.actor)
        return _("The round is open. Nominees and those who asked to hear of it have been written to.")


class RoundCloseView(RoundStepView):
    def step(self, round_: SelectionRound) -> str:
        close_round(round=round_, by=self.actor)
        return _("The round is closed to applications.")


class ApplicationStartView(OfRound, TenantView):
    """A member's own start from the public page."""

    permission = member
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            application = start_application(round=self.object, by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(address(self, "round-about", self.object))
        return HttpResponseRedirect(address(self, "application-detail", application))


def address(view: TenantView | Any, name: str, obj: Any, **more: Any) -> str:
    """The address of one of selection's pages about `obj`, in the request's tenant."""
    kwargs = {"tenant": view.request.tenant.slug, "public_id": obj.public_id, **more}
    return reverse(f"selection:{name}", kwargs=kwargs)
