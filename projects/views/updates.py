from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.forms.project import ProjectUpdateForm
from projects.rules import team_member
from projects.services.updates import post_update
from projects.states import RUNNING
from projects.views.base import ProjectFormView


class ProjectUpdateView(ProjectFormView):
    permission = team_member
    form_class = ProjectUpdateForm
    template_name = "projects/project_update.html"
    page_heading = gettext_lazy("Post an update")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state not in RUNNING:
            return HttpResponseRedirect(self.url())
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        latest = self.object.updates.values_list("public_id", flat=True).first()
        return {"after": latest or ""}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"draft": f"update-{self.object.public_id}-{self.actor.person_id}"}

    def act(self, data: dict[str, Any]) -> None:
        post_update(project=self.object, by=self.actor, **data)
        messages.success(self.request, _("Your update is posted."))
