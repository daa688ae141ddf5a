"""Kinds of issue in sets: the tenant's list, and what staff may know of a cohort."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.issue_tags import IssueTagsForm
from cohorts.models import IssueTag
from cohorts.models.issue_tag import FEWEST_MEETINGS
from cohorts.rules import staff
from cohorts.selectors.issue_tags import FIRST, tag_counts
from cohorts.services.issue_tags import save_issue_tags, shown_tags
from cohorts.views.base import CohortFrame
from cohorts.views.cohorts import OneCohort
from engine.views.service_form import ServiceFormView
from tenancy.seen import digest_of
from tenancy.views.base import TenantPage


class IssueTagsView(ServiceFormView):
    permission = staff
    form_class = IssueTagsForm
    template_name = "cohorts/issue_tags.html"
    page_heading = gettext_lazy("Kinds of issue")

    def get_initial(self) -> dict[str, Any]:
        shown = shown_tags()
        first = "" if IssueTag.objects.exists() else "\n".join(str(name) for name in FIRST)
        return {"tags": shown["tags"] or first, "seen": digest_of(shown)}

    def get_success_url(self) -> str:
        return str(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("cohorts:cohort-list", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, any=IssueTag.objects.exists(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        save_issue_tags(names=data["tags"].split("\n"), seen=data["seen"], by=self.actor)
        messages.success(self.request, _("Saved. Facilitators are offered these at the end of a meeting."))


class IssueCountsView(OneCohort, CohortFrame, TenantPage):
    template_name = "cohorts/issue_counts.html"

    def navigation_path(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:set-list", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            counts=tag_counts(self.object.pk),
            fewest=FEWEST_MEETINGS,
            may_edit=staff(self.actor),
            back_href=self.navigation_path(),
            **kwargs,
        )
