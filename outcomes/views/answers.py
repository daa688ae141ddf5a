"""Answering a survey, and seeing what has changed for oneself: pages of one person alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from outcomes.forms import NoteForm, RatingForm
from outcomes.models import Domain, Survey, SurveyWave
from outcomes.rules import answers_surveys, asked_in_survey, asked_in_wave
from outcomes.selectors import indicators_by_domain, my_change, my_invitations, my_networks, my_ratings, my_response
from outcomes.services.answers import save_answers, save_note, send_answers
from outcomes.starter import SCALE
from tenancy.errors import Refused
from tenancy.views.base import TenantPage


class OwnWave:
    """The wave in the address, for a person who was asked."""

    permission = asked_in_wave

    def get_object(self) -> SurveyWave:
        rows = SurveyWave.objects.select_related("survey__cohort__programme")
        return self.find(SurveyWave, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    def path(self, name: str, **kwargs: Any) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id, **kwargs}  # type: ignore[attr-defined]
        return reverse(f"outcomes:{name}", kwargs=at)


class OpenWave(OwnWave):
    """A page that writes: once the wave has closed it leads to the first page, which says so."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.is_closed:  # type: ignore[attr-defined]
            return redirect(self.path("answer-start"))
        return super().get(request, *args, **kwargs)  # type: ignore[misc, no-any-return]


class AnswerListView(TenantPage):
    permission = answers_surveys
    template_name = "outcomes/answer_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = my_invitations(self.actor.person_id)
        open_rows = [i for i in rows if not i.wave.is_closed]
        surveys = {i.wave.survey_id: i.wave.survey for i in rows if i.answered_at}
        places = my_networks(self.actor.person_id)
        networks = {p.wave.cohort_id: p.wave.cohort for p in places if p.answered_at}
        return super().get_context_data(
            open_rows=open_rows,
            surveys=list(surveys.values()),
            missed=[i for i in rows if i.wave.is_closed and not i.answered_at],
            open_networks=[p for p in places if not p.wave.is_closed],
            networks=list(networks.values()),
            missed_networks=[p for p in places if p.wave.is_closed and not p.answered_at],
            **kwargs,
        )


class AnswerStartView(OwnWave, TenantPage):
    """What is asked, who will see what, and how far one is."""

    template_name = "outcomes/answer_start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wave = self.object
        ratings = my_ratings(wave, self.actor.person_id)
        response = my_response(wave, self.actor.person_id)
        tasks = []
        for domain, own in indicators_by_domain(wave.survey_id).items():
            done = sum(i.pk in ratings for i in own)
            tasks.append(
                {
                    "text": Domain(domain).label,
                    "href": self.path("answer-domain", domain=domain),
                    "hint": _("%(done)d of %(all)d answered") % {"done": done, "all": len(own)},
                    "done": done == len(own),
                    "status": task_status(done, len(own)),
                    "colour": "" if done == len(own) else "blue" if not done else "light-blue",
                }
            )
        note = {
            "text": _("A note to yourself"),
            "href": self.path("answer-note"),
            "done": True,
            "status": _("Written") if response and response.note else _("Optional"),
        }
        first = next((t["href"] for t in tasks if not t["done"]), self.path("answer-check"))
        return super().get_context_data(
            wave=wave,
            survey=wave.survey,
            response=response,
            tasks=[*tasks, note],
            next_href=first,
            started=bool(ratings),
            complete=all(t["done"] for t in tasks),
            caption=str(wave.survey.cohort),
            page_heading=wave.survey.name,
            **kwargs,
        )


def task_status(done: int, all_: int) -> str:
    if done == all_:
        return _("Completed")
    return _("In progress") if done else _("Not started")


