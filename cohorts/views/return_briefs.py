"""The brief for a manager: its owner's pages, and the one its reader has, by the link of the message or signed in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.return_briefs import BriefAnswerForm, BriefForm, BriefSendForm, MeetingForm
from cohorts.models import ReturnBrief, ReturnBriefText, ReturnPlanText
from cohorts.rules import keeps_plan, owns, reads_brief, return_brief_by_link
from cohorts.selectors.return_briefs import brief_pickables, likely_manager
from cohorts.selectors.returning import plan_of
from cohorts.services.return_briefs import (
    answer_brief,
    delete_brief,
    make_brief,
    move_meeting,
    send_brief,
    take_back_brief,
)
from cohorts.views.returning import OfReturn
from engine.moments import local_moment
from engine.views.service_form import ServiceFormView
from tenancy.views.base import OpensByLink, TenantPage, TenantView

SHARED_DAYS = 60


def moment(day: date, at: time) -> datetime:
    return local_moment(day, at, field="meet_time")


class BriefMakeView(OfReturn, ServiceFormView):
    """Nothing is picked beforehand, and nothing goes in that isn't."""

    permission = keeps_plan
    form_class = BriefForm
    template_name = "cohorts/return_brief_make.html"
    page_heading = gettext_lazy("A brief for your manager")

    @cached_property
    def plan(self) -> ReturnPlanText | None:
        return plan_of(self.actor.person_id, self.cohort) if self.cohort is not None else None

    def without_plan(self) -> HttpResponse:
        messages.info(self.request, _("Make your return plan first: the brief is made from it."))
        return redirect(self.plan_href)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.plan else self.without_plan()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.plan else self.without_plan()

    def get_form_kwargs(self) -> dict[str, Any]:
        me = self.actor.person_id
        offered = brief_pickables(me, self.cohort, self.plan) if me and self.cohort and self.plan else []
        return {**super().get_form_kwargs(), "offered": offered, "draft": f"{self.draft}-brief"}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        assert self.cohort is not None
        brief = make_brief(cohort=self.cohort, by=self.actor, **data)
        return redirect("cohorts:return-brief", tenant=self.request.tenant.slug, public_id=brief.public_id)


class OneBrief:
    """A brief of one's own. Its pages lead back to it."""

    permission = owns
    request: Any
    actor: Any
    object: Any

    def get_object(self) -> ReturnBrief:
        rows = ReturnBrief.objects.filter(owner_id=self.actor.person_id)
        rows = rows.select_related("reader", "words", "owner__line_manager", "cohort__programme")
        return self.find(ReturnBrief, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    @property
    def home_href(self) -> str:
        return reverse("cohorts:return-home", kwargs={"tenant": self.request.tenant.slug})

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:return-brief", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("back_href", self.get_success_url())
        return super().get_context_data(brief=self.object, **kwargs)  # type: ignore[misc, no-any-return]


class BriefDetailView(OneBrief, TenantPage):
    """What it says, word for word, who may read it, and what they said."""

    template_name = "cohorts/return_brief.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.home_href, words=self.object.words, **kwargs)


class BriefSendView(OneBrief, ServiceFormView):
    form_class = BriefSendForm
    template_name = "cohorts/return_brief_send.html"
    page_heading = gettext_lazy("Send this brief by a link")

    def get_initial(self) -> dict[str, Any]:
        manager = likely_manager(self.object.owner, self.object.cohort)
        known = {"name": manager.name, "email": manager.email} if manager else {}
        return {**known, "until": timezone.localdate() + timedelta(days=SHARED_DAYS)}

    def act(self, data: dict[str, Any]) -> None:
        day, at = data.pop("meet_day"), data.pop("meet_time")
        meet_at = moment(day, at) if day and at else None
        sent = send_brief(brief=self.object, meet_at=meet_at, by=self.actor, **data)
        assert sent.reader is not None
        messages.success(
            self.request, _("%(name)s gets a link. You can take it back at any time.") % {"name": sent.reader.name}
        )


class BriefMeetingView(OneBrief, ServiceFormView):
    form_class = MeetingForm
    page_heading = gettext_lazy("When do you talk?")

    def get_initial(self) -> dict[str, Any]:
        if self.object.meet_at is None:
            return {}
        when = timezone.localtime(self.object.meet_at)
        return {"meet_day": when.date(), "meet_time": when.time()}

    def act(self, data: dict[str, Any]) -> None:
        move_meeting(brief=self.object, meet_at=moment(data["meet_day"], data["meet_time"]), by=self.actor)
        messages.success(self.request, _("Saved, and they’re told."))


class BriefTakeBackView(OneBrief, TenantView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take_back_brief(brief=self.object, by=self.actor)
        messages.success(request, _("It has been taken back: the link opens nothing any more."))
        return redirect(self.get_success_url())


class BriefDeleteView(OneBrief, ServiceFormView):
    form_class = ConfirmForm
    page_heading = gettext_lazy("Delete this brief and its answer")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Delete it for good"), "warning": True}

    def get_success_url(self) -> str:
        return self.home_href

    def act(self, data: dict[str, Any]) -> None:
        delete_brief(brief=self.object, by=self.actor)
        messages.success(self.request, _("It has been deleted. No copy is kept."))


class WithReader:
    """What its reader sees and answers; the same page by the link and signed in."""

    form_class = BriefAnswerForm
    template_name = "cohorts/return_brief_read.html"
    request: Any
    actor: Any
    object: Any

    def rows(self) -> Any:
        # what isn't with its reader any more has no words: their wall says so
        rows = ReturnBrief.objects.filter(reader_id=self.actor.person_id, words__isnull=False)
        return rows.select_related("owner__organisation", "cohort__programme", "words")

    @cached_property
    def words(self) -> ReturnBriefText:
        return self.object.words  # type: ignore[no-any-return]

    def current_version(self) -> int:
        return int(ReturnBriefText.objects.values_list("version", flat=True).get(pk=self.words.pk))

    def get_initial(self) -> dict[str, Any]:
        return {"agreed": self.words.agreed, "answer": self.words.answer, "version": self.words.version}

    def get_form_kwargs(self) -> dict[str, Any]:
        talked = self.object.talked_at is not None
        return {**super().get_form_kwargs(), "needs": self.words.needs, "talked": talked}  # type: ignore[misc]

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        agreed = [need["label"] for need in self.words.needs if need["key"] in (theirs.get("agreed") or [])]
        return {**theirs, "agreed": ", ".join(agreed)}

    def get_success_url(self) -> str:
        return str(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = self.object.owner.name
        return super().get_context_data(  # type: ignore[misc, no-any-return]
            page_heading=_("%(name)s is coming back") % {"name": name},
            caption=str(self.object.cohort),
            brief=self.object,
            words=self.words,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        answer_brief(brief=self.object, by=self.actor, **data)
        messages.success(self.request, _("Thank you. %(name)s is told.") % {"name": self.object.owner.name})


class BriefAnswerView(WithReader, ServiceFormView):
    permission = reads_brief

    def get_object(self) -> ReturnBrief:
        return self.find(ReturnBrief, queryset=self.rows())  # type: ignore[no-any-return]


class BriefLinkView(OpensByLink, WithReader, ServiceFormView):
    permission = return_brief_by_link

    def get_object(self) -> ReturnBrief:
        return self.rows().get(public_id=self.link.about)  # type: ignore[no-any-return]
