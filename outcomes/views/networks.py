"""The network survey: staff ask and read figures, people say whom they know and see what is theirs."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import Cohort, Participation
from cohorts.states import ParticipationState
from cohorts.views.base import CohortFrame, cohorts_with_programme
from engine.views.service_form import ServiceFormView
from outcomes.forms import NetworkOpenForm, TiesForm, WaveForm, end_of_day
from outcomes.models import NetworkPlace, NetworkWave, NetworkWaveKind, Relation
from outcomes.network_section import network_figures
from outcomes.presentation import show_figure
from outcomes.rules import asked_in_network, in_a_network, staff
from outcomes.selectors import my_network, my_ties, network_waves, on_list, others_on_list
from outcomes.services.networks import (
    ask_joiners,
    close_network_wave,
    move_network_closing,
    open_network_wave,
    save_ties,
)
from tenancy.errors import Refused
from tenancy.views.base import TenantPage, TenantView

# As many as one gets through on a telephone before wanting to save; a larger list has pages and words to look for.
PEOPLE_A_PAGE = 60


class OneNetworkCohort:
    permission = staff

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme())  # type: ignore[attr-defined, no-any-return]


class OneNetworkWave:
    permission = staff

    def get_object(self) -> NetworkWave:
        rows = NetworkWave.objects.select_related("cohort__programme")
        return self.find(NetworkWave, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    @property
    def list_path(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.cohort.public_id}  # type: ignore[attr-defined]
        return reverse("outcomes:network-list", kwargs=kwargs)


class NetworkListView(OneNetworkCohort, CohortFrame, TenantPage):
    """A cohort's waves, and the figures of those that have been counted."""

    template_name = "outcomes/network_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waves = {wave.kind: wave for wave in network_waves(self.object)}
        order = NetworkWaveKind.values
        asked = [order.index(kind) for kind in waves]
        rest = all(wave.is_closed for wave in waves.values())
        shown = [
            {
                "kind": kind,
                "wave": waves.get(kind),
                "may_open": kind not in waves and rest and order.index(kind) > max(asked, default=-1),
                "passed": kind not in waves and order.index(kind) < max(asked, default=-1),
            }
            for kind in NetworkWaveKind
        ]
        return super().get_context_data(
            waves=shown, figures=[show_figure(f) for f in network_figures(self.object.pk)], **kwargs
        )


