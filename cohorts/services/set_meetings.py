"""A meeting of a set, step by step. It keeps minutes, dates and how the set worked: never what anybody brought."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import AirTime, Event, EventKind, ProcessNote, SetMeeting
from cohorts.rules import room_keeper, set_member
from cohorts.selectors.set_room import PREPARED_FROM, further, is_last_step, step_after, was_in_room
from cohorts.selectors.sets import people_in
from cohorts.services.events import save_register
from cohorts.services.issue_tags import tag_meeting
from cohorts.services.set_room import may_keep
from cohorts.states import EventState, MeetingStep
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.seen import digest_of, refuse_stale
from tenancy.turns import take_turns
from tenancy.vocabulary import in_own_words

# The longest a meeting gives to one person, in minutes.
LONGEST = 240


@transaction.atomic
def begin_meeting(*, event: Event, by: Actor) -> SetMeeting:
    """Begin a planned meeting, from a week ahead so that it can be prepared. Begun twice it is one."""
    learning_set = event.learning_set
    if learning_set is None or event.kind != EventKind.SET_MEETING:
        raise WrongState(in_own_words(_("This isn’t a meeting of a %(set)s.")))
    may_keep(by, learning_set)
    if event.state != EventState.PLANNED:
        raise WrongState(_("This meeting has been cancelled."))
    if event.starts_at > timezone.now() + PREPARED_FROM:
        raise WrongState(_("You can begin a meeting from a week before it."))
    take_turns(event)
    meeting, made = SetMeeting.objects.get_or_create(
        event=event, defaults={"learning_set": learning_set, "begun_by": by.person, "begun_at": timezone.now()}
    )
    if made:
        record_change(event, "begin", by=by)
    return meeting


def may_run_meeting(by: Actor, meeting: SetMeeting) -> None:
    may_keep(by, meeting.learning_set)
    if not was_in_room(meeting.learning_set, by.person_id, meeting.begun_at):
        raise NotAllowed(in_own_words(_("This meeting began before you came to the %(set)s.")))


@transaction.atomic
def move_on(*, meeting: SetMeeting, step: str, by: Actor) -> SetMeeting:
    """A step is through: the meeting goes on to the next, unless it is further already."""
    may_run_meeting(by, meeting)
    take_turns(meeting.event)
    meeting.refresh_from_db()
    if is_last_step(step):
        if meeting.held_at is None:
            meeting.held_at = timezone.now()
            meeting.save(update_fields=["held_at"])
            record_change(meeting.event, "held", by=by)
        return meeting
    meeting.step = further(meeting.step, step_after(step))
    meeting.save(update_fields=["step"])
    return meeting


@transaction.atomic
def save_check_in(*, meeting: SetMeeting, version: int, marks: Mapping[str, str], by: Actor) -> SetMeeting:
    """Who is here: the register of the event."""
    may_run_meeting(by, meeting)
    save_register(event=meeting.event, version=version, marks=marks, by=by)
    return move_on(meeting=meeting, step=MeetingStep.CHECK_IN, by=by)


def minutes_seen(meeting: SetMeeting, field: str) -> dict[str, int | None]:
    """What a page of minutes shows, by public id of the member."""
    found = dict(AirTime.objects.filter(meeting=meeting).values_list("person_id", field))
    return {row.person.public_id: found.get(row.person_id) for row in people_in(meeting.learning_set)}


def save_minutes_of(meeting: SetMeeting, field: str, seen: str, minutes: Mapping[str, int | None], by: Actor) -> None:
    may_run_meeting(by, meeting)
    take_turns(meeting.event)
    theirs = minutes_seen(meeting, field)
    wanted = {key: minutes.get(key, value) for key, value in theirs.items()}
    if any(value is not None and not 0 <= value <= LONGEST for value in wanted.values()):
        raise Refused(_("Enter minutes between 0 and 240."))
    if seen != digest_of(theirs):
        refuse_stale(theirs, wanted)
    for row in people_in(meeting.learning_set):
        value = wanted[row.person.public_id]
        if value != theirs[row.person.public_id]:
            AirTime.objects.update_or_create(meeting=meeting, person=row.person, defaults={field: value})


@transaction.atomic
def save_bids(*, meeting: SetMeeting, seen: str, minutes: Mapping[str, int | None], by: Actor) -> SetMeeting:
    """Minutes asked for, by public id; `seen` is the digest of what the page showed, members' own bids included."""
    save_minutes_of(meeting, "wanted", seen, minutes, by)
    return move_on(meeting=meeting, step=MeetingStep.BIDS, by=by)


@transaction.atomic
def save_minutes(*, meeting: SetMeeting, seen: str, minutes: Mapping[str, int | None], by: Actor) -> SetMeeting:
    """Minutes each had."""
    save_minutes_of(meeting, "minutes", seen, minutes, by)
    return move_on(meeting=meeting, step=MeetingStep.PRESENTING, by=by)


@transaction.atomic
def bid_for_air_time(*, meeting: SetMeeting, wanted: int | None, by: Actor) -> None:
    """A member asks for minutes themselves, or takes that back with None. Facilitators who have the page of bids open are told."""
    if not set_member(by, meeting.learning_set) or not was_in_room(
        meeting.learning_set, by.person_id, meeting.begun_at
    ):
        raise NotAllowed(in_own_words(_("Members who were in the %(set)s when this meeting began ask for air time.")))
    assert by.person is not None
    take_turns(meeting.event)
    meeting.refresh_from_db()
    if meeting.held_at is not None:
        raise WrongState(_("This meeting is over."))
    if wanted is not None and not 0 <= wanted <= LONGEST:
        raise Refused(_("Enter minutes between 0 and 240."), field="wanted")
    AirTime.objects.update_or_create(meeting=meeting, person=by.person, defaults={"wanted": wanted})


@transaction.atomic
def save_review(
    *, meeting: SetMeeting, version: int, body: str, by: Actor, tags: Collection[str] | None = None
) -> SetMeeting:
    """How the set worked, and with it the end of the meeting. It may be left empty. `tags` are the kinds of issue that came up, by public
    id; None leaves them as they are."""
    may_run_meeting(by, meeting)
    take_turns(meeting.event)
    note = ProcessNote.objects.filter(meeting=meeting).first()
    if note is not None:
        save_if_unchanged(note, version=version, body=body.strip(), stamps={"written_by": by.person})
    elif body.strip():
        ProcessNote.objects.create(meeting=meeting, written_by=by.person, body=body.strip())
    if tags is not None:
        tag_meeting(meeting=meeting, tags=tags)
    return move_on(meeting=meeting, step=MeetingStep.REVIEW, by=by)


def keeps_room(by: Actor, meeting: SetMeeting) -> bool:
    return room_keeper(by, meeting.learning_set) and was_in_room(meeting.learning_set, by.person_id, meeting.begun_at)
