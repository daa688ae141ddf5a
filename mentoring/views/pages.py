"""The way in: what a mentor, a participant and staff see first; a mentor's profile and a participant's wishes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from engine.views.service_form import ServiceFormView
from mentoring.forms import ProfileForm, RequestForm
from mentoring.models import MenteeRequest, MentorProfile
from mentoring.rules import any_staff, mentor, participant, participant_anywhere
from mentoring.selectors import coming_sessions, free_slots, own_matches, past_sessions, staffed_cohorts
from mentoring.services.matches import ask_for_mentor, edit_profile, ensure_profiles
from mentoring.states import MatchState, SessionState
from mentoring.views.base import MentoringMixin
from tenancy.rules import member
from tenancy.views.base import TenantPage

PAST_SHOWN = 10


class MentoringHomeView(MentoringMixin, TenantPage):
    permission = member
    template_name = "mentoring/mentoring_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.actor
        matches = list(own_matches(actor))
        mine = actor.person_id
        now = timezone.now()
        past = list(past_sessions(actor)[:PAST_SHOWN])
        is_mentor = mentor(actor)
        return super().get_context_data(
            as_mentor=[m for m in matches if m.mentor_id == mine and m.state != MatchState.ENDED],
            as_mentee=[m for m in matches if m.mentee_id == mine and m.state != MatchState.ENDED],
            ended=[m for m in matches if m.state == MatchState.ENDED],
            coming=list(coming_sessions(actor)),
            unrecorded=[s for s in past if s.state == SessionState.BOOKED and s.ends_at < now],
            past=[s for s in past if s.state != SessionState.BOOKED],
            is_mentor=is_mentor,
            free=free_slots(actor.person_id or 0).count() if is_mentor else 0,
            asking_in=self.cohorts_to_ask_in() if participant_anywhere(actor) else [],
            cohorts=list(staffed_cohorts(actor)) if any_staff(actor) else [],
            **kwargs,
        )

    def cohorts_to_ask_in(self) -> list[Cohort]:
        rows = Cohort.objects.filter(
            participations__person_id=self.actor.person_id, participations__state="active"
        ).select_related("programme")
        return list(rows)


class ProfileEditView(MentoringMixin, ServiceFormView):
    """A mentor's own profile: short."""

    permission = mentor
    form_class = ProfileForm
    page_heading = gettext_lazy("What you offer as a mentor")
    object: MentorProfile

    def get_object(self) -> MentorProfile | None:
        if not mentor(self.actor):
            return None
        ensure_profiles()
        return MentorProfile.objects.get(person_id=self.actor.person_id)

    def get_initial(self) -> dict[str, Any]:
        names = ("topics", "about", "capacity", "taking_new", "version")
        return {name: getattr(self.object, name) for name in names}

    def act(self, data: dict[str, Any]) -> None:
        edit_profile(profile=self.object, by=self.actor, **data)
        messages.success(self.request, _("Your profile is saved."))

    def get_success_url(self) -> str:
        return self.url("mentoring-home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.url("mentoring-home"), **kwargs)


class RequestView(MentoringMixin, ServiceFormView):
    """What a participant would like from a mentor."""

    permission = participant
    form_class = RequestForm
    page_heading = gettext_lazy("Ask for a mentor")
    object: Cohort

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=Cohort.objects.select_related("programme"))

    def get_initial(self) -> dict[str, Any]:
        request = MenteeRequest.objects.filter(cohort=self.object, person_id=self.actor.person_id).first()
        return {"topics": request.topics, "wishes": request.wishes} if request else {}

    def act(self, data: dict[str, Any]) -> None:
        ask_for_mentor(cohort=self.object, by=self.actor, **data)
        messages.success(self.request, _("Thank you. Programme staff have what you’d like."))

    def get_success_url(self) -> str:
        return self.url("mentoring-home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=str(self.object), back_href=self.url("mentoring-home"), **kwargs)
