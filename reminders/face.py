"""What reminders tells the lower floors: the home page's first panels, where one can go, what is held about a person."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.home import NavigationItem, navigation_sources, panel_sources
from reminders.kinds import name_kinds
from reminders.models import Message
from reminders.waiting import home_panels
from tenancy.actors import Actor
from tenancy.models import Person, Role, Tenant
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds
from tenancy.unneeded import LooseEnd, loose_ends


def navigation(actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    where = {"tenant": tenant.slug}
    items = [NavigationItem(_("Calendar"), reverse("reminders:calendar", kwargs=where), position=80)]
    if actor.holds(Role.STAFF):
        items += [
            NavigationItem(_("Who owes what"), reverse("reminders:board", kwargs=where), position=10),
            NavigationItem(_("Messages"), reverse("reminders:message-list", kwargs=where), position=70),
        ]
    return items


def export_messages(person: Person) -> list[dict[str, Any]]:
    rows = Message.objects.filter(recipient=person)
    return [
        {
            "subject": m.subject,
            "text": m.body_text,
            "state": m.state,
            "queued": m.queued_at,
            "queued by": m.queued_by,
            "sent": m.sent_at,
            "what went wrong": m.error,
        }
        for m in rows
    ]


panel_sources.register("reminders", home_panels)
navigation_sources.register("reminders", navigation)
holdings.register(
    "reminders",
    Holding(
        label=gettext_lazy("Messages we sent or will send"),
        models=(Message._meta.label,),
        export=export_messages,
        kind="reminders.messages",
    ),
)

loose_ends.register(
    "reminders.message",
    LooseEnd(Message, "recipient", Q(state__in=(Message.State.SENT, Message.State.DROPPED))),
)
retention_kinds.register(
    "reminders.messages",
    RetentionKind(
        label=gettext_lazy("Messages that were sent, or weren’t needed any more"),
        after=gettext_lazy("after they were written"),
        days=365,
        least=90,
        most=1096,
        due=lambda before: Message.objects.filter(
            queued_at__lt=before, state__in=(Message.State.SENT, Message.State.DROPPED)
        ).order_by("pk"),
        delete=lambda rows: delete_rows(Message, [row.pk for row in rows]),
    ),
)

name_kinds(
    "reminders",
    {
        "ask": gettext_lazy("Reminder of one thing"),
        "digest": gettext_lazy("Reminder of several things"),
    },
)
