"""The tenant's list of venues."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cohorts.emails import send_event
from cohorts.models import Event, Venue
from cohorts.rules import any_staff, venue_keeper
from cohorts.selectors.events import expected_people
from cohorts.selectors.venues import events_ahead
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.turns import take_turns, take_turns_at


def tidy(fields: dict[str, Any]) -> dict[str, Any]:
    """One line for the name and the address, since calendars take one."""
    lines = {key: " ".join(fields[key].split()) for key in ("name", "address") if key in fields}
    texts = {key: fields[key].strip() for key in ("directions", "access_notes") if key in fields}
    fields = fields | lines | texts
    for key, words in (("name", _("Enter a name")), ("address", _("Enter an address"))):
        if key in fields and not fields[key]:
            raise Refused(words, field=key)
    return fields


@transaction.atomic
def add_venue(*, name: str, address: str, by: Actor, **fields: Any) -> Venue:
    """Put a place on the list. Added twice in the same words, as by a double click, it is one; the name of another is refused."""
    if by.kind != "system" and not any_staff(by):
        raise NotAllowed(_("Only staff keep the list of venues."))
    fields = tidy({"name": name, "address": address, **fields})
    take_turns_at("venue")
    if (there := Venue.objects.filter(name=fields["name"]).first()) is not None:
        if there.address == fields["address"]:
            return there
        raise Refused(
            _("There is a venue of this name already, at %(address)s.") % {"address": there.address}, field="name"
        )
    venue = Venue.objects.create(**fields)
    record_change(venue, "create", by=by)
    return venue


@transaction.atomic
def edit_venue(*, venue: Venue, version: int, by: Actor, tell: bool = True, **fields: Any) -> Venue:
    """Change what is known of a place. Events ahead get its new name or address into calendars, and with `tell` people are told;
    so it is for staff of every cohort that still meets there."""
    fields = tidy(fields)
    take_turns(venue)
    # Asked with the turn taken, which planning an event there takes too.
    if by.kind != "system" and not venue_keeper(by, venue):
        raise NotAllowed(_("Another cohort meets there too. Ask staff of the whole programme to change it."))
    venue.refresh_from_db()
    before = (venue.name, venue.address)
    try:
        with transaction.atomic():
            save_if_unchanged(venue, version=version, **fields)
    except IntegrityError as error:
        raise Refused(_("There is a venue of this name already."), field="name") from error
    record_change(venue, "edit", by=by)
    if (venue.name, venue.address) != before:
        tell_of_address(venue, by=by, tell=tell)
    return venue


def tell_of_address(venue: Venue, *, by: Actor, tell: bool) -> None:
    locked = list(
        events_ahead(venue).order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    )
    Event.objects.filter(pk__in=locked).update(sequence=F("sequence") + 1)
    rows = Event.objects.filter(pk__in=locked).select_related("cohort__programme", "learning_set__facilitator", "venue")
    for event in rows if tell else ():
        people = expected_people(event, with_facilitator=True)
        send_event(event, people, what="changed", by=by, changes=(_("venue"),))
