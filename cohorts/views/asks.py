"""Asks, offers, answers and thanks. What isn't meant for somebody is a 404 to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.directory import NOBODY, AskAnswerForm, AskCloseForm, AskForm, ThanksChangeForm
from cohorts.models import Ask, AskAnswer, AskKind, Thanks
from cohorts.rules import in_directory, owns
from cohorts.selectors.asks import answers_by, asks_of, open_to, readable_asks, thanks_by, thanks_to
from cohorts.services.asks import answer_ask, close_ask, delete_thanks, let_thanks_count, post_ask
from cohorts.states import AskState
from cohorts.views.base import page_of
from cohorts.views.directory import AmongPeople, WithPlace
from engine.views.service_form import ServiceFormView
from tenancy.rules import Rule
from tenancy.views.base import TenantPage


class AskListView(AmongPeople, TenantPage):
    template_name = "cohorts/ask_list.html"
    page_name = "cohorts:ask-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        rows = open_to(self.me)
        if kind in AskKind.values:
            rows = rows.filter(kind=kind)
        return super().get_context_data(
            page_obj=page_of(self.request, rows),
            kind=kind,
            own=list(asks_of(self.me)[:20]),
            answered=list(answers_by(self.me)[:20]),
            answered_ids=set(answers_by(self.me).values_list("ask_id", flat=True)),
            has_place=bool(self.cohorts),
            **kwargs,
        )


class AskPostView(WithPlace, ServiceFormView):
    form_class = AskForm
    template_name = "cohorts/ask_post.html"

    @property
    def kind(self) -> AskKind:
        return AskKind(self.kwargs["kind"])

    def get_object(self) -> None:
        if self.kwargs["kind"] not in AskKind.values:
            raise Http404

    def get_form_kwargs(self) -> dict[str, Any]:
        draft = f"ask-{self.actor.person.public_id}-new"
        return {**super().get_form_kwargs(), "kind": self.kind, "draft": draft}

    def get_success_url(self) -> str:
        return self.address("ask-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Ask for help") if self.kind == AskKind.ASK else _("Offer help")
        return super().get_context_data(
            back_href=self.address("ask-list"), page_heading=heading, caption=str(self.cohorts[0]), **kwargs
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        row = post_ask(kind=self.kind, by=self.actor, **data)
        messages.success(self.request, _("It’s there for those you picked. You get a message when somebody answers."))
        return redirect(self.address("ask-detail", public_id=row.public_id))


class OneAsk(AmongPeople):
    """An ask whose words one is shown."""

    object: Any

    def get_object(self) -> Ask:
        row: Ask = self.find(Ask, queryset=readable_asks())  # type: ignore[attr-defined]
        return row

    @cached_property
    def asks(self) -> bool:
        return bool(self.object.kind == AskKind.ASK)

    def get_success_url(self) -> str:
        return self.address("ask-detail", public_id=self.object.public_id)


class AskDetailView(OneAsk, TenantPage):
    template_name = "cohorts/ask_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = AskAnswer.objects.filter(ask=self.object).select_related("by_person__organisation")
        mine = self.object.owner_id == self.me
        return super().get_context_data(
            ask=self.object,
            asks=self.asks,
            mine=mine,
            is_open=self.object.state == AskState.OPEN,
            answers=answers if mine else [],
            own_answer=None if mine else answers.first(),
            **kwargs,
        )


class AskAnswerView(OneAsk, ServiceFormView):
    form_class = AskAnswerForm
    permission: Rule = in_directory

    def get_object(self) -> Ask:
        row = super().get_object()
        if row.owner_id == self.me:
            raise Http404
        return row

    @cached_property
    def given(self) -> AskAnswer | None:
        return AskAnswer.objects.filter(ask=self.object, by_person=self.me).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"answer-{self.actor.person.public_id}-{self.object.public_id}"}

    def get_initial(self) -> dict[str, Any]:
        if self.given:
            return {"body": self.given.body, "contact": self.given.contact}
        return {"contact": self.actor.person.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = self.object.owner.name
        heading = _("Help %(name)s") % {"name": name} if self.asks else _("Take up %(name)s’s offer") % {"name": name}
        return super().get_context_data(
            back_href=self.get_success_url(), page_heading=heading, caption=self.object.words.title, **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        answer_ask(ask=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been told.") % {"name": self.object.owner.name})


class AskCloseView(OneAsk, ServiceFormView):
    form_class = AskCloseForm
    permission: Rule = owns
    template_name = "cohorts/ask_close.html"

    @cached_property
    def helpers(self) -> dict[str, Any]:
        if not self.asks:
            return {}
        answers = AskAnswer.objects.filter(ask=self.object).select_related("by_person")
        return {a.by_person.public_id: a.by_person for a in answers}

    def get_form_kwargs(self) -> dict[str, Any]:
        draft = f"close-{self.object.public_id}"
        return {**super().get_form_kwargs(), "helpers": self.helpers.values(), "draft": draft}

    def get_success_url(self) -> str:
        return self.address("ask-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Close what you asked") if self.asks else _("Close your offer")
        back = self.address("ask-detail", public_id=self.object.public_id)
        return super().get_context_data(
            back_href=back, page_heading=heading, caption=self.object.words.title, helpers=self.helpers, **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        helper = self.helpers.get(data.get("helper", NOBODY))
        close_ask(
            ask=self.object, helper=helper, body=data.get("body", ""), counts=data.get("counts", False), by=self.actor
        )
        if helper is None:
            messages.success(self.request, _("Closed. Nobody else reads it any more."))
        else:
            messages.success(self.request, _("Closed, and %(name)s has been told.") % {"name": helper.name})


class ThanksListView(AmongPeople, TenantPage):
    template_name = "cohorts/thanks_list.html"
    page_name = "cohorts:thanks-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_obj=page_of(self.request, thanks_by(self.me)), given=list(thanks_to(self.me)[:100]), **kwargs
        )


class ThanksChangeView(AmongPeople, ServiceFormView):
    form_class = ThanksChangeForm
    permission: Rule = owns
    page_heading = gettext_lazy("What you said of their help")

    def get_object(self) -> Thanks:
        rows = Thanks.objects.select_related("helper", "owner", "notebook__cohort", "count")
        row: Thanks = self.find(Thanks, queryset=rows)
        return row

    def get_initial(self) -> dict[str, Any]:
        return {"do": "count" if hasattr(self.object, "count") else "keep"}

    def get_success_url(self) -> str:
        return self.address("thanks-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        caption = _("%(name)s helped with: %(what)s") % {"name": self.object.helper.name, "what": self.object.body}
        return super().get_context_data(back_href=self.get_success_url(), caption=caption, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        if data["do"] == "delete":
            delete_thanks(thanks=self.object, by=self.actor)
            messages.success(self.request, _("It has been deleted. No copy is kept."))
        else:
            let_thanks_count(thanks=self.object, counts=data["do"] == "count", by=self.actor)
            messages.success(self.request, _("Saved."))
