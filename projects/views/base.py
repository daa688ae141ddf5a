"""What the views of projects share: the project in the URL, and the way back to its page."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse

from engine.views.service_form import ServiceFormView
from projects.models import Project
from projects.rules import sponsor, staff, team_member
from projects.selectors import whole_project
from projects.states import SEEN_BY_SPONSOR
from tenancy.views.base import TenantView


class ProjectMixin(TenantView):
    """`object` is the project with team, ambitions and sponsor."""

    object: Project

    def get_object(self) -> Project:
        project = self.find(Project, queryset=whole_project())
        unseen = project.state not in SEEN_BY_SPONSOR
        actor = self.actor
        if unseen and sponsor(actor, project) and not team_member(actor, project) and not staff(actor, project):
            # A draft is the team's own until it's sent, whoever they mean to send it to.
            raise Http404
        return project

    def url(self, name: str = "project-detail", **kwargs: str) -> str:
        names = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id, **kwargs}
        return reverse(f"projects:{name}", kwargs=names)


class ProjectFormView(ProjectMixin, ServiceFormView):
    """A form about one project; it returns to the project's page."""

    def get_success_url(self) -> str:
        return self.url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("caption", self.object.title)
        kwargs.setdefault("back_href", self.url())
        kwargs.setdefault("project", self.object)
        return super().get_context_data(**kwargs)
