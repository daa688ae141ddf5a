"""Reminders: what is owed and due goes out as one digest a person, or by signed link to those without an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.dates import uk_date
from reminders.hours import is_working_time, local_time, next_working_time
from reminders.models import Message, ReminderRound
from reminders.obligations import Obligation
from reminders.selectors import read_obligations
from reminders.services.messages import LinkTo, queue_message
from reminders.steps import belongs_in_digest, latest_step
from reminders.writing import Rendered, render_message
from tenancy.actors import Actor
from tenancy.models import Membership, Person, Tenant
from tenancy.turns import take_turns_at

DIGEST = "reminders.digest"
ASK = "reminders.ask"
# Who was reminded today is looked at before anybody is: the tick and a chase take turns.
REMINDING = "reminding"


@dataclass
class Reminder:
    """One message to be: to whom, about what. One obligation by link, or all of a person's in a digest."""

    kind: str
    person: Person
    items: list[Obligation]
    occurrence: str = ""
    # Why it can't go out; '' when it can.
    obstacle: str = ""

    @property
    def about(self) -> str:
        return self.items[0].key if self.kind == ASK else self.person.public_id

    def link(self, tenant: Tenant) -> LinkTo:
        first = self.items[0]
        if self.kind == ASK:
            return LinkTo(purpose=first.source.link_purpose, about=first.key)
        if len(self.items) == 1:
            return LinkTo(path=first.path(tenant))
        return LinkTo(
            path=reverse("portal:home", kwargs={"tenant": tenant.slug}), text=_("See what is waiting for you")
        )


@dataclass
class Sent:
    """What went out lately: the last day per person's digest and per obligation asked by link."""

    digests: dict[int, date] = field(default_factory=dict)
    asks: dict[tuple[int, str], date] = field(default_factory=dict)

    def last(self, reminder: Reminder) -> date | None:
        if reminder.kind == ASK:
            return self.asks.get((reminder.person.pk, reminder.about))
        return self.digests.get(reminder.person.pk)


@transaction.atomic
def queue_due_reminders(*, tenant: Tenant, now: datetime | None = None) -> int:
    """Queue the open tenant's reminders that have fallen due; returns how many. Nothing outside working hours.

    Safe to run at any time and twice at once: a person gets at most one digest a day, and one for each step.
    """
    now = now or timezone.now()
    take_turns_at(REMINDING)
    ReminderRound.objects.bulk_create(
        [ReminderRound(considered_at=now)],
        update_conflicts=True,
        unique_fields=["tenant"],
        update_fields=["considered_at"],
    )
    if not is_working_time(tenant, now):
        return 0
    zone = ZoneInfo(tenant.time_zone)
    today = local_time(tenant, now).date()
    owed = [o for o in read_obligations(with_people=True, private=True) if o.source.chase and o.person is not None]
    reminders = make_reminders([o for o in owed if belongs_in_digest(o, today, zone)])
    sent = sent_lately(reminders, zone)
    by = Actor.system("reminders")
    queued = 0
    for reminder in reminders:
        step = max((s for o in reminder.items if (s := latest_step(o, today, zone))), default=None)
        last = sent.last(reminder)
        if reminder.obstacle or step is None or (last is not None and last >= step):
            continue
        reminder.occurrence = step.isoformat()
        queued += queue_reminder(reminder, tenant=tenant, by=by)
    return queued


def make_reminders(owed: Iterable[Obligation]) -> list[Reminder]:
    """One digest for each person with an account, one message by link for each obligation of the others."""
    by_person: dict[int, list[Obligation]] = defaultdict(list)
    for obligation in owed:
        by_person[obligation.person_id].append(obligation)
    with_account = set(
        Membership.objects.filter(person__in=by_person, ended_at__isnull=True, account__is_active=True).values_list(
            "person_id", flat=True
        )
    )
    made: list[Reminder] = []
    for person_id, items in by_person.items():
        person = items[0].person
        assert person is not None
        if person_id in with_account:
            made.append(Reminder(DIGEST, person, items))
        else:
            made += [Reminder(ASK, person, [o], obstacle=obstacle_of_link(o)) for o in items]
    for reminder in made:
        if not reminder.person.email:
            reminder.obstacle = _("We have no e-mail address.")
    return made


def obstacle_of_link(obligation: Obligation) -> str:
    return "" if obligation.source.link_purpose else _("They have no account yet.")


def sent_lately(reminders: Sequence[Reminder], zone: ZoneInfo) -> Sent:
    """When each of these people was last reminded, in one query."""
    people = {r.person.pk for r in reminders}
    rows = (
        Message.objects.filter(kind__in=(DIGEST, ASK), recipient__in=people)
        .exclude(state=Message.State.DROPPED)
        .values_list("recipient_id", "kind", "link_about")
        .annotate(last=Max("queued_at"))
        .order_by()
    )
    sent = Sent()
    for person_id, kind, about, last in rows:
        day = timezone.localtime(last, zone).date()
        if kind == ASK:
            sent.asks[person_id, about] = day
        else:
            sent.digests[person_id] = max(day, sent.digests.get(person_id, day))
    return sent


