"""Staff: feedback drafted, read, edited and sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.views.base import page_of
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.offers import FeedbackEditForm, FeedbackSendForm
from selection.models import Feedback
from selection.selectors.feedback import TOLD, UNTOLD, feedback_rows, judged_by_application, ready_to_send, undrafted
from selection.selectors.moderation import conflicts_of_moderator, is_closed
from selection.services.feedback import draft_feedback, edit_feedback, send_feedback, tell_points
from selection.states import RoundState
from selection.views.offers import OneApplication
from selection.views.round_base import RoundMixin
from selection.views.sheets import feedback_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage


class FeedbackListView(RoundMixin, Downloads, TenantPage):
    """How far everybody's feedback is; drafting for those who have none, and whether points are told, are its two buttons."""

    template_name = "selection/feedback_list.html"
    page_heading = gettext_lazy("Feedback")
    step = "feedback-list"
    error = ""

    def sheet(self) -> Sheet:
        return feedback_sheet(self.round, feedback_rows(self.round), TOLD)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(self.request, feedback_rows(self.round))
        return super().get_context_data(
            page_heading=self.page_heading,
            page_obj=page,
            closed=conflicts_of_moderator(self.round, self.actor, list(page.object_list)),
            undrafted=undrafted(self.round).count(),
            ready=ready_to_send(self.round).count(),
            with_letter=Feedback.objects.filter(application__round=self.round, application__state__in=UNTOLD).count(),
            decided=self.round.state == RoundState.DECIDED,
            told=TOLD,
            error=self.error,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.act(request.POST.get("step", "")))
        except NotAllowed:
            raise
        except Refused as refusal:
            self.error = str(refusal)
            return self.render_to_response(self.get_context_data(page_has_errors=True), status=422)
        return HttpResponseRedirect(self.url("feedback-list"))

    def act(self, step: str) -> str:
        if step == "draft":
            count = draft_feedback(round=self.round, by=self.actor)
            text = ngettext(
                "%(n)d draft was written. Nothing is sent.", "%(n)d drafts were written. Nothing is sent.", count
            )
            return text % {"n": count}
        if step in ("points", "no-points"):
            tell_points(round=self.round, tells_points=step == "points", by=self.actor)
            return _("Saved. It counts for drafts written from now on.")
        raise Refused(_("Choose what to do."))


class FeedbackEditView(OneApplication, ServiceFormView):
    template_name = "selection/feedback_edit.html"
    form_class = FeedbackEditForm
    step = "feedback-list"

    def check(self, rule: Any, obj: Any = None) -> None:
        super().check(rule, obj)
        if obj is not None and (why := is_closed(obj, self.actor)):
            raise PermissionDenied(why)

    def feedback(self) -> Feedback | None:
        rows = Feedback.objects.select_related("edited_by", "by")
        return rows.filter(application=self.object.pk).first()

    def get_initial(self) -> dict[str, Any]:
        feedback = self.feedback()
        return {"version": feedback.version, "text": feedback.text} if feedback else {"version": 0}

    def current_version(self) -> int:
        return Feedback.objects.values_list("version", flat=True).get(application=self.object.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        judged, readers = judged_by_application(self.round, [self.object.pk]).get(self.object.pk, ([], 0))
        return super().get_context_data(
            feedback=self.feedback(),
            judged=judged,
            readers=readers,
            page_heading=_("Feedback for %(name)s") % self.name,
            **kwargs,
        ) | {"back_href": self.url("feedback-list")}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        edit_feedback(application=self.object, by=self.actor, **data)  # type: ignore[arg-type]
        messages.success(self.request, _("The draft is saved. It’s sent only when you send it."))
        return HttpResponseRedirect(self.request.path)


class FeedbackSendView(RoundMixin, ServiceFormView):
    """Every draft that can go out, to be read once more; then sent to those ticked."""

    template_name = "selection/feedback_send.html"
    form_class = FeedbackSendForm
    page_heading = gettext_lazy("Send feedback")
    step = "feedback-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        drafts = list(ready_to_send(self.round))
        closed = conflicts_of_moderator(self.round, self.actor, [f.application for f in drafts])
        self.drafts = [f for f in drafts if f.application_id not in closed]
        self.closed = [f.application for f in drafts if f.application_id in closed]
        choices = [(f.application.public_id, f.application.reference) for f in self.drafts]
        return {**super().get_form_kwargs(), "choices": choices}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(back_href=self.url("feedback-list"), **kwargs)
        form = context["form"]
        everybody = [f.application.public_id for f in self.drafts]
        ticked = form.data.getlist("applications") if form.is_bound else everybody
        return context | {"drafts": self.drafts, "ticked": ticked, "closed": self.closed}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        count = send_feedback(round=self.round, applications=data["applications"], by=self.actor)
        text = ngettext("Feedback was sent to %(n)d person.", "Feedback was sent to %(n)d people.", count)
        messages.success(self.request, text % {"n": count})
        return HttpResponseRedirect(self.url("feedback-list"))


__all__ = ["FeedbackEditView", "FeedbackListView", "FeedbackSendView"]
