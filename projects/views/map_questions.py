"""Somebody asks what stakeholder maps say of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.views.service_form import ServiceFormView
from projects.forms.stakeholders import MapAnswerForm, MapQuestionForm
from projects.models import MapQuestion
from projects.rules import staff, stakeholder_keeper
from projects.selectors import whole_project
from projects.services.map_questions import answer_question, ask_teams

MOST = 200


class MapQuestionListView(ServiceFormView):
    """Staff pass it on to the teams, and see which have answered."""

    permission = staff
    form_class = MapQuestionForm
    template_name = "projects/map_question_list.html"
    page_heading = gettext_lazy("Somebody asks what stakeholder maps say of them")

    def get_success_url(self) -> str:
        return str(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("projects:project-list", kwargs={"tenant": self.request.tenant.slug})
        rows = MapQuestion.objects.select_related("project")[:MOST]
        return super().get_context_data(rows=rows, back_href=back, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        asked = ask_teams(by=self.actor, **data)
        words = ngettext("%(n)d team has been asked.", "%(n)d teams have been asked.", len(asked)) % {"n": len(asked)}
        messages.success(self.request, words)


class MapQuestionView(ServiceFormView):
    """The team reads who asks and how to reach them, looks at its map, and says that they've been answered."""

    permission = stakeholder_keeper
    form_class = MapAnswerForm
    template_name = "projects/map_question.html"
    page_heading = gettext_lazy("Answer somebody about your stakeholder map")

    def get_object(self) -> MapQuestion:
        row = self.find(MapQuestion)
        row.project = whole_project().get(pk=row.project_id)
        return row

    def get_success_url(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.project.public_id}
        return reverse("projects:stakeholder-list", kwargs=kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project = self.object.project
        return super().get_context_data(
            question=self.object, project=project, caption=project.title, back_href=self.get_success_url(), **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        answer_question(question=self.object, by=self.actor)
        messages.success(self.request, _("Thank you. Staff see that you’ve answered, and not what."))
