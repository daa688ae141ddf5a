"""Seating plans of an event: staff compose, adjust and show them; whoever keeps the register keeps them up on the day."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.composing import score
from cohorts.forms.seating import SeatingComposeForm, SeatingKeepForm, SeatingPairForm, SeatMoveForm
from cohorts.models import Seating, SeatingPair, SeatingTable
from cohorts.needs_window import are_open, in_a_room, opens_at
from cohorts.rules import event_keeper, staff
from cohorts.seating import surname_first
from cohorts.selectors.seating import (
    Board,
    add_rules,
    board_of,
    easy_missing,
    groups_to_keep,
    how_seated,
    person_of,
    plans_of,
    ties_at,
    to_seat,
    wishes_of,
)
from cohorts.services.seating import (
    compose_seating,
    discard_seating,
    drop_pair,
    free_seat,
    keep_groups,
    known_of,
    lock_seat,
    move_seat,
    proposal_of,
    seat_late,
    show_seating,
    wish_pair,
)
from cohorts.states import EventState
from cohorts.views.base import CohortFrame
from cohorts.views.events import OneEvent
from cohorts.views.sets import INDEX
from engine.paper import FONTS, document_css
from engine.pdf import PdfError, PdfUnavailable, pdf_ready, render_pdf
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Person
from tenancy.names import sort_key
from tenancy.seen import digest_of
from tenancy.views.base import TenantPage, TenantView

SECONDS = 30
# Ten place cards to a page: a card of 90 by 50 mm, folded or not, is what stationers sell sheets for.
OWN_CSS = """
.baton-plan { columns: 2; column-gap: 10mm }
.baton-plan__table { break-inside: avoid; margin: 0 0 6mm }
.baton-plan__table h2 { font-size: 14pt; margin: 0 0 1mm }
.baton-plan__table ul { list-style: none; margin: 0; padding: 0 }
.baton-plan__table li { margin: 0 0 1mm }
.baton-plan__where { color: #505a5f; font-size: 9pt }
.baton-door { width: 100%; border-collapse: collapse }
.baton-door td, .baton-door th { text-align: left; padding: 1.6mm 2mm; border-bottom: 0.5pt solid #b1b4b6; font-size: 11pt }
.baton-door td:last-child, .baton-door th:last-child { white-space: nowrap }
.baton-door tr { break-inside: avoid }
.baton-place-card { display: inline-block; box-sizing: border-box; width: 84mm; height: 48mm; padding: 6mm; margin: 0;
  border: 0.5pt dashed #b1b4b6; vertical-align: top; overflow: hidden; break-inside: avoid }
.baton-place-card__name { font-size: 20pt; font-weight: 700; line-height: 1.15; margin: 0 0 2mm }
.baton-place-card__from { font-size: 10.5pt; margin: 0 }
.baton-place-card__table { font-size: 10.5pt; margin: 2mm 0 0; font-weight: 700 }
"""


class EventSeatingView(OneEvent, CohortFrame, TenantPage):
    """The plans of an event, in their order, and whom staff keep together or apart."""

    permission = event_keeper
    template_name = "cohorts/event_seating.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.object
        may_plan = staff(self.actor, event)
        plans = [row for row in plans_of(event) if may_plan or row.is_shown]
        return super().get_context_data(
            event=event,
            back_href=self.event_href,
            plans=plans,
            is_open=event.state == EventState.PLANNED and not event.is_over,
            may_plan=may_plan,
            wishes=wishes_of(event) if may_plan else [],
            may_keep=may_plan and groups_to_keep(event).exists(),
            **kwargs,
        )


class OfEvent(OneEvent, CohortFrame, ServiceFormView):
    """A form about the seating of an event, for staff."""

    permission = staff

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_href=self.event_url("seating"), caption=self.object.title, event=self.object, **kwargs
        )

    def get_success_url(self) -> str:
        return self.event_url("seating")

    def to_plan(self, seating: Seating) -> HttpResponse:
        return redirect("cohorts:seating-detail", tenant=self.request.tenant.slug, public_id=seating.public_id)


class SeatingComposeView(OfEvent):
    form_class = SeatingComposeForm
    template_name = "cohorts/seating_compose.html"
    page_heading = gettext_lazy("Compose the tables")

    def get_initial(self) -> dict[str, Any]:
        event, proposal = self.object, proposal_of(self.object)
        seen = {"seen": digest_of(known_of(proposal))}
        if proposal is not None:
            tables = list(SeatingTable.objects.filter(seating=proposal))
            return {
                "name": proposal.name,
                "kind": proposal.kind,
                "tables": len(tables),
                "seats": tables[0].seats if tables else None,
                "easy": sum(table.easy for table in tables),
                "guests": proposal.with_guests,
                "officers": proposal.with_officers,
                **proposal.aims,
                **seen,
            }
        round_ = plans_of(event).count() + 1
        name = _("Tables") if round_ == 1 else _("Round %(n)d") % {"n": round_}
        people = len(to_seat(event, guests=True, officers=False))
        return {**SeatingComposeForm.initial_for(event, people, name), **seen}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = len(to_seat(self.object, guests=False, officers=False))
        guests = len(to_seat(self.object, guests=True, officers=False)) - own
        return super().get_context_data(own=own, guests=guests, proposal=proposal_of(self.object), **kwargs)

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        seating = compose_seating(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("Here is a proposal. Nobody else sees it until you show it."))
        return self.to_plan(seating)


class SeatingKeepView(OfEvent):
    form_class = SeatingKeepForm
    page_heading = gettext_lazy("Go on with design groups")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sources": groups_to_keep(self.object)}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        seating = keep_groups(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("The groups go on. Whoever is new has been put where they fit best."))
        return self.to_plan(seating)


class SeatingPairView(OfEvent):
    form_class = SeatingPairForm
    page_heading = gettext_lazy("Keep two people together or apart")

    def get_form_kwargs(self) -> dict[str, Any]:
        people = to_seat(self.object, guests=True, officers=True)
        return {**super().get_form_kwargs(), "people": sorted(people, key=lambda p: (p.sort_key, p.pk))}

    def act(self, data: dict[str, Any]) -> None:
        wish_pair(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved. It counts when you next compose."))


class SeatingPairDropView(TenantView):
    permission = staff

    def get_object(self) -> SeatingPair:
        return self.find(SeatingPair, queryset=SeatingPair.objects.select_related("event__cohort__programme"))  # type: ignore[no-any-return]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        drop_pair(row=self.object, by=self.actor)
        messages.success(request, _("They may sit as it comes."))
        return redirect("cohorts:event-seating", tenant=self.request.tenant.slug, public_id=self.object.event.public_id)


class OneSeating:
    """Views about the plan in the address."""

    permission = staff

    def get_object(self) -> Seating:
        rows = Seating.objects.select_related(
            "event__cohort__programme", "event__learning_set", "event__venue", "made_by"
        )
        seating: Seating = self.find(Seating, queryset=rows)  # type: ignore[attr-defined]
        return seating

    @property
    def plan_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:seating-detail", kwargs=at)

    @property
    def list_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.event.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:event-seating", kwargs=at)

    def posted_version(self) -> int:
        """The version the page was made from; nothing usable counts as stale."""
        text = self.request.POST.get("version", "")  # type: ignore[attr-defined]
        return int(text) if text.isdecimal() and len(text) < 9 else -1

    def posted_person(self) -> Person:
        """One of those whom the plan is about: nobody else's name is told here."""
        person = person_of(self.object, self.request.POST.get("person", ""))  # type: ignore[attr-defined]
        if person is None:
            raise Http404
        return person


class SeatingView(OneSeating, CohortFrame, TenantPage):
    """A plan: for staff with how mixed it is, why, and which rules it doesn't keep; for whoever keeps the register, once it's shown, who
    sits where and who has no table yet."""

    permission = event_keeper
    template_name = "cohorts/seating_detail.html"

    def get_object(self) -> Seating:
        seating = super().get_object()
        if not seating.is_shown and not staff(self.actor, seating) and event_keeper(self.actor, seating):
            # a proposal is staff's until it's shown
            raise Http404
        return seating

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seating: Seating = self.object
        event, may_plan = seating.event, staff(self.actor, seating)
        board = board_of(seating)
        mixed = None
        if may_plan:
            ties = ties_at(board)
            add_rules(board, ties)
            mixed = how_seated(board, ties)
        is_open = event.state == EventState.PLANNED and not event.is_over
        needs_open = may_plan and are_open(event)
        return super().get_context_data(
            seating=seating,
            event=event,
            back_href=self.list_href,
            cards=board.cards,
            left=board.left,
            broken=sum(len(card.broken) for card in board.cards),
            mixed=mixed,
            index=score(mixed.division) if mixed else None,
            needs_open=needs_open,
            easy_missing=easy_missing(board) if needs_open else None,
            needs_from=opens_at(event) if may_plan and is_open and made_too_early(seating) else None,
            may_plan=may_plan,
            may_move=may_plan and is_open and (seating.is_proposal or seating.is_shown),
            may_lock=may_plan and is_open and seating.is_proposal,
            may_keep_up=is_open and seating.is_shown,
            **kwargs,
        )


def made_too_early(seating: Seating) -> bool:
    """Whether it was made when nobody could know yet who needs an easy table."""
    return in_a_room(seating.event) and seating.made_at < opens_at(seating.event)


def index_of(board: Board) -> str | None:
    mixed = how_seated(board, ties_at(board))
    return score(mixed.division) if mixed else None


class SeatMoveView(SeatingView):
    """A select and a button, no dragging: one person to another table, or to none."""

    permission = staff
    http_method_names = ("post",)
    # staff alone get here, proposal or not
    get_object = OneSeating.get_object

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.posted_person()
        form = SeatMoveForm(request.POST, person=person)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        chosen = form.cleaned_data["table"]
        table = None
        if chosen != SeatMoveForm.NOWHERE:
            table = SeatingTable.objects.filter(seating=self.object, public_id=chosen).first()
            if table is None:
                raise Http404
        try:
            move_seat(seating=self.object, version=self.posted_version(), person=person, table=table, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            where = table.name if table else _("no table")
            said = _("%(name)s is now at %(table)s.") % {"name": person.name, "table": where}
            # what the page showed: of this very version, or the move would have been refused
            before = request.POST.get("index", "")
            if INDEX.fullmatch(before) and (after := index_of(board_of(self.object))):
                said += " " + _("Mixed: %(after)s of 100, %(before)s before.") % {"after": after, "before": before}
            messages.success(request, said)
        return redirect(self.plan_href)


class SeatLockView(OneSeating, TenantView):
    """Somebody stays where they are, or may move again, when the proposal is composed anew."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person, locked = self.posted_person(), request.POST.get("locked") == "yes"
        try:
            lock_seat(seating=self.object, version=self.posted_version(), person=person, locked=locked, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = _("%(name)s stays there when you compose again.") if locked else _("%(name)s may move again.")
            messages.success(request, text % {"name": person.name})
        return redirect(self.plan_href)


class SeatingShowView(OneSeating, TenantView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            show_seating(seating=self.object, version=self.posted_version(), by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("Everybody sees their own table on the event’s page now, and is told the day before.")
            )
        return redirect(self.plan_href)


class SeatingDiscardView(OneSeating, TenantView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            discard_seating(seating=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The plan has been discarded."))
        return redirect(self.list_href)


class SeatLateView(OneSeating, TenantView):
    """On the day: a table for one who has none, or for all of them."""

    permission = event_keeper

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.posted_person() if request.POST.get("person") else None
        try:
            newly = seat_late(seating=self.object, person=person, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            if person is not None and newly:
                said = _("%(name)s sits at %(table)s. Nobody else has moved.") % {
                    "name": person.name,
                    "table": newly[0][1].name,
                }
            else:
                text = ngettext(
                    "%(n)d person has a table now. Nobody else has moved.",
                    "%(n)d people have a table now. Nobody else has moved.",
                    len(newly),
                )
                said = text % {"n": len(newly)}
            messages.success(request, said)
        return redirect(self.plan_href)


class SeatFreeView(OneSeating, TenantView):
    """On the day: somebody isn't there, and their seat is free."""

    permission = event_keeper

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.posted_person()
        try:
            freed = free_seat(seating=self.object, person=person, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = _("The seat of %(name)s is free now.") if freed else _("%(name)s has no seat in this plan.")
            messages.success(request, text % {"name": person.name})
        return redirect(self.plan_href)


class SeatingPaperView(OneSeating, TenantView):
    """For the wall, for the door and for the tables: the plan, a list by surname, cards to stand up."""

    permission = event_keeper
    SHEETS = {
        "plan": gettext_lazy("Seating plan"),
        "door": gettext_lazy("Where you sit, by surname"),
        "cards": gettext_lazy("Place cards"),
    }

    def get_object(self) -> Seating:
        seating = super().get_object()
        hidden = not seating.is_shown and not staff(self.actor, seating) and event_keeper(self.actor, seating)
        if hidden or self.kwargs["sheet"] not in self.SHEETS:
            raise Http404
        return seating

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sheet, board = kwargs["sheet"], board_of(self.object)
        people = [
            {"person": person, "listed": surname_first(person.name), "table": card.row.name}
            for card in board.cards
            for person in card.people
        ]
        title = f"{self.SHEETS[sheet]}: {self.object.event.title}"
        context = {
            "sheet": sheet,
            "seating": self.object,
            "event": self.object.event,
            "cards": board.cards,
            "rows": sorted(people, key=lambda row: sort_key(str(row["listed"]))),
            "people": people,
            "tenant_name": self.request.tenant.name,
            "document_title": title,
            "version_text": self.object.name,
        }
        try:
            if problem := pdf_ready():
                raise PdfUnavailable(problem)
            html = render_to_string("cohorts/seating_pdf.html", context)
            css = document_css(self.request.tenant.colour, OWN_CSS)
            content = render_pdf(html, title=title, css=css, font=FONTS, timeout=SECONDS)
        except PdfError as error:
            messages.error(request, str(error))
            return redirect(self.plan_href)
        disposition = {"Content-Disposition": f'attachment; filename="{sheet}-{self.object.event.public_id}.pdf"'}
        return HttpResponse(content, content_type="application/pdf", headers=disposition)
