"""One match: for its two people everything, for staff numbers only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.transitions import Transition, possible, transition_named
from engine.views.service_form import ServiceFormView
from mentoring.forms import ConfirmForm
from mentoring.models import MentoringNote, MentorMatch, MentorProfile
from mentoring.rules import pair, pair_or_staff
from mentoring.selectors import hours, note_counts
from mentoring.services.matches import accept_match, decline_match, end_match, withdraw_match
from mentoring.states import MatchState, SessionState
from mentoring.views.base import MatchMixin
from tenancy.views.base import TenantPage

STEPS = {"accept": accept_match, "decline": decline_match, "withdraw": withdraw_match, "end": end_match}
CONSEQUENCES = {
    "accept": gettext_lazy("You’ll both get a message, and they can book the times you offer."),
    "decline": gettext_lazy("You don’t have to say why. Programme staff look for someone else."),
    "withdraw": gettext_lazy("Both are told that the match isn’t going ahead."),
    "end": gettext_lazy(
        "Either of you may end it without saying why, and nobody is asked. You both get the same message. "
        "Sessions booked ahead are cancelled, in your calendars too. Your own notes stay yours."
    ),
}
END_FOR_STAFF = gettext_lazy(
    "Both get the same message. Sessions booked ahead are cancelled, in their calendars too. Their notes stay theirs."
)


class MatchDetailView(MatchMixin, TenantPage):
    permission = pair_or_staff
    template_name = "mentoring/match_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        match, actor = self.object, self.actor
        own = pair(actor, match)
        sessions = list(match.sessions.exclude(state=SessionState.CANCELLED).order_by("-starts_at"))
        held = [s for s in sessions if s.state == SessionState.HELD]
        spent = (
            sum(((s.ends_at - s.starts_at) for s in held[1:]), held[0].ends_at - held[0].starts_at) if held else None
        )
        return super().get_context_data(
            back_href=self.url("mentoring-home") if own else self.url("matching", match.cohort.public_id),
            match=match,
            own=own,
            other=match.mentee if actor.person_id == match.mentor_id else match.mentor,
            is_mentee=actor.person_id == match.mentee_id,
            active=match.state == MatchState.ACTIVE,
            profile=MentorProfile.objects.filter(person_id=match.mentor_id).first(),
            sessions=sessions if own else [],
            steps=possible(match, actor),
            notes=list(MentoringNote.objects.filter(match=match).select_related("author")) if own else [],
            held=len(held),
            hours=hours(spent),
            note_count=note_counts([match.pk]).get(match.pk, 0),
            **kwargs,
        )


class MatchStepView(MatchMixin, ServiceFormView):
    """Accept, not this time, withdraw or end: what it means, and a button."""

    permission = pair_or_staff
    form_class = ConfirmForm
    template_name = "mentoring/match_step.html"
    move: Transition

    def get_object(self) -> MentorMatch:
        if self.kwargs["step"] not in STEPS:
            raise Http404
        self.move = transition_named(MentorMatch, self.kwargs["step"])
        return super().get_object()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check(self.move.rule, self.object)
        if self.object.state not in self.move.source:
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"label": self.move.label, "warning": self.move.name in {"end", "withdraw"}}

    def act(self, data: dict[str, Any]) -> None:
        STEPS[self.move.name](match=self.object, by=self.actor)
        messages.success(self.request, _("Done. Everyone concerned has been told."))

    def get_success_url(self) -> str:
        return self.url("match-detail", self.object.public_id)

    def consequence(self) -> Any:
        own = self.actor.person_id in {self.object.mentor_id, self.object.mentee_id}
        return END_FOR_STAFF if self.move.name == "end" and not own else CONSEQUENCES[self.move.name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=self.move.label,
            consequence=self.consequence(),
            match=self.object,
            caption=f"{self.object.mentor.name}, {self.object.mentee.name}",
            back_href=self.get_success_url(),
            **kwargs,
        )
