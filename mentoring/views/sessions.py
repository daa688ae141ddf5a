"""Booking, moving, cancelling, and saying afterwards whether it took place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.dates import uk_time, uk_weekday
from engine.views.service_form import ServiceFormView
from mentoring.forms import BookForm, ConfirmForm
from mentoring.models import AvailabilitySlot, MentoringSession
from mentoring.rules import mentee_of, pair, pair_or_staff
from mentoring.selectors import free_slots
from mentoring.services.sessions import SlotTaken, book_session, cancel_session, move_session, record_session
from mentoring.states import MatchState, SessionState
from mentoring.views.base import MatchMixin, MentoringMixin, SessionMixin
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage

SLOTS_SHOWN = 60


class SlotChoice(MentoringMixin, ServiceFormView):
    """A choice among a mentor's free times; a time that has just gone answers 409 with those still free."""

    form_class = BookForm
    template_name = "mentoring/session_book.html"

    @property
    def mentor_id(self) -> int:
        return self.object.mentor_id

    def slots(self) -> list[AvailabilitySlot]:
        return list(free_slots(self.mentor_id)[:SLOTS_SHOWN])

    def get_form_kwargs(self) -> dict[str, Any]:
        slots = self.slots()
        choices = [
            (s.public_id, f"{uk_weekday(s.starts_at)}, {uk_time(s.starts_at)} {_('to')} {uk_time(s.ends_at)}")
            for s in slots
        ]
        return super().get_form_kwargs() | {"slots": choices, "hints": {s.public_id: s.place for s in slots}}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The time is looked up by itself: one that has just been taken is no longer among the choices."""
        key = request.POST.get("slot", "")
        slot = AvailabilitySlot.objects.filter(public_id=key, mentor_id=self.mentor_id).first() if key else None
        if slot is None:
            return self.form_invalid(self.get_form())
        try:
            return HttpResponseRedirect(self.url("session-detail", self.take(slot).public_id))
        except SlotTaken as gone:
            return self.taken(str(gone))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.back())

    def taken(self, text: str) -> HttpResponse:
        form = BookForm(**{k: v for k, v in self.get_form_kwargs().items() if k in ("slots", "hints")})
        context = self.get_context_data(form=form, gone=text)
        return render(self.request, self.template_name, context, status=409)

    def take(self, slot: AvailabilitySlot) -> MentoringSession:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("caption", _("Times of %(name)s") % {"name": self.object.mentor.name})
        return super().get_context_data(back_href=self.back(), **kwargs)


class SessionBookView(MatchMixin, SlotChoice):
    permission = mentee_of

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state != MatchState.ACTIVE:
            return HttpResponseRedirect(self.back())
        return super().get(request, *args, **kwargs)

    def take(self, slot: AvailabilitySlot) -> MentoringSession:
        session = book_session(match=self.object, slot=slot, by=self.actor)
        messages.success(self.request, _("Your session is booked. You both get a message with a calendar entry."))
        return session

    def back(self) -> str:
        return self.url("match-detail", self.object.public_id)


class SessionMoveView(SessionMixin, SlotChoice):
    permission = mentee_of

    def take(self, slot: AvailabilitySlot) -> MentoringSession:
        session = move_session(session=self.object, slot=slot, by=self.actor)
        messages.success(self.request, _("Your session is moved. You both get a message with the new time."))
        return session

    def back(self) -> str:
        return self.url("session-detail", self.object.public_id)


class SessionDetailView(SessionMixin, TenantPage):
    permission = pair
    template_name = "mentoring/session_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session, now = self.object, timezone.now()
        booked = session.state == SessionState.BOOKED
        return super().get_context_data(
            session=session,
            other=session.mentee if self.actor.person_id == session.mentor_id else session.mentor,
            may_change=booked and session.starts_at > now,
            may_move=mentee_of(self.actor, session),
            may_record=session.ends_at <= now and session.state != SessionState.CANCELLED,
            **kwargs,
        )


class SessionCancelView(SessionMixin, ServiceFormView):
    permission = pair_or_staff
    form_class = ConfirmForm
    template_name = "mentoring/session_cancel.html"
    page_heading = gettext_lazy("Cancel this session?")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state != SessionState.BOOKED or self.object.starts_at <= timezone.now():
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"label": _("Cancel the session"), "warning": True}

    def act(self, data: dict[str, Any]) -> None:
        cancel_session(session=self.object, by=self.actor)
        messages.success(self.request, _("The session is cancelled. You both get a message."))

    def get_success_url(self) -> str:
        if pair(self.actor, self.object):
            return self.url("session-detail", self.object.public_id)
        return self.url("match-detail", self.object.match.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(session=self.object, back_href=self.get_success_url(), **kwargs)


class SessionRecordView(SessionMixin):
    """Two buttons: it took place, it didn't."""

    permission = pair
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = request.POST.get("held")
        if answer not in {"yes", "no"}:
            raise Http404
        try:
            record_session(session=self.object, held=answer == "yes", by=self.actor)
            messages.success(request, _("Thank you, that’s recorded."))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(self.url("session-detail", self.object.public_id))
