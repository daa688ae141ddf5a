"""The register of interest: the public page of a programme, the link that confirms and withdraws, and the list for staff."""

from __future__ import annotations

from typing import Any

from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Programme
from cohorts.views.base import page_of
from engine.figures import balance_bars
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.interest import InterestRegisterForm
from selection.models import ExpressionOfInterest
from selection.rules import interested_by_link
from selection.selectors.interest import (
    balance_of_interest,
    interests_of,
    live_interests,
    open_rounds_of,
    programmes_of_staff,
)
from selection.services.interest import confirm_interest, join_interest, register_interest, withdraw_interest
from selection.views.rounds import address
from selection.views.sheets import interest_sheet
from tenancy.rules import any_staff, anyone, member
from tenancy.views.base import TenantPage, TenantView


class OfProgramme:
    """The programme named in the address."""

    def get_object(self) -> Programme:
        return self.find(Programme)  # type: ignore[attr-defined, no-any-return]

    def own(self) -> ExpressionOfInterest | None:
        """What a signed-in member has registered for this programme."""
        if self.actor.kind != "person":  # type: ignore[attr-defined]
            return None
        mine = live_interests().filter(programme=self.object, person=self.actor.person_id)  # type: ignore[attr-defined]
        return mine.first()


class InterestRegisterView(OfProgramme, ServiceFormView):
    """For anybody. A visitor types who they are and is asked by mail; a member has one button."""

    permission = anyone
    form_class = InterestRegisterForm
    template_name = "selection/interest_register.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return consume_or_429(request, action="interest") or super().post(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        """The answer is the same whether the address is known, on the list already, or new."""
        register_interest(programme=self.object, by=self.actor, **data)
        messages.success(
            self.request,
            _("We’ve sent a message to %(address)s. Please confirm by the link in it.") % {"address": data["email"]},
        )
        return HttpResponseRedirect(address(self, "interest-sent", self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            programme=self.object,
            own=self.own(),
            open_rounds=list(open_rounds_of(self.object)),
            now=timezone.now(),
            page_heading=_("Hear when applications open"),
            caption=self.object.name,
            **kwargs,
        )


class InterestSentView(OfProgramme, TenantPage):
    """What happens next. It names nobody, so anybody may open it."""

    permission = anyone
    template_name = "selection/interest_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            programme=self.object, page_heading=_("Look in your inbox"), caption=self.object.name, **kwargs
        )


class InterestJoinView(OfProgramme, TenantView):
    """A member's one button."""

    permission = member
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        join_interest(programme=self.object, by=self.actor)
        messages.success(request, _("You’re on the list. We’ll write to you when applications open."))
        return HttpResponseRedirect(address(self, "interest-register", self.object))


class InterestLeaveView(OfProgramme, TenantView):
    permission = member
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if own := self.own():
            withdraw_interest(interest=own, by=self.actor)
        messages.success(request, _("You’re not on the list any more."))
        return HttpResponseRedirect(address(self, "interest-register", self.object))


class InterestLinkView(TenantPage):
    """What the link in our messages opens: confirm, see what we keep, come off the list. Opening it changes nothing, since mail
    programs open links too. A link that isn't live gets one friendly page that says nothing of whose it was."""

    permission = interested_by_link
    template_name = "selection/interest_link.html"

    def get_object(self) -> ExpressionOfInterest:
        parts = live_interests().select_related("person", "programme", "organisation")
        row = parts.filter(public_id=self.link.about, person=self.actor.person_id).first()
        if row is None:
            raise Http404
        return row

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if getattr(request, "tenant", None) is None:
                raise
            return render(request, "selection/interest_gone.html", status=404)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: ExpressionOfInterest = self.object
        if "withdraw" in request.POST:
            withdraw_interest(interest=row, by=self.actor)
            messages.success(request, _("You’re not on the list any more."))
            return HttpResponseRedirect(address(self, "interest-register", row.programme))
        if "confirm" in request.POST:
            confirm_interest(interest=row, by=self.actor)
            messages.success(request, _("Thank you. We’ll write to you when applications open."))
        return HttpResponseRedirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: ExpressionOfInterest = self.object
        return super().get_context_data(
            interest=row,
            programme=row.programme,
            open_rounds=list(open_rounds_of(row.programme)),
            now=timezone.now(),
            page_heading=_("Your interest") if row.confirmed_at else _("Please confirm your interest"),
            caption=row.programme.name,
            **kwargs,
        )


class InterestListView(Downloads, TenantPage):
    """A programme's register, with the balance of its sectors first."""

    permission = any_staff
    template_name = "selection/interest_list.html"

    def programme(self, programmes: list[Programme]) -> Programme | None:
        """The one asked for; it must be one whose register they keep."""
        asked = self.request.GET.get("programme")
        if not asked:
            return programmes[0] if programmes else None
        for programme in programmes:
            if programme.public_id == asked:
                return programme
        raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        programmes = list(programmes_of_staff(self.actor))
        programme = self.programme(programmes)
        if programme is not None:
            kwargs |= self.register(programme)
        return super().get_context_data(
            page_heading=_("Expressions of interest"), programmes=programmes, programme=programme, **kwargs
        )

    def sheet(self) -> Sheet | None:
        programme = self.programme(list(programmes_of_staff(self.actor)))
        return interest_sheet(programme, interests_of(programme)) if programme else None

    def register(self, programme: Programme) -> dict[str, Any]:
        balance = balance_of_interest(programme)
        title = _("Interested people by sector")
        at = {"tenant": self.request.tenant.slug, "public_id": programme.public_id}
        public = reverse("selection:interest-register", kwargs=at)
        return {
            "balance": balance,
            "picture": balance_bars([(name, count, None) for name, count in balance.lines], title=title, unit=""),
            "picture_title": title,
            "page_obj": page_of(self.request, interests_of(programme)),
            "public_address": f"{settings.BASE_URL}{public}",
            "caption": programme.name,
        }
