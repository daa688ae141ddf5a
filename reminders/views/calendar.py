"""The person's calendar: what comes up, and the feed for their own calendar program."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reminders.feed import coming_up, make_feed
from reminders.services.feeds import PURPOSE, close_feed, live_feed, open_feed
from tenancy.models import Membership
from tenancy.rules import by_link, member
from tenancy.views.base import TenantPage, TenantView


class CalendarView(TenantPage):
    permission = member
    template_name = "reminders/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.actor.person is not None
        return super().get_context_data(
            entries=coming_up(self.actor.person, self.request.tenant), feed=live_feed(self.actor.person_id), **kwargs
        )


class CalendarFeedView(TenantView):
    """POST with `do`: 'open' answers with the address, once and on this page only; 'close' withdraws it."""

    permission = member
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("do") == "close":
            close_feed(by=self.actor)
            messages.success(request, _("Your calendar address no longer works."))
            return redirect("reminders:calendar", tenant=self.request.tenant.slug)
        token = open_feed(by=self.actor)
        path = reverse("reminders:calendar-ics", kwargs={"tenant": self.request.tenant.slug, "token": token})
        # No redirect: only the digest is stored, so no later page could show it.
        return render(request, "reminders/calendar_feed.html", {"address": f"{settings.BASE_URL}{path}"})


class CalendarIcsView(TenantView):
    """The feed, for a program without a session. 404 once the account or the membership has ended."""

    permission = by_link(PURPOSE)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.actor.person
        live = Membership.objects.filter(person=person, ended_at__isnull=True, account__is_active=True)
        if person is None or not live.exists():
            raise Http404
        self.link.last_seen_at = timezone.now()
        self.link.save(update_fields=["last_seen_at"])
        response = HttpResponse(make_feed(person, self.request.tenant), content_type="text/calendar; charset=utf-8")
        response["Cache-Control"] = "private, no-store"
        response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
        return response
