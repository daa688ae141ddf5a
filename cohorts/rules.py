"""Who may, in cohorts. Rights over one set, event or reflection come from that row, never from a role alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenancy.actors import Actor
from tenancy.rules import Rule, any_staff, by_link, has_role, holds_role, member, rule, staff

if TYPE_CHECKING:
    from cohorts.models import LearningSet
    from cohorts.models.learning_set import Standing

INVITE = "invitation"
APPRAISAL = "appraisal"
GUEST = "guest"
DAY_JOB = "day-job"
LINKED = "linked-programme"
RETURN_BRIEF = "return-brief"
MOVEMENT = "movement"
PLEDGE = "pledge"


@rule
def invited(actor: Actor, obj: Any) -> bool:
    """The person an invitation names, by its link or signed in."""
    if actor.person_id is None or getattr(obj, "person_id", None) != actor.person_id:
        return False
    return actor.kind == "person" or (actor.kind == "link" and actor.purpose == INVITE)


@rule
def own_guest(actor: Actor, obj: Any) -> bool:
    """The guest themselves, by their link or signed in."""
    if actor.person_id is None or getattr(obj, "person_id", None) != actor.person_id:
        return False
    return actor.kind == "person" or (actor.kind == "link" and actor.purpose == GUEST)


@rule
def guest_somewhere(actor: Actor, obj: Any) -> bool:
    """Is asked to an event still to come, or comes to it: by their link or signed in."""
    from cohorts.selectors.guests import is_guest_ahead

    if actor.kind not in ("person", "link") or (actor.kind == "link" and actor.purpose != GUEST):
        return False
    return actor.person_id is not None and is_guest_ahead(actor.person_id)


@rule
def participant(actor: Actor, obj: Any) -> bool:
    """Has an active place on the object's cohort."""
    from cohorts.selectors import is_active_participant
    from tenancy.rules import cohort_of

    cohort_id = cohort_of(obj)
    return (
        actor.kind == "person"
        and cohort_id is not None
        and is_active_participant(person_id=actor.person_id, cohort_id=cohort_id)
    )


def standing_read(actor: Actor, learning_set: LearningSet) -> Standing | None:
    """What a page that only reads has read of the actor with the set; None where the database is to be asked."""
    standing = learning_set.standing
    return standing if standing is not None and standing.person_id == actor.person_id else None


@rule
def set_facilitator(actor: Actor, obj: Any) -> bool:
    """Facilitates the set that the object is, or is held for, alone or beside another."""
    learning_set = obj if hasattr(obj, "facilitator_id") else getattr(obj, "learning_set", None)
    if actor.kind != "person" or actor.person_id is None or learning_set is None:
        return False
    if learning_set.facilitator_id == actor.person_id:
        return True
    if (standing := standing_read(actor, learning_set)) is not None:
        return standing.beside
    return learning_set.co_facilitators.filter(person_id=actor.person_id).exists()


@rule
def in_force(actor: Actor, obj: Any) -> bool:
    """The set was published, and none has taken its place."""
    return obj is not None and obj.is_live


@rule
def owns_action(actor: Actor, obj: Any) -> bool:
    return actor.kind == "person" and obj is not None and obj.owner_id == actor.person_id


@rule
def in_set_of_action(actor: Actor, obj: Any) -> bool:
    """Still a member of the set in which they took the action on."""
    return obj is not None and set_member(actor, obj.learning_set)


@rule
def set_member(actor: Actor, obj: Any) -> bool:
    """A member of the set, once it has been published, who hasn't withdrawn from the cohort since."""
    from cohorts.selectors.sets import people_in

    if actor.kind != "person" or obj is None or not obj.is_live:
        return False
    if (standing := standing_read(actor, obj)) is not None:
        return standing.member
    return people_in(obj).filter(person_id=actor.person_id).exists()


