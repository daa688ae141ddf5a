"""The go-live list: what must stand before a cohort opens. Nothing of it is stored or ticked: each line is true or not by a query, and
names the page that mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort, Event, LearningSet, Participation, SetMembership
from cohorts.selectors.cohorts import counted
from cohorts.selectors.copying import open_days
from cohorts.states import EventState, ParticipationState, PlanState
from reminders.models import Message
from tenancy.models import Role, Tenant
from tenancy.registry import Registry
from tenancy.selectors import roles_reaching
from tenancy.vocabulary import in_own_words

# As many of the rows that lack something are named; the page behind the line has them all.
NAMED = 5


@dataclass(frozen=True)
class ReadyLine:
    """`text` says what stands when the line is true; `lacks` what is missing while it isn't. `rows`: (words, address) of
    what lacks it. `of_tenant`: the page belongs to staff of everything."""

    text: str
    is_true: bool
    href: str
    lacks: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    position: int = 50
    of_tenant: bool = False


ReadySource = Callable[[Cohort, Tenant], list[ReadyLine]]
ready_sources: Registry[ReadySource] = Registry("What must stand before a cohort opens?")


def go_live_list(cohort: Cohort, tenant: Tenant) -> list[ReadyLine]:
    lines = [line for source in ready_sources for line in source(cohort, tenant)]
    return sorted(lines, key=lambda line: line.position)


def page(name: str, tenant: Tenant, row: object | None = None) -> str:
    at = {"tenant": tenant.slug}
    return reverse(name, kwargs=at if row is None else {**at, "public_id": row.public_id})  # type: ignore[attr-defined]


def own_lines(cohort: Cohort, tenant: Tenant) -> list[ReadyLine]:
    return [
        *dates(cohort, tenant),
        *events(cohort, tenant),
        *people_and_words(cohort, tenant),
        *sets(cohort, tenant),
    ]


def dates(cohort: Cohort, tenant: Tenant) -> list[ReadyLine]:
    closed = open_days(cohort.programme).why_closed(cohort.starts_on)
    return [
        ReadyLine(
            _("The first day is one on which people can come"),
            not closed,
            page("cohorts:cohort-edit", tenant, cohort),
            lacks=_("The first day is closed: %(why)s.") % {"why": closed},
            position=1,
        )
    ]


def events(cohort: Cohort, tenant: Tenant) -> list[ReadyLine]:
    """What everyone comes to: planned, within the cohort's days, with a place that is settled and somebody who keeps the register."""
    rows = list(
        Event.objects.filter(cohort=cohort, learning_set__isnull=True, state=EventState.PLANNED)
        .select_related("venue")
        .order_by("starts_at", "pk")
    )
    listed = page("cohorts:event-list", tenant, cohort)

    def line(text: str, wrong: list[Event], lacks: str, position: int) -> ReadyLine:
        named = [(row.title, page("cohorts:event-edit", tenant, row)) for row in wrong[:NAMED]]
        return ReadyLine(text, bool(rows) and not wrong, listed, lacks if rows else nothing, named, position)

    nothing = str(_("No event is planned yet."))
    late = [row for row in rows if row.ends_at.date() > cohort.ends_on]
    nowhere = [row for row in rows if not row.where and not row.join_url]
    open_ = [row for row in rows if not row.place_confirmed and (row.where or row.join_url)]
    unkept = [row for row in rows if row.owner_id is None]
    return [
        ReadyLine(
            _("Events are planned"), bool(rows), page("cohorts:event-create", tenant, cohort), nothing, position=2
        ),
        line(_("Every event is over by the last day"), late, _("These end after the last day:"), 3),
        line(_("Every event has a place or a link"), nowhere, _("Nobody could come to these:"), 4),
        line(_("Every place is confirmed"), open_, _("Taken over from an earlier cohort, and to be confirmed:"), 5),
        line(_("Somebody keeps each register"), unkept, _("Nobody keeps the register of these:"), 6),
    ]


def people_and_words(cohort: Cohort, tenant: Tenant) -> list[ReadyLine]:
    """Who is there, whether mail reaches them, and what the privacy notice needs."""
    there = Participation.objects.filter(cohort=cohort, state=ParticipationState.ACTIVE)
    undelivered = Message.objects.filter(
        recipient__in=there.values("person_id"), state__in=(Message.State.FAILED, Message.State.UNCERTAIN)
    )
    held = roles_reaching(cohort.pk)
    facts = Cohort.objects.annotate(
        taken=counted(there, "cohort"),
        stuck=counted(undelivered, "tenant"),
        has_sponsor=Exists(held.filter(role=Role.SPONSOR)),
        has_facilitator=Exists(held.filter(role=Role.FACILITATOR)),
    ).get(pk=cohort.pk)
    taken, stuck = facts.taken, facts.stuck
    invite = f"{page('cohorts:invitation-list', tenant)}?cohort={cohort.public_id}"
    return [
        ReadyLine(
            _("Every place is taken"),
            taken >= cohort.places,
            page("cohorts:participation-list", tenant, cohort),
            ngettext("%(n)d place is still free.", "%(n)d places are still free.", cohort.places - taken)
            % {"n": cohort.places - taken},
            position=10,
        ),
        ReadyLine(
            _("A chief officer is there to ask"), facts.has_sponsor, invite,
            _("Nobody holds the sponsor’s role for this cohort."), position=11,
        ),
        ReadyLine(
            _("A facilitator is appointed"), facts.has_facilitator, invite,
            _("Nobody holds the facilitator’s role for this cohort."), position=12,
        ),
        ReadyLine(
            _("Mail reaches everybody"),
            not stuck,
            f"{page('reminders:message-list', tenant)}?state=stuck",
            ngettext(
                "%(n)d message to the cohort’s people hasn’t arrived.",
                "%(n)d messages to the cohort’s people haven’t arrived.",
                stuck,
            )
            % {"n": stuck},
            position=30,
        ),
        ReadyLine(
            _("The privacy notice says whom to write to"),
            bool(tenant.reply_to),
            page("tenancy:tenant-settings", tenant),
            _("There is no reply-to address in the settings."),
            position=31,
            of_tenant=True,
        ),
    ]  # fmt: skip


def sets(cohort: Cohort, tenant: Tenant) -> list[ReadyLine]:
    live = list(LearningSet.objects.filter(cohort=cohort, plan__state=PlanState.PUBLISHED))
    seated = SetMembership.objects.filter(person=OuterRef("person"), learning_set__in=live)
    unseated = list(
        Participation.objects.filter(~Exists(seated), cohort=cohort, state=ParticipationState.ACTIVE)
        .select_related("person")
        .order_by("person__sort_key", "pk")
    )
    unled = [row for row in live if row.facilitator_id is None]
    listed = page("cohorts:set-list", tenant, cohort)
    none = str(in_own_words(_("No %(sets)s are published yet.")))
    return [
        ReadyLine(str(in_own_words(_("The %(learning_sets)s are published"))), bool(live), listed, none, position=20),
        ReadyLine(
            str(in_own_words(_("Everybody is in a %(set)s"))),
            bool(live) and not unseated,
            listed,
            str(in_own_words(_("In no %(set)s yet:"))) if live else none,
            [(row.person.name, listed) for row in unseated[:NAMED]] if live else [],
            position=21,
        ),
        ReadyLine(
            str(in_own_words(_("Every %(set)s has a facilitator"))),
            bool(live) and not unled,
            listed,
            _("Without one:") if live else none,
            [(row.name, page("cohorts:set-detail", tenant, row)) for row in unled[:NAMED]],
            position=22,
        ),
    ]


ready_sources.register("cohorts", own_lines)
