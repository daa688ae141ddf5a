"""Staff: the criteria, descriptors and questions of a round, until they are frozen; and what changed since the version before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.views.base import CohortFrame
from engine.views.service_form import ServiceFormView
from selection.forms.frameworks import CriterionEditForm, CriterionForm, QuestionEditForm, QuestionForm, RemoveForm
from selection.models import Criterion, Question, SelectionFramework
from selection.rules import staff
from selection.selectors.frameworks import behaviour_share, differences, framework_parts, unready
from selection.services.frameworks import (
    CRITERION,
    MAX_POINTS,
    QUESTION,
    CriterionAsShown,
    add_criterion,
    add_question,
    change_criterion,
    change_question,
    described,
    move_up,
    remove_criterion,
    remove_question,
)
from selection.views.application_parts import readable_history
from selection.views.rounds import address
from tenancy.errors import NotAllowed, Refused
from tenancy.seen import digest_of, stored_values
from tenancy.views.base import TenantPage, TenantView


class OneFramework(CohortFrame):
    """Pages about the framework in the address."""

    permission = staff

    def get_cohort(self) -> Cohort:
        return self.framework.round.cohort

    def navigation_path(self) -> str:
        return address(self, "round-detail", self.framework.round)

    @property
    def framework(self) -> SelectionFramework:
        return self.object  # type: ignore[attr-defined, no-any-return]

    def get_object(self) -> SelectionFramework:
        rows = SelectionFramework.objects.select_related(
            "programme", "round__cohort__programme", "copied_from__round__cohort"
        )
        return self.find(SelectionFramework, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    @property
    def page(self) -> str:
        return address(self, "framework-detail", self.framework)


class OnePart(OneFramework):
    """Pages about one criterion or question; the object is the row, the framework its own."""

    part: type[Criterion] | type[Question]

    @property
    def framework(self) -> SelectionFramework:
        return self.object.framework  # type: ignore[attr-defined, no-any-return]

    def get_object(self) -> Any:
        rows = self.part.objects.select_related("framework__round__cohort__programme")
        return self.find(self.part, queryset=rows)  # type: ignore[attr-defined]


class FrameworkDetailView(OneFramework, TenantPage):
    template_name = "selection/framework_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        framework = self.framework
        criteria, questions = framework_parts(framework)
        share = behaviour_share(criteria)
        return super().get_context_data(
            framework=framework,
            round=framework.round,
            criteria=criteria,
            questions=questions,
            can_change=framework.frozen_at is None,
            problems=unready(criteria, questions, blind=framework.round.blind) if framework.frozen_at is None else [],
            behaviours=round(100 * share),
            differences=differences(framework, criteria, questions),
            versions=self.versions(),
            history=readable_history(framework),
            page_heading=_("Selection framework, version %(n)d") % {"n": framework.number},
            back_href=address(self, "round-detail", framework.round),
            **kwargs,
        )

    def versions(self) -> list[SelectionFramework]:
        """All of the programme, the newest first; those of cohorts that this person is no staff of aren't links."""
        rows = SelectionFramework.objects.filter(programme=self.framework.programme).select_related("round__cohort")
        versions = list(rows.order_by("-number"))
        for version in versions:
            version.may_open = staff(self.actor, version)  # type: ignore[attr-defined]
        return versions


class CriterionFormView(ServiceFormView):
    """What adding and changing share: the form knows how many points to show boxes for."""

    def points(self) -> int:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"points": self.points()}


class CriterionCreateView(OneFramework, CriterionFormView):
    form_class = CriterionForm
    page_heading = gettext_lazy("Add a criterion")

    def points(self) -> int:
        first = self.framework.criteria.first()
        return first.max_points if first else MAX_POINTS

    def get_initial(self) -> dict[str, Any]:
        return {"max_points": self.points(), "weight": 1, "kind": Criterion.Kind.BEHAVIOUR}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.page, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        add_criterion(framework=self.framework, by=self.actor, **data)
        return HttpResponseRedirect(self.page)


class CriterionEditView(OnePart, CriterionFormView):
    part = Criterion
    form_class = CriterionEditForm
    object: Criterion

    def points(self) -> int:
        return self.object.max_points

    def get_initial(self) -> dict[str, Any]:
        shown = CriterionAsShown(self.object)
        texts = described([("", "")] * self.object.max_points, self.object.max_points)
        values = stored_values(shown, [*CRITERION, *texts])
        return {**values, "seen": digest_of(values)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page_heading=self.object.name, back_href=self.page, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        change_criterion(criterion=self.object, by=self.actor, **data)
        return HttpResponseRedirect(self.page)


class QuestionFormView(ServiceFormView):
    """What adding and changing share: the form knows the criteria a question may be evidence for."""

    def get_form_kwargs(self) -> dict[str, Any]:
        framework: SelectionFramework = self.framework  # type: ignore[attr-defined]
        return super().get_form_kwargs() | {"criteria": framework.criteria.all()}


class QuestionCreateView(OneFramework, QuestionFormView):
    form_class = QuestionForm
    page_heading = gettext_lazy("Add a question")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.page, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        add_question(framework=self.framework, by=self.actor, **data)
        return HttpResponseRedirect(self.page)


class QuestionEditView(OnePart, QuestionFormView):
    part = Question
    form_class = QuestionEditForm
    object: Question

    def get_initial(self) -> dict[str, Any]:
        shown = stored_values(self.object, QUESTION)
        criterion = self.object.criterion
        return {**shown, "criterion": criterion.public_id if criterion else "", "seen": digest_of(shown)}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        change_question(question=self.object, by=self.actor, **data)
        return HttpResponseRedirect(self.page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Question %(number)d") % {"number": self.object.position}
        return super().get_context_data(page_heading=heading, back_href=self.page, **kwargs)


class PartRemoveView(OnePart, ServiceFormView):
    form_class = RemoveForm
    template_name = "selection/framework_remove.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.page, **kwargs)


class CriterionRemoveView(PartRemoveView):
    part = Criterion
    page_heading = gettext_lazy("Take out this criterion")

    def act(self, data: dict[str, Any]) -> HttpResponse:
        page, name = self.page, self.object.name
        remove_criterion(criterion=self.object, by=self.actor)
        messages.success(self.request, _("“%(name)s” has been taken out.") % {"name": name})
        return HttpResponseRedirect(page)


class QuestionRemoveView(PartRemoveView):
    part = Question
    page_heading = gettext_lazy("Take out this question")

    def act(self, data: dict[str, Any]) -> HttpResponse:
        page = self.page
        remove_question(question=self.object, by=self.actor)
        messages.success(self.request, _("The question has been taken out."))
        return HttpResponseRedirect(page)


class PartUpView(OnePart, TenantView):
    """A button of the framework's page: one place earlier."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = self.page
        try:
            move_up(part=self.object, position=number_of(request.POST.get("position", "")), by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(page)


def number_of(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 6 else 0


class CriterionUpView(PartUpView):
    part = Criterion


class QuestionUpView(PartUpView):
    part = Question