@rule
def event_owner(actor: Actor, obj: Any) -> bool:
    """Whoever keeps the register of the event."""
    return actor.kind == "person" and obj is not None and obj.owner_id == actor.person_id


@rule
def venue_keeper(actor: Actor, obj: Any) -> bool:
    """Staff of everything that still meets at the venue: a change of it moves what stands in those people's calendars."""
    from cohorts.selectors.venues import ahead_elsewhere

    return actor.kind == "person" and actor.holds("staff") and obj is not None and not ahead_elsewhere(obj, actor)


@rule
def expected_at_event(actor: Actor, obj: Any) -> bool:
    """One of those the event is for."""
    from cohorts.selectors import is_expected

    return actor.kind == "person" and obj is not None and is_expected(obj, actor.person_id)


@rule
def author(actor: Actor, obj: Any) -> bool:
    return actor.kind == "person" and obj is not None and obj.author_id == actor.person_id


@rule
def history_owner(actor: Actor, obj: Any) -> bool:
    return actor.kind == "person" and obj is not None and obj.owner_id == actor.person_id


@rule
def shared_with(actor: Actor, obj: Any) -> bool:
    """The author chose to show this entry to the actor, or to their set: the database shows nobody the shares of others."""
    return actor.kind == "person" and obj is not None and obj.shares.exclude(author_id=actor.person_id).exists()


@rule
def hears(actor: Actor, obj: Any) -> bool:
    """Facilitates the set in force of the person that the row is about."""
    from cohorts.selectors.engagement import facilitates_person

    return (
        actor.kind == "person" and obj is not None and facilitates_person(actor.person_id, obj.person_id, obj.cohort_id)
    )


@rule
def asked_support(actor: Actor, obj: Any) -> bool:
    """Made the request for support."""
    return actor.kind == "person" and obj is not None and obj.author_id == actor.person_id


@rule
def asked_for_support(actor: Actor, obj: Any) -> bool:
    """The one person to whom the request for support was made."""
    return actor.kind == "person" and obj is not None and obj.to_person_id == actor.person_id


@rule
def sees_to_lesson(actor: Actor, obj: Any) -> bool:
    """Whoever the delivery team named for a lesson."""
    return actor.kind == "person" and obj is not None and obj.owner_id == actor.person_id


@rule
def leads_a_set(actor: Actor, obj: Any) -> bool:
    """Facilitates a set in force or proposed, whatever role they hold."""
    from cohorts.selectors.set_terms import leads_somewhere

    return actor.kind == "person" and leads_somewhere(actor.person_id)


@rule
def about_oneself(actor: Actor, obj: Any) -> bool:
    return actor.kind == "person" and obj is not None and obj.person_id == actor.person_id


@rule
def named_reader(actor: Actor, obj: Any) -> bool:
    """To whom a word was written by name."""
    return actor.kind == "person" and obj is not None and obj.to_person_id == actor.person_id


@rule
def reads_brief(actor: Actor, obj: Any) -> bool:
    """The manager a brief was sent to, by its link or signed in."""
    if actor.person_id is None or getattr(obj, "reader_id", None) != actor.person_id:
        return False
    return actor.kind == "person" or (actor.kind == "link" and actor.purpose == RETURN_BRIEF)


@rule
def in_pair(actor: Actor, obj: Any) -> bool:
    """One of the two buddies that a pair is of, or is to be: the alumnus once whoever returns has said yes."""
    if actor.kind != "person" or actor.person_id is None or obj is None:
        return False
    return actor.person_id == obj.person_id or (actor.person_id == obj.buddy_id and obj.person_yes_at is not None)


@rule
def answers_buddy(actor: Actor, obj: Any) -> bool:
    """Whose yes or no is waited for: whoever returns is asked first."""
    return actor.kind == "person" and obj is not None and obj.is_asked and obj.answers_next == actor.person_id


@rule
def to_staff(actor: Actor, obj: Any) -> bool:
    return obj is not None and obj.to_person_id is None


