"""Alumni asked to help shape the programme: what staff ask and read, what the alumnus answers and learns."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.forms.alumni_events import CoDesignAnswerForm, CoDesignCloseForm, CoDesignForm, CoDesignMoreForm
from cohorts.models import CoDesignAsk, CoDesignInvitation
from cohorts.models.co_design import MOST_A_YEAR
from cohorts.rules import about_oneself, staff
from cohorts.selectors.co_design import askable, asks_of
from cohorts.services.co_design import answer_co_design, ask_alumni, ask_more, close_ask
from cohorts.services.events import event_times
from cohorts.views.alumni import OfAlumnus
from cohorts.views.base import page_of
from cohorts.views.programmes import OneProgramme
from engine.views.service_form import ServiceFormView
from tenancy.views.base import TenantPage

ANSWER_COLOURS = {"waiting": "grey", "yes": "green", "no": "orange"}


class CoDesignListView(OneProgramme, TenantPage):
    """What alumni were asked, and who was asked how often."""

    template_name = "cohorts/co_design_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            programme=self.object,
            page_obj=page_of(self.request, asks_of(self.object)),
            people=askable(self.object).filter(asked__gt=0),
            most=MOST_A_YEAR,
            **kwargs,
        )


class CoDesignAskView(OneProgramme, ServiceFormView):
    form_class = CoDesignForm
    template_name = "cohorts/co_design_ask.html"
    page_heading = gettext_lazy("Ask alumni")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": askable(self.object)}

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:co-design-list", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(most=MOST_A_YEAR, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        times = {name: data.pop(name) for name in ("day", "starts", "ends")}
        if times["day"]:
            data["starts_at"], data["ends_at"] = event_times(**times)
        data["answer_by"] = timezone.make_aware(datetime.combine(data["answer_by"], time(23, 59)))
        ask = ask_alumni(programme=self.object, by=self.actor, **data)
        messages.success(self.request, _("They are being asked."))
        return redirect("cohorts:co-design-detail", tenant=self.request.tenant.slug, public_id=ask.public_id)


class OneAsk:
    permission = staff

    def get_object(self) -> CoDesignAsk:
        return self.find(CoDesignAsk, queryset=CoDesignAsk.objects.select_related("programme"))  # type: ignore[attr-defined, no-any-return]

    def at(self, name: str, row: Any) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": row.public_id}  # type: ignore[attr-defined]
        return reverse(f"cohorts:{name}", kwargs=at)


class CoDesignDetailView(OneAsk, ServiceFormView):
    """Who said what; whom else to ask."""

    form_class = CoDesignMoreForm
    template_name = "cohorts/co_design_detail.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        free = askable(self.object.programme).exclude(pk__in=self.object.invitations.values("person_id"))
        return {**super().get_form_kwargs(), "people": free}

    def get_success_url(self) -> str:
        return self.at("co-design-detail", self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(self.object.invitations.select_related("person__organisation"))
        return super().get_context_data(
            page_heading=self.object.title,
            caption=self.object.programme.name,
            back_href=self.at("co-design-list", self.object.programme),
            ask=self.object,
            rows=[{"row": row, "colour": ANSWER_COLOURS[row.answer]} for row in rows],
            answered=sum(row.answer != CoDesignInvitation.Answer.WAITING for row in rows),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        n = ask_more(ask=self.object, by=self.actor, **data)
        messages.success(
            self.request, ngettext("%(n)d more is being asked.", "%(n)d more are being asked.", n) % {"n": n}
        )


class CoDesignCloseView(OneAsk, ServiceFormView):
    form_class = CoDesignCloseForm
    page_heading = gettext_lazy("What came of it")

    def get_success_url(self) -> str:
        return self.at("co-design-detail", self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), caption=self.object.title, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        close_ask(ask=self.object, by=self.actor, **data)
        messages.success(self.request, _("Closed. Those who answered are being told what came of it."))


class CoDesignAnswerView(OfAlumnus, ServiceFormView):
    permission = about_oneself
    form_class = CoDesignAnswerForm
    template_name = "cohorts/co_design_answer.html"

    def get_object(self) -> CoDesignInvitation:
        rows = CoDesignInvitation.objects.select_related("ask__programme", "ask__asked_by", "person")
        return self.find(CoDesignInvitation, queryset=rows)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "session": self.object.ask.starts_at is not None}

    def get_initial(self) -> dict[str, Any]:
        return {"answer": self.object.answer, "words": self.object.words}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ask = self.object.ask
        return super().get_context_data(
            page_heading=ask.title, caption=ask.programme.name, ask=ask, invitation=self.object, **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        answer_co_design(invitation=self.object, by=self.actor, **data)
        messages.success(self.request, _("Thank you: staff read your answer, and you’ll hear what came of it."))
