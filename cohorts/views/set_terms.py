"""When and where people can meet their set, and how many sets each facilitator takes."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.set_terms import CapacityForm, SetTermsForm, TermsAskForm
from cohorts.models import SetTerms
from cohorts.rules import meets_in_sets
from cohorts.selectors.set_terms import asking_of, capacities_of, said_when, shown_capacities, silent_people
from cohorts.services.set_terms import ask_for_set_terms, save_capacities, save_set_terms
from cohorts.views.base import CohortFrame
from cohorts.views.cohorts import OneCohort
from engine.views.service_form import ServiceFormView
from tenancy.models import Person, Role
from tenancy.seen import digest_of
from tenancy.selectors import people_with_role
from tenancy.vocabulary import in_own_words


class SetTermsView(ServiceFormView):
    """One's own answer, read by staff of one's cohorts when they make the sets."""

    permission = meets_in_sets
    form_class = SetTermsForm
    template_name = "cohorts/set_terms.html"
    page_heading = in_own_words(gettext_lazy("When you can meet your %(set)s"))

    def stored(self) -> SetTerms | None:
        return SetTerms.objects.filter(person_id=self.actor.person_id).first()

    def get_initial(self) -> dict[str, Any]:
        row = self.stored()
        return {"never": row.never, "needs": row.needs, "version": row.version} if row else {"version": 0}

    def current_version(self) -> int:
        row = self.stored()
        return row.version if row else 0

    def get_success_url(self) -> str:
        return str(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("cohorts:set-mine", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, stored=self.stored(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        save_set_terms(by=self.actor, **data)
        messages.success(self.request, in_own_words(_("Saved. It counts when staff next make or change the %(sets)s.")))


class TermsAskView(OneCohort, CohortFrame, ServiceFormView):
    """Whom staff still wait for, by name, and the form that asks them; while they're asked, only by when."""

    form_class = TermsAskForm
    template_name = "cohorts/terms_ask.html"
    page_heading = in_own_words(gettext_lazy("When people can meet their %(sets)s"))

    def address(self, name: str) -> str:
        return reverse(name, kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id})

    def navigation_path(self) -> str:
        return self.address("cohorts:set-list")

    def get_success_url(self) -> str:
        return self.address("cohorts:terms-ask")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_href=self.address("cohorts:set-list"),
            asking=asking_of(self.object),
            silent=list(silent_people(self.object.pk).select_related("organisation")),
            said=said_when(self.object.pk),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        until = timezone.make_aware(datetime.combine(data["until"], time(23, 59)))
        ask_for_set_terms(cohort=self.object, until=until, by=self.actor)
        messages.success(self.request, _("Whoever hasn’t said is being asked."))


class SetCapacityView(OneCohort, CohortFrame, ServiceFormView):
    form_class = CapacityForm
    template_name = "cohorts/set_capacity.html"
    page_heading = in_own_words(gettext_lazy("How many %(sets)s each facilitator takes"))

    def people(self) -> list[Person]:
        return people_with_role(Role.FACILITATOR, cohort_id=self.object.pk)

    def navigation_path(self) -> str:
        return self.get_success_url()

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:set-list", kwargs=at)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": self.people()}

    def get_initial(self) -> dict[str, Any]:
        shown = shown_capacities(self.people(), capacities_of(self.object.pk))
        return {**shown, "seen": digest_of(shown)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), any=bool(self.people()), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        takes = {person: data[person.public_id] for person in self.people()}
        save_capacities(cohort=self.object, takes=takes, seen=data["seen"], by=self.actor)
        messages.success(self.request, in_own_words(_("Saved. It counts when you next compose %(sets)s.")))
