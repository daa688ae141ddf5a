"""Linked programmes: places at each other's events. Nobody is asked twice, and nobody needs an account for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.emails import send_partner_offer, send_partner_places
from cohorts.models import (
    Event,
    EventGuest,
    LinkedProgramme,
    PartnerOffer,
    PartnerOfferTaken,
    PartnerPlaces,
    Programme,
)
from cohorts.models.event_guest import OPEN
from cohorts.rules import LINKED, linked_contact, may_take_offer, staff
from cohorts.selectors.alumni_events import opened_events
from cohorts.selectors.events import own_ids
from cohorts.selectors.guests import places_at
from cohorts.services.guests import add_row, check_ahead, take_event
from engine.transitions import record_change
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import revoke_links
from tenancy.services.people import ensure_person
from tenancy.turns import just_now, take_turns

PARTNER = Actor.system("linked programme")


def one_line(text: str) -> str:
    return " ".join(text.split())


def check_links(by: Actor, programme: object) -> None:
    if by.kind != "system" and not staff(by, programme):
        raise NotAllowed(_("Only staff of the programme link it with others."))


@transaction.atomic
def link_programme(
    *, programme: Programme, name: str, organisation: str, contact_name: str, contact_email: str, by: Actor
) -> LinkedProgramme:
    """Link a programme of somebody else's. Linked twice, as by a double click, it is once."""
    check_links(by, programme)
    contact, _made = ensure_person(name=contact_name, email=contact_email, by=by)
    take_turns(programme)
    there = LinkedProgramme.objects.filter(programme=programme, name=one_line(name), ended_at__isnull=True).first()
    if there is not None:
        if there.contact_id != contact.pk or there.added_at < just_now():
            raise Refused(_("There is already a link with a programme of this name."), field="name")
        return there
    linked = LinkedProgramme.objects.create(
        programme=programme,
        name=one_line(name),
        organisation=one_line(organisation),
        contact=contact,
        added_by=by.person,
        added_at=timezone.now(),
    )
    record_change(linked, "link", by=by)
    return linked


@transaction.atomic
def end_link(*, linked: LinkedProgramme, by: Actor) -> LinkedProgramme:
    """Nothing is shared any more, and their links open nothing; who was named keeps their place."""
    check_links(by, linked)
    take_turns(linked)
    linked.refresh_from_db(fields=["ended_at"])
    if linked.ended_at is None:
        linked.ended_at = timezone.now()
        linked.save(update_fields=["ended_at"])
        record_change(linked, "end", by=by)
        revoke_links(purpose=LINKED, about=linked.public_id)
    return linked


@transaction.atomic
def offer_places(*, linked: LinkedProgramme, event: Event, number: int, name_by: datetime, by: Actor) -> PartnerPlaces:
    """Give them so many guest places at an event, and tell their contact. Said twice it is once."""
    check_links(by, linked)
    if event.programme_id != linked.programme_id:
        raise Refused(_("Choose an event of this programme."), field="event")
    take_turns(linked)
    linked.refresh_from_db(fields=["ended_at"])
    if linked.ended_at is not None:
        raise WrongState(_("This link has ended."))
    take_event(event)
    check_ahead(event)
    if (there := PartnerPlaces.objects.filter(linked=linked, event=event).first()) is not None:
        return there
    if not timezone.now() < name_by <= event.starts_at:
        raise Refused(_("Give them until a day still to come, before the event."), field="name_by")
    free = places_at(event).free
    if free is not None and number > free:
        words = ngettext("Only %(n)d place is free at it.", "Only %(n)d places are free at it.", max(free, 0))
        raise Refused(words % {"n": max(free, 0)}, field="number")
    row = PartnerPlaces.objects.create(
        linked=linked,
        event=event,
        number=number,
        name_by=name_by,
        offered_by=by.person,
        offered_at=timezone.now(),
    )
    record_change(event, "offer places", by=by, reason=f"{linked.name}: {number}")
    send_partner_places(row, by=by)
    return row


