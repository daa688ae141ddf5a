"""Conflicts of interest: declared by anyone, seen and lifted by staff."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from portal.forms.people import ConflictDeclareForm, ReasonForm
from portal.views.people import page_of
from selection.selectors.blind import references_for
from tenancy.actors import Actor
from tenancy.models import ConflictDeclaration, Role
from tenancy.rules import any_staff, member
from tenancy.selectors import people_for_staff, people_near
from tenancy.services.conflicts import declare_conflict, lift_conflict
from tenancy.views.base import TenantPage


def declarations_for(actor: Actor) -> QuerySet[ConflictDeclaration]:
    """Staff see those about people they reach, everyone else their own; not what came of names in their application, since whether the
    tenant knows those isn't theirs to learn."""
    rows = ConflictDeclaration.objects.select_related("person", "other", "declared_by")
    if not actor.holds(Role.STAFF):
        return rows.filter(declared_by_id=actor.person_id).exclude(known=ConflictDeclaration.Known.APPLICATION)
    if actor.has_role(Role.STAFF):
        return rows
    reach = people_for_staff(actor).values("pk")
    return rows.filter(Q(person__in=reach) | Q(other__in=reach))


class ConflictListView(TenantPage):
    permission = member
    template_name = "tenancy/conflict_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        for_staff = self.actor.holds(Role.STAFF)
        page = page_of(self.request, declarations_for(self.actor).order_by("-lifted_at", "-declared_at"))
        unnamed = {} if for_staff else references_for(self.actor.person_id or 0)
        for row in page.object_list:
            row.other_text = unnamed.get(row.other_id) or row.other.name
        return super().get_context_data(page_obj=page, for_staff=for_staff, **kwargs)


class ConflictDeclareView(ServiceFormView):
    permission = member
    form_class = ConflictDeclareForm
    template_name = "tenancy/conflict_declare.html"
    page_heading = gettext_lazy("Declare a conflict of interest")

    def get_form_kwargs(self) -> dict[str, Any]:
        people = list(people_near(self.actor).select_related("organisation"))
        return {**super().get_form_kwargs(), "people": people}

    def get_initial(self) -> dict[str, Any]:
        return {"other": self.request.GET.get("with", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("tenancy:conflict-list", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        assert self.actor.person is not None
        declare_conflict(person=self.actor.person, by=self.actor, **data)
        messages.success(
            self.request,
            _("Your declaration is on record and already counts. You won’t be asked to judge or meet them."),
        )
        return redirect("tenancy:conflict-list", tenant=self.request.tenant.slug)


class ConflictLiftView(ServiceFormView):
    permission = any_staff
    form_class = ReasonForm
    page_heading = gettext_lazy("Lift a conflict of interest")

    def get_object(self) -> ConflictDeclaration:
        return self.find(
            ConflictDeclaration,
            queryset=declarations_for(self.actor)
            if self.actor.holds(Role.STAFF)
            else ConflictDeclaration.objects.all(),
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        hint = _("It is kept with the declaration.")
        return {**super().get_form_kwargs(), "submit": _("Lift it"), "hint": hint, "label": _("Why it no longer binds")}

    def get_success_url(self) -> str:
        return reverse("tenancy:conflict-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pair = f"{self.object.person.name} – {self.object.other.name}"
        return super().get_context_data(caption=pair, back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        lift_conflict(declaration=self.object, by=self.actor, **data)
        messages.success(self.request, _("The declaration has been lifted."))
