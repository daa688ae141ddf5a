"""Endorsing: by link without an account, or signed in as the person asked; and how staff follow it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.views.base import CohortFrame, page_of
from engine.views.service_form import ServiceFormView
from selection.forms.endorsements import EndorseForm, EndorsementPassOnForm, EndorsementReplaceForm
from selection.models import Endorsement
from selection.rules import endorser, endorser_by_link, staff
from selection.selectors.applications import endorsements_of_round
from selection.services.endorsements import (
    OPEN,
    answered_together,
    decline_endorsement,
    give_endorsement,
    pass_on_endorsement,
    replace_endorser,
    resend_endorsement_request,
)
from selection.states import EndorsementState
from selection.views.rounds import OfRound, address
from tenancy.errors import NotAllowed, Refused
from tenancy.rules import anyone
from tenancy.views.base import TenantPage, TenantView

Kind = Endorsement.Kind
COLOURS = {"asked": "yellow", "given": "green", "declined": "red", "waiting": "grey"}
ANSWERS = ("given", "declined", "passed-on")


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
    """The endorsement a live link was made for. A link that isn't live gets one friendly page that says nothing of whose it was."""

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
            return render(request, "selection/endorse_gone.html", status=404)


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


class EndorsePage(EndorseForms):
    """Who asks, what I confirm, two buttons, a box."""

    form_class = EndorseForm
    template_name = "selection/endorse.html"

    def confirms(self) -> list[str]:
        kinds = {row.kind for row in answered_together(self.object)}
        wanted = [
            ("releases_time", Kind.LINE_MANAGER in kinds),
            ("confirms_scope", True),
            ("will_sponsor", Kind.CHIEF_OFFICER in kinds),
        ]
        return [key for key, asked in wanted if asked]

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
        confirmed = {key: True for key in data["confirms"]}
        give_endorsement(endorsement=self.object, by=self.actor, comment=data["comment"], **confirmed)
        return self.done("given")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Endorse %(name)s’s application") % {"name": self.object.application.applicant.name}
        pass_on = self.either("endorse-pass-on", "endorsement-pass-on")
        return super().get_context_data(page_heading=heading, pass_on_href=pass_on, **self.parts(), **kwargs)


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


class EndorsementListView(OfRound, CohortFrame, TenantPage):
    """Where each endorsement stands, for staff."""

    permission = staff
    template_name = "selection/endorsement_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = endorsements_of_round(self.object)
        state = self.request.GET.get("state", "")
        if state in EndorsementState.values:
            rows = rows.filter(state=state)
        page = page_of(self.request, rows)
        texts, kinds = dict(EndorsementState.choices), dict(Kind.choices)
        shown = [
            row | {"state_text": texts[row["state"]], "kind_text": kinds[row["kind"]], "colour": COLOURS[row["state"]]}
            for row in page.object_list
        ]
        return super().get_context_data(
            round=self.object,
            page_heading=_("Endorsements"),
            page_obj=page,
            rows=shown,
            state=state,
            states=EndorsementState.choices,
            **kwargs,
        )


class OfEndorsement:
    def get_object(self) -> Endorsement:
        return self.find(Endorsement, queryset=endorsements_with_parts())  # type: ignore[attr-defined, no-any-return]


class EndorsementResendView(OfEndorsement, TenantView):
    permission = staff
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            row = resend_endorsement_request(endorsement=self.object, by=self.actor)
            messages.success(request, _("%(name)s is asked again, with a new link.") % {"name": row.endorser.name})
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(address(self, "endorsement-list", self.object.application.round))


class EndorsementReplaceView(OfEndorsement, CohortFrame, ServiceFormView):
    permission = staff
    form_class = EndorsementReplaceForm
    template_name = "selection/endorsement_replace.html"

    def get_cohort(self) -> Any:
        return self.object.application.round.cohort

    def act(self, data: dict[str, Any]) -> HttpResponse:
        replace_endorser(endorsement=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s is asked instead.") % {"name": data["name"]})
        return HttpResponseRedirect(address(self, "endorsement-list", self.object.application.round))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Ask somebody else to endorse %(name)s") % {"name": self.object.application.applicant.name}
        back = address(self, "endorsement-list", self.object.application.round)
        return super().get_context_data(page_heading=heading, endorsement=self.object, back_href=back, **kwargs)
