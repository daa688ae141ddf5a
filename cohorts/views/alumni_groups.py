"""Groups of alumni and a cohort: staff start and close them, people join them, members see each other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.partners import GroupForm
from cohorts.models import AlumniGroup, Cohort
from cohorts.rules import may_join_group, staff
from cohorts.selectors.alumni_groups import events_of_group, groups_of, is_in_group, members_of
from cohorts.services.alumni_groups import close_group, join_group, start_group
from cohorts.views.base import CohortFrame, cohorts_with_programme
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.views.base import TenantPage, TenantView


class GroupListView(CohortFrame, ServiceFormView):
    """A cohort's groups with alumni; one more is started below."""

    permission = staff
    form_class = GroupForm
    template_name = "cohorts/alumni_group_list.html"
    page_heading = gettext_lazy("Groups with alumni")

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme())

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:group-list", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(groups=groups_of(self.object), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        group = start_group(cohort=self.object, by=self.actor, **data)
        messages.success(
            self.request, _("%(name)s is open to the cohort and to alumni of its programme.") % {"name": group.name}
        )


class OneGroup:
    def get_object(self) -> AlumniGroup:
        rows = AlumniGroup.objects.select_related("cohort__programme")
        return self.find(AlumniGroup, queryset=rows)  # type: ignore[attr-defined, no-any-return]


class GroupDetailView(OneGroup, TenantPage):
    """What it is for; for its members and staff who is in it, and what is on."""

    permission = may_join_group | staff
    template_name = "cohorts/alumni_group.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group, me = self.object, self.actor.person_id
        inside = is_in_group(group, me)
        keeps = staff(self.actor, group)
        return super().get_context_data(
            group=group,
            caption=str(group.cohort),
            inside=inside,
            keeps=keeps,
            may_join=may_join_group(self.actor, group),
            members=members_of(group) if inside or keeps else None,
            events=events_of_group(group) if inside or keeps else [],
            **kwargs,
        )


class GroupJoinView(OneGroup, TenantView):
    permission = may_join_group

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        joins = request.POST.get("joins") != "no"
        try:
            join_group(group=self.object, joins=joins, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You’re in.") if joins else _("You’ve left the group."))
        return redirect("cohorts:group-detail", tenant=self.request.tenant.slug, public_id=self.object.public_id)


class GroupCloseView(OneGroup, ServiceFormView):
    permission = staff
    form_class = ConfirmForm
    page_heading = gettext_lazy("Close this group")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Close it"), "warning": True}

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.cohort.public_id}
        return reverse("cohorts:group-list", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.name, back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        close_group(group=self.object, by=self.actor)
        messages.success(self.request, _("Closed."))
