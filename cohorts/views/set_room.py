"""The room of a set: for its members and whoever facilitates it. Staff are refused, and the database would show them nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.development import ObjectiveTieForm
from cohorts.forms.events import ConfirmForm
from cohorts.forms.set_room import ActionAnswerForm, ActionForm, CoFacilitatorForm, RulesForm
from cohorts.models import ActionTie, LearningSet, SetAction, SetActionText, SetCoFacilitator, WorkObjective
from cohorts.rules import answers_action, in_room, names_facilitators, owns_action, room_keeper, set_member, set_reader
from cohorts.selectors.set_room import (
    actions_of,
    latest_number,
    meetings_of,
    members_of,
    rules_of,
    with_acceptance,
    with_air_time,
)
from cohorts.selectors.sets import people_in
from cohorts.services.set_room import (
    accept_rules,
    add_action,
    add_co_facilitator,
    answer_action,
    change_rules,
    remove_co_facilitator,
    tie_action,
)
from cohorts.states import SetActionState
from cohorts.views.base import ReadsSet
from engine.views.pages import page_of
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Person, Role
from tenancy.selectors import people_with_role
from tenancy.views.base import TenantPage, TenantView
from tenancy.vocabulary import in_own_words

SETS = ("cohort__programme", "plan", "facilitator")


class OneSet:
    """Views about the set in the address."""

    def get_object(self) -> LearningSet:
        return self.find(LearningSet, queryset=LearningSet.objects.select_related(*SETS))  # type: ignore[attr-defined, no-any-return]

    def set_url(self, name: str) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse(f"cohorts:set-{name}", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("learning_set", self.object)  # type: ignore[attr-defined]
        kwargs.setdefault("caption", self.object.name)  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs)  # type: ignore[misc, no-any-return]


class SetRulesView(ReadsSet, OneSet, TenantPage):
    permission = in_room
    template_name = "cohorts/set_rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = rules_of(self.object)
        members = with_acceptance(members_of(self.object), rules)
        mine = next((m for m in members if m.person.pk == self.actor.person_id), None)
        return super().get_context_data(
            rules=rules,
            members=members,
            number=sum(m.accepted_at is not None for m in members),
            mine=mine,
            may_change=room_keeper(self.actor, self.object),
            back_href=self.set_url("detail"),
            **kwargs,
        )


class SetRulesChangeView(OneSet, ServiceFormView):
    permission = room_keeper
    form_class = RulesForm
    page_heading = gettext_lazy("Write the ground rules")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"set-rules-{self.object.public_id}"}

    def get_initial(self) -> dict[str, Any]:
        rules = rules_of(self.object)
        return {"version": rules.number if rules else 0, "body": rules.words.body if rules else ""}

    def current_version(self) -> int:
        return latest_number(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.set_url("rules"), **kwargs)

    def get_success_url(self) -> str:
        return self.set_url("rules")

    def act(self, data: dict[str, Any]) -> None:
        change_rules(learning_set=self.object, by=self.actor, **data)
        messages.success(self.request, _("The ground rules are saved. Every member is asked to accept them."))


class SetRulesAcceptView(OneSet, TenantView):
    permission = set_member

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        posted = request.POST.get("version", "")
        try:
            number = int(posted) if posted.isdecimal() and len(posted) < 10 else 0
            accept_rules(learning_set=self.object, version=number, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You’ve accepted the ground rules."))
        return redirect(self.set_url("rules"))


class SetActionListView(ReadsSet, OneSet, TenantPage):
    permission = in_room
    template_name = "cohorts/set_action_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_obj=page_of(self.request, actions_of(self.object)),
            is_member=set_member(self.actor, self.object),
            keeps=room_keeper(self.actor, self.object),
            open_state=SetActionState.OPEN,
            back_href=self.set_url("detail"),
            **kwargs,
        )


class SetActionAddView(OneSet, ServiceFormView):
    """A member's own; a facilitator writes one down for a member."""

    permission = in_room
    form_class = ActionForm
    page_heading = gettext_lazy("Add an action")

    def get_form_kwargs(self) -> dict[str, Any]:
        people = Person.objects.filter(pk__in=people_in(self.object).values("person_id"))
        keeps = room_keeper(self.actor, self.object)
        return {**super().get_form_kwargs(), "owners": people if keeps else None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.set_url("action-list"), **kwargs)

    def get_success_url(self) -> str:
        return self.set_url("action-list")

    def act(self, data: dict[str, Any]) -> None:
        add_action(learning_set=self.object, by=self.actor, **{"owner": self.actor.person, **data})
        messages.success(self.request, _("The action is on the list."))


