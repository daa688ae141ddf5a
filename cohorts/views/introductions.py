"""Introductions, as the people see them and as staff do. Those of others are a 404."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.introductions import ArrangeForm, IntroduceForm, IntroduceTwoForm, IntroductionAnswerForm, WishForm
from cohorts.models import Cohort, Introduction
from cohorts.rules import asked_whether, in_directory, party_to, staff
from cohorts.selectors.directory import people_found
from cohorts.selectors.introductions import (
    OPEN,
    introduction_counts,
    introductions_with,
    people_staff_reach,
    readable_introductions,
    wishes_for_staff,
)
from cohorts.services.introductions import (
    answer_introduction,
    arrange_introduction,
    introduce,
    introduce_as_staff,
    turn_down_introduction,
    wish_introduction,
)
from cohorts.states import IntroductionState
from cohorts.views.base import CohortFrame, cohorts_with_programme, page_of
from cohorts.views.directory import AmongPeople, OnePerson, WithPlace
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Person
from tenancy.rules import Rule
from tenancy.views.base import TenantPage


class IntroductionListView(AmongPeople, TenantPage):
    template_name = "cohorts/introduction_list.html"
    page_name = "cohorts:introduction-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_obj=page_of(self.request, introductions_with(self.me)),
            me=self.me,
            has_place=bool(self.cohorts),
            **kwargs,
        )


class DirectoryIntroduceView(OnePerson, WithPlace, ServiceFormView):
    """Introduces the person of the page to somebody else one finds."""

    form_class = IntroduceForm

    @cached_property
    def others(self) -> dict[str, Person]:
        return {p.public_id: p for p in people_found(self.me).exclude(pk=self.object.pk)}

    def get_form_kwargs(self) -> dict[str, Any]:
        draft = f"introduce-{self.actor.person.public_id}-{self.object.public_id}"
        about = {"people": self.others.values(), "name": self.object.name, "draft": draft}
        return {**super().get_form_kwargs(), **about}

    def get_success_url(self) -> str:
        return self.address("introduction-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_href=self.address("directory-person", public_id=self.object.public_id),
            page_heading=_("Introduce %(name)s") % {"name": self.object.name},
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        other = self.others[data["other"]]
        introduce(first=self.object, second=other, why=data["why"], by=self.actor)
        messages.success(self.request, _("Both have been asked. Nothing is shared until both say yes."))


class IntroductionWishView(WithPlace, ServiceFormView):
    form_class = WishForm
    page_heading = gettext_lazy("Ask staff to introduce you")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"wish-{self.actor.person.public_id}"}

    def get_success_url(self) -> str:
        return self.address("introduction-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), caption=str(self.cohorts[0]), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        wish_introduction(by=self.actor, **data)
        messages.success(self.request, _("Staff have been told. You get a message when somebody has said yes."))


class IntroductionDetailView(AmongPeople, ServiceFormView):
    """What it is about, and the question for whoever is asked. Addresses once both have said yes."""

    form_class = IntroductionAnswerForm
    permission: Rule = party_to
    template_name = "cohorts/introduction_detail.html"

    def get_object(self) -> Introduction:
        row: Introduction = self.find(Introduction, queryset=readable_introductions())
        return row

    @cached_property
    def may_answer(self) -> bool:
        return self.object.state in OPEN and not self.object.is_over and asked_whether(self.actor, self.object)

    def get_success_url(self) -> str:
        return self.address("introduction-detail", public_id=self.object.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.object.words
        between = self.me in (words.first_id, words.second_id)
        return super().get_context_data(
            words=words,
            other=(words.second if words.first_id == self.me else words.first) if between else None,
            made=self.object.state == IntroductionState.MADE,
            wish=words.second_id is None,
            own=words.by_person_id == self.me,
            may_answer=self.may_answer,
            back_href=self.back(),
            **kwargs,
        )

    def back(self) -> str:
        """To the list that they can open."""
        if in_directory(self.actor):
            return self.address("introduction-list")
        if staff(self.actor, self.object):
            return self.address("introduction-list-staff", public_id=self.object.cohort.public_id)
        return reverse("portal:home", kwargs={"tenant": self.request.tenant.slug})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_answer:
            messages.info(request, _("There is nothing to answer here any more."))
            return redirect(self.get_success_url())
        return super().post(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        answer_introduction(introduction=self.object, yes=data["answer"] == "yes", by=self.actor)
        self.object.refresh_from_db(fields=["state"])
        if self.object.state == IntroductionState.MADE:
            messages.success(self.request, _("You’ve both said yes: here is the other’s address."))
        elif data["answer"] == "yes":
            messages.success(self.request, _("Thank you. You get a message when the other has said yes too."))
        else:
            messages.success(self.request, _("Thank you. Nobody is told that it was you."))


class OfStaff:
    permission = staff
    request: Any
    actor: Any
    object: Any

    def navigation_path(self) -> str:
        return self.get_success_url()

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.cohort.public_id}
        return reverse("cohorts:introduction-list-staff", kwargs=at)

    @cached_property
    def cohort(self) -> Cohort:
        return self.object if isinstance(self.object, Cohort) else self.object.cohort

    @cached_property
    def people(self) -> dict[str, Person]:
        return {p.public_id: p for p in people_staff_reach(self.actor, self.cohort)}


class IntroductionListStaffView(OfStaff, CohortFrame, TenantPage):
    """For staff: what people asked of them, and how many introductions there were."""

    template_name = "cohorts/introduction_list_staff.html"

    def get_object(self) -> Cohort:
        row: Cohort = self.find(Cohort, queryset=cohorts_with_programme())  # type: ignore[attr-defined]
        return row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = page_of(self.request, wishes_for_staff(self.object.pk, self.actor.person_id))
        counts = introduction_counts(self.object.pk)
        return super().get_context_data(page_obj=rows, counts=counts, me=self.actor.person_id, **kwargs)


class IntroductionBetweenView(OfStaff, CohortFrame, ServiceFormView):
    form_class = IntroduceTwoForm
    page_heading = gettext_lazy("Introduce two people")

    def get_object(self) -> Cohort:
        row: Cohort = self.find(Cohort, queryset=cohorts_with_programme())
        return row

    def get_form_kwargs(self) -> dict[str, Any]:
        draft = f"introduce-{self.object.public_id}"
        return {**super().get_form_kwargs(), "people": self.people.values(), "draft": draft}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        first, second = self.people[data["first"]], self.people[data["second"]]
        introduce_as_staff(cohort=self.cohort, first=first, second=second, why=data["why"], by=self.actor)
        messages.success(self.request, _("Both have been asked. Nothing is shared until both say yes."))


class IntroductionArrangeView(OfStaff, CohortFrame, ServiceFormView):
    """A wish: somebody found, or a word why not."""

    form_class = ArrangeForm
    template_name = "cohorts/introduction_arrange.html"

    def get_object(self) -> Introduction:
        row: Introduction = self.find(Introduction, queryset=readable_introductions().filter(words__to_staff=True))
        if staff(self.actor, row) and row.state != IntroductionState.WISHED:
            self.settled = True
        return row

    settled = False

    def get_form_kwargs(self) -> dict[str, Any]:
        people = [p for p in self.people.values() if p.pk != self.object.words.first_id]
        return {**super().get_form_kwargs(), "people": people, "draft": f"arrange-{self.object.public_id}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("%(name)s would like to be introduced") % {"name": self.object.words.first.name}
        return super().get_context_data(
            back_href=self.get_success_url(),
            page_heading=heading,
            words=self.object.words,
            settled=self.settled,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        if self.settled:
            raise Refused(_("This has been settled meanwhile."))
        if data["second"]:
            second = self.people[data["second"]]
            arrange_introduction(introduction=self.object, second=second, reply=data["reply"], by=self.actor)
            messages.success(self.request, _("They have been asked. Nothing is shared until they say yes."))
        else:
            turn_down_introduction(introduction=self.object, reply=data["reply"], by=self.actor)
            messages.success(self.request, _("Saved. They read it on the page of their introductions."))
