"""'Who owes what': everything owed, late first, and the bulk chase with its preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.views.downloads import MOST_ROWS, Column, Downloads, Sheet
from engine.views.jobs import rows_per_page
from reminders.forms import NOTHING, ChaseForm
from reminders.models import Message
from reminders.obligations import Obligation
from reminders.selectors import (
    Reading,
    attach_people,
    cohorts_for_filter,
    cohorts_reached,
    read_and_count,
    read_obligations,
    sources,
)
from reminders.services.reminding import ASK, DIGEST, prepare_chase, render_reminder, send_chase
from reminders.waiting import kinds_of
from tenancy.models import Person
from tenancy.rules import any_staff
from tenancy.views.base import TenantPage

# Each message of a small chase can be read before it leaves; of a large one the first.
MOST_TEXTS = 10


@dataclass(frozen=True)
class BoardRow:
    obligation: Obligation
    label: str
    href: str
    cohort: str
    late: bool
    reminded: Any

    @property
    def value(self) -> str:
        """How the form names it: kind, key and person."""
        return token_of(self.obligation)


def token_of(obligation: Obligation) -> str:
    person = obligation.person.public_id if obligation.person else ""
    return f"{obligation.kind}/{obligation.key}/{person}"


class BoardView(Downloads, TenantPage):
    """Filters stand in the address: cohort (its slug), kind, late=1, person (public id). Every count is a link to its rows.

    What is posted are the rows ticked, as `item`."""

    permission = any_staff
    template_name = "reminders/board.html"

    @cached_property
    def cohorts(self) -> dict[int, Any]:
        return {c.pk: c for c in cohorts_for_filter(cohorts_reached(self.actor))}

    def filters(self) -> dict[str, Any]:
        """What the address narrows the list to; what it names wrongly narrows nothing."""
        chosen = next((c for c in self.cohorts.values() if c.slug == self.request.GET.get("cohort")), None)
        given: dict[str, Any] = {}
        if chosen is not None:
            given["cohort_id"] = chosen.pk
        elif cohorts_reached(self.actor) is not None:
            given["cohort_ids"] = set(self.cohorts)
        if public_id := self.request.GET.get("person"):
            person = Person.objects.filter(public_id=public_id).first()
            given["person_id"] = person.pk if person else 0
        return given

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        get = self.request.GET
        now = timezone.now()
        narrowed = self.filters()
        kind = get.get("kind") if get.get("kind") in sources() else ""
        late = get.get("late") == "1"
        per_page = rows_per_page(self.request)
        number = get.get("page", "")
        asked = max(int(number), 1) if number.isdecimal() and len(number) < 10 else 1

        def read(page: int) -> Reading:
            return read_and_count(
                **narrowed,
                only_kind=kind or None,
                only_due_before=now if late else None,
                limit=per_page,
                offset=(page - 1) * per_page,
            )

        reading = read(asked)
        counts = reading.counts
        shown = [c for c in counts if not kind or c.kind == kind]
        total = sum(c.late if late else c.count for c in shown)
        page = Paginator(range(total), per_page).get_page(asked)
        if page.number != asked:
            # The list has become shorter than the address remembers.
            reading = read(page.number)
        attach_people(reading.rows)
        kept = {name: get[name] for name in ("cohort", "person") if get.get(name)}
        board = reverse("reminders:board", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(
            rows=self.rows(reading.rows, now),
            page_obj=page,
            total=total,
            kinds=kinds_of(counts, board, kept),
            kind=kind,
            late=late,
            all_count=sum(c.count for c in counts),
            late_count=sum(c.late for c in counts),
            cohorts=list(self.cohorts.values()),
            cohort=get.get("cohort", ""),
            person=get.get("person", ""),
            board_href=f"{board}?{urlencode(kept)}",
            late_href=f"{board}?{urlencode({**kept, 'late': '1'})}",
            **kwargs,
        )

    def sheet(self) -> Sheet:
        kind = self.request.GET.get("kind", "")
        narrowed = {**self.filters(), "kind": kind if kind in sources() else None}
        if self.request.GET.get("late") == "1":
            narrowed["due_before"] = timezone.now()
        owed = read_obligations(limit=MOST_ROWS + 1, with_people=True, **narrowed)
        columns = (
            Column(_("Who"), "obligation.person.name"),
            Column(_("Owes"), "label"),
            Column(_("Due"), "obligation.due", "moment"),
            Column(_("Since"), "obligation.since", "moment"),
            Column(_("Late"), "late", "yes"),
            Column(_("Cohort"), "cohort"),
            Column(_("Last reminder"), "reminded", "day"),
        )
        return Sheet(_("Who owes what"), columns, self.rows(owed, timezone.now()))

    def rows(self, owed: list[Obligation], now: Any) -> list[BoardRow]:
        tenant = self.request.tenant
        reminded = last_reminders({o.person_id for o in owed})
        return [
            BoardRow(
                o,
                o.label(),
                o.path(tenant),
                str(self.cohorts[o.cohort_id]) if o.cohort_id in self.cohorts else "",
                late=o.due is not None and o.due < now,
                reminded=reminded.get(o.person_id),
            )
            for o in owed
        ]

    def chosen(self, wanted: set[str]) -> list[Obligation]:
        """The chosen ones that are still owed, chaseable and within reach."""
        reached = cohorts_reached(self.actor)
        kinds = {item.split("/", 1)[0] for item in wanted}
        kind = kinds.pop() if len(kinds) == 1 else None
        owed = read_obligations(cohort_ids=reached, with_people=True, kind=kind)
        return [o for o in owed if o.source.chase and token_of(o) in wanted]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """With rows ticked: first the preview, then with `confirm` the sending. Same list both times."""
        tenant = self.request.tenant
        form = ChaseForm(request.POST)
        owed = self.chosen(set(form.cleaned_data["item"])) if form.is_valid() else []
        if not owed:
            if form.is_valid():
                form.add_error("item", NOTHING)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if "confirm" in request.POST:
            self.send(owed)
            return redirect(request.get_full_path())
        chase = prepare_chase(owed, tenant=tenant)
        texts = [(r, render_reminder(r, tenant)) for r in chase.reminders[:MOST_TEXTS]]
        context = {
            "chase": chase,
            "texts": texts,
            "more": len(chase.reminders) - len(texts),
            "items": [token_of(o) for r in chase.reminders for o in r.items],
            "at_once": chase.leaves_at <= timezone.now(),
        }
        return render(request, "reminders/board_chase.html", context)

    def send(self, owed: list[Obligation]) -> None:
        if count := send_chase(owed=owed, tenant=self.request.tenant, by=self.actor):
            text = ngettext("%(n)s reminder is on its way.", "%(n)s reminders are on their way.", count)
            messages.success(self.request, text % {"n": count})
        else:
            text = _("No reminder was sent: everyone you chose has had one today or can’t be reached.")
            messages.error(self.request, text)


def last_reminders(person_ids: set[int]) -> dict[int, Any]:
    """When each person was last reminded, whatever of."""
    rows = (
        Message.objects.filter(recipient__in=person_ids, kind__in=(DIGEST, ASK))
        .exclude(state=Message.State.DROPPED)
        .order_by("recipient_id", "-queued_at")
        .distinct("recipient_id")
    )
    return dict(rows.values_list("recipient_id", "queued_at"))
