"""The team: who is on it, who leads it, what each wants to learn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.development import ObjectiveTieForm
from cohorts.models import WorkObjective
from projects.forms.project import ProjectGoalForm, ProjectTeamForm
from projects.models import ProjectMembership, ProjectTie
from projects.rules import lead_or_staff, team_member
from projects.services.team import add_member, hand_over_lead, remove_member, set_learning_goal, tie_project
from projects.views.base import ProjectFormView, ProjectMixin
from tenancy.errors import NotAllowed, Refused


class ProjectTeamView(ProjectFormView):
    permission = lead_or_staff
    form_class = ProjectTeamForm
    template_name = "projects/project_team.html"
    page_heading = gettext_lazy("Team")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.object}

    def act(self, data: dict[str, Any]) -> None:
        add_member(project=self.object, person=data["person"], by=self.actor)
        messages.success(self.request, _("%(name)s is on the team.") % {"name": data["person"].name})

    def get_success_url(self) -> str:
        return self.url("project-team")


class MemberStepView(ProjectMixin):
    """A button beside a member's name."""

    permission = lead_or_staff
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        member = next((m for m in self.object.memberships.all() if m.public_id == kwargs["member"]), None)
        if member is None:
            raise Http404
        try:
            messages.success(request, self.step(member))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        # Who has handed the lead on may not come back to this page.
        still = lead_or_staff(self.actor, self.find(type(self.object)))
        return HttpResponseRedirect(self.url("project-team" if still else "project-detail"))

    def step(self, member: ProjectMembership) -> str:
        raise NotImplementedError


class ProjectRemoveView(MemberStepView):
    def step(self, member: ProjectMembership) -> str:
        remove_member(project=self.object, member=member, by=self.actor)
        return _("%(name)s is no longer on the team.") % {"name": member.person.name}


class ProjectLeadView(MemberStepView):
    def step(self, member: ProjectMembership) -> str:
        hand_over_lead(project=self.object, member=member, by=self.actor)
        return _("%(name)s leads the project now.") % {"name": member.person.name}


class ProjectGoalView(ProjectFormView):
    """One's own learning goal."""

    permission = team_member
    form_class = ProjectGoalForm
    page_heading = gettext_lazy("Your learning goal")

    @property
    def membership(self) -> ProjectMembership:
        return next(m for m in self.object.memberships.all() if m.person_id == self.actor.person_id)

    def get_initial(self) -> dict[str, Any]:
        outside = self.membership.outside_own_area
        return {
            "learning_goal": self.membership.learning_goal,
            "outside_own_area": None if outside is None else ("yes" if outside else "no"),
        }

    def act(self, data: dict[str, Any]) -> None:
        set_learning_goal(project=self.object, member=self.membership, by=self.actor, **data)


class ProjectTieView(ProjectFormView):
    """The objective of one's own work that the project is for; nobody else is shown which."""

    permission = team_member
    form_class = ObjectiveTieForm
    template_name = "projects/project_tie.html"
    page_heading = gettext_lazy("What this project is for in your work")

    def objectives(self) -> QuerySet[WorkObjective]:
        return WorkObjective.objects.filter(owner_id=self.actor.person_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"objectives": self.objectives()}

    def get_initial(self) -> dict[str, Any]:
        rows = ProjectTie.objects.filter(project=self.object, owner_id=self.actor.person_id)
        tie = rows.select_related("objective").first()
        return {"objective": tie.objective.public_id if tie else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(any=self.objectives().exists(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        tie_project(project=self.object, objective=data["objective"], by=self.actor)
        messages.success(self.request, _("Saved. Nobody else sees which objective it is."))
