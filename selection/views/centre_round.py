"""Staff: the assessment centre of a round, from setting it up to closing it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.forms import BatonForm
from engine.moments import local_moment
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.assessment import ReasonForm
from selection.forms.centre_staff import (
    CentreChangeForm,
    CentreOpenForm,
    CentreSetUpForm,
    CentreSlotCreateForm,
    ExerciseChangeForm,
    ExerciseForm,
)
from selection.models import AssessmentCentre, CentreSlot, Exercise, SelectionRound
from selection.selectors.assessment import waiting_by_assessor
from selection.selectors.centre import (
    Standing,
    exercises_with_criteria,
    next_in_rank,
    slots_with_room,
    standings,
    unwatched_places,
)
from selection.selectors.moderation import conflicts_of_moderator
from selection.selectors.ranking import Ranked, rank_round
from selection.selectors.rounds import rounds_with_cohort
from selection.selectors.withheld import as_seen
from selection.services.centre import (
    add_exercise,
    add_slots,
    call_off_centre,
    change_centre,
    change_exercise,
    close_centre,
    open_booking,
    remove_exercise,
    set_up_centre,
    withdraw_slot,
)
from selection.services.rounds import end_of
from selection.states import ApplicationState, CentrePlaceState, CentreState, RoundState
from selection.views.round_base import RoundMixin
from selection.views.sheets import centre_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage, TenantView


class CentrePage(RoundMixin):
    """A staff page about a round's assessment centre."""

    step = "assess-round"

    def get_object(self) -> Any:
        return self.find(SelectionRound, queryset=rounds_with_cohort().select_related("centre"))

    @cached_property
    def centre(self) -> AssessmentCentre:
        found: AssessmentCentre | None = getattr(self.round, "centre", None)
        if found is None:
            raise Http404
        return found

    def get_success_url(self) -> str:
        return self.url("centre-detail")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("back_href", self.get_success_url())
        return super().get_context_data(**kwargs)


class CentreStep(CentrePage):
    """A button: POST does it and returns to the page, with the reason if it can't be done."""

    http_method_names = ["post"]

    def act(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.act())
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(self.get_success_url())


FIGURES = (
    (CentrePlaceState.CALLED, gettext_lazy("to choose a time")),
    (CentrePlaceState.BOOKED, gettext_lazy("have a time")),
    (CentrePlaceState.CAME, gettext_lazy("came")),
    (CentrePlaceState.MISSED, gettext_lazy("didn’t come")),
    (CentrePlaceState.RELEASED, gettext_lazy("released")),
)