def check_contact(by: Actor, linked: LinkedProgramme) -> None:
    if by.kind != "system" and not (linked_contact(by) and by.person_id == linked.contact_id):
        raise NotAllowed(_("Only the contact of the linked programme does this."))
    take_turns(linked)
    linked.refresh_from_db(fields=["ended_at"])
    if linked.ended_at is not None:
        raise WrongState(_("This link has ended."))


@transaction.atomic
def name_guest(*, places: PartnerPlaces, name: str, email: str, employer: str, by: Actor) -> EventGuest:
    """Their contact names somebody for one of the places: they're asked by a link of their own. Whoever is on the event's list, expected at
    it, or invited to it as an alumnus isn't asked a second time, and takes no place of theirs."""
    check_contact(by, places.linked)
    event = places.event
    person, _made = ensure_person(name=name, email=email, by=by)
    take_event(event)
    check_ahead(event)
    if not places.is_open:
        raise WrongState(_("The time to name people is over."))
    rows = EventGuest.objects.filter(event=event, state__in=OPEN)
    if (there := rows.filter(person=person).first()) is not None and there.through_id == places.pk:
        return there
    asked = (
        there is not None
        or own_ids(event).filter(person_id=person.pk).exists()
        or opened_events(person.pk).filter(pk=event.pk).exists()
    )
    if asked:
        raise Refused(
            _("%(name)s has been asked to this event already, so nobody asks again and your place stays free.")
            % {"name": one_line(name)},
            field="email",
        )
    if rows.filter(through=places).count() >= places.number:
        raise Refused(_("All your places are taken."))
    guest = add_row(event, person, employer=employer, by=PARTNER)
    guest.through = places
    guest.save(update_fields=["through"])
    return guest


@transaction.atomic
def make_offer(
    *,
    linked: LinkedProgramme,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    number: int,
    by: Actor,
    about: str = "",
    place: str = "",
    join_url: str = "",
) -> PartnerOffer:
    """Their contact gives our people places at an event of theirs. Said twice it is once; whoever linked the programme is told."""
    check_contact(by, linked)
    if not place.strip() and not join_url:
        raise Refused(_("Say where it is, or give a join link."), field="place")
    if join_url and not join_url.startswith("https://"):
        raise Refused(_("The join link must start with https://"), field="join_url")
    if starts_at <= timezone.now():
        raise Refused(_("Choose a day still to come."), field="day")
    said = {"title": one_line(title), "starts_at": starts_at, "ends_at": ends_at}
    if (same := PartnerOffer.objects.filter(linked=linked, **said).first()) is not None:
        return same
    offer = PartnerOffer.objects.create(
        linked=linked,
        **said,
        number=number,
        about=about.strip(),
        place=place.strip(),
        join_url=join_url,
        offered_at=timezone.now(),
    )
    record_change(offer, "offer", by=by)
    send_partner_offer(offer, by=by)
    return offer


@transaction.atomic
def take_offer(*, offer: PartnerOffer, by: Actor) -> PartnerOfferTaken:
    """One of ours takes a place at their event; the last one goes to one person. Taken twice it is once."""
    if by.person is None or not may_take_offer(by, offer):
        raise NotAllowed(_("These places aren’t open to you."))
    take_turns(offer)
    if not offer.is_open:
        raise WrongState(_("This event has already started."))
    if (there := PartnerOfferTaken.objects.filter(offer=offer, person=by.person).first()) is not None:
        return there
    if PartnerOfferTaken.objects.filter(offer=offer).count() >= offer.number:
        raise Refused(_("All places are taken."))
    row = PartnerOfferTaken.objects.create(offer=offer, person=by.person, taken_at=timezone.now())
    record_change(offer, "take", by=by)
    return row


@transaction.atomic
def give_offer_back(*, offer: PartnerOffer, by: Actor) -> None:
    """They can't go after all; the place is free for others."""
    if by.person is None or not may_take_offer(by, offer):
        raise NotAllowed(_("These places aren’t open to you."))
    take_turns(offer)
    if not offer.is_open:
        raise WrongState(_("This event has already started."))
    if PartnerOfferTaken.objects.filter(offer=offer, person=by.person).delete()[0]:
        record_change(offer, "give back", by=by)