@rule
def an_alumnus(actor: Actor, obj: Any) -> bool:
    """Finished a cohort here: holds the role, or belongs to a programme as an alumnus."""
    from cohorts.selectors.alumni import memberships_of

    return actor.kind == "person" and (actor.holds("alumnus") or memberships_of(actor.person_id).exists())


@rule
def has_place(actor: Actor, obj: Any) -> bool:
    """Has a place on the object's cohort, or had one to the end."""
    from cohorts.selectors.directory import places_of
    from tenancy.rules import cohort_of

    return actor.kind == "person" and places_of(actor.person_id).filter(cohort=cohort_of(obj)).exists()


@rule
def facilitates_in(actor: Actor, obj: Any) -> bool:
    """Facilitates a set in force of the object's cohort, alone or beside another."""
    from cohorts.selectors import sets_facilitated_by
    from tenancy.rules import cohort_of

    return (
        actor.kind == "person"
        and actor.person_id is not None
        and sets_facilitated_by(actor.person_id).filter(cohort=cohort_of(obj)).exists()
    )


@rule
def asked_whether(actor: Actor, obj: Any) -> bool:
    """Was asked whether they'd like this introduction, and hasn't answered."""
    return (
        actor.kind == "person"
        and obj is not None
        and obj.questions.filter(person_id=actor.person_id, answered_at__isnull=True).exists()
    )


@rule
def party_to(actor: Actor, obj: Any) -> bool:
    """One of those an introduction is between, or who makes it: the database shows its words to nobody else but staff who were asked."""
    words = getattr(obj, "words", None)
    return (
        actor.kind == "person"
        and words is not None
        and actor.person_id
        in (
            words.by_person_id,
            words.first_id,
            words.second_id,
        )
    )


@rule
def open_to_alumnus(actor: Actor, obj: Any) -> bool:
    """An event that alumni like this one may book."""
    from cohorts.selectors.alumni_events import opened_events

    return actor.kind == "person" and obj is not None and opened_events(actor.person_id).filter(pk=obj.pk).exists()


@rule
def may_join_group(actor: Actor, obj: Any) -> bool:
    """Takes part in the group's cohort, or is an alumnus of its programme."""
    from cohorts.selectors.alumni_groups import groups_for

    return actor.kind == "person" and obj is not None and groups_for(actor.person_id).filter(pk=obj.pk).exists()


@rule
def may_take_offer(actor: Actor, obj: Any) -> bool:
    """An alumnus or participant of the programme that the places were offered to."""
    from cohorts.selectors.partners import offers_for

    return actor.kind == "person" and obj is not None and offers_for(actor.person_id).filter(pk=obj.pk).exists()


@rule
def own_membership(actor: Actor, obj: Any) -> bool:
    """Of the movement: the one it is about, by their link or signed in."""
    if actor.person_id is None or getattr(obj, "person_id", None) != actor.person_id:
        return False
    return actor.kind == "person" or (actor.kind == "link" and actor.purpose == MOVEMENT)


@rule
def in_movement(actor: Actor, obj: Any) -> bool:
    """Belongs to the movement of a programme: by a place on one of its cohorts, or as a member, by their link or signed in."""
    from cohorts.selectors.movement import belongs_to

    if obj is None or (actor.kind != "person" and not (actor.kind == "link" and actor.purpose == MOVEMENT)):
        return False
    return belongs_to(obj, actor.person_id)


@rule
def keeps_pledge(actor: Actor, obj: Any) -> bool:
    """Made the pledge: by a link of theirs, or signed in."""
    if obj is None or actor.person_id is None or obj.owner_id != actor.person_id:
        return False
    return actor.kind == "person" or (actor.kind == "link" and actor.purpose in (MOVEMENT, PLEDGE))


