"""Alumni buddies: the offer of an alumnus, asking one, the page of a pair, and what staff see of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.buddies import BuddyAnswerForm, BuddyAskForm, BuddyOfferForm, BuddySuggestForm
from cohorts.models import BuddyOffer, BuddyPair, BuddyWords
from cohorts.rules import an_alumnus, in_pair, keeps_plan, owns_pair
from cohorts.selectors.buddies import (
    Buddy,
    buddies_for,
    choosable,
    offers_to,
    open_pair_of,
    open_pairs,
    pairs_of,
    people_to_suggest,
)
from cohorts.selectors.returning import context_of, plan_of, plans_made
from cohorts.services.buddies import (
    answer_buddy,
    ask_buddy,
    end_buddies,
    offer_to_be_buddy,
    show_plan,
    suggest_buddy,
)
from cohorts.views.base import CohortFrame
from cohorts.views.cohorts import OneCohort
from cohorts.views.returning import OfReturn
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Person
from tenancy.views.base import TenantPage, TenantView


class BuddyOfferView(ServiceFormView):
    permission = an_alumnus
    form_class = BuddyOfferForm
    template_name = "cohorts/buddy_offer.html"
    page_heading = gettext_lazy("Be a buddy for somebody who goes back to work")

    def get_object(self) -> BuddyOffer | None:
        return BuddyOffer.objects.filter(person_id=self.actor.person_id).first()

    def current_version(self) -> int:
        row = self.get_object()
        return row.version if row else 0

    def get_initial(self) -> dict[str, Any]:
        row = self.object
        return {"capacity": row.capacity, "about": row.about, "version": row.version} if row else {"version": 0}

    def get_success_url(self) -> str:
        return reverse("cohorts:buddy-offer", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = pairs_of(self.actor.person_id).filter(open_pairs(), buddy_id=self.actor.person_id)
        back = reverse("cohorts:alumni-home", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, pairs=rows, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        offer = offer_to_be_buddy(by=self.actor, **data)
        said = (
            _("Saved. People of your programme can choose you.")
            if offer.capacity
            else _("Saved. Nobody is offered you.")
        )
        messages.success(self.request, said)


class BuddyAskView(OfReturn, ServiceFormView):
    permission = keeps_plan
    form_class = BuddyAskForm
    template_name = "cohorts/buddy_ask.html"
    page_heading = gettext_lazy("Ask an alumnus to be your buddy")

    @cached_property
    def buddies(self) -> list[Buddy]:
        if self.cohort is None or self.actor.person is None:
            return []
        return choosable(buddies_for(self.actor.person, self.cohort))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "buddies": self.buddies, "draft": f"{self.draft}-buddy"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        there = open_pair_of(self.actor.person) if self.actor.person else None
        return super().get_context_data(buddies=self.buddies, there=there, caption=str(self.cohort or ""), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        assert self.cohort is not None
        chosen = next((row for row in self.buddies if row.offer.person.public_id == data["buddy"]), None)
        if chosen is None:
            raise Refused(_("Choose from the list"), field="buddy")
        pair = ask_buddy(cohort=self.cohort, buddy=chosen.offer.person, body=data["body"], by=self.actor)
        messages.success(self.request, _("%(name)s is being asked.") % {"name": pair.buddy.name})


class OnePair:
    permission = in_pair
    request: Any
    actor: Any
    object: Any

    def get_object(self) -> BuddyPair:
        return self.find(BuddyPair, queryset=pairs_of(self.actor.person_id))  # type: ignore[attr-defined, no-any-return]

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:buddy-pair", kwargs=at)


class BuddyPairView(OnePair, ServiceFormView):
    """Who it is between, whose yes is waited for, how to reach each other once both have said it."""

    form_class = BuddyAnswerForm
    template_name = "cohorts/buddy_pair.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pair, me = self.object, self.actor.person_id
        own = pair.person_id == me
        at = {"tenant": self.request.tenant.slug}
        reads = pair.is_on and pair.shows_plan and not own
        return super().get_context_data(
            page_heading=_("Buddies: %(one)s and %(other)s") % {"one": pair.person.name, "other": pair.buddy.name},
            caption=str(pair.cohort),
            pair=pair,
            own=own,
            other=pair.buddy if own else pair.person,
            asked=pair.is_asked and pair.answers_next == me,
            words=BuddyWords.objects.filter(pair=pair).first(),
            plan=plan_of(pair.person_id, pair.cohort) if reads else None,
            change=context_of(pair.person_id, pair.cohort) if reads else None,
            back_href=reverse("cohorts:return-home" if own else "cohorts:buddy-offer", kwargs=at),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        row = answer_buddy(pair=self.object, yes=data["answer"] == "yes", by=self.actor)
        if row.is_on:
            messages.success(self.request, _("You’re buddies now. How to reach each other stands below."))
        else:
            messages.success(self.request, _("Thank you for saying so."))


class BuddyEndView(OnePair, TenantView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        end_buddies(pair=self.object, by=self.actor)
        messages.success(request, _("It’s over. Thank you both."))
        return redirect(self.get_success_url())


class BuddyShowPlanView(OnePair, TenantView):
    permission = owns_pair

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            row = show_plan(pair=self.object, shown=request.POST.get("shown") == "yes", by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                _("They can read your return plan and what has changed.")
                if row.shows_plan
                else _("They can’t read them any more."),
            )
        return redirect(self.get_success_url())


class ReturnStaffView(OneCohort, CohortFrame, TenantPage):
    """For staff: how many have a plan, which pairs there are, who is on offer. Not a word of any of it."""

    template_name = "cohorts/return_staff.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cohort = self.object
        pairs = BuddyPair.objects.filter(cohort=cohort).select_related("person", "buddy").filter(open_pairs())
        return super().get_context_data(
            cohort=cohort,
            plans=plans_made(cohort),
            pairs=pairs.order_by("person__sort_key", "pk"),
            offers=[(offer, max(offer.capacity - offer.held, 0)) for offer in offers_to(cohort)],  # type: ignore[attr-defined]
            **kwargs,
        )


class BuddySuggestView(OneCohort, CohortFrame, ServiceFormView):
    form_class = BuddySuggestForm
    template_name = "cohorts/buddy_suggest.html"
    page_heading = gettext_lazy("Suggest a buddy")

    def navigation_path(self) -> str:
        return self.get_success_url()

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:return-staff", kwargs=at)

    def get_form_kwargs(self) -> dict[str, Any]:
        buddies = Person.objects.filter(pk__in=offers_to(self.object).order_by().values("person"))
        people = people_to_suggest(self.object)
        return {**super().get_form_kwargs(), "people": people, "buddies": buddies.order_by("sort_key", "pk")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        pair = suggest_buddy(cohort=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s is asked first.") % {"name": pair.person.name})
