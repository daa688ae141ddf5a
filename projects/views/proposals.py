"""Writing a proposal: its sections, each a page of its own, and sending it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from projects.forms.project import (
    ProjectAmbitionsForm,
    ProjectCreateForm,
    ProjectDistrictsForm,
    ProjectEditForm,
    ProjectProposeForm,
    ProjectSponsorForm,
)
from projects.presentation import goal_rows, proposal_rows
from projects.rules import lead_or_staff, participant_anywhere, staff
from projects.selectors import cohorts_to_propose_in
from projects.services.proposals import (
    choose_ambitions,
    choose_districts,
    choose_sponsor,
    create_project,
    edit_proposal,
    missing_from,
    propose_project,
)
from projects.views.base import ProjectFormView


class ProjectCreateView(ServiceFormView):
    permission = participant_anywhere
    form_class = ProjectCreateForm
    page_heading = gettext_lazy("Propose a project")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cohorts": cohorts_to_propose_in(self.actor)}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        project = create_project(cohort=data["cohort"], title=data["title"], by=self.actor)
        kwargs = {"tenant": self.request.tenant.slug, "public_id": project.public_id}
        return HttpResponseRedirect(reverse("projects:project-detail", kwargs=kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("projects:project-list", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, **kwargs)


class WritableView(ProjectFormView):
    """A section of the proposal: read-only once it has been sent, and then its page leads back to the project."""

    permission = lead_or_staff

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.object.is_writable:
            return HttpResponseRedirect(self.url())
        return super().get(request, *args, **kwargs)


class ProjectEditView(WritableView):
    form_class = ProjectEditForm
    page_heading = gettext_lazy("What the project is")

    def get_initial(self) -> dict[str, Any]:
        names = ("title", "summary", "benefit", "starts_on", "ends_on", "version")
        return {name: getattr(self.object, name) for name in names}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"draft": f"project-{self.object.public_id}-{self.actor.person_id}"}

    def act(self, data: dict[str, Any]) -> None:
        edit_proposal(project=self.object, by=self.actor, **data)


class ProjectAmbitionsView(WritableView):
    form_class = ProjectAmbitionsForm

    def get_initial(self) -> dict[str, Any]:
        return {"ambitions": [link.ambition.public_id for link in self.object.ambitions.all()]}

    def act(self, data: dict[str, Any]) -> None:
        choose_ambitions(project=self.object, ambitions=list(data["ambitions"]), by=self.actor)


class ProjectDistrictsView(ProjectFormView):
    """Where it works: the lead says so with the proposal, staff at any time."""

    permission = lead_or_staff
    form_class = ProjectDistrictsForm

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.object.is_writable and not staff(self.actor, self.object):
            return HttpResponseRedirect(self.url())
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"districts": [link.district.public_id for link in self.object.districts.all()]}

    def act(self, data: dict[str, Any]) -> None:
        choose_districts(project=self.object, districts=list(data["districts"]), by=self.actor)


class ProjectSponsorView(WritableView):
    form_class = ProjectSponsorForm

    def get_initial(self) -> dict[str, Any]:
        return {"sponsor": self.object.sponsor.public_id if self.object.sponsor else None}

    def act(self, data: dict[str, Any]) -> None:
        choose_sponsor(project=self.object, by=self.actor, **data["chosen"])


class ProjectProposeView(WritableView):
    """Check the answers, then send."""

    form_class = ProjectProposeForm
    template_name = "projects/project_propose.html"
    page_heading = gettext_lazy("Check the proposal before you send it")

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        project = propose_project(project=self.object, version=data["version"], by=self.actor)
        context = {
            "project": project,
            "panel_title": _("Proposal sent"),
            "panel_text": _("%(name)s has been asked to decide") % {"name": project.sponsor},
        }
        return render(self.request, "projects/project_proposed.html", context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            rows=proposal_rows(self.object, self.request.tenant),
            goals=goal_rows(self.object),
            missing=missing_from(self.object),
            **kwargs,
        )
