"""The movement: switched on by staff, joined by people from outside who say yes themselves, left and deleted as easily.

Nothing here tells whether an address was known, and no history says a member's name: who was in it is nobody's business afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.consents import CURRENT_CONSENT
from cohorts.emails import send_movement_again, send_movement_brought, send_movement_confirm, send_movement_joined
from cohorts.models import EventGuest, Movement, MovementMember, MovementWords, Pledge, Programme
from cohorts.models.event_guest import OPEN
from cohorts.models.movement import ANSWER_DAYS
from cohorts.rules import GUEST, MOVEMENT, in_movement, own_membership, staff
from cohorts.selectors.movement import generation_after, is_own
from cohorts.services.guests import give_places, take_event
from cohorts.states import MemberState
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import revoke_links
from tenancy.models import Organisation, Person
from tenancy.scope import current_scope, tenant_context
from tenancy.services.people import ensure_person
from tenancy.turns import take_turns

# By whom the records say it was done.
PAGE = Actor.system("movement")


def one_line(text: str) -> str:
    return " ".join(text.split())


@transaction.atomic
def save_movement(
    *, programme: Programme, purpose: str, is_open: bool, shows_spread: bool, version: int, by: Actor
) -> Movement:
    """Staff begin the programme's movement, change its words, or close it. `version` 0: there was none yet."""
    if by.kind != "system" and not staff(by, programme):
        raise NotAllowed(_("Only staff of the programme keep its movement."))
    take_turns(programme)
    values: dict[str, Any] = {"purpose": purpose.strip(), "is_open": is_open, "shows_spread": shows_spread}
    movement, made = Movement.objects.get_or_create(
        programme=programme, defaults={**values, "opened_at": timezone.now()}
    )
    if made:
        record_change(movement, "begin", by=by)
    else:
        save_if_unchanged(movement, version=version, **values)
        record_change(movement, "change", by=by)
    return movement


def check_open(movement: Movement) -> None:
    movement.refresh_from_db(fields=["is_open"])
    if not movement.is_open:
        raise WrongState(_("Nobody can join at the moment."))


@transaction.atomic
def register_member(
    *,
    movement: Movement,
    name: str,
    email: str,
    by: Actor,
    organisation: Organisation | None = None,
    organisation_name: str = "",
    place: str = "",
    interests: str = "",
) -> None:
    """Anybody types an address, and it is asked. Whatever is known of it is left as it is: the page can't tell, and doesn't, whether the
    address was new, asked, in it, on a cohort, or has said no. One message a day at most, and none to who left or said no, as long as
    their bare row stands: whoever types the address."""
    check_open(movement)
    person, _made = ensure_person(name=name, email=email, by=PAGE)
    take_turns(person)
    today = timezone.localdate().isoformat()
    row = MovementMember.objects.filter(movement=movement, person=person).select_related("movement", "person").first()
    if row is not None and row.state == MemberState.LEFT:
        return
    if is_own(movement.programme, person.pk):
        send_movement_again(movement, person, by=PAGE, occurrence=today)
        return
    if row is None:
        row = add_member(
            movement,
            person,
            organisation=organisation,
            organisation_name="" if organisation else one_line(organisation_name),
            place=one_line(place),
        )
        keep_interests(row, interests)
    if row.state == MemberState.MEMBER:
        send_movement_again(movement, person, by=PAGE, occurrence=today, member=row)
    else:
        send_movement_confirm(row, by=PAGE, occurrence=today)


@transaction.atomic
def bring_colleague(*, movement: Movement, name: str, email: str, by: Actor) -> None:
    """Somebody of the movement tells a colleague of it, who is asked and says yes or no by a link. Who is asked already, is in it, has a
    place on a cohort or has left isn't written to again, and whoever tells them learns nothing of that. The first who told them counts.
    How often somebody may in a day is the page's to count, tries and not rows: a limit on rows would tell which addresses were known."""
    if by.person is None or not in_movement(by, movement.programme):
        raise NotAllowed(_("Only people of the movement tell others of it."))
    check_open(movement)
    # their own turn first: whoever has all of it deleted at this moment tells nobody afterwards
    take_turns(by.person)
    person, _made = ensure_person(name=name, email=email, by=PAGE)
    if person.pk == by.person_id:
        raise Refused(_("Enter somebody else’s address."), field="email")
    if is_own(movement.programme, person.pk):
        return
    row = add_member(movement, person, brought_by=by.person)
    if row.state == MemberState.ASKED and row.brought_by_id == by.person_id:
        send_movement_brought(row, by=by)


def add_member(
    movement: Movement,
    person: Person,
    *,
    organisation: Organisation | None = None,
    organisation_name: str = "",
    place: str = "",
    brought_by: Person | None = None,
) -> MovementMember:
    """A row that counts for nothing yet. Two at once for one address are one: the second finds the first's."""
    now = timezone.now()
    row, made = MovementMember.objects.get_or_create(
        movement=movement,
        person=person,
        defaults={
            "organisation": organisation,
            "organisation_name": organisation_name,
            "place": place,
            "state": MemberState.ASKED,
            "brought_by": brought_by,
            "was_brought": brought_by is not None,
            "generation": generation_after(movement, brought_by) if brought_by else 1,
            "registered_at": now,
            "answer_by": now + timedelta(days=ANSWER_DAYS) if brought_by else None,
            "seen_at": now,
        },
    )
    if made:
        record_change(row, "ask", by=PAGE, target=row.state)
    row.movement, row.person = movement, person
    return row