class AnswerDomainView(OpenWave, ServiceFormView):
    """One domain a page."""

    form_class = RatingForm
    template_name = "outcomes/answer_domain.html"

    def get_object(self) -> SurveyWave:
        wave = super().get_object()
        self.domains = indicators_by_domain(wave.survey_id)
        if self.kwargs["domain"] not in self.domains:
            raise Http404
        return wave

    @property
    def next_path(self) -> str:
        """The next domain, or the check page; straight back there when one came to change something."""
        if self.request.GET.get("change"):
            return self.path("answer-check")
        later = list(self.domains)[list(self.domains).index(self.kwargs["domain"]) + 1 :]
        return self.path("answer-domain", domain=later[0]) if later else self.path("answer-note")

    def get_form_kwargs(self) -> dict[str, Any]:
        own = self.domains[self.kwargs["domain"]]
        return super().get_form_kwargs() | {"indicators": own, "submit": _("Save and continue")}

    def get_initial(self) -> dict[str, Any]:
        ratings = my_ratings(self.object, self.actor.person_id)
        return {i.public_id: str(ratings[i.pk]) for i in self.domains[self.kwargs["domain"]] if i.pk in ratings}

    def act(self, data: dict[str, Any]) -> None:
        values = {key: int(value) for key, value in data.items()}
        save_answers(wave=self.object, values=values, by=self.actor)

    def get_success_url(self) -> str:
        return self.next_path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = list(self.domains)
        at = names.index(self.kwargs["domain"]) + 1
        return super().get_context_data(
            page_heading=Domain(self.kwargs["domain"]).label,
            back_href=self.path("answer-start"),
            caption=_("%(survey)s: part %(at)d of %(all)d")
            % {"survey": self.object.survey.name, "at": at, "all": len(names)},
            wave=self.object,
            **kwargs,
        )


class AnswerNoteView(OpenWave, ServiceFormView):
    form_class = NoteForm
    template_name = "outcomes/answer_note.html"
    page_heading = gettext_lazy("A note to yourself")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"draft": f"survey-{self.object.public_id}-{self.actor.person_id}"}

    def get_initial(self) -> dict[str, Any]:
        response = my_response(self.object, self.actor.person_id)
        return {"note": response.note if response else ""}

    def act(self, data: dict[str, Any]) -> None:
        save_note(wave=self.object, note=data["note"], by=self.actor)

    def get_success_url(self) -> str:
        return self.path("answer-check")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.survey.name, back_href=self.path("answer-start"), **kwargs)


class AnswerCheckView(OpenWave, TenantPage):
    """Check answers, then send them."""

    template_name = "outcomes/answer_check.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wave = self.object
        ratings = my_ratings(wave, self.actor.person_id)
        response = my_response(wave, self.actor.person_id)
        cards = [
            {
                "title": Domain(domain).label,
                "rows": [
                    {
                        "key": i.text,
                        "value": SCALE[ratings[i.pk] - 1] if i.pk in ratings else _("Not answered yet"),
                        "href": f"{self.path('answer-domain', domain=domain)}?change=1#id_{i.public_id}",
                    }
                    for i in own
                ],
                "missing": any(i.pk not in ratings for i in own),
            }
            for domain, own in indicators_by_domain(wave.survey_id).items()
        ]
        note = [
            {
                "key": _("Note"),
                "value": response.note if response and response.note else _("None"),
                "href": self.path("answer-note"),
            }
        ]
        return super().get_context_data(
            wave=wave,
            survey=wave.survey,
            response=response,
            cards=cards,
            note=note,
            complete=not any(c["missing"] for c in cards),
            page_heading=_("Check your answers"),
            caption=wave.survey.name,
            back_href=self.path("answer-start"),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            send_answers(wave=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.path("answer-start"))
        return redirect(self.path("answer-done"))


class AnswerDoneView(OwnWave, TenantPage):
    template_name = "outcomes/answer_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        response = my_response(self.object, self.actor.person_id)
        if response is None or response.sent_at is None:
            raise Http404
        return super().get_context_data(
            wave=self.object, survey=self.object.survey, panel_title=_("Your answers are sent"), **kwargs
        )


class MyChangeView(TenantPage):
    """A person's own answers, before beside after."""

    permission = asked_in_survey
    template_name = "outcomes/my_change.html"

    def get_object(self) -> Survey:
        return self.find(Survey, queryset=Survey.objects.select_related("cohort__programme"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        domains = my_change(self.object, self.actor.person_id)
        every = [row for domain in domains for row in domain["rows"]]
        return super().get_context_data(
            survey=self.object,
            domains=domains,
            scale=list(enumerate(SCALE, start=1)),
            has_before=any(r["before"] for r in every),
            has_after=any(r["after"] for r in every),
            page_heading=_("What has changed for you"),
            caption=self.object.name,
            back_href=reverse("outcomes:answer-list", kwargs={"tenant": self.request.tenant.slug}),
            **kwargs,
        )
