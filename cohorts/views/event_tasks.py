"""Pre-work and follow-on: a page for each, a tick for whoever did it, and who hasn't for whoever keeps the register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm, EventTaskEditForm, EventTaskForm
from cohorts.models import Event, EventTask, EventTaskDone
from cohorts.rules import event_keeper, event_reader, expected_at_event
from cohorts.selectors.events import own_ids
from cohorts.services.event_tasks import (
    add_event_task,
    edit_event_task,
    mark_task_done,
    remove_event_task,
    take_back_task_done,
)
from cohorts.states import EventState
from cohorts.views.base import CohortFrame
from cohorts.views.events import OneEvent
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Person
from tenancy.views.base import TenantPage, TenantView


class EventTaskAddView(OneEvent, CohortFrame, ServiceFormView):
    permission = event_keeper
    form_class = EventTaskForm
    page_heading = gettext_lazy("Add pre-work or follow-on")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.event_href, caption=self.object.title, **kwargs)

    def get_success_url(self) -> str:
        return self.event_href

    def act(self, data: dict[str, Any]) -> None:
        add_event_task(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("Everyone expected finds it on their list."))


class OneTask(OneEvent):
    """Views about a task in the address. What one may do with it follows from its event, which is the object."""

    task: EventTask

    def get_object(self) -> Event:
        rows = EventTask.objects.select_related(
            "event__cohort__programme", "event__learning_set__plan", "event__learning_set__facilitator", "event__owner"
        )
        self.task = self.find(EventTask, queryset=rows)  # type: ignore[attr-defined]
        return self.task.event

    @property
    def task_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.task.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:event-task-detail", kwargs=at)


class EventTaskDetailView(OneTask, CohortFrame, TenantPage):
    permission = event_reader
    template_name = "cohorts/event_task_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, me = self.object, self.actor.person_id
        keeps = event_keeper(self.actor, event)
        # Whoever keeps the register reads who did it; everyone else their own tick.
        rows = EventTaskDone.objects.filter(task=self.task)
        done = dict((rows if keeps else rows.filter(person_id=me)).values_list("person_id", "done_at"))
        people = list(Person.objects.filter(pk__in=own_ids(event))) if keeps else []
        return super().get_context_data(
            event=event,
            task=self.task,
            back_href=self.event_href,
            keeps=keeps,
            expected=expected_at_event(self.actor, event),
            done_at=done.get(me) if me else None,
            total=len(people),
            number=sum(person.pk in done for person in people),
            left=[person for person in people if person.pk not in done],
            is_open=event.state == EventState.PLANNED,
            **kwargs,
        )


class EventTaskDoneView(OneTask, TenantView):
    permission = expected_at_event

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.POST.get("done") == "no":
                take_back_task_done(task=self.task, by=self.actor)
            else:
                mark_task_done(task=self.task, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(self.task_href)


class EventTaskEditView(OneTask, CohortFrame, ServiceFormView):
    permission = event_keeper
    form_class = EventTaskEditForm
    page_heading = gettext_lazy("Change pre-work or follow-on")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.task, name) for name in ("timing", "title", "text", "url", "version")}

    def current_version(self) -> int:
        return EventTask.objects.values_list("version", flat=True).get(pk=self.task.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.task_href, caption=self.object.title, **kwargs)

    def get_success_url(self) -> str:
        return self.task_href

    def act(self, data: dict[str, Any]) -> None:
        edit_event_task(task=self.task, by=self.actor, **data)
        messages.success(self.request, _("It has been saved."))


class EventTaskRemoveView(OneTask, CohortFrame, ServiceFormView):
    permission = event_keeper
    form_class = ConfirmForm
    template_name = "cohorts/event_task_remove.html"
    page_heading = gettext_lazy("Ask this no longer")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Ask it no longer"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_href=self.task_href, caption=self.object.title, task=self.task, number=self.task.done.count(), **kwargs
        )

    def get_success_url(self) -> str:
        return self.event_href

    def act(self, data: dict[str, Any]) -> None:
        remove_event_task(task=self.task, by=self.actor)
        messages.success(self.request, _("It is asked of nobody any longer."))