def keep_interests(row: MovementMember, interests: str) -> None:
    """Behind the wall of whose they are. A stranger may have typed them, but nobody reads them before the holder has said yes."""
    scope = current_scope()
    if scope.person_id == row.person_id:
        MovementWords.objects.update_or_create(member=row, defaults={"interests": interests.strip()})
    elif interests.strip():
        with tenant_context(scope.tenant_id, row.person_id):
            MovementWords.objects.get_or_create(member=row, defaults={"interests": interests.strip()})


def own_row(member: MovementMember, by: Actor) -> MovementMember:
    """The row as it is now, by whom it is about, with their turn taken."""
    if not own_membership(by, member):
        raise NotAllowed(_("This is somebody else’s."))
    take_turns(member.person)
    rows = MovementMember.objects.select_related("movement__programme", "person", "organisation")
    if (row := rows.filter(pk=member.pk).first()) is None:
        raise WrongState(_("Nothing is kept of you here any more."))
    return row


@transaction.atomic
def join_movement(*, member: MovementMember, consent_version: int, by: Actor) -> MovementMember:
    """The holder of the address says yes, to the words they were shown. Said again it is that they stay."""
    row = own_row(member, by)
    if row.state == MemberState.MEMBER:
        row.seen_at = timezone.now()
        row.save(update_fields=["seen_at"])
        return row
    check_open(row.movement)
    if consent_version != CURRENT_CONSENT:
        raise Refused(_("What you agree to has changed since you opened the page. Read it again, then say yes."))
    now = timezone.now()
    if row.state == MemberState.LEFT:
        transition(row, "ask", by=PAGE, left_at=None)
    transition(
        row, "join", by=PAGE, joined_at=now, consent_version=consent_version, answer_by=None, left_at=None, seen_at=now
    )
    send_movement_joined(row, by=PAGE)
    return row


@transaction.atomic
def edit_membership(
    *,
    member: MovementMember,
    organisation: Organisation | None,
    organisation_name: str,
    place: str,
    interests: str,
    by: Actor,
) -> MovementMember:
    """What somebody says of themselves, as they want it. Only theirs, so the last word counts."""
    row = own_row(member, by)
    row.organisation = organisation
    row.organisation_name = "" if organisation else one_line(organisation_name)
    row.place, row.seen_at = one_line(place), timezone.now()
    row.save(update_fields=["organisation", "organisation_name", "place", "seen_at"])
    keep_interests(row, interests)
    return row


def free_places(member: MovementMember, *, erase: bool) -> None:
    """The places that they took at open events to come go to whoever waits; with `erase` so do the rows that say they had one. What stands
    in the register of an event that has begun goes with its other guests."""
    rows = EventGuest.objects.filter(
        person=member.person,
        opening__isnull=False,
        state__in=OPEN,
        event__cohort__programme=member.programme_id,
        event__starts_at__gt=timezone.now(),
    )
    for guest in rows.select_related("event__cohort__programme").order_by("event_id", "pk"):
        take_event(guest.event)
        guest.refresh_from_db(fields=["state"])
        if guest.is_open:
            transition(guest, "remove", by=PAGE, answer_by=None)
        revoke_links(purpose=GUEST, about=guest.public_id)
        event = guest.event
        if erase:
            guest.delete()
        give_places(event, by=PAGE)


def forget_who_told(rows: Sequence[MovementMember]) -> None:
    """Whom these people told keep that somebody did, and how many steps they are from the programme; not who it was."""
    told = Q(pk__in=[])
    for row in rows:
        told |= Q(movement=row.movement_id, brought_by=row.person_id)
    # locked in one order: two who told each other may go at the same moment
    own = Q(pk__in=[row.pk for row in rows])
    locked = list(MovementMember.objects.select_for_update().filter(told | own).order_by("pk"))
    MovementMember.objects.filter(told, pk__in=[row.pk for row in locked]).update(brought_by=None)


@transaction.atomic
def leave_movement(*, member: MovementMember, by: Actor, erase: bool) -> None:
    """Off the list, or no to being asked: what they said and pledged goes at once. With `erase` all of it goes, and who they were for
    those they told; without, a bare row stays a while, so that nobody can have them asked anew. The person goes by night, some weeks
    later, once nothing names them (`tenancy.people`)."""
    row = own_row(member, by)
    if not is_own(row.movement.programme, row.person_id):
        Pledge.objects.filter(movement=row.movement, owner=row.person).delete()
        free_places(row, erase=erase)
    revoke_links(purpose=MOVEMENT, about=row.public_id)
    if erase:
        forget_who_told([row])
        record_change(row, "erase", by=PAGE)
        row.delete()
        return
    MovementWords.objects.filter(member=row).delete()
    if row.state == MemberState.LEFT:
        return
    transition(
        row,
        "leave",
        by=PAGE,
        left_at=timezone.now(),
        answer_by=None,
        organisation=None,
        organisation_name="",
        place="",
    )
