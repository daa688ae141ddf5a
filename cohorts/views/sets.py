"""Learning sets: composed, adjusted and published by staff; seen by their members."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.composing import score
from cohorts.forms.events import ConfirmForm
from cohorts.forms.people import SetComposeForm, SetMoveForm, SetNameForm
from cohorts.models import Cohort, Event, LearningSet, SetPlan
from cohorts.rules import (
    in_room,
    meets_in_sets,
    member,
    names_facilitators,
    room_keeper,
    set_facilitator,
    set_member,
    set_reader,
    staff,
)
from cohorts.selectors import live_set_of, set_cards, sets_facilitated_by
from cohorts.selectors.absences import missed_among
from cohorts.selectors.mixing import Move, how_mixed, suggested_moves
from cohorts.selectors.set_room import room_counts, room_of
from cohorts.selectors.sets import cohorts_before_composing, people_in, set_board, too_little_room, unavoidable
from cohorts.services.sets import (
    compose_sets,
    discard_sets,
    lock_in_set,
    move_all,
    move_to_set,
    name_set,
    publish_sets,
)
from cohorts.states import EventState, PlanState
from cohorts.views.base import CohortFrame, ReadsSet
from cohorts.views.cohorts import OneCohort
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Person, Role
from tenancy.seen import digest_of
from tenancy.selectors import people_with_role
from tenancy.views.base import TenantPage, TenantView
from tenancy.vocabulary import in_own_words, term


class SetListView(OneCohort, CohortFrame, Downloads, ServiceFormView):
    """A cohort's sets: those in force, the proposal, and the form that composes one."""

    form_class = SetComposeForm
    template_name = "cohorts/set_list.html"

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_before_composing())  # type: ignore[no-any-return]

    def get_initial(self) -> dict[str, Any]:
        return SetComposeForm.initial_for(self.object.taking_part)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "earlier": self.object.earlier, "timed": self.object.timed}

    def sheet(self) -> Sheet | None:
        """Who is in which of the sets in force."""
        live = SetPlan.objects.filter(cohort=self.object, state=PlanState.PUBLISHED).select_related("cohort").first()
        if live is None:
            return None
        columns = (
            Column(term(self.request.tenant, "learning set").capitalize(), lambda row: row[0].row.name),
            Column(_("Facilitator"), lambda row: row[0].row.facilitator.name if row[0].row.facilitator else None),
            Column(_("Name"), lambda row: row[1].name),
            Column(_("Organisation"), lambda row: row[1].organisation.name if row[1].organisation else None),
        )
        rows = [(card, person) for card in set_cards(live) for person in card.people]
        return Sheet(f"{term(self.request.tenant, 'learning set', 2).capitalize()}, {self.object.name}", columns, rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plans = SetPlan.objects.filter(cohort=self.object, state__in=(PlanState.PROPOSED, PlanState.PUBLISHED))
        by_state = {plan.state: plan for plan in plans.select_related("cohort")}
        live, proposal = by_state.get(PlanState.PUBLISHED), by_state.get(PlanState.PROPOSED)
        return super().get_context_data(
            people=self.object.taking_part,
            proposal=proposal,
            locked=self.object.locked,
            live=live,
            cards=set_cards(live) if live else [],
            said_when=self.object.said_when,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        job = compose_sets(cohort=self.object, by=self.actor, **data)
        return redirect("engine:job-detail", tenant=self.request.tenant.slug, public_id=job.public_id)


class OnePlan:
    """Views about the set plan in the address."""

    permission = staff

    def get_object(self) -> SetPlan:
        return self.find(SetPlan, queryset=SetPlan.objects.select_related("cohort__programme", "made_by"))  # type: ignore[attr-defined, no-any-return]

    @property
    def plan_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:set-plan", kwargs=at)

    def navigation_path(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.cohort.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:set-list", kwargs=at)

    def posted_version(self) -> int:
        """The version the page was made from; nothing usable counts as stale."""
        text = self.request.POST.get("version", "")  # type: ignore[attr-defined]
        return int(text) if text.isdecimal() and len(text) < 9 else -1


class SetPlanView(OnePlan, CohortFrame, TenantPage):
    template_name = "cohorts/set_plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = self.object
        cards, left = set_board(plan)
        may_change = plan.state in (PlanState.PROPOSED, PlanState.PUBLISHED)
        broken = sum(len(card.broken) for card in cards)
        mixed = how_mixed(plan, cards)
        for card in cards:
            card.why = mixed.why[card.row.pk] if mixed else []
        return super().get_context_data(
            plan=plan,
            cards=cards,
            unavoidable=[*unavoidable(cards), *too_little_room(cards)],
            left=left,
            broken=broken,
            mixed=mixed,
            index=score(mixed.division) if mixed else None,
            may_change=may_change,
            may_mend=may_change and bool(broken or left),
            is_proposal=plan.state == PlanState.PROPOSED,
            **kwargs,
        )


INDEX = re.compile(r"[0-9]{1,3}(\.[0-9])?")


def index_of(plan: SetPlan) -> str | None:
    """How mixed the plan is now, of 100; None where there is nothing to compare."""
    mixed = how_mixed(plan, set_board(plan)[0])
    return score(mixed.division) if mixed else None


def shown(moves: list[Move]) -> str:
    """What stands for these moves on the page that shows them."""
    return digest_of({move.person.public_id: move.target.public_id for move in moves})


class SetRepairView(OnePlan, CohortFrame, TenantPage):
    """The fewest moves that put a plan right: looked at first, then made, all or none."""

    template_name = "cohorts/set_repair.html"

    def moves(self) -> list[Move]:
        cards, left = set_board(self.object)
        return suggested_moves(self.object, cards, left)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_change = self.object.state in (PlanState.PROPOSED, PlanState.PUBLISHED)
        moves = self.moves() if may_change else []
        return super().get_context_data(
            plan=self.object,
            moves=moves,
            seen=shown(moves),
            tells=self.object.state == PlanState.PUBLISHED,
            back_href=self.plan_href,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What is made is what was shown. The version wouldn't say that somebody joined or left the cohort since."""
        moves = self.moves()
        if moves and request.POST.get("seen", "") != shown(moves):
            messages.error(request, _("Something has changed since you looked. These are the fewest moves now."))
            return redirect(request.path)
        if not moves:
            messages.info(request, _("Nobody needs to move."))
            return redirect(self.plan_href)
        try:
            move_all(
                plan=self.object,
                version=self.posted_version(),
                moves=[(move.person, move.target) for move in moves],
                by=self.actor,
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = ngettext("%(n)d person has moved.", "%(n)d people have moved.", len(moves))
            messages.success(request, text % {"n": len(moves)})
        return redirect(self.plan_href)


class SetLockView(OnePlan, TenantView):
    """A proposal's person stays where they are, or may move again, when it is composed anew."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            person = Person.by_public_id(request.POST.get("person", ""))
        except Person.DoesNotExist:
            raise Http404 from None
        locked = request.POST.get("locked") == "yes"
        try:
            lock_in_set(plan=self.object, version=self.posted_version(), person=person, locked=locked, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = _("%(name)s stays there when you compose again.") if locked else _("%(name)s may move again.")
            messages.success(request, text % {"name": person.name})
        return redirect(self.plan_href)


class SetMoveView(SetPlanView):
    """A select and a button, no dragging: one person into another set, or out of all of them."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            person = Person.by_public_id(request.POST.get("person", ""))
        except Person.DoesNotExist:
            raise Http404 from None
        form = SetMoveForm(request.POST, person=person)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        learning_set = self.chosen_set(form.cleaned_data["learning_set"])
        try:
            move_to_set(
                plan=self.object, version=self.posted_version(), person=person, learning_set=learning_set, by=self.actor
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            where = learning_set.name if learning_set else in_own_words(_("no %(set)s"))
            said = _("%(name)s is now in %(set)s.") % {"name": person.name, "set": where}
            # what the page showed: of this very version, or the move would have been refused
            before = self.request.POST.get("index", "")
            if INDEX.fullmatch(before) and (after := index_of(self.object)):
                said += " " + _("Mixed: %(after)s of 100, %(before)s before.") % {"after": after, "before": before}
            messages.success(request, said)
        return redirect(self.plan_href)

    def chosen_set(self, chosen: str) -> LearningSet | None:
        if chosen == SetMoveForm.NOWHERE:
            return None
        try:
            return LearningSet.objects.select_related("cohort", "plan").get(plan=self.object, public_id=chosen)
        except LearningSet.DoesNotExist:
            raise Http404 from None


class SetPublishView(OnePlan, CohortFrame, ServiceFormView):
    form_class = ConfirmForm
    template_name = "cohorts/set_publish.html"
    page_heading = in_own_words(gettext_lazy("Publish these %(sets)s"))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Publish and tell everyone")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_href=self.plan_href, cards=set_cards(self.object), plan=self.object, **kwargs
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        publish_sets(plan=self.object, version=self.object.version, by=self.actor)
        messages.success(self.request, in_own_words(_("The %(sets)s are published and their members are being told.")))
        return redirect(self.navigation_path())


class SetDiscardView(OnePlan, TenantView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            discard_sets(plan=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The proposal has been discarded."))
        return redirect(self.navigation_path())


class SetNameView(CohortFrame, ServiceFormView):
    permission = staff
    form_class = SetNameForm
    page_heading = gettext_lazy("Name, facilitator, time and place")

    def get_object(self) -> LearningSet:
        return self.find(LearningSet, queryset=LearningSet.objects.select_related("cohort__programme", "plan"))

    def get_form_kwargs(self) -> dict[str, Any]:
        ids = {p.pk for p in people_with_role(Role.FACILITATOR, cohort_id=self.object.cohort_id)}
        ids |= {self.object.facilitator_id} - {None}
        return {**super().get_form_kwargs(), "facilitators": Person.objects.filter(pk__in=ids)}

    def get_initial(self) -> dict[str, Any]:
        row = self.object
        return {
            "name": row.name,
            "facilitator": row.facilitator_id,
            "half_day": row.half_day,
            "venue": row.venue_id,
            "version": row.plan.version,
        }

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.plan.public_id}
        return reverse("cohorts:set-plan", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        meets = (data.pop("half_day"), data.pop("venue"))
        name_set(plan=self.object.plan, learning_set=self.object, meets=meets, by=self.actor, **data)
        messages.success(self.request, in_own_words(_("The %(set)s has been saved.")))

    def current_version(self) -> int:
        return int(SetPlan.objects.values_list("version", flat=True).get(pk=self.object.plan_id))


class SetDetailView(ReadsSet, TenantPage):
    """A set as its members see it: who is in it, who facilitates, when it meets next."""

    permission = set_reader
    template_name = "cohorts/set_detail.html"
    set_joins = ("cohort__programme", "plan", "facilitator", "venue")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        memberships = list(people_in(row))
        meetings = Event.objects.filter(learning_set=row, state=EventState.PLANNED)
        return super().get_context_data(
            learning_set=row,
            caption=str(row.cohort),
            memberships=memberships,
            says_when=room_keeper(self.actor, row) or meets_in_sets(self.actor, None),
            co_facilitators=row.co_facilitators.select_related("person"),
            names=names_facilitators(self.actor, row),
            meetings=meetings.filter(ends_at__gte=timezone.now()),
            for_staff=staff(self.actor, row),
            room=room_of(row, self.actor.person_id) if in_room(self.actor, row) else None,
            is_member=set_member(self.actor, row),
            counts=room_counts(LearningSet.objects.filter(pk=row.pk)),
            # Staff who don't facilitate it aren't the first to know.
            missed=missed_among(row, memberships) if set_facilitator(self.actor, row) else [],
            **kwargs,
        )


class SetMineView(TenantPage):
    """'My set' in the navigation: straight to the one set; a list for whoever facilitates several."""

    permission = member
    template_name = "cohorts/set_mine.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.actor.person_id is not None
        mine = live_set_of(self.actor.person_id)
        led = list(sets_facilitated_by(self.actor.person_id))
        only = mine if mine and not led else led[0] if len(led) == 1 and not mine else None
        if only is not None:
            return redirect("cohorts:set-detail", tenant=self.request.tenant.slug, public_id=only.public_id)
        return self.render_to_response(
            self.get_context_data(mine=mine, led=led, says_when=meets_in_sets(self.actor, None))
        )
