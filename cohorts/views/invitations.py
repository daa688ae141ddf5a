"""Invitations: sent and followed up by staff, answered by link or signed in."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.people import InvitationAcceptForm, InvitationCreateForm
from cohorts.models import Cohort, Invitation
from cohorts.navigation import cohort_side_navigation
from cohorts.rules import any_staff, by_invitation, invited, staff
from cohorts.selectors import staff_cohorts
from cohorts.services.invitations import (
    accept_invitation,
    decline_invitation,
    has_sign_in,
    invite_person,
    resend_invitation,
    withdraw_invitation,
)
from cohorts.states import InvitationState
from cohorts.views.base import page_of
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Account, Role
from tenancy.views.base import OpensByLink, TenantPage, TenantView


def invitations_for(actor: Actor) -> QuerySet[Invitation]:
    """Those a member of staff may follow up: of their cohorts; of the whole tenant for its own staff."""
    rows = Invitation.objects.select_related("person", "cohort__programme", "invited_by")
    reach = Q(cohort__in=staff_cohorts(actor))
    if actor.has_role(Role.STAFF):
        reach |= Q(cohort__isnull=True)
    return rows.filter(reach)


class InvitationListView(Downloads, TenantPage):
    permission = any_staff
    template_name = "cohorts/invitation_list.html"

    def rows(self) -> tuple[Any, Cohort | None]:
        """The invitations of the address, and the cohort they are narrowed to."""
        rows = invitations_for(self.actor)
        state = self.request.GET.get("state", InvitationState.OPEN)
        if state in InvitationState.values:
            rows = rows.filter(state=state)
        cohort = None
        if wanted := self.request.GET.get("cohort"):
            cohort = staff_cohorts(self.actor).filter(public_id=wanted).first()
            rows = rows.filter(cohort=cohort) if cohort else rows.none()
        return rows, cohort

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Name"), "person.name"),
            Column(_("Email"), "person.email"),
            Column(_("Role"), lambda row: row.get_role_display()),
            Column(_("For"), lambda row: row.cohort or _("The whole portal")),
            Column(_("Sent"), "sent_at", "day"),
            Column(_("Times sent"), "times_sent", "number"),
            Column(_("State"), lambda row: row.get_state_display()),
        )
        return Sheet(_("Invitations"), columns, self.rows()[0])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows, cohort = self.rows()
        state = self.request.GET.get("state", InvitationState.OPEN)
        if cohort is not None:
            kwargs["side_navigation"] = cohort_side_navigation(
                cohort, self.actor, self.request.tenant, f"{self.request.path}?cohort={cohort.public_id}"
            )
            kwargs["caption"] = str(cohort)
        return super().get_context_data(
            page_obj=page_of(self.request, rows), state=state, states=InvitationState.choices, cohort=cohort, **kwargs
        )


class InvitationCreateView(ServiceFormView):
    permission = any_staff
    form_class = InvitationCreateForm
    page_heading = gettext_lazy("Invite someone")

    def get_form_kwargs(self) -> dict[str, Any]:
        cohorts: list[Cohort] = list(staff_cohorts(self.actor))
        return {**super().get_form_kwargs(), "cohorts": cohorts, "whole": self.actor.has_role(Role.STAFF)}

    def get_initial(self) -> dict[str, Any]:
        return {"cohort": self.request.GET.get("cohort", "")}

    def get_success_url(self) -> str:
        return reverse("cohorts:invitation-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        invitation = invite_person(by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been invited.") % {"name": invitation.person.name})


class InvitationStepView(TenantView):
    """Send again, or withdraw: one button each in the list."""

    permission = staff
    steps = {
        "resend": (resend_invitation, gettext_lazy("The invitation has been sent again with a new link.")),
        "withdraw": (withdraw_invitation, gettext_lazy("The invitation has been withdrawn. Its link no longer works.")),
    }

    def get_object(self) -> Invitation:
        if self.kwargs["step"] not in self.steps:
            raise Http404
        return self.find(Invitation, queryset=Invitation.objects.select_related("person", "cohort__programme"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        service, done = self.steps[self.kwargs["step"]]
        try:
            service(invitation=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done)
        return redirect("cohorts:invitation-list", tenant=self.request.tenant.slug)


class InvitationAcceptView(OpensByLink, ServiceFormView):
    """The page behind the link in an invitation. Opening it changes nothing; accepting or declining spends the link."""

    permission = by_invitation
    template_name = "cohorts/invitation_accept.html"

    def get_object(self) -> Invitation:
        rows = Invitation.objects.select_related("person", "cohort__programme", "invited_by")
        return rows.get(public_id=self.link.about, state=InvitationState.OPEN, person=self.actor.person)

    @property
    def account(self) -> Account | None:
        return self.request.user if self.request.user.is_authenticated else None  # type: ignore[return-value]

    def must_sign_in(self) -> bool:
        """There is an account already: holding the link doesn't open it."""
        return self.account is None and has_sign_in(self.object.person)

    def get_form_class(self) -> type:
        return ConfirmForm if self.account else InvitationAcceptForm

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"submit": _("Accept")} if self.account else {}
        return {**super().get_form_kwargs(), **more}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        login_url = f"{reverse('account_login')}?next={self.request.path}"
        return super().get_context_data(
            page_heading=_("You’re invited"),
            invitation=self.object,
            account=self.account,
            must_sign_in=self.must_sign_in(),
            login_url=login_url,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "decline" in request.POST:
            decline_invitation(invitation=self.object, by=self.actor)
            return render(request, "cohorts/invitation_declined.html", {"tenant": self.request.tenant})
        return super().post(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        password = data.get("password", "") if data.get("way") == "password" else ""
        mine = self.account
        account = accept_invitation(invitation=self.object, by=self.actor, account=mine, password=password)
        if mine is None:
            # The link came to this address, as a code would have.
            record_authentication(self.request, account, method="code", email=account.email)
            login(self.request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
        messages.success(self.request, _("Welcome to %(tenant)s.") % {"tenant": self.request.tenant.name})
        return redirect("portal:home", tenant=self.request.tenant.slug)


class InvitationAnswerView(ServiceFormView):
    """The same answer for someone who is signed in as the person invited."""

    permission = invited
    form_class = ConfirmForm
    template_name = "cohorts/invitation_accept.html"

    def get_object(self) -> Invitation:
        rows = Invitation.objects.select_related("person", "cohort__programme", "invited_by")
        return self.find(Invitation, queryset=rows.filter(state=InvitationState.OPEN))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Accept")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=_("You’re invited"),
            invitation=self.object,
            account=self.request.user,
            must_sign_in=False,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "decline" in request.POST:
            decline_invitation(invitation=self.object, by=self.actor)
            messages.success(request, _("You’ve declined the invitation."))
            return redirect("portal:home", tenant=self.request.tenant.slug)
        return super().post(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        accept_invitation(
            invitation=self.object,
            by=self.actor,
            account=self.request.user,  # type: ignore[arg-type]
        )
        messages.success(self.request, _("Thank you. You have the role from now on."))
        return redirect("portal:home", tenant=self.request.tenant.slug)