class CentreDetailView(CentrePage, Downloads, TenantPage):
    """Everything of it on one page: what it's like, its times, and where everybody called stands."""

    template_name = "selection/centre_detail.html"
    page_heading = gettext_lazy("Assessment centre")

    @cached_property
    def known(self) -> AssessmentCentre | None:
        try:
            return self.centre
        except Http404:
            return None

    @property
    def show(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in CentrePlaceState.values else ""

    @cached_property
    def exercises(self) -> list[Exercise]:
        return list(exercises_with_criteria(self.known)) if self.known else []

    @cached_property
    def people(self) -> list[Standing]:
        return standings(self.known, exercises=len(self.exercises)) if self.known else []

    def listed(self) -> list[Standing]:
        return [s for s in self.people if not self.show or s.place.state == self.show]

    def sheet(self) -> Sheet:
        return centre_sheet(self.round, self.listed())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        centre, now = self.known, timezone.now()
        counts = {state: sum(s.place.state == state for s in self.people) for state, _words in FIGURES}
        booking = centre is not None and centre.state == CentreState.BOOKING
        slots = list(slots_with_room(centre).order_by("starts_at", "where")) if centre else []
        live = len(self.people) - counts[CentrePlaceState.RELEASED]
        return super().get_context_data(
            page_heading=self.page_heading,
            back_href=self.url("assess-round"),
            centre=centre,
            exercises=self.exercises,
            slots=slots,
            seats=sum(s.room for s in slots if s.starts_at > now),
            now=now,
            people=self.listed(),
            total=len(self.people),
            figures=[(state, words, counts[state]) for state, words in FIGURES if counts[state]],
            show=self.show,
            bare=unwatched_places(centre).count() if centre is not None and booking else 0,
            following=self.following() if booking and centre is not None and live < centre.places else [],
            scored=not waiting_by_assessor(self.round) if centre is None else True,
            assessing=self.round.state == RoundState.ASSESSING,
            **kwargs,
        )

    def following(self) -> list[Ranked]:
        """Who comes next in the ranking, as whoever looks may see it."""
        rows = next_in_rank(self.round)
        closed = conflicts_of_moderator(self.round, self.actor, rows)
        return [r for r in as_seen(rows, closed) if not r.closed][:10]


class CentreSetUpView(CentrePage, ServiceFormView):
    form_class = CentreSetUpForm
    template_name = "selection/centre_form.html"
    page_heading = gettext_lazy("Set up an assessment centre")

    def act(self, data: dict[str, Any]) -> None:
        book_by = end_of(data["book_by"])
        set_up_centre(round=self.round, places=data["places"], weight=data["weight"], book_by=book_by, by=self.actor)
        messages.success(self.request, _("It’s set up. Say what people do there, then add times."))


class CentreChangeView(CentrePage, ServiceFormView):
    form_class = CentreChangeForm
    template_name = "selection/centre_form.html"
    page_heading = gettext_lazy("Change the assessment centre")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fixed": self.centre.state != CentreState.PREPARED}

    def get_initial(self) -> dict[str, Any]:
        c = self.centre
        return {"places": c.places, "weight": c.weight, "book_by": timezone.localdate(c.book_by), "version": c.version}

    def current_version(self) -> int:
        return int(AssessmentCentre.objects.values_list("version", flat=True).get(pk=self.centre.pk))

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        at = theirs.get("book_by")
        return theirs | ({"book_by": timezone.localdate(at).strftime("%d.%m.%Y")} if at else {})

    def act(self, data: dict[str, Any]) -> None:
        change_centre(centre=self.centre, by=self.actor, **data | {"book_by": end_of(data["book_by"])})
        messages.success(self.request, _("The assessment centre is changed."))


class ExerciseCreateView(CentrePage, ServiceFormView):
    form_class = ExerciseForm
    template_name = "selection/centre_form.html"
    page_heading = gettext_lazy("Add an exercise")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"criteria": list(self.round.criteria.all())}

    def act(self, data: dict[str, Any]) -> None:
        add_exercise(centre=self.centre, by=self.actor, **data)
        messages.success(self.request, _("“%(name)s” is added.") % {"name": data["name"]})


class OfExercise(CentrePage):
    """`object` is one exercise of a centre."""

    object: Any

    def get_object(self) -> Any:
        rows = Exercise.objects.select_related("centre__round__cohort__programme", "centre__round__tenant")
        return self.find(Exercise, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.centre.round  # type: ignore[no-any-return]


class ExerciseChangeView(OfExercise, ServiceFormView):
    form_class = ExerciseChangeForm
    template_name = "selection/centre_form.html"
    page_heading = gettext_lazy("Change an exercise")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"criteria": list(self.round.criteria.all())}

    def get_initial(self) -> dict[str, Any]:
        row = self.object
        chosen = row.criteria.values_list("criterion__public_id", flat=True)
        return {key: getattr(row, key) for key in ("name", "minutes", "together", "told", "version")} | {
            "criteria": list(chosen)
        }

    def act(self, data: dict[str, Any]) -> None:
        change_exercise(exercise=self.object, by=self.actor, **data)
        messages.success(self.request, _("“%(name)s” is changed.") % {"name": data["name"]})


class ExerciseRemoveView(OfExercise, CentreStep, TenantView):
    def act(self) -> str:
        remove_exercise(exercise=self.object, by=self.actor)
        return _("“%(name)s” is taken out.") % {"name": self.object.name}


