"""Chief officers at events: their own page, and what staff ask for and learn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.forms.presence import PresenceAskForm
from cohorts.models import Presence
from cohorts.rules import any_officer, chief_officer, event_keeper, staff
from cohorts.selectors.presence import for_officer, officers_of, recordable
from cohorts.services.presence import answer_presence, ask_presence, record_presence
from cohorts.views.base import CohortFrame
from cohorts.views.events import OneEvent
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.views.base import TenantPage, TenantView


class PresenceMineView(TenantPage):
    """Where a chief officer is wanted, what they promised, and what came of it."""

    permission = any_officer
    template_name = "cohorts/presence_mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Presence.objects.filter(person_id=self.actor.person_id)
        rows = list(for_officer(self.actor).prefetch_related(Prefetch("presences", mine, to_attr="mine")))
        past = mine.filter(came__isnull=False).select_related("event__cohort").order_by("-event__starts_at")[:20]
        return super().get_context_data(events=rows, past=past, **kwargs)


class PresenceAnswerView(OneEvent, TenantView):
    permission = chief_officer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            row = answer_presence(event=self.object, answer=request.POST.get("answer", ""), by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            said = {
                Presence.Answer.YES: _("Thank you: you’ve promised to be at %(title)s."),
                Presence.Answer.NO: _("Staff know that you can’t be at %(title)s."),
            }
            messages.success(request, said[Presence.Answer(row.answer)] % {"title": self.object.title})
        return redirect("cohorts:presence-mine", tenant=self.request.tenant.slug)


class EventPresenceView(OneEvent, CohortFrame, ServiceFormView):
    """Who has promised, who can't, whom to ask; once it has started, who was there."""

    permission = event_keeper
    form_class = PresenceAskForm
    template_name = "cohorts/event_presence.html"
    page_heading = gettext_lazy("Chief officers")

    def get_form_kwargs(self) -> dict[str, Any]:
        free = officers_of(self.object).exclude(pk__in=Presence.objects.filter(event=self.object).values("person_id"))
        return {**super().get_form_kwargs(), "people": free}

    def get_success_url(self) -> str:
        return self.event_url("presence")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.object
        rows = list(Presence.objects.filter(event=event).select_related("person__organisation"))
        ahead = event.state == "planned" and not event.has_started
        return super().get_context_data(
            event=event,
            back_href=self.event_href,
            caption=event.title,
            rows=rows,
            promised=sum(row.answer == Presence.Answer.YES for row in rows),
            may_ask=staff(self.actor, event) and ahead,
            may_record=event.state == "planned" and event.has_started,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        n = ask_presence(event=self.object, by=self.actor, **data)
        text = ngettext("%(n)d chief officer is being asked.", "%(n)d chief officers are being asked.", n)
        messages.success(self.request, text % {"n": n})


class PresenceRecordView(OneEvent, TenantView):
    permission = event_keeper

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = recordable(self.object).filter(public_id=request.POST.get("person", "")).first()
        if person is None:
            return redirect(self.event_url("presence"))
        try:
            record_presence(event=self.object, person=person, came=request.POST.get("came") == "yes", by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved."))
        return redirect(self.event_url("presence"))
