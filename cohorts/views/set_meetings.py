"""A meeting of a set: one page a step, kept at each, come back to where it was left."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.set_room import ActionForm, BidForm, BidsForm, CheckInStepForm, PresentingForm, ReviewForm
from cohorts.models import AirTime, Attendance, Event, LearningSet, ProcessNote, SetMeeting
from cohorts.rules import in_room, room_keeper, set_member
from cohorts.selectors import expected_people
from cohorts.selectors.issue_tags import tags_in_use, tags_of
from cohorts.selectors.set_room import (
    Member,
    actions_of,
    is_last_step,
    members_of,
    rules_of,
    step_after,
    was_in_room,
    with_acceptance,
    with_air_time,
)
from cohorts.selectors.sets import keep_standing, people_in, with_standing
from cohorts.services.set_meetings import (
    begin_meeting,
    bid_for_air_time,
    keeps_room,
    minutes_seen,
    move_on,
    save_bids,
    save_check_in,
    save_minutes,
    save_review,
)
from cohorts.services.set_room import add_action
from cohorts.states import MeetingStep, SetActionState
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Person
from tenancy.seen import digest_of
from tenancy.views.base import TenantPage, TenantView


class OneMeeting:
    """Views about the meeting of the event in the address. What one may do with it follows from its set, which is the object."""

    event: Event

    def events(self) -> QuerySet[Event]:
        return Event.objects.filter(learning_set__isnull=False).select_related(
            "learning_set__cohort__programme",
            "learning_set__plan",
            "learning_set__facilitator",
            "set_meeting",
            "cohort",
        )

    def get_object(self) -> LearningSet:
        self.event = self.find(Event, queryset=self.events())  # type: ignore[attr-defined]
        assert self.event.learning_set is not None
        return self.event.learning_set

    @cached_property
    def meeting(self) -> SetMeeting | None:
        found: SetMeeting | None = getattr(self.event, "set_meeting", None)
        if found is not None:
            found.event, found.learning_set = self.event, self.object  # type: ignore[attr-defined]
        return found

    def meeting_url(self, step: str = "") -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.event.public_id}  # type: ignore[attr-defined]
        if step:
            return reverse("cohorts:set-meeting-step", kwargs={**at, "step": step})
        return reverse("cohorts:set-meeting", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("learning_set", self.object)  # type: ignore[attr-defined]
        kwargs.setdefault("event", self.event)
        kwargs.setdefault("meeting", self.meeting)
        kwargs.setdefault("caption", self.event.title)
        return super().get_context_data(**kwargs)  # type: ignore[misc, no-any-return]


class SetMeetingView(OneMeeting, TenantPage):
    """Before it: what there is to prepare. During: the step it has come to. After: what is kept of it."""

    permission = in_room
    template_name = "cohorts/set_meeting.html"

    def events(self) -> QuerySet[Event]:
        rows = super().events().select_related("set_meeting__note")
        return with_standing(rows, self.actor.person_id, "learning_set")

    def get_object(self) -> LearningSet:
        learning_set = super().get_object()
        keep_standing(self.event, learning_set, self.actor.person_id)
        return learning_set

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learning_set, meeting = self.object, self.meeting
        members = with_air_time(members_of(learning_set), learning_set, at=meeting)
        rules = rules_of(learning_set)
        accepted = sum(m.accepted_at is not None for m in with_acceptance(members, rules))
        mine = next((m for m in members if m.person.pk == self.actor.person_id), None)
        there = meeting is not None and was_in_room(learning_set, self.actor.person_id, meeting.begun_at)
        return super().get_context_data(
            members=members,
            asked=[m for m in members if m.wanted or m.had],
            rules=rules,
            accepted=accepted,
            mine=mine,
            keeps=room_keeper(self.actor, learning_set),
            runs=there and room_keeper(self.actor, learning_set),
            may_bid=there and mine is not None and meeting is not None and meeting.held_at is None,
            due=actions_of(learning_set).filter(state=SetActionState.OPEN),
            made=actions_of(learning_set).filter(meeting=meeting) if meeting else [],
            note=getattr(meeting, "note", None),
            step_href=self.meeting_url(meeting.step) if meeting else "",
            **kwargs,
        )


class SetMeetingBeginView(OneMeeting, TenantView):
    permission = room_keeper

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            meeting = begin_meeting(event=self.event, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.meeting_url())
        return redirect(self.meeting_url(meeting.step))


class SetMeetingBidView(OneMeeting, ServiceFormView):
    """A member asks for air time on their own phone."""

    permission = set_member
    form_class = BidForm
    page_heading = gettext_lazy("Ask for air time")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.meeting else redirect(self.meeting_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.meeting else redirect(self.meeting_url())

    def get_initial(self) -> dict[str, Any]:
        row = AirTime.objects.filter(meeting=self.meeting, person_id=self.actor.person_id).first()
        return {"wanted": row.wanted if row else None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.meeting_url(), **kwargs)

    def get_success_url(self) -> str:
        return self.meeting_url()

    def act(self, data: dict[str, Any]) -> None:
        assert self.meeting is not None
        bid_for_air_time(meeting=self.meeting, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class SetMeetingStepView(OneMeeting, ServiceFormView):
    permission = room_keeper
    template_name = "cohorts/set_meeting_step.html"
    forms = {
        MeetingStep.CHECK_IN: CheckInStepForm,
        MeetingStep.BIDS: BidsForm,
        MeetingStep.PRESENTING: PresentingForm,
        MeetingStep.NEW_ACTIONS: ActionForm,
        MeetingStep.REVIEW: ReviewForm,
    }
    FIELDS = {MeetingStep.BIDS: "wanted", MeetingStep.PRESENTING: "minutes"}

    @cached_property
    def step(self) -> MeetingStep:
        try:
            return MeetingStep(self.kwargs["step"])
        except ValueError:
            raise Http404 from None

    @cached_property
    def page_heading(self) -> Any:  # type: ignore[override]
        return self.step.label

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.only_when_begun() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if response := self.only_when_begun():
            return response
        if "on" in request.POST:
            return self.go_on()
        return super().post(request, *args, **kwargs)

    def only_when_begun(self) -> HttpResponse | None:
        self.step  # noqa: B018 -- no such step is a 404
        if self.meeting is None:
            return redirect(self.meeting_url())
        if not keeps_room(self.actor, self.meeting):
            raise PermissionDenied
        return None

    def go_on(self) -> HttpResponse:
        """From a page that has nothing to save, or whose things are saved one by one."""
        assert self.meeting is not None
        move_on(meeting=self.meeting, step=self.step, by=self.actor)
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        return self.meeting_url("" if is_last_step(self.step) else step_after(self.step))

    def get_form_class(self) -> Any:
        return self.forms.get(self.step, ConfirmForm)

    @cached_property
    def members(self) -> list[Member]:
        """Whoever had least air time first, with what they ask for today."""
        assert self.meeting is not None
        return with_air_time(members_of(self.object), self.object, at=self.meeting)

    @cached_property
    def presenting(self) -> list[Member]:
        """Those who asked, or had some anyway; everybody while nobody has asked."""
        return [m for m in self.members if m.wanted or m.had] or self.members

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.step == MeetingStep.CHECK_IN:
            rows = Attendance.objects.filter(event=self.event).select_related("person")
            kwargs |= {"people": expected_people(self.event), "marks": {a.person.public_id: a.state for a in rows}}
        elif self.step == MeetingStep.BIDS:
            kwargs |= {"members": self.members}
        elif self.step == MeetingStep.PRESENTING:
            kwargs |= {"members": self.presenting}
        elif self.step == MeetingStep.NEW_ACTIONS:
            people = Person.objects.filter(pk__in=people_in(self.object).values("person_id"))
            kwargs |= {"owners": people}
        elif self.step == MeetingStep.REVIEW:
            kwargs |= {"draft": f"set-review-{self.event.public_id}", "tags": tags_in_use()}
        return kwargs

    def get_initial(self) -> dict[str, Any]:
        assert self.meeting is not None
        if self.step == MeetingStep.CHECK_IN:
            return {"version": self.event.version}
        if field := self.FIELDS.get(self.step):
            seen = minutes_seen(self.meeting, field)
            return {"seen": digest_of(seen), **{f"m_{key}": value for key, value in seen.items()}}
        if self.step == MeetingStep.REVIEW:
            note = ProcessNote.objects.filter(meeting=self.meeting).first()
            tags = tags_of(self.meeting)
            return {"version": note.version if note else 0, "body": note.body if note else "", "tags": list(tags)}
        return {}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        prefix = {MeetingStep.CHECK_IN: "p_", MeetingStep.BIDS: "m_", MeetingStep.PRESENTING: "m_"}.get(self.step, "")
        return {f"{prefix}{key}": value for key, value in theirs.items()}

    def current_version(self) -> int:
        if self.step == MeetingStep.CHECK_IN:
            return Event.objects.values_list("version", flat=True).get(pk=self.event.pk)
        return ProcessNote.objects.filter(meeting=self.meeting).values_list("version", flat=True).first() or 0

    def form_valid(self, form: BaseForm) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> HttpResponse | None:
        meeting, form = self.meeting, self.form
        assert meeting is not None
        if isinstance(form, CheckInStepForm):
            save_check_in(meeting=meeting, version=data["version"], marks=form.marks(), by=self.actor)
        elif isinstance(form, BidsForm):
            save_bids(meeting=meeting, seen=data["seen"], minutes=form.minutes(), by=self.actor)
        elif isinstance(form, PresentingForm):
            save_minutes(meeting=meeting, seen=data["seen"], minutes=form.minutes(), by=self.actor)
        elif isinstance(form, ActionForm):
            add_action(learning_set=self.object, meeting=meeting, by=self.actor, **data)
            messages.success(self.request, _("The action is on the list."))
            return redirect(self.request.path)
        elif isinstance(form, ReviewForm):
            save_review(meeting=meeting, by=self.actor, **data)
            messages.success(self.request, _("The meeting is over. Everyone finds their actions on their list."))
        else:
            move_on(meeting=meeting, step=self.step, by=self.actor)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = list(MeetingStep)
        place = steps.index(self.step)
        actions = actions_of(self.object)
        shown: Any = []
        if self.step == MeetingStep.ACTIONS:
            shown = actions.filter(state=SetActionState.OPEN)
        elif self.step == MeetingStep.NEW_ACTIONS:
            shown = actions.filter(meeting=self.meeting)
        return super().get_context_data(
            step=self.step,
            place=place + 1,
            steps=[(step, self.meeting_url(step), step == self.step) for step in steps],
            actions=shown,
            due=SetActionState.OPEN,
            saves_apart=self.step == MeetingStep.NEW_ACTIONS,
            back_href=self.meeting_url(steps[place - 1]) if place else self.meeting_url(),
            **kwargs,
        )
