"""What linked programmes and groups with alumni answer when the lower floors ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.models import (
    AlumniGroup,
    AlumniGroupMember,
    LinkedProgramme,
    PartnerOffer,
    PartnerOfferTaken,
    PartnerPlaces,
)
from reminders.calendars import CalendarEntry, Day, Days, calendar_sources, days_of
from reminders.kinds import name_kinds
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds


def places_elsewhere(person: Person) -> Days:
    slug = person.tenant.slug

    def entry(day: Day) -> CalendarEntry:
        return CalendarEntry(
            uid=f"partner-offer-{day.key}@baton",
            sequence=0,
            title=day.title,
            starts_at=day.starts_at,
            ends_at=day.ends_at,
            place=day.place,
            join_url=day.join_url,
            path=reverse("cohorts:partner-offer", kwargs={"tenant": slug, "public_id": day.key}),
        )

    return Days(
        days_of(
            PartnerOfferTaken.objects.filter(person=person),
            key="offer__public_id",
            title="offer__title",
            starts_at="offer__starts_at",
            ends_at="offer__ends_at",
            place="offer__place",
            join_url="offer__join_url",
        ),
        entry,
    )


calendar_sources.register("cohorts.partners", places_elsewhere)


def export_groups(person: Person) -> list[dict[str, Any]]:
    rows = AlumniGroupMember.objects.filter(person=person).select_related("group")
    started = AlumniGroup.objects.filter(started_by=person)
    return [
        *({"group": r.group.name, "joined": r.joined_at} for r in rows),
        *({"started the group": g.name, "for": g.purpose, "at": g.started_at} for g in started),
    ]


def export_links(person: Person) -> list[dict[str, Any]]:
    linked = LinkedProgramme.objects.filter(contact=person) | LinkedProgramme.objects.filter(added_by=person)
    offers = PartnerOffer.objects.filter(linked__contact=person)
    given = PartnerPlaces.objects.filter(offered_by=person).select_related("linked", "event")
    taken = PartnerOfferTaken.objects.filter(person=person).select_related("offer__linked")
    return [
        *(
            {"linked programme": r.name, "of": r.organisation, "since": r.added_at, "ended": r.ended_at}
            for r in linked.distinct()
        ),
        *(
            {"offered": o.title, "about": o.about, "place": o.place, "online": o.join_url, "places": o.number}
            for o in offers
        ),
        *({"places for": g.linked.name, "at": g.event.title, "number": g.number} for g in given),
        *({"place at": t.offer.title, "of": t.offer.linked.name, "taken": t.taken_at} for t in taken),
    ]


def long_over(before: datetime) -> QuerySet[PartnerOfferTaken]:
    return PartnerOfferTaken.objects.filter(offer__ends_at__lt=before).order_by("pk")


def delete_taken(rows: Sequence[PartnerOfferTaken]) -> None:
    delete_rows(PartnerOfferTaken, [row.pk for row in rows])


holdings.register(
    "cohorts.alumni_groups",
    Holding(
        label=_("Groups with alumni"),
        models=(AlumniGroup._meta.label, AlumniGroupMember._meta.label),
        export=export_groups,
        keep_days=6 * 365,
    ),
)
holdings.register(
    "cohorts.partners",
    Holding(
        label=_("Linked programmes, and places at their events"),
        models=tuple(m._meta.label for m in (LinkedProgramme, PartnerPlaces, PartnerOffer, PartnerOfferTaken)),
        export=export_links,
        kind="cohorts.partners",
    ),
)
retention_kinds.register(
    "cohorts.partners",
    RetentionKind(
        label=_("Who had a place at an event of a linked programme"),
        after=_("after the end of the event"),
        days=365,
        least=30,
        most=730,
        due=long_over,
        delete=delete_taken,
    ),
)
name_kinds(
    "cohorts",
    {
        "partner_places": _("Linked programme asked to name guests"),
        "partner_offer": _("Places offered by a linked programme"),
    },
)