class CentreSlotCreateView(CentrePage, ServiceFormView):
    """One time, or several one after the other."""

    form_class = CentreSlotCreateForm
    template_name = "selection/centre_form.html"
    page_heading = gettext_lazy("Add times")

    def get_initial(self) -> dict[str, Any]:
        last = CentreSlot.objects.filter(centre=self.centre).order_by("-pk").first()
        return {"where": last.where, "room": last.room} if last else {}

    def act(self, data: dict[str, Any]) -> None:
        starts_at = local_moment(data.pop("day"), data.pop("starts"), field="starts")
        try:
            rows = add_slots(centre=self.centre, starts_at=starts_at, by=self.actor, **data)
        except Refused as refusal:
            # the form has a day and a clock
            refusal.field = "day" if refusal.field == "starts_at" else refusal.field
            raise
        text = ngettext("%(n)d time is added.", "%(n)d times are added.", len(rows))
        messages.success(self.request, text % {"n": len(rows)})


class CentreSlotWithdrawView(CentreStep, TenantView):
    object: Any

    def get_object(self) -> Any:
        rows = CentreSlot.objects.select_related("centre__round__cohort__programme", "centre__round__tenant")
        return self.find(CentreSlot, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.centre.round  # type: ignore[no-any-return]

    def act(self) -> str:
        withdraw_slot(slot=self.object, by=self.actor)
        return _("The time is taken out.")


class CentreOpenView(CentrePage, ServiceFormView):
    """Who is called: the first by rank, and whoever staff add or leave out, each with why."""

    form_class = CentreOpenForm
    template_name = "selection/centre_open.html"
    page_heading = gettext_lazy("Who is called?")

    @cached_property
    def first(self) -> list[Ranked]:
        """What selectors.centre.proposed() finds, of the rows that are read already."""
        return self.ranked[: self.centre.places]

    @cached_property
    def closed(self) -> dict[int, str]:
        return conflicts_of_moderator(self.round, self.actor, self.ranked)

    @cached_property
    def ranked(self) -> list[Ranked]:
        rows = rank_round(self.round, places=self.centre.places)
        return [r for r in rows if r.state == ApplicationState.ELIGIBLE and r.points is not None]

    def get_form_kwargs(self) -> dict[str, Any]:
        shown = [r for r in as_seen(self.ranked, self.closed) if not r.closed]
        return super().get_form_kwargs() | {
            "rows": shown[: 2 * self.centre.places + 5],
            "proposed": [r.public_id for r in self.first],
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(centre=self.centre, **kwargs)
        shown = len(context["form"].rows)
        return context | {
            "lines": context["form"].lines(),
            "by_rank": [r for r in self.first if r.pk in self.closed],
            "further": max(len(self.ranked) - len(self.closed) - shown, 0),
            "can_open": self.centre.state == CentreState.PREPARED,
        }

    def form_valid(self, form: Any) -> HttpResponse:
        self.reasons = form.reasons()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        # what somebody has a conflict with goes by rank
        called = {*data["called"], *(r.public_id for r in self.first if r.pk in self.closed)}
        open_booking(centre=self.centre, called=called, reasons=self.reasons, by=self.actor)
        text = ngettext(
            "%(n)d person is called and has been written to.",
            "%(n)d people are called and have been written to.",
            len(called),
        )
        messages.success(self.request, text % {"n": len(called)})


class CentreCloseView(CentrePage, ServiceFormView):
    template_name = "selection/centre_close.html"
    page_heading = gettext_lazy("Close the assessment centre")

    class form_class(BatonForm):
        submit_label = gettext_lazy("Close it")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(centre=self.centre, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        close_centre(centre=self.centre, by=self.actor)
        messages.success(self.request, _("The assessment centre is closed: its marks count from now on."))


class CentreCallOffView(CentrePage, ServiceFormView):
    template_name = "selection/centre_call_off.html"
    form_class = ReasonForm
    page_heading = gettext_lazy("Call the assessment centre off")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Call it off"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(centre=self.centre, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        call_off_centre(centre=self.centre, reason=data["reason"], by=self.actor)
        messages.success(self.request, _("The assessment centre is called off. Everybody is ranked by paper."))
