"""The noticeboard of a cohort."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.introductions import NoticeForm, NoticeRemoveForm
from cohorts.models import Cohort, Notice
from cohorts.rules import has_place, on_board, removes_notice, staff
from cohorts.selectors.directory import cohorts_of
from cohorts.selectors.introductions import notices_gone, notices_of
from cohorts.services.notices import post_notice, remove_notice
from cohorts.states import NoticeState
from cohorts.views.base import CohortFrame, cohorts_with_programme, page_of
from cohorts.views.directory import people_links
from engine.views.service_form import ServiceFormView
from tenancy.views.base import TenantPage


class OfBoard(CohortFrame):
    permission = on_board

    def get_object(self) -> Any:
        return self.find(Cohort, queryset=cohorts_with_programme())  # type: ignore[attr-defined]

    def board_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.get_cohort().public_id}
        return reverse("cohorts:notice-list", kwargs=at)

    def navigation_path(self) -> str:
        return self.board_href()

    def get_success_url(self) -> str:
        return self.board_href()


class NoticeListView(OfBoard, TenantPage):
    template_name = "cohorts/notice_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keeps = staff(self.actor, self.object)
        if not keeps and has_place(self.actor, self.object):
            kwargs["people_links"] = people_links(self.request.tenant.slug, "cohorts:notice-list", self.object)
            kwargs["boards"] = [c for c in cohorts_of(self.actor.person_id) if c.pk != self.object.pk]
        gone = notices_gone(self.object.pk)
        return super().get_context_data(
            page_obj=page_of(self.request, notices_of(self.object.pk)), gone=gone[:20], keeps=keeps, **kwargs
        )


class NoticePostView(OfBoard, ServiceFormView):
    form_class = NoticeForm
    page_heading = gettext_lazy("Put up a notice")

    def get_form_kwargs(self) -> dict[str, Any]:
        assert self.actor.person is not None
        draft = f"notice-{self.actor.person.public_id}-{self.object.public_id}"
        return {**super().get_form_kwargs(), "draft": draft}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.board_href(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        post_notice(cohort=self.object, by=self.actor, **data)
        messages.success(self.request, _("It’s on the board, for everybody of the cohort."))


class NoticeRemoveView(OfBoard, ServiceFormView):
    form_class = NoticeRemoveForm
    permission = removes_notice
    template_name = "cohorts/notice_remove.html"

    def get_object(self) -> Notice:
        rows = Notice.objects.filter(state=NoticeState.UP).select_related("cohort__programme", "author")
        row: Notice = self.find(Notice, queryset=rows)
        return row

    @cached_property
    def own(self) -> bool:
        return bool(self.object.author_id == self.actor.person_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "own": self.own}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Take back your notice") if self.own else _("Take down a notice")
        return super().get_context_data(back_href=self.board_href(), page_heading=heading, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        remove_notice(notice=self.object, reason=data.get("reason", ""), by=self.actor)
        messages.success(self.request, _("It’s off the board."))