system = Rule("system", lambda actor, obj: actor.kind == "system")
staff_or_system = staff | system
event_keeper = staff | event_owner | set_facilitator
event_reader = event_keeper | expected_at_event
programme_reader = staff | participant | has_role("facilitator")
set_reader = staff | set_facilitator | set_member
# Into the room of a set: never as staff.
room_keeper = set_facilitator & in_force
in_room = room_keeper | set_member
names_facilitators = in_force & (staff | set_facilitator)
answers_action = (owns_action & in_set_of_action) | set_facilitator
reflection_reader = author | shared_with
# Participants write reflections, and alumni may go on doing so.
writes_reflections = holds_role("participant") | holds_role("alumnus")
# What hangs on a notebook is its owner's.
owns = history_owner
keeps_plan = writes_reflections
keeps_methods = any_staff | holds_role("facilitator")
# Finds people, asks them and offers help: participants and alumni, of whatever cohort.
in_directory = writes_reflections
# The noticeboard of a cohort: read and written by all who have to do with it; a notice goes by its author, or staff.
on_board = staff | has_place | facilitates_in
removes_notice = author | staff
appraisal_by_link = by_link(APPRAISAL)
# From the day a place is accepted.
tells_history = writes_reflections
# Chief officers hold the sponsor's role; for one event, or for anything at all.
chief_officer = has_role("sponsor")
any_officer = holds_role("sponsor")
# What somebody needs at events: taken back by those who no longer come, too.
says_needs = writes_reflections | guest_somewhere
# Somebody who returns, of a pair that is theirs.
owns_pair = about_oneself
# Speaks with somebody who may need a word: whoever facilitates their set, then staff; the wall says from when.
checks_in = hears | staff
pauses = about_oneself | hears | staff
answers_lesson = sees_to_lesson | staff
in_support = asked_support | asked_for_support
takes_part = holds_role("participant")
# When they can meet their set.
meets_in_sets = takes_part | holds_role("facilitator") | leads_a_set
reads_day_job = author | named_reader | (to_staff & staff)
day_job_by_link = by_link(DAY_JOB)
by_invitation = by_link(INVITE)
by_guest_link = by_link(GUEST)
linked_contact = by_link(LINKED)
return_brief_by_link = by_link(RETURN_BRIEF)
by_movement_link = by_link(MOVEMENT)
by_pledge_link = by_link(PLEDGE)

__all__ = [
    "APPRAISAL",
    "DAY_JOB",
    "GUEST",
    "INVITE",
    "LINKED",
    "MOVEMENT",
    "PLEDGE",
    "RETURN_BRIEF",
    "about_oneself",
    "an_alumnus",
    "answers_action",
    "answers_buddy",
    "answers_lesson",
    "any_officer",
    "any_staff",
    "appraisal_by_link",
    "asked_for_support",
    "asked_support",
    "asked_whether",
    "author",
    "by_guest_link",
    "by_invitation",
    "by_movement_link",
    "by_pledge_link",
    "checks_in",
    "chief_officer",
    "day_job_by_link",
    "event_keeper",
    "event_reader",
    "expected_at_event",
    "facilitates_in",
    "guest_somewhere",
    "has_place",
    "history_owner",
    "in_directory",
    "in_movement",
    "in_pair",
    "in_room",
    "in_support",
    "invited",
    "keeps_methods",
    "keeps_plan",
    "keeps_pledge",
    "linked_contact",
    "may_join_group",
    "may_take_offer",
    "meets_in_sets",
    "member",
    "names_facilitators",
    "on_board",
    "open_to_alumnus",
    "own_guest",
    "own_membership",
    "owns",
    "owns_action",
    "owns_pair",
    "participant",
    "party_to",
    "pauses",
    "programme_reader",
    "reads_brief",
    "reads_day_job",
    "reflection_reader",
    "removes_notice",
    "return_brief_by_link",
    "room_keeper",
    "says_needs",
    "set_facilitator",
    "set_member",
    "set_reader",
    "staff",
    "staff_or_system",
    "system",
    "takes_part",
    "tells_history",
    "venue_keeper",
    "writes_reflections",
]
