"""Endorsing: by link without an account, or signed in as the person asked."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from selection.forms.endorsements import EndorseForm, EndorsementPassOnForm
from selection.models import Endorsement
from selection.rules import ENDORSE, endorser, endorser_by_link
from selection.services.endorsements import (
    OPEN,
    decline_endorsement,
    give_endorsement,
    pass_on_endorsement,
    renew_endorsement_link,
)
from selection.states import EndorsementState
from selection.views.rounds import address
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.links import held_link
from tenancy.rules import anyone
from tenancy.views.base import TenantPage, TenantView, count_bad_link
from tenancy.views.recorded import Recorded

Kind = Endorsement.Kind
ANSWERS = ("given", "declined", "passed-on", "renewed")


def endorsements_with_parts() -> Any:
    return Endorsement.objects.select_related(
        "endorser",
        "application__applicant",
        "application__organisation",
        "application__band",
        "application__round__cohort__programme",
        "application__cohort",
    )


class ByLink(TenantView):
    """The endorsement a live link was made for. Of a link that was live once its holder learns what became of it; every other gets one
    friendly page that says nothing."""

    permission = endorser_by_link

    def get_object(self) -> Endorsement:
        row = endorsements_with_parts().filter(public_id=self.link.about, endorser=self.actor.person_id).first()
        if row is None or row.state != EndorsementState.ASKED or row.application.state not in OPEN:
            raise Http404
        return row  # type: ignore[no-any-return]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if getattr(request, "tenant", None) is None:
                raise
            return ended(request, kwargs["token"])


def ended(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link that isn't live: answered (what was said), run out (a new one is offered), replaced, withdrawn; or unknown."""
    link = held_link(token, purpose=ENDORSE)
    row = endorsements_with_parts().filter(public_id=link.about).first() if link else None
    if link is None or row is None:
        return render(request, "selection/endorse_gone.html", status=404)
    theirs = row.endorser_id == link.person_id
    asked = theirs and row.state == EndorsementState.ASKED and row.application.state in OPEN
    if theirs and link.used_at and row.state in (EndorsementState.GIVEN, EndorsementState.DECLINED):
        context = {"endorsement": row, "application": row.application}
        return render(request, "selection/endorse_said.html", context, status=410)
    why = "withdrawn"
    if asked:
        why = "newer" if link.revoked_at or link.used_at else "expired"
    context = {"why": why, "link": link, "token": token}
    return render(request, "selection/endorse_ended.html", context, status=410)


class EndorseRenewView(TenantView):
    """The button on the page of a link that ran out. Whoever presses it, the new link goes to the address of the old one."""

    permission = anyone
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = self.kwargs["token"]
        link = held_link(token, purpose=ENDORSE)
        row = endorsements_with_parts().filter(public_id=link.about).first() if link else None
        if link is None or row is None:
            return count_bad_link(request) or ended(request, token)
        if link.revoked_at or link.used_at or link.person_id != row.endorser_id:
            return ended(request, token)
        try:
            renew_endorsement_link(endorsement=row, by=Actor.for_link(row.endorser, ENDORSE, link.pk))
        except Refused:
            # Sent a moment ago, answered or withdrawn: the page says which.
            return ended(request, token)
        url = reverse("selection:endorse-done", kwargs={"tenant": self.request.tenant.slug})
        return HttpResponseRedirect(f"{url}?answer=renewed")


class SignedIn(TenantView):
    """The same for somebody with an account, reached from their home page."""

    permission = endorser

    def get_object(self) -> Endorsement:
        return self.find(Endorsement, queryset=endorsements_with_parts())  # type: ignore[no-any-return]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.state != EndorsementState.ASKED or self.object.application.state not in OPEN:
            return render(request, "selection/endorse_answered.html", {"endorsement": self.object})
        return super().get(request, *args, **kwargs)  # type: ignore[misc, no-any-return]


class EndorseForms(ServiceFormView):
    """Both ways of reaching the page end at the same place."""

    def done(self, answer: str) -> HttpResponse:
        url = reverse("selection:endorse-done", kwargs={"tenant": self.request.tenant.slug})
        return HttpResponseRedirect(f"{url}?answer={answer}")

    def either(self, by_link: str, signed_in: str) -> str:
        """The address of a page about this endorsement, for whoever came by a link or with an account."""
        if "token" not in self.kwargs:
            return address(self, signed_in, self.object)
        at = {"tenant": self.request.tenant.slug, "token": self.kwargs["token"]}
        return reverse(f"selection:{by_link}", kwargs=at)

    def parts(self) -> dict[str, Any]:
        application = self.object.application
        return {
            "endorsement": self.object,
            "application": application,
            "applicant": application.applicant,
            "round": application.round,
            "cohort": application.round.cohort,
            "programme": application.round.cohort.programme,
        }


class EndorsePage(Recorded, EndorseForms):
    """Who asks, what I confirm, two buttons, a box."""

    recorded_what = gettext_lazy("Page for endorsers")
    recorded_role = gettext_lazy("Endorser")

    form_class = EndorseForm
    template_name = "selection/endorse.html"

    def recorded_subject(self) -> Any:
        return self.object.application

    def confirms(self) -> list[str]:
        if self.object.kind == Kind.LINE_MANAGER:
            return ["releases_time", "confirms_scope"]
        return ["will_sponsor", "confirms_scope", "will_fund"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"confirms": self.confirms()}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        if "decline" in self.request.POST:
            try:
                decline_endorsement(endorsement=self.object, by=self.actor, reason=data["comment"])
            except NotAllowed:
                raise
            except Refused as refusal:
                if refusal.field == "reason":
                    raise Refused(
                        _("Say why you don’t endorse the application: the applicant reads it"), field="comment"
                    ) from refusal
                raise
            return self.done("declined")
        confirmed: dict[str, Any] = {key: True for key in data.pop("confirms")}
        give_endorsement(endorsement=self.object, by=self.actor, **confirmed, **data)
        return self.done("given")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Endorse %(name)s’s application") % {"name": self.object.application.applicant.name}
        pass_on = self.either("endorse-pass-on", "endorsement-pass-on")
        link = getattr(self, "link", None)
        return super().get_context_data(
            page_heading=heading,
            pass_on_href=pass_on,
            works_until=link.expires_at if link else None,
            **self.parts(),
            **kwargs,
        )


class EndorseView(ByLink, EndorsePage):
    pass


class EndorsementDetailView(SignedIn, EndorsePage):
    pass


class PassOnPage(EndorseForms):
    form_class = EndorsementPassOnForm
    template_name = "selection/endorse_pass_on.html"

    def act(self, data: dict[str, Any]) -> HttpResponse:
        pass_on_endorsement(endorsement=self.object, by=self.actor, **data)
        return self.done("passed-on")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading, back = _("Who should answer instead?"), self.either("endorse", "endorsement-detail")
        return super().get_context_data(page_heading=heading, back_href=back, **self.parts(), **kwargs)


class EndorsePassOnView(ByLink, PassOnPage):
    pass


class EndorsementPassOnView(SignedIn, PassOnPage):
    pass


class EndorseDoneView(TenantPage):
    """Thanks. It names nobody, so anybody may open it."""

    permission = anyone
    template_name = "selection/endorse_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answer = self.request.GET.get("answer")
        return super().get_context_data(answer=answer if answer in ANSWERS else "given", **kwargs)
