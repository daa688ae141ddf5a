"""How staff follow endorsements and chase them, and how an applicant names somebody else."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.views.base import CohortFrame, page_of
from engine.views.downloads import TYPES, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from reminders.services.reminding import render_reminder
from selection.forms.endorsements import (
    EndorsementChangeForm,
    EndorsementReplaceForm,
    EndorsementTakeBackForm,
    EndorserAllowForm,
    EndorserDomainsForm,
)
from selection.models import Application, Endorsement
from selection.rules import applicant, staff
from selection.selectors.endorsements import endorsement_counts, endorsement_rows, handovers, reminders_of
from selection.selectors.sponsors import Signal, sponsors_of_round
from selection.services.chasing import QUIET_DAYS, prepare_endorsement_chase, send_endorsement_chase
from selection.services.endorsements import (
    OPEN,
    change_endorser,
    replace_endorser,
    resend_endorsement_request,
    take_back_endorsement,
)
from selection.services.endorsers import allow_endorser, limit_endorsers
from selection.states import EndorsementState
from selection.views.endorsements import endorsements_with_parts
from selection.views.rounds import OfRound, address
from selection.views.sheets import chase_sheet, endorsements_sheet, sponsors_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage, TenantView
from tenancy.views.recorded import Recorded

Kind = Endorsement.Kind
COLOURS = {"asked": "yellow", "given": "green", "declined": "red", "waiting": "grey"}
FILTERS = ("kind", "state", "late", "search")
# Each message of a small chase can be read before it leaves; of a large one the first.
MOST_TEXTS = 10


class EndorsementListView(OfRound, CohortFrame, Downloads, Recorded, TenantPage):
    """Where each endorsement stands, with what endorsers wrote. Filters stand in the address; every count leads to its rows."""

    permission = staff
    template_name = "selection/endorsement_list.html"
    recorded_what = gettext_lazy("Endorsements of the round")
    recorded_role = gettext_lazy("Programme staff")

    def filters(self) -> dict[str, str]:
        return {name: self.request.GET.get(name, "").strip() for name in FILTERS}

    def sheet(self) -> Sheet:
        return endorsements_sheet(self.object, self.in_words(list(endorsement_rows(self.object, self.filters()))))

    def in_words(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        written = reminders_of(rows)
        moved = handovers([row["public_id"] for row in rows])
        texts, kinds, now = dict(EndorsementState.choices), dict(Kind.choices), timezone.now()
        for row in rows:
            row["state_text"], row["kind_text"] = texts[row["state"]], kinds[row["kind"]]
            row["colour"] = COLOURS[row["state"]]
            row["open"] = row["application__state"] in OPEN
            row["asked_now"] = row["open"] and row["state"] == EndorsementState.ASKED
            row["late"] = row["asked_now"] and self.object.endorse_by < now
            row["run_out"] = row["asked_now"] and row["expires_at"] is not None and row["expires_at"] <= now
            row["written"] = written.get(row["public_id"])
            row["moves"] = moved.get(row["public_id"], [])
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = self.filters()
        page = page_of(self.request, endorsement_rows(self.object, filters))
        rows = self.in_words(list(page.object_list))
        counts = endorsement_counts(self.object)
        return super().get_context_data(
            round=self.object,
            page_heading=_("Endorsements"),
            page_obj=page,
            rows=rows,
            filters=filters,
            filtered=any(filters.values()),
            states=EndorsementState.choices,
            kinds=Kind.choices,
            counts=counts,
            any_asked=any(row["asked_now"] for row in rows),
            **kwargs,
        )


SIGNALS = {Signal.TALK: "red", Signal.WAITS: "yellow", Signal.ANSWERED: "blue", Signal.ENGAGED: "green"}


class SponsorListView(OfRound, CohortFrame, Downloads, Recorded, TenantPage):
    """How engaged each chief officer is: all on one page, since there's one for each organisation."""

    permission = staff
    template_name = "selection/sponsor_list.html"
    recorded_what = gettext_lazy("Sponsors of the round")
    recorded_role = gettext_lazy("Programme staff")

    def navigation_path(self) -> str:
        return address(self, "endorsement-list", self.object)

    def sheet(self) -> Sheet:
        return sponsors_sheet(self.object, sponsors_of_round(self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sponsors = sponsors_of_round(self.object)
        for one in sponsors:
            one.colour = SIGNALS[one.signal]
        counts = Counter(one.signal for one in sponsors)
        return super().get_context_data(
            round=self.object,
            page_heading=_("Sponsors"),
            sponsors=sponsors,
            figures=[{"count": counts[signal], "text": signal.label} for signal in Signal],
            back_href=address(self, "endorsement-list", self.object),
            **kwargs,
        )


class EndorsementChaseView(OfRound, CohortFrame, Downloads, TenantView):
    """POST with the rows ticked: first every message as it would go out, then with `confirm` the sending. Same list both times, and a
    third time with `download`."""

    permission = staff
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        back = address(self, "endorsement-list", self.object)
        ticked = request.POST.getlist("endorsement")
        quiet = {str(days): days for days in QUIET_DAYS}.get(request.POST.get("quiet", ""), QUIET_DAYS[0])
        if not ticked:
            messages.error(request, _("Tick at least one endorsement first."))
            return HttpResponseRedirect(back)
        if "confirm" in request.POST:
            count = send_endorsement_chase(round=self.object, endorsements=ticked, quiet_days=quiet, by=self.actor)
            if count:
                text = ngettext("%(n)s reminder is on its way.", "%(n)s reminders are on their way.", count)
                messages.success(request, text % {"n": count})
            else:
                messages.error(
                    request, _("No reminder was sent: everybody you ticked has been written to or has answered.")
                )
            return HttpResponseRedirect(back)
        tenant = request.tenant  # type: ignore[attr-defined]
        plan = prepare_endorsement_chase(round=self.object, endorsements=ticked, quiet_days=quiet)
        if (form := request.POST.get("download")) in TYPES:
            return self.download(chase_sheet(self.object, plan), form)
        texts = [(r, render_reminder(r, tenant)) for r in plan.chase.reminders[:MOST_TEXTS]]
        context = self.get_context_data(
            page_heading=_("Check the reminders"),
            back_href=back,
            round=self.object,
            plan=plan,
            chase=plan.chase,
            texts=texts,
            more=len(plan.chase.reminders) - len(texts),
            at_once=plan.chase.leaves_at <= timezone.now(),
            ticked=ticked,
            quiet=quiet,
            quiet_days=QUIET_DAYS,
        )
        return render(request, "selection/endorsement_chase.html", context)


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


class EndorsementTakeBackView(OfEndorsement, CohortFrame, ServiceFormView):
    """Whoever endorsed has told staff that they no longer do."""

    permission = staff
    form_class = EndorsementTakeBackForm

    def get_cohort(self) -> Any:
        return self.object.application.round.cohort

    def act(self, data: dict[str, Any]) -> HttpResponse:
        row = take_back_endorsement(endorsement=self.object, by=self.actor, **data)
        text = _("%(name)s no longer endorses it. The applicant has been told and can name somebody else.")
        messages.success(self.request, text % {"name": row.endorser.name})
        return HttpResponseRedirect(address(self, "endorsement-list", self.object.application.round))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"endorser": self.object.endorser.name, "applicant": self.object.application.applicant.name}
        heading = _("%(endorser)s no longer endorses %(applicant)s") % words
        back = address(self, "endorsement-list", self.object.application.round)
        return super().get_context_data(page_heading=heading, back_href=back, **kwargs)


class EndorsementReplaceView(OfEndorsement, CohortFrame, ServiceFormView):
    permission = staff
    form_class = EndorsementReplaceForm
    template_name = "selection/endorsement_replace.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"limited": bool(self.object.application.round.endorser_domains)}

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


class EndorsementChangeView(OfEndorsement, ServiceFormView):
    """The applicant's own: somebody else is asked, and the one asked so far no longer."""

    permission = applicant
    form_class = EndorsementChangeForm
    template_name = "selection/endorsement_change.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state == EndorsementState.GIVEN or self.object.application.state not in OPEN:
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return address(self, "application-detail", self.object.application)

    def act(self, data: dict[str, Any]) -> None:
        change_endorser(endorsement=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s is asked instead.") % {"name": data["name"]})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Who should endorse you instead?")
        return super().get_context_data(
            page_heading=heading,
            caption=_("Your application"),
            endorsement=self.object,
            back_href=self.get_success_url(),
            **kwargs,
        )


class EndorserDomainsView(OfRound, CohortFrame, ServiceFormView):
    permission = staff
    form_class = EndorserDomainsForm

    def get_initial(self) -> dict[str, Any]:
        return {"domains": "\n".join(self.object.endorser_domains)}

    def get_success_url(self) -> str:
        return address(self, "endorsement-list", self.object)

    def act(self, data: dict[str, Any]) -> None:
        limit_endorsers(round=self.object, domains=data["domains"], by=self.actor)
        messages.success(self.request, _("Saved. It holds for whoever is named from now on."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)


class EndorserAllowView(CohortFrame, ServiceFormView):
    """One address outside the round's domains, for one application."""

    permission = staff
    form_class = EndorserAllowForm
    page_heading = gettext_lazy("Allow an endorser’s address")
    object: Application

    def get_object(self) -> Application:
        rows = Application.objects.select_related("round__cohort__programme", "applicant", "cohort")
        return self.find(Application, queryset=rows)  # type: ignore[no-any-return]

    def get_cohort(self) -> Any:
        return self.object.round.cohort

    def get_success_url(self) -> str:
        return address(self, "application-detail", self.object)

    def act(self, data: dict[str, Any]) -> None:
        allow_endorser(application=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(email)s may endorse this application.") % {"email": data["email"]})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.applicant.name, back_href=self.get_success_url(), **kwargs)
