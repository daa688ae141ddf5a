"""Equality questions after an application is sent, and the figures that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.suppression import thresholds_of_tenant
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.equality import (
    ApplicationEqualityForm,
    EqualityQuestionEditForm,
    EqualityQuestionForm,
    EqualityStandardForm,
)
from selection.forms.frameworks import RemoveForm
from selection.models import EqualityQuestion, EqualityStage, SelectionRound
from selection.rules import applicant
from selection.selectors.equality import QuestionTable, equality_questions, equality_stages, equality_tables
from selection.services.equality import (
    may_answer,
    own_equality_answers,
    save_equality_answers,
    withdraw_equality_answers,
)
from selection.services.equality_questions import (
    WORDS,
    QuestionAsShown,
    add_equality_question,
    ask_standard_questions,
    change_equality_question,
    remove_equality_question,
)
from selection.states import RoundState
from selection.views.applications import OfApplication
from selection.views.round_base import RoundMixin
from selection.views.rounds import address
from selection.views.sheets import of_round
from tenancy.seen import digest_of, stored_values
from tenancy.views.base import TenantPage, TenantView


class ApplicationEqualityView(OfApplication, ServiceFormView):
    """A page of its own between sending and the confirmation; left by a link, and come back to until the round closes."""

    permission = applicant
    form_class = ApplicationEqualityForm
    template_name = "selection/application_equality.html"
    page_heading = gettext_lazy("Equality questions")

    @cached_property
    def questions(self) -> list[EqualityQuestion]:
        return list(equality_questions(self.object.round))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_answer(self.object) or not self.questions:
            return HttpResponseRedirect(address(self, "application-detail", self.object))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"questions": self.questions}

    def get_initial(self) -> dict[str, Any]:
        return dict(own_equality_answers(application=self.object, by=self.actor))

    def act(self, data: dict[str, Any]) -> None:
        save_equality_answers(application=self.object, chosen=data, by=self.actor)

    def get_success_url(self) -> str:
        return address(self, "application-submitted", self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            application=self.object, round=self.object.round, caption=_("Your application is sent"), **kwargs
        )


class ApplicationEqualityWithdrawView(OfApplication, TenantView):
    """The button 'Remove my answers': at any time."""

    permission = applicant
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        withdraw_equality_answers(application=self.object, by=self.actor)
        messages.success(request, _("We hold no answers of yours to the equality questions."))
        return HttpResponseRedirect(address(self, "application-detail", self.object))


class EqualityFiguresView(RoundMixin, Downloads, TenantPage):
    """For staff: the funnel by answer, as far as its stages are settled, with small numbers withheld."""

    template_name = "selection/equality_figures.html"
    step = "equality-figures"

    def sheet(self) -> Sheet | None:
        shown = [stage for stage in equality_stages(self.round) if stage.shown]
        return equality_sheet(self.round, shown, equality_tables(shown)) if shown else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made = equality_stages(self.round)
        shown = [stage for stage in made if stage.shown]
        waiting = [s.label for s in EqualityStage.Stage if s.value not in {m.stage for m in made}]
        return super().get_context_data(
            page_heading=_("Equality figures"),
            stages=shown,
            withheld=[stage for stage in made if not stage.shown],
            waiting=waiting,
            tables=equality_tables(shown) if shown else [],
            thresholds=thresholds_of_tenant(),
            **kwargs,
        )


def equality_sheet(round_: SelectionRound, stages: Sequence[EqualityStage], tables: Iterable[QuestionTable]) -> Sheet:
    """What the page shows, and no more: what is withheld there is withheld here."""
    rows = [(table, line) for table in tables for line in table.lines]
    columns = [
        Column(_("Question"), lambda row: row[0].name),
        Column(_("Answer"), lambda row: row[1].text or _("Prefer not to say, or not answered")),
    ]
    for place, stage in enumerate(stages):
        columns.append(
            Column(
                stage.get_stage_display(), lambda row, place=place: withheld_in_words(row[1].people[place]), "number"
            )
        )
    return Sheet(of_round(_("Equality figures"), round_), columns, rows)


def withheld_in_words(people: int | None) -> int | str:
    return _("Withheld") if people is None else people


class EqualityQuestionListView(RoundMixin, TenantPage):
    """What the round's applicants are asked after sending; staff change it until the round opens."""

    template_name = "selection/equality_question_list.html"
    step = "equality-figures"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions = list(equality_questions(self.round))
        return super().get_context_data(
            page_heading=_("Equality questions"),
            questions=questions,
            own=any(question.round_id is not None for question in questions),
            can_change=self.round.state == RoundState.DRAFT,
            back_href=self.url("round-detail"),
            **kwargs,
        )


class EqualityQuestionPage(RoundMixin, ServiceFormView):
    """A form of that list; it leads back there."""

    step = "equality-figures"

    def get_success_url(self) -> str:
        return self.url("equality-question-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)


class OneEqualityQuestion(EqualityQuestionPage):
    """`question` is the one whose key is in the address, the round's own or still the standard one."""

    @cached_property
    def question(self) -> EqualityQuestion:
        found = equality_questions(self.round).filter(key=self.kwargs["key"]).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.question  # noqa: B018 -- 404 before anything is shown
        return super().get(request, *args, **kwargs)


class EqualityQuestionCreateView(EqualityQuestionPage):
    form_class = EqualityQuestionForm
    page_heading = gettext_lazy("Add an equality question")

    def act(self, data: dict[str, Any]) -> None:
        add_equality_question(round=self.round, by=self.actor, **data)


class EqualityQuestionEditView(OneEqualityQuestion):
    form_class = EqualityQuestionEditForm
    page_heading = gettext_lazy("Equality question")

    def get_initial(self) -> dict[str, Any]:
        shown = stored_values(QuestionAsShown(self.question), WORDS)
        return shown | {"seen": digest_of(shown)}

    def act(self, data: dict[str, Any]) -> None:
        change_equality_question(round=self.round, key=self.kwargs["key"], by=self.actor, **data)


class EqualityQuestionRemoveView(OneEqualityQuestion):
    form_class = RemoveForm
    template_name = "selection/equality_question_remove.html"
    page_heading = gettext_lazy("Take out this question")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.question, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        remove_equality_question(round=self.round, key=self.kwargs["key"], by=self.actor)
        messages.success(self.request, _("The question has been taken out."))


class EqualityStandardView(EqualityQuestionPage):
    form_class = EqualityStandardForm
    template_name = "selection/equality_standard.html"
    page_heading = gettext_lazy("Ask the standard questions again?")

    def act(self, data: dict[str, Any]) -> None:
        ask_standard_questions(round=self.round, by=self.actor)
        messages.success(self.request, _("This round asks the standard equality questions."))
