"""How it goes: one's own page first, then the facilitator's word, then staff's. Nobody's page says why but one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.engagement import needs_word
from cohorts.forms.engagement import STAFF, DayJobForm, LimitsForm, PauseForm
from cohorts.models import (
    CheckIn,
    DayJobWord,
    EngagementLimits,
    EngagementSignal,
    Participation,
)
from cohorts.promises import promises_about
from cohorts.rules import checks_in, day_job_by_link, hears, pauses, reads_day_job, staff, takes_part
from cohorts.selectors import live_set_of
from cohorts.selectors.engagement import (
    away_until,
    facts_of,
    for_staff,
    limits_of,
    mine,
    open_signals,
    pauses_of,
    places_to_look_at,
    running_pause,
    words_to_staff,
)
from cohorts.services.engagement import end_pause, note_check_in, pause_engagement, save_limits, send_day_job_word
from cohorts.states import ParticipationState
from cohorts.views.base import CohortFrame, page_of
from cohorts.views.cohorts import OneCohort
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.views.base import TenantPage, TenantView


class OwnCohort:
    """Pages of whoever takes part, about the latest cohort that they're on."""

    request: Any
    actor: Any
    permission = takes_part

    def places(self) -> QuerySet[Participation]:
        return Participation.objects.filter(state=ParticipationState.ACTIVE).select_related("cohort__programme")

    @cached_property
    def place(self) -> Participation | None:
        rows = self.places().filter(person_id=self.actor.person_id)
        return rows.order_by("-cohort__starts_on", "-pk").first()

    @property
    def own_href(self) -> str:
        return reverse("cohorts:engagement-mine", kwargs={"tenant": self.request.tenant.slug})


class EngagementMineView(OwnCohort, TenantPage):
    """What there is about oneself, who else comes to know what of it and when, and what helps."""

    template_name = "cohorts/engagement_mine.html"

    def places(self) -> QuerySet[Participation]:
        rows = places_to_look_at().annotate(away_until=away_until())
        return rows.select_related("cohort__programme", "cohort__engagement_limits")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place = self.place
        if place is None:
            return super().get_context_data(place=None, **kwargs)
        limits = limits_of(place.cohort)
        facts = facts_of(place.cohort, [place]).get(place.person_id)
        signal = mine(place.person_id).filter(cohort=place.cohort).first()
        return super().get_context_data(
            place=place,
            caption=str(place.cohort),
            facts=facts,
            limits=limits,
            # things may have mended since the signal was worked out
            signal=signal if facts and needs_word(facts, limits) else None,
            spoke=CheckIn.objects.filter(signal=signal).select_related("by_person") if signal else [],
            learning_set=live_set_of(place.person_id, place.cohort_id),
            sent=DayJobWord.objects.filter(author_id=place.person_id, cohort=place.cohort).select_related("to_person"),
            **kwargs,
        )


class DayJobView(OwnCohort, ServiceFormView):
    """'My day job is in the way': what was promised, and a message to those who promised it or to staff."""

    form_class = DayJobForm
    template_name = "cohorts/day_job.html"
    page_heading = gettext_lazy("My day job is in the way")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.place else redirect(self.own_href)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.place else redirect(self.own_href)

    @cached_property
    def promises(self) -> list[Any]:
        return promises_about(self.place.person_id, self.place.cohort_id) if self.place else []

    def get_form_kwargs(self) -> dict[str, Any]:
        people = {p.by.public_id: f"{p.by.name}, {str(p.part).lower()}" for p in self.promises}
        return {**super().get_form_kwargs(), "people": list(people.items())}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            caption=str(self.place.cohort) if self.place else "",
            promises=self.promises,
            back_href=self.own_href,
            **kwargs,
        )

    def get_success_url(self) -> str:
        return self.own_href

    def act(self, data: dict[str, Any]) -> None:
        assert self.place is not None
        to = next((p.by for p in self.promises if p.by.public_id == data["to"]), None)
        if to is None and data["to"] != STAFF:
            raise Refused(_("Choose from the list"), field="to")
        send_day_job_word(cohort=self.place.cohort, to=to, body=data["body"], by=self.actor)
        messages.success(self.request, _("Sent. The message says that you wrote; your words they read here."))