def queue_reminder(reminder: Reminder, *, tenant: Tenant, by: Actor, available_at: datetime | None = None) -> bool:
    return queue_message(
        kind=reminder.kind,
        to=reminder.person,
        about=reminder.about,
        by=by,
        context=reminder_context(reminder.items, tenant),
        link=reminder.link(tenant),
        occurrence=reminder.occurrence,
        asks=True,
        available_at=available_at,
        owed=[(o.kind, o.key) for o in reminder.items],
    )


def reminder_context(items: Sequence[Obligation], tenant: Tenant) -> dict[str, Any]:
    """What the templates of both kinds get: the items with their words and addresses, and how many are late."""
    now = timezone.now()
    lines = [
        {
            "label": o.label(),
            "due": o.due,
            "since": o.since,
            "late": o.due is not None and o.due < now,
            "address": f"{settings.BASE_URL}{o.path(tenant)}",
        }
        for o in items
    ]
    return {"items": lines, "item": lines[0], "count": len(lines), "late": sum(1 for line in lines if line["late"])}


def render_reminder(reminder: Reminder, tenant: Tenant) -> Rendered:
    """As it would be sent: for the preview, and for a queued one some of whose items have been done meanwhile."""
    values = {**reminder_context(reminder.items, tenant), "recipient": reminder.person, "tenant": tenant, "asks": True}
    return render_message(reminder.kind, values, button=reminder.link(tenant).text)


def left_of(message: Message, tenant: Tenant) -> Rendered | None:
    """A queued reminder as it should read by now: None when nothing it names is owed any more. Within the tenant's scope."""
    named = {(kind, key) for kind, key in message.owed}
    kinds = {kind for kind, _key in named}
    items = [
        o
        for o in read_obligations(person_id=message.recipient_id, kind=kinds, private=True)
        if (o.kind, o.key) in named
    ]
    if not items:
        return None
    if len(items) == len(named):
        return Rendered(message.subject, message.body_text, message.body_html)
    return render_reminder(Reminder(message.kind, message.recipient, items), tenant)


@dataclass
class Chase:
    """What a bulk chase would send, to whom, when; and whom it leaves out, with the reason on each."""

    reminders: list[Reminder]
    left_out: list[Reminder]
    leaves_at: datetime


def prepare_chase(
    owed: Iterable[Obligation], *, tenant: Tenant, now: datetime | None = None, quiet_days: int = 0
) -> Chase:
    """Preview and sending use this same list. Nobody is reminded twice a day, nor, with `quiet_days`, of what they were asked or
    reminded of less than so many days ago."""
    now = now or timezone.now()
    zone = ZoneInfo(tenant.time_zone)
    today = local_time(tenant, now).date()
    reminders = make_reminders(o for o in owed if o.person is not None)
    sent = sent_lately(reminders, zone)
    for reminder in reminders:
        reminder.occurrence = f"chase:{today.isoformat()}"
        if reminder.obstacle:
            continue
        last = sent.last(reminder)
        if last == today:
            reminder.obstacle = _("They have had a reminder today.")
        elif quiet_days and last is not None and (today - last).days < quiet_days:
            reminder.obstacle = _("They had a reminder on %(day)s.") % {"day": uk_date(last)}
        elif quiet_days:
            asked = max(timezone.localtime(o.since, zone).date() for o in reminder.items)
            if (today - asked).days < quiet_days:
                reminder.obstacle = _("They were asked on %(day)s.") % {"day": uk_date(asked)}
    return Chase(
        [r for r in reminders if not r.obstacle], [r for r in reminders if r.obstacle], next_working_time(tenant, now)
    )


@transaction.atomic
def send_chase(*, owed: Iterable[Obligation], tenant: Tenant, by: Actor, now: datetime | None = None) -> int:
    """Queue a reminder for each of these obligations' people now, or at the next opening; returns how many messages.

    The caller passes obligations read within the cohorts the actor reaches (chaseable).
    """
    take_turns_at(REMINDING)
    return len(queue_chase(prepare_chase(owed, tenant=tenant, now=now), tenant=tenant, by=by))


@transaction.atomic
def queue_chase(chase: Chase, *, tenant: Tenant, by: Actor) -> list[Reminder]:
    """Queue a prepared chase; returns what was new, so that a second click finds nothing."""
    return [r for r in chase.reminders if queue_reminder(r, tenant=tenant, by=by, available_at=chase.leaves_at)]