class NetworkOpenView(OneNetworkCohort, ServiceFormView):
    """Ask everyone on the cohort. The page says how many get a message."""

    form_class = NetworkOpenForm
    template_name = "outcomes/network_open.html"
    page_heading = gettext_lazy("Ask who knows whom")

    def get_object(self) -> Cohort:
        if self.kwargs["kind"] not in NetworkWaveKind.values:
            raise Http404
        return super().get_object()

    def act(self, data: dict[str, Any]) -> None:
        wave = open_network_wave(
            cohort=self.object,
            kind=self.kwargs["kind"],
            purpose=data["purpose"],
            closes_at=end_of_day(data),
            by=self.actor,
        )
        asked = wave.places.count()
        messages.success(
            self.request, ngettext("%(n)d person was asked.", "%(n)d people were asked.", asked) % {"n": asked}
        )

    def get_success_url(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("outcomes:network-list", kwargs=kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        there = Participation.objects.filter(cohort=self.object).exclude(state=ParticipationState.WITHDRAWN)
        return super().get_context_data(
            caption=f"{self.object}: {NetworkWaveKind(self.kwargs['kind']).label}",
            people=there.count(),
            back_href=self.get_success_url(),
            **kwargs,
        )


class NetworkMoveView(OneNetworkWave, ServiceFormView):
    form_class = WaveForm
    page_heading = gettext_lazy("Change the last day to answer")

    def act(self, data: dict[str, Any]) -> None:
        move_network_closing(wave=self.object, closes_at=end_of_day(data), by=self.actor)

    def get_success_url(self) -> str:
        return self.list_path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=str(self.object.cohort), back_href=self.list_path, **kwargs)


class NetworkCloseView(OneNetworkWave, TenantPage):
    """Asks before it closes: a wave never opens again."""

    template_name = "outcomes/network_close.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        places = on_list(self.object)
        return super().get_context_data(
            wave=self.object,
            invited=places.count(),
            answered=places.filter(answered_at__isnull=False).count(),
            back_href=self.list_path,
            page_heading=_("Close the network survey now"),
            caption=str(self.object.cohort),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            close_network_wave(wave=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The survey is closed. Its figures are here in a minute or two."))
        return redirect(self.list_path)


class NetworkInviteView(OneNetworkWave, TenantView):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            asked = ask_joiners(wave=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = ngettext("%(n)d more person was asked.", "%(n)d more people were asked.", asked) % {"n": asked}
            messages.success(request, text if asked else _("Everyone on the cohort had already been asked."))
        return redirect(self.list_path)


class NetworkAnswerView(ServiceFormView):
    """Whom somebody knows, asks and works with: one page, or for a large list some of it at a time, saved with every step."""

    permission = asked_in_network
    form_class = TiesForm
    template_name = "outcomes/network_answer.html"
    page_heading = gettext_lazy("Who do you know here?")

    def get_object(self) -> NetworkWave:
        rows = NetworkWave.objects.select_related("cohort__programme")
        return self.find(NetworkWave, queryset=rows)  # type: ignore[no-any-return]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.is_closed:
            return redirect(self.mine_path)
        return super().get(request, *args, **kwargs)

    @property
    def mine_path(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.cohort.public_id}
        return reverse("outcomes:network-mine", kwargs=kwargs)

    @cached_property
    def words(self) -> str:
        return self.request.GET.get("q", "").strip()[:100]

    @cached_property
    def place(self) -> NetworkPlace:
        return NetworkPlace.objects.get(wave=self.object, person_id=self.actor.person_id)

    @cached_property
    def paginator(self) -> Paginator:
        return Paginator(others_on_list(self.object, self.actor.person_id, words=self.words), PEOPLE_A_PAGE)

    @cached_property
    def places(self) -> list[NetworkPlace]:
        """Whom this page is about: after a post those whom it had, whatever has changed on the list since."""
        if self.request.method == "POST":
            keys = self.request.POST.get("shown", "").replace("\x00", "").split(",")[:PEOPLE_A_PAGE]
            everyone = others_on_list(self.object, self.actor.person_id)
            return list(everyone.filter(person__public_id__in=[key[:16] for key in keys]))
        return list(self.page_obj.object_list)

    @cached_property
    def page_obj(self) -> Any:
        return self.paginator.get_page(self.request.GET.get("page"))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": [p.person.public_id for p in self.places]}

    def get_initial(self) -> dict[str, Any]:
        ties = my_ties(self.object, self.actor.person_id)
        keys = [p.person.public_id for p in self.places]
        said = {p.person.public_id: sorted(ties.get(p.person_id, ())) for p in self.places}
        return {"shown": ",".join(keys), **said}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        go = self.request.POST.get("go", "")
        shown = data.pop("shown").split(",")
        save_ties(wave=self.object, shown=shown, named=data, send=go == "send", by=self.actor)
        if go == "send":
            messages.success(self.request, _("Your answers are sent. You can change them until the survey closes."))
            return redirect(self.mine_path)
        if go in ("next", "back"):
            return redirect(self.at(page=self.page_obj.number + (1 if go == "next" else -1), q=self.words))
        if go == "find":
            return redirect(self.at(q=self.request.POST.get("q", "").strip()[:100]))
        messages.success(self.request, self.saved_words())
        return redirect(self.at(page=self.page_obj.number, q=self.words))

    def saved_words(self) -> str:
        if self.place.answered_at:
            return _("Saved.")
        return _("Saved. Your answers count once you send them.")

    def at(self, **query: Any) -> str:
        asked = {key: value for key, value in query.items() if value and value != 1}
        return f"{self.request.path}?{urlencode(asked)}" if asked else self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            caption=str(self.object.cohort),
            back_href=reverse("outcomes:answer-list", kwargs={"tenant": self.request.tenant.slug}),
            wave=self.object,
            place=self.place,
            words=self.words,
            **kwargs,
        )
        form = context["form"]
        rows = [
            {
                "key": p.person.public_id,
                "person": p.person,
                "organisation": p.organisation.name if p.organisation else _("No organisation recorded"),
                "is_new": self.place.answered_at is not None and p.seen_from > self.place.answered_at,
                "ticks": [
                    (value, label, value in (form[p.person.public_id].value() or ()))
                    for value, label in Relation.choices
                ],
                "errors": form[p.person.public_id].errors,
            }
            for p in self.places
        ]
        context["groups"] = [
            {"name": name, "rows": list(own)} for name, own in groupby(rows, key=lambda row: row["organisation"])
        ]
        context |= {"page_obj": self.page_obj, "many": self.paginator.num_pages > 1 or bool(self.words)}
        return context


class NetworkMineView(TenantPage):
    """What somebody said, wave beside wave. Theirs alone."""

    permission = in_a_network
    template_name = "outcomes/network_mine.html"

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme())  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slug = self.request.tenant.slug
        waves = my_network(self.object, self.actor.person_id)
        open_wave = NetworkWave.objects.filter(
            cohort=self.object, counted_at__isnull=True, places__person_id=self.actor.person_id
        ).last()
        directory = reverse("cohorts:directory", kwargs={"tenant": slug})
        return super().get_context_data(
            waves=waves,
            latest=waves[-1] if waves else None,
            summary=beside(waves),
            stands=any(row["share"] is not None for wave in waves for row in wave["rows"]),
            open_wave=open_wave if open_wave and not open_wave.is_closed else None,
            directory=f"{directory}?cohort={self.object.public_id}&met=no",
            page_heading=_("Your network on this cohort"),
            caption=str(self.object),
            back_href=reverse("outcomes:answer-list", kwargs={"tenant": slug}),
            **kwargs,
        )


def beside(waves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row a relation, with what each wave says of it."""
    return [{"label": label, "cells": [wave["rows"][n] for wave in waves]} for n, label in enumerate(Relation.labels)]
