"""Staff: who is asked to nominate, what came, and the confirmation before anybody is invited."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.views.base import CohortFrame, page_of
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.nominating import NominationSettleForm, NominatorCreateForm
from selection.models import Application, Nomination, Nominator
from selection.rules import staff
from selection.selectors.nominating import (
    FROM_LOG,
    nomination_counts,
    nomination_rows,
    nominations_with_parts,
    nominators_of,
)
from selection.services.nominating import (
    ask_nominators,
    confirm_nomination,
    confirm_nominations,
    refuse_nomination,
    renew_nominator_link,
    withdraw_nominator,
)
from selection.states import NominationState
from selection.views.rounds import OfRound, address
from selection.views.sheets import nominations_sheet, nominators_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage, TenantView
from tenancy.views.recorded import Recorded

N = NominationState
STANDS = {
    N.WAITING.value: (gettext_lazy("To confirm"), "yellow"),
    N.PASSED.value: (gettext_lazy("Nominee told"), "green"),
    N.REFUSED.value: (gettext_lazy("Not taken up"), "grey"),
    FROM_LOG: (gettext_lazy("From a log"), "blue"),
}
FILTERS = ("state", "nominator", "search")


class NominationListView(OfRound, CohortFrame, Downloads, Recorded, TenantPage):
    """Everybody nominated, by a senior leader's page or in a log, with where it comes from. Every count leads to its rows."""

    permission = staff
    template_name = "selection/nomination_list.html"
    recorded_what = gettext_lazy("Nominations of the round")
    recorded_role = gettext_lazy("Programme staff")

    def filters(self) -> dict[str, str]:
        return {name: self.request.GET.get(name, "").strip() for name in FILTERS}

    def in_words(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for row in rows:
            row["stands"], row["colour"] = STANDS[row["standing"]]
            row["logged"] = row["standing"] == FROM_LOG
            row["to_confirm"] = row["standing"] == N.WAITING
        return rows

    def sheet(self) -> Sheet:
        return nominations_sheet(self.object, self.in_words(list(nomination_rows(self.object, self.filters()))))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters, counts = self.filters(), nomination_counts(self.object)
        page = page_of(self.request, nomination_rows(self.object, filters))
        rows = self.in_words(list(page.object_list))
        inviting = self.object.invites(timezone.now())
        return super().get_context_data(
            round=self.object,
            page_heading=_("Nominations"),
            page_obj=page,
            rows=rows,
            filters=filters,
            filtered=any(filters.values()),
            figures=[{"state": state, "text": STANDS[state][0], "count": counts[state]} for state in STANDS],
            nominators=list(nominators_of(self.object)),
            taking=self.object.takes_nominations(timezone.now()),
            inviting=inviting,
            any_to_confirm=inviting and any(row["to_confirm"] and row["on_list"] for row in rows),
            **kwargs,
        )


class NominationConfirmView(OfRound, TenantView):
    """POST with the rows ticked. Those whose organisation isn't on the list are confirmed one by one, since somebody has to choose it."""

    permission = staff
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = address(self, "nomination-list", self.object)
        ticked = request.POST.getlist("nomination")
        try:
            done = confirm_nominations(round=self.object, nominations=ticked, by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(back)
        if not ticked:
            messages.error(request, _("Tick at least one nomination first."))
        elif done:
            messages.success(
                request,
                ngettext("%(n)d nomination is confirmed.", "%(n)d nominations are confirmed.", done) % {"n": done},
            )
        return HttpResponseRedirect(back)


class NominationSettleView(CohortFrame, Recorded, ServiceFormView):
    """One nomination with its reason, to confirm or not."""

    permission = staff
    form_class = NominationSettleForm
    template_name = "selection/nomination_settle.html"
    object: Nomination
    recorded_what = gettext_lazy("Nomination")
    recorded_role = gettext_lazy("Programme staff")

    def get_object(self) -> Nomination:
        rows = nominations_with_parts().exclude(state=N.DRAFT)
        found: Nomination = self.find(Nomination, queryset=rows)
        return found

    def recorded_subject(self) -> Any:
        return self.object.nominator.round

    def get_cohort(self) -> Any:
        return self.object.nominator.round.cohort

    def navigation_path(self) -> str:
        return address(self, "nomination-list", self.object.nominator.round)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"waiting": self.object.state == N.WAITING}

    def get_initial(self) -> dict[str, Any]:
        return {"organisation": self.object.organisation.public_id if self.object.organisation else None}

    def get_success_url(self) -> str:
        return self.navigation_path()

    def known(self) -> Application | None:
        """The application that the nominee has in the round already."""
        return Application.objects.filter(round=self.object.nominator.round, applicant=self.object.nominee).first()

    def act(self, data: dict[str, Any]) -> None:
        if "refuse" in self.request.POST:
            refuse_nomination(nomination=self.object, reason=data["reason"], by=self.actor)
            messages.success(self.request, _("The nomination isn’t taken up."))
            return
        if data["organisation"] is None and self.known() is None:
            raise Refused(_("Choose their organisation"), field="organisation")
        confirm_nomination(nomination=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been told.") % {"name": self.object.name})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        round_ = row.nominator.round
        return super().get_context_data(
            page_heading=_("Nomination of %(name)s") % {"name": row.name},
            nomination=row,
            round=round_,
            known=self.known(),
            others=Nomination.objects.filter(nominee=row.nominee, nominator__round=round_)
            .exclude(pk=row.pk)
            .select_related("nominator"),
            inviting=round_.invites(timezone.now()),
            open=row.state in (N.WAITING, N.REFUSED),
            stands=STANDS[row.state],
            back_href=self.get_success_url(),
            **kwargs,
        )


class NominatorListView(OfRound, CohortFrame, Downloads, TenantPage):
    """Who was asked, when, and how many came from each."""

    permission = staff
    template_name = "selection/nominator_list.html"

    def navigation_path(self) -> str:
        return address(self, "nomination-list", self.object)

    def sheet(self) -> Sheet:
        return nominators_sheet(self.object, nominators_of(self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            round=self.object,
            page_heading=_("Who was asked to nominate"),
            page_obj=page_of(self.request, nominators_of(self.object)),
            taking=self.object.takes_nominations(timezone.now()),
            back_href=address(self, "nomination-list", self.object),
            **kwargs,
        )


class NominatorCreateView(OfRound, CohortFrame, ServiceFormView):
    permission = staff
    form_class = NominatorCreateForm
    template_name = "selection/nominator_create.html"

    def navigation_path(self) -> str:
        return address(self, "nomination-list", self.object)

    def get_success_url(self) -> str:
        return address(self, "nominator-list", self.object)

    def act(self, data: dict[str, Any]) -> None:
        asked = len(ask_nominators(round=self.object, by=self.actor, **data))
        before = len(data["leaders"]) - asked
        if asked:
            messages.success(
                self.request, ngettext("%(n)d link is sent.", "%(n)d links are sent.", asked) % {"n": asked}
            )
        if before:
            messages.info(
                self.request,
                ngettext(
                    "%(n)d person had a link already and isn’t written to again.",
                    "%(n)d people had a link already and aren’t written to again.",
                    before,
                )
                % {"n": before},
            )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            round=self.object,
            page_heading=_("Ask senior leaders to nominate"),
            back_href=self.get_success_url(),
            **kwargs,
        )


class NominatorAct(TenantView):
    """One button beside a leader's name."""

    permission = staff
    http_method_names = ["post"]
    object: Nominator

    def get_object(self) -> Nominator:
        rows = Nominator.objects.select_related("person", "round__cohort__programme", "round__tenant")
        found: Nominator = self.find(Nominator, queryset=rows)
        return found

    def act(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.act())
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(address(self, "nominator-list", self.object.round))


class NominatorRenewView(NominatorAct):
    def act(self) -> str:
        renew_nominator_link(nominator=self.object, by=self.actor)
        return _("%(name)s has a new link; the old one is dead.") % {"name": self.object.named}


class NominatorWithdrawView(NominatorAct):
    def act(self) -> str:
        withdraw_nominator(nominator=self.object, by=self.actor)
        return _("%(name)s’s link is taken back. What they sent stays.") % {"name": self.object.named}