class DayJobWordView(TenantPage):
    """What somebody wrote: for them, for whom they wrote to, and for staff where it was to staff."""

    permission = reads_day_job
    template_name = "cohorts/day_job_word.html"

    def get_object(self) -> DayJobWord:
        rows = DayJobWord.objects.select_related("cohort__programme", "author__organisation", "to_person", "words")
        return self.find(DayJobWord, queryset=rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(word=self.object, caption=str(self.object.cohort), **kwargs)


class DayJobReadView(TenantPage):
    """The same by the link of the message: no account, this one word."""

    permission = day_job_by_link
    template_name = "cohorts/day_job_word.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if getattr(request, "tenant", None) is None:
                raise
            return render(request, "tenancy/link_gone.html", status=404)

    def get_object(self) -> DayJobWord:
        rows = DayJobWord.objects.select_related("cohort__programme", "author__organisation", "to_person", "words")
        return rows.get(public_id=self.link.about, to_person_id=self.actor.person_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        promises = promises_about(self.object.author_id, self.object.cohort_id)
        own = [p for p in promises if p.by.pk == self.actor.person_id]
        return super().get_context_data(word=self.object, caption=str(self.object.cohort), promises=own, **kwargs)


class CheckInView(TenantPage):
    """How are you? Whoever facilitates their set, and later staff, speak with somebody and note that they did. There is no box for more."""

    permission = checks_in
    template_name = "cohorts/check_in.html"

    def get_object(self) -> EngagementSignal:
        rows = EngagementSignal.objects.select_related("person__organisation", "cohort__programme")
        return self.find(EngagementSignal, queryset=rows)

    @cached_property
    def facilitates(self) -> bool:
        return hears(self.actor, self.object)

    def back_href(self) -> str:
        at = {"tenant": self.request.tenant.slug}
        if self.facilitates:
            return reverse("portal:home", kwargs=at)
        return reverse("cohorts:engagement-list", kwargs={**at, "public_id": self.object.cohort.public_id})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        signal = self.object
        kind = CheckIn.Kind.FACILITATOR if self.facilitates else CheckIn.Kind.STAFF
        place = Participation.objects.filter(cohort=signal.cohort_id, person=signal.person_id).first()
        return super().get_context_data(
            signal=signal,
            caption=str(signal.cohort),
            facilitates=self.facilitates,
            staff_know=signal.staff_from <= timezone.now(),
            goes_on=open_signals().filter(pk=signal.pk).exists(),
            spoke=CheckIn.objects.filter(signal=signal, kind=kind).select_related("by_person"),
            place=place,
            back_href=self.back_href(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            note_check_in(signal=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Noted that you’ve spoken with %(name)s.") % {"name": self.object.person.name})
        return redirect(self.back_href())


class OnePlace:
    permission = pauses

    def get_object(self) -> Participation:
        return self.find(Participation, queryset=Participation.objects.select_related("cohort__programme", "person"))  # type: ignore[attr-defined, no-any-return]

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug}  # type: ignore[attr-defined]
        place, actor = self.object, self.actor  # type: ignore[attr-defined]
        if place.person_id == actor.person_id:
            return reverse("cohorts:engagement-mine", kwargs=at)
        if staff(actor, place):
            return reverse("cohorts:engagement-list", kwargs={**at, "public_id": place.cohort.public_id})
        return reverse("portal:home", kwargs=at)


class EngagementPauseView(OnePlace, ServiceFormView):
    form_class = PauseForm
    template_name = "cohorts/engagement_pause.html"
    page_heading = gettext_lazy("Ill, on leave or otherwise away")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place = self.object
        return super().get_context_data(
            place=place,
            caption=place.person.name,
            own=place.person_id == self.actor.person_id,
            pause=running_pause(place.cohort_id, place.person_id),
            back_href=self.get_success_url(),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        pause_engagement(place=self.object, until=data["until"], by=self.actor)
        messages.success(self.request, _("Paused. Nobody is asked anything until then."))


class EngagementPauseEndView(OnePlace, TenantView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if end_pause(place=self.object, by=self.actor):
            messages.success(request, _("Welcome back: the pause has ended."))
        return redirect(self.get_success_url())


class EngagementListView(OneCohort, CohortFrame, TenantPage):
    """For staff: who needs a word and since when, who is away, who wrote to staff. Why is on no page of theirs."""

    template_name = "cohorts/engagement_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_obj=page_of(self.request, for_staff(self.object)),
            away=pauses_of(self.object),
            words=words_to_staff(self.object)[:20],
            limits=limits_of(self.object),
            **kwargs,
        )


class EngagementLimitsView(OneCohort, CohortFrame, ServiceFormView):
    form_class = LimitsForm
    template_name = "cohorts/engagement_limits.html"
    page_heading = gettext_lazy("When somebody may need a word")

    def navigation_path(self) -> str:
        return self.get_success_url()

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:engagement-list", kwargs=at)

    def current_version(self) -> int:
        return EngagementLimits.objects.filter(cohort=self.object).values_list("version", flat=True).first() or 0

    def get_initial(self) -> dict[str, Any]:
        return LimitsForm.initial_for(limits_of(self.object), self.current_version())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        save_limits(cohort=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved. It counts within the hour."))