class SetActionAnswerView(ServiceFormView):
    permission = answers_action
    form_class = ActionAnswerForm
    template_name = "cohorts/set_action_answer.html"
    page_heading = gettext_lazy("What came of this action?")

    def get_object(self) -> SetAction:
        rows = SetAction.objects.select_related(
            "learning_set__cohort__programme", "learning_set__plan", "owner", "words"
        )
        return self.find(SetAction, queryset=rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            back_href=self.get_success_url(),
            caption=row.owner.name,
            action=row,
            words=SetActionText.objects.filter(action=row).first(),
            own=row.owner_id == self.actor.person_id,
            tie=ActionTie.objects.filter(action=row).select_related("objective").first(),
            **kwargs,
        )

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.learning_set.public_id}
        return reverse("cohorts:set-action-list", kwargs=at)

    def act(self, data: dict[str, Any]) -> None:
        answer_action(action=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class SetActionTieView(ServiceFormView):
    """One's own action and the objective it is for; nobody else is shown which."""

    permission = owns_action
    form_class = ObjectiveTieForm
    template_name = "cohorts/set_action_tie.html"
    page_heading = gettext_lazy("What this action is for")

    def get_object(self) -> SetAction:
        return self.find(SetAction, queryset=SetAction.objects.select_related("learning_set__cohort", "words"))

    def objectives(self) -> QuerySet[WorkObjective]:
        return WorkObjective.objects.filter(owner_id=self.actor.person_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "objectives": self.objectives()}

    def get_initial(self) -> dict[str, Any]:
        tie = ActionTie.objects.filter(action=self.object).select_related("objective").first()
        return {"objective": tie.objective.public_id if tie else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_href=self.get_success_url(),
            words=SetActionText.objects.filter(action=self.object).first(),
            any=self.objectives().exists(),
            **kwargs,
        )

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:set-action-answer", kwargs=at)

    def act(self, data: dict[str, Any]) -> None:
        tie_action(action=self.object, objective=data["objective"], by=self.actor)
        messages.success(self.request, _("Saved. Nobody else sees which objective it is."))


class SetAirTimeView(ReadsSet, OneSet, TenantPage):
    permission = in_room
    template_name = "cohorts/set_air_time.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = with_air_time(members_of(self.object), self.object)
        return super().get_context_data(
            members=members,
            total=sum(member.minutes for member in members),
            meetings=meetings_of(self.object).select_related("event", "note"),
            back_href=self.set_url("detail"),
            **kwargs,
        )


class SetCoFacilitatorAddView(OneSet, ServiceFormView):
    permission = names_facilitators
    form_class = CoFacilitatorForm
    page_heading = gettext_lazy("Add a co-facilitator")

    def get_form_kwargs(self) -> dict[str, Any]:
        ids = {p.pk for p in people_with_role(Role.FACILITATOR, cohort_id=self.object.cohort_id)}
        ids -= {self.object.facilitator_id}
        return {**super().get_form_kwargs(), "people": Person.objects.filter(pk__in=ids)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.set_url("detail"), **kwargs)

    def get_success_url(self) -> str:
        return self.set_url("detail")

    def act(self, data: dict[str, Any]) -> None:
        row = add_co_facilitator(learning_set=self.object, by=self.actor, **data)
        messages.success(
            self.request, in_own_words(_("%(name)s facilitates the %(set)s with you now."), name=row.person.name)
        )


class SetCoFacilitatorRemoveView(OneSet, ServiceFormView):
    permission = names_facilitators
    form_class = ConfirmForm
    page_heading = gettext_lazy("Remove this co-facilitator")

    def get_object(self) -> LearningSet:
        rows = SetCoFacilitator.objects.select_related("person", *(f"learning_set__{name}" for name in SETS))
        self.row = self.find(SetCoFacilitator, queryset=rows)
        return self.row.learning_set  # type: ignore[no-any-return]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "submit": _("Remove %(name)s") % {"name": self.row.person.name},
            "warning": True,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.set_url("detail"), **kwargs)

    def get_success_url(self) -> str:
        """Whoever removed themselves can't read the set's page any more."""
        if set_reader(self.actor, self.object):
            return self.set_url("detail")
        return reverse("portal:home", kwargs={"tenant": self.request.tenant.slug})

    def act(self, data: dict[str, Any]) -> None:
        remove_co_facilitator(co_facilitator=self.row, by=self.actor)
        messages.success(
            self.request, in_own_words(_("%(name)s reads nothing of the %(set)s any more."), name=self.row.person.name)
        )
