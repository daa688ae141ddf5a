"""The sponsor's page: who asks, what they confirm, three buttons and a box. The same signed in and by link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.transitions import Transition, history, transition_named
from projects.forms.project import ProjectDecideForm, ProjectStepForm
from projects.models import Project
from projects.presentation import dates_line, goal_rows
from projects.rules import DECISION, decider_by_link, may_see, sponsor
from projects.selectors import whole_project
from projects.services.decisions import change_project_state, decide_project
from projects.services.proposals import take_back_proposal
from projects.states import STEPS_ON_PAGE, ProjectState
from projects.views.base import ProjectFormView
from tenancy.conflicts import conflicts_among
from tenancy.errors import WrongState
from tenancy.links import spent_link

PANELS = {
    "approve": (gettext_lazy("Approved"), gettext_lazy("The team has been told. Thank you.")),
    "send_back": (
        gettext_lazy("Sent back"),
        gettext_lazy("The team has your comment. You’ll be asked again when they’ve changed it."),
    ),
    "decline": (gettext_lazy("Declined"), gettext_lazy("The team and your reason are with programme staff.")),
}


class ProjectDecideView(ProjectFormView):
    permission = sponsor
    form_class = ProjectDecideForm
    template_name = "projects/project_decide.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state != ProjectState.PROPOSED:
            return self.already_decided()
        return super().get(request, *args, **kwargs)

    def already_decided(self) -> HttpResponse:
        context = {"project": self.object, "by_link": self.actor.kind == "link"}
        return render(self.request, "projects/project_decided_already.html", context, status=409)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        try:
            decide_project(project=self.object, by=self.actor, **data)
        except WrongState:
            return self.already_decided()
        title, text = PANELS[data["decision"]]
        context = {
            "project": self.object,
            "panel_title": title,
            "panel_text": self.object.title,
            "next_text": text,
            "by_link": self.actor.kind == "link",
            "decision": data["decision"],
        }
        return render(self.request, "projects/project_decided.html", context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_link = self.actor.kind == "link"
        return super().get_context_data(
            goals=goal_rows(self.object),
            dates=dates_line(self.object),
            notes=management_notes(self.object),
            by_link=by_link,
            **({"back_href": ""} if by_link else {}),
            **kwargs,
        )


def management_notes(project: Project) -> list[str]:
    """Members whom the sponsor manages: a thing to know, not a bar."""
    names = {m.person_id: m.person.name for m in project.memberships.all()}
    if project.sponsor_id is None:
        return []
    found = conflicts_among({project.sponsor_id, *names}, kinds=("line-management",))
    managed = [names[i] for couple in found if project.sponsor_id in couple for i in couple if i in names]
    return [_("You’re in the line of management of %(name)s.") % {"name": name} for name in sorted(managed)]


class ProjectDecideLinkView(ProjectDecideView):
    """By the link of the message: no account, no sign-in. Opening it changes nothing; mail scanners open links."""

    permission = decider_by_link

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if getattr(request, "tenant", None) is None:
                raise
            if answered := decided_by_link(kwargs["token"]):
                return render(request, "projects/project_decided_before.html", answered, status=410)
            # Run out, replaced or never made: one page for all, which says nothing about anything.
            return render(request, "tenancy/link_gone.html", status=404)

    def get_object(self) -> Project:
        project = whole_project().get(public_id=self.link.about)
        if not sponsor(self.actor, project):
            # The sponsor has been changed since: the link is a stranger's now.
            raise Http404
        return project


def decided_by_link(token: str) -> dict[str, Any] | None:
    """What was decided on the project that a spent link asked about, for the sponsor who holds it still; None for anybody else."""
    link = spent_link(token, purpose=DECISION)
    project = Project.objects.filter(public_id=link.about, sponsor=link.person_id).first() if link else None
    if link is None or project is None:
        return None
    decided = [step for step in history(project) if step.name in PANELS and link.used_at and step.at <= link.used_at]
    return {"project": project, "answer": PANELS[decided[-1].name][0], "step": decided[-1]} if decided else None


STEP_HEADINGS = {
    "pause": gettext_lazy("Pause this project"),
    "resume": gettext_lazy("Resume this project"),
    "stop": gettext_lazy("Stop this project"),
    "close": gettext_lazy("Close this project"),
}


class ProjectStepView(ProjectFormView):
    """Take back, pause, resume, stop, close or drop: a page with the consequence, a reason where one is needed, and a button."""

    permission = may_see
    form_class = ProjectStepForm
    template_name = "projects/project_step.html"
    move: Transition

    def get_object(self) -> Project:
        if self.kwargs["step"] not in STEPS_ON_PAGE:
            raise Http404
        self.move = transition_named(Project, self.kwargs["step"])
        return super().get_object()

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check(self.move.rule, self.object)
        if self.object.state not in self.move.source:
            return HttpResponseRedirect(self.url())
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {
            "needs_reason": self.move.needs_reason,
            "label": self.move.label,
            "warning": self.move.name in {"stop", "drop"},
        }
        return super().get_form_kwargs() | more

    def act(self, data: dict[str, Any]) -> None:
        if self.move.name == "take_back":
            take_back_proposal(project=self.object, by=self.actor)
        else:
            change_project_state(project=self.object, step=self.move.name, reason=data.get("reason", ""), by=self.actor)
        text = _("The project is now: %(state)s.") % {"state": self.object.get_state_display().lower()}
        messages.success(self.request, text)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=STEP_HEADINGS.get(self.move.name, self.move.label), step=self.move.name, **kwargs
        )
