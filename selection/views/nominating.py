"""The page on which a senior leader nominates people, by link, without an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.views.service_form import ServiceFormView
from selection.forms.nominating import NominateEditForm, NominateForm
from selection.models import Nomination, Nominator
from selection.rules import NOMINATE, nominator_by_link
from selection.selectors.frameworks import framework_parts
from selection.selectors.nominating import drafts_of, own_nominations, shown
from selection.selectors.rounds import bands_of
from selection.services.nominating import MOST, add_nomination, change_nomination, remove_nomination, send_nominations
from selection.states import NominationState, RoundState
from tenancy.errors import NotAllowed, Refused
from tenancy.links import held_link
from tenancy.seen import digest_of
from tenancy.views.base import TenantPage, TenantView

# Until the round is decided they can look up whom they nominated.
SHOWN_IN = (RoundState.OPEN, RoundState.CLOSED, RoundState.ASSESSING, RoundState.MODERATING)


def nominators() -> Any:
    return Nominator.objects.select_related(
        "person", "round__cohort__programme", "round__tenant", "round__lowest_band", "round__highest_band"
    )


class ByNominatorLink(TenantView):
    """`nominator` is whom a live link was made for. The link works again and again while the round takes nominations; then it shows what
    was sent, until the round is decided."""

    permission = nominator_by_link

    def get_object(self) -> Any:
        row = nominators().filter(public_id=self.link.about, person=self.actor.person_id).first()
        if row is None or row.withdrawn_at is not None or row.round.state not in SHOWN_IN:
            raise Http404
        self.nominator: Nominator = row
        return row

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            # behind a link that opens there's a page that doesn't exist, as anywhere else
            if getattr(request, "tenant", None) is None or hasattr(self, "nominator"):
                raise
            return ended(request, kwargs["token"])

    @property
    def taking(self) -> bool:
        return self.nominator.round.takes_nominations(timezone.now())

    def at(self, name: str = "", **more: Any) -> str:
        names = {"tenant": self.request.tenant.slug, "token": self.kwargs["token"], **more}
        return reverse(f"selection:nominate{name}", kwargs=names)

    def parts(self) -> dict[str, Any]:
        round_ = self.nominator.round
        return {
            "nominator": self.nominator,
            "round": round_,
            "cohort": round_.cohort,
            "programme": round_.cohort.programme,
            "token": self.kwargs["token"],
            "taking": self.taking,
            # staff may close a round before its date
            "in_time": timezone.now() < round_.nominations_until,
            "caption": str(round_.cohort),
        }


def ended(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link that isn't live: taken back, replaced by a newer one, over; or unknown, of which it says nothing."""
    link = held_link(token, purpose=NOMINATE)
    row = nominators().filter(public_id=link.about, person=link.person_id).first() if link else None
    if link is None or row is None:
        return render(request, "selection/nominate_gone.html", {"why": "unknown"}, status=404)
    why = "over"
    if row.withdrawn_at is not None:
        why = "withdrawn"
    elif row.round.state in SHOWN_IN and link.revoked_at:
        why = "newer"
    return render(request, "selection/nominate_gone.html", {"why": why}, status=410)


class NominateView(ByNominatorLink, TenantPage):
    """What the programme is, how it's judged, and whom this leader has nominated."""

    template_name = "selection/nominate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round_ = self.nominator.round
        criteria, _questions = framework_parts(round_.framework)
        weights = sum(criterion.weight for criterion in criteria) or 1
        rows = own_nominations(self.nominator)
        return super().get_context_data(
            page_heading=_("Nominate people for %(programme)s") % {"programme": round_.cohort.programme.name},
            bands=bands_of(round_),
            judged_by=[(criterion, round(100 * criterion.weight / weights)) for criterion in criteria],
            drafts=[row for row in rows if row.state == NominationState.DRAFT],
            sent=[row for row in rows if row.state != NominationState.DRAFT],
            more=len(rows) < MOST,
            **self.parts(),
            **kwargs,
        )


class WritesByLink(ByNominatorLink):
    """Once nominations are closed there is nothing to write: the first page says so."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.taking:
            return HttpResponseRedirect(self.at())
        return super().get(request, *args, **kwargs)  # type: ignore[misc, no-any-return]


class NominateAddView(WritesByLink, ServiceFormView):
    form_class = NominateForm
    template_name = "selection/nominate_form.html"

    def act(self, data: dict[str, Any]) -> HttpResponse:
        add_nomination(nominator=self.nominator, by=self.actor, **data)
        return HttpResponseRedirect(self.at("-check"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=_("Who do you nominate?"), back_href=self.at(), **self.parts(), **kwargs
        )


class OfDraft(WritesByLink):
    """One of their own that isn't sent."""

    def get_object(self) -> Nomination:
        super().get_object()
        own = Nomination.objects.filter(nominator=self.nominator).select_related("organisation")
        row: Nomination = self.find(Nomination, queryset=own)
        row.nominator = self.nominator
        return row


class NominateEditView(OfDraft, ServiceFormView):
    form_class = NominateEditForm
    template_name = "selection/nominate_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state != NominationState.DRAFT:
            return HttpResponseRedirect(self.at())
        return super().get(request, *args, **kwargs)  # type: ignore[return-value]

    def get_initial(self) -> dict[str, Any]:
        row: Nomination = self.object
        organisation = row.organisation.public_id if row.organisation else None
        names = ("name", "email", "job_title", "organisation_name", "reason", "version")
        return {name: getattr(row, name) for name in names} | {
            "organisation": organisation,
            "knows": "yes" if row.knows else "no",
        }

    def act(self, data: dict[str, Any]) -> HttpResponse:
        change_nomination(nomination=self.object, by=self.actor, **data)
        return HttpResponseRedirect(self.at("-check"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Change what you say of %(name)s") % {"name": self.object.name}
        return super().get_context_data(page_heading=heading, back_href=self.at("-check"), **self.parts(), **kwargs)


class NominateRemoveView(ByNominatorLink):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = Nomination.objects.filter(nominator=self.nominator, public_id=self.kwargs["public_id"]).first()
        if row is not None:
            row.nominator = self.nominator
            try:
                remove_nomination(nomination=row, by=self.actor)
            except NotAllowed:
                raise
            except Refused as refusal:
                messages.error(request, str(refusal))
        return HttpResponseRedirect(self.at("-check"))


class NominateCheckView(WritesByLink, TenantPage):
    """Check answers, then send."""

    template_name = "selection/nominate_check.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.rows = list(drafts_of(self.nominator))
        if not self.rows:
            return HttpResponseRedirect(self.at())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            sent = send_nominations(nominator=self.nominator, seen=request.POST.get("seen", ""), by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            self.rows = list(drafts_of(self.nominator))
            return self.render_to_response(self.get_context_data(problem=str(refusal)), status=422)
        if not sent and not Nomination.objects.filter(nominator=self.nominator).exists():
            return HttpResponseRedirect(self.at())
        return HttpResponseRedirect(self.at("-sent"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = [{"nomination": row, "rows": self.answers(row)} for row in self.rows]
        return super().get_context_data(
            page_heading=_("Check before you send"),
            found=found,
            seen=digest_of(shown(self.rows)),
            back_href=self.at(),
            more=Nomination.objects.filter(nominator=self.nominator).count() < MOST,
            **self.parts(),
            **kwargs,
        )

    def answers(self, row: Nomination) -> list[dict[str, Any]]:
        return [
            {"key": _("Work email"), "value": row.email},
            {"key": _("Job title"), "value": row.job_title},
            {"key": _("Organisation"), "value": row.organisation.name if row.organisation else row.organisation_name},
            {"key": _("Why this person"), "value": row.reason},
            {"key": _("Do they know?"), "value": _("Yes") if row.knows else _("Not yet")},
        ]


class NominateSentView(ByNominatorLink, TenantPage):
    template_name = "selection/nominate_sent.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not Nomination.objects.filter(nominator=self.nominator).exclude(state=NominationState.DRAFT).exists():
            return HttpResponseRedirect(self.at())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page_heading=_("Nominations sent"), **self.parts(), **kwargs)
