"""Mentors and the people they mentor: profiles, wishes, matches, times, sessions, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from cohorts.rules import INVITE
from cohorts.services.invitations import accept_invitation, invite_person
from mentoring.matching import matching
from mentoring.models import AvailabilitySlot, MentoringSession, MentorMatch, MentorProfile
from mentoring.services.matches import accept_match, ask_for_mentor, edit_profile, end_match, make_mentor, propose_match
from mentoring.services.notes import write_note
from mentoring.services.sessions import book_session, record_session
from mentoring.services.slots import offer_slots
from mentoring.states import MatchState, SessionState
from portal.demo import words_cohorts as texts
from portal.demo.people import DEMO_PASSWORD
from portal.demo.story import Story
from portal.demo.timeline import LONDON, open_from
from portal.demo.world import WITH_PASSWORD
from tenancy.models import Account, Person, Role

WISHES = (
    "Somebody from outside my sector who’ll tell me when I’m hiding behind process.",
    "I’d like to talk about going for a director’s post, and whether I want it.",
    "Someone who has worked with members through a hard budget.",
    "A person who has closed something and can say how.",
    "I don’t mind who. I’d like them to be unimpressed.",
)


@dataclass(frozen=True)
class Guide:
    """A mentor; `text` is the number of what they say of themselves, `title` their post where they aren't known here yet."""

    name: str
    email: str
    pool: str
    text: int
    capacity: int = 2
    title: str = ""


def plan_pairing(story: Story, guides: Sequence[Guide], *, pairs: int) -> None:
    """Mentors are invited before the first workshop; by today `pairs` people have one, and one proposal waits for an answer."""
    timeline, start = story.world.timeline, story.starts
    for number, guide in enumerate(guides):
        timeline.add(timeline.at(start + 6, f"11:{number * 5:02}"), lambda g=guide: invite(story, g))
        timeline.add(timeline.at(start + 9, f"12:{number * 6:02}"), lambda g=guide: come_in(story, g))
    for number in range(pairs + 5):
        timeline.add(
            timeline.at(start + 24, f"{9 + number // 4:02}:{13 * (number % 4) + 2:02}"), lambda n=number: ask(story, n)
        )
    timeline.add(timeline.at(start + 33, "10:45"), lambda: match(story, pairs))
    timeline.add(timeline.at(start + 37, "17:10"), lambda: accept(story))
    for day in (start + 40, start + 75, start + 110, -3):
        if day < min(story.ends, 0):
            timeline.add(timeline.at(day, "18:20"), lambda: offer_times(story))
            timeline.add(timeline.at(min(day + 3, -1), "12:25"), lambda: book(story))
    for day in range(start + 60, min(story.ends, -1), 30):
        timeline.add(timeline.at(day, "18:50"), lambda: look_back(story))
    if story.ends < 0:
        timeline.add(timeline.at(story.ends, "17:45"), lambda: part(story))


def invite(story: Story, guide: Guide) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        known = Person.objects.filter(email=guide.email).first()
        if known is None:
            invite_person(
                name=guide.name, email=guide.email, role=Role.MENTOR, cohort=None, by=by, job_title=guide.title
            )


def come_in(story: Story, guide: Guide) -> None:
    """The invitation is accepted by its link; staff enter the pool, the mentor says what they offer."""
    world = story.world
    with world.reading():
        person = Person.objects.select_related("organisation").get(email=guide.email)
        invitation = person.invitations.filter(state="open").first()
    if invitation is not None:
        with world.by_link(person, INVITE) as by:
            password = DEMO_PASSWORD if guide.email in WITH_PASSWORD else ""
            account = Account.objects.filter(email=guide.email).first()
            accept_invitation(invitation=invitation, account=account, password=password, by=by)
    with world.acting(world.staff) as by:
        profile = make_mentor(person=person, pool=guide.pool, capacity=guide.capacity, by=by)
    topics, about = texts.MENTORS[guide.text]
    with world.acting(person) as by:
        edit_profile(
            profile=profile,
            version=profile.version,
            topics=topics,
            about=about,
            capacity=guide.capacity,
            taking_new=True,
            by=by,
        )


def ask(story: Story, number: int) -> None:
    person = story.participants[(number * 3) % len(story.participants)]
    topics = [topic for chosen, _about in texts.MENTORS for topic in chosen]
    wanted = [topics[(number * 2) % len(topics)], topics[(number * 2 + 5) % len(topics)]]
    with story.world.acting(person) as by:
        ask_for_mentor(cohort=story.the_cohort(), topics=wanted, wishes=WISHES[number % len(WISHES)], by=by)


def match(story: Story, pairs: int) -> None:
    """Staff follow the portal's first suggestions for those who asked, the named participant first."""
    world = story.world
    with world.acting(world.staff) as by:
        first = story.participants[0].pk
        asked = sorted(
            (m for m in matching(story.the_cohort().pk) if m.topics and m.best),
            key=lambda m: (m.person.pk != first, m.person.pk),
        )
        for mentee in asked[:pairs]:
            assert mentee.best is not None
            propose_match(
                cohort=story.the_cohort(),
                mentor=mentee.best.mentor.person,
                mentee=mentee.person,
                reason=mentee.best.why,
                by=by,
            )


def accept(story: Story) -> None:
    """All mentors but the last say yes."""
    world = story.world
    with world.reading():
        waiting = list(
            MentorMatch.objects.filter(cohort=story.the_cohort(), state=MatchState.PROPOSED)
            .select_related("mentor", "mentee")
            .order_by("id")
        )
    for row in waiting[:-1] if story.ends > 0 else waiting:
        with world.acting(row.mentor) as by:
            accept_match(match=row, by=by)


def offer_times(story: Story) -> None:
    world = story.world
    with world.reading():
        mentors = list(
            MentorProfile.objects.filter(
                person__matches_as_mentor__state=MatchState.ACTIVE, person__matches_as_mentor__cohort=story.the_cohort()
            )
            .select_related("person")
            .order_by("person_id")
            .distinct()
        )
    today = world.timeline.clock.moment.astimezone(LONDON).date()
    for number, profile in enumerate(mentors):
        # One of them never gets round to it, and is reminded.
        if number == 3:
            continue
        day = open_from(today + timedelta(days=7 + number % 5))
        with world.acting(profile.person) as by:
            # after a holiday two evenings of offering may mean the same day
            while AvailabilitySlot.objects.filter(mentor=profile.person, starts_at__date=day).exists():
                day = open_from(day + timedelta(days=1))
            offer_slots(
                on=day,
                starts=time(16, 0),
                ends=time(18, 0),
                minutes=60,
                by=by,
                place="" if number % 2 else "County Hall café",
                join_url="https://meet.example/mentor" if number % 2 else "",
            )


def book(story: Story) -> None:
    """Every second mentee takes the next free time of their mentor."""
    world = story.world
    with world.reading():
        matches = list(
            MentorMatch.objects.filter(cohort=story.the_cohort(), state=MatchState.ACTIVE)
            .select_related("mentor", "mentee")
            .order_by("id")
        )
    for number, row in enumerate(matches):
        if number % 5 == 4:
            continue
        with world.acting(row.mentee) as by:
            now = world.timeline.clock.moment
            taken = MentoringSession.objects.exclude(state=SessionState.CANCELLED).values("slot_id")
            free = AvailabilitySlot.objects.filter(mentor=row.mentor, starts_at__gt=now).exclude(
                pk__in=taken.filter(slot__isnull=False)
            )
            slot = free.order_by("starts_at").first()
            if slot is not None:
                book_session(match=row, slot=slot, by=by)


def look_back(story: Story) -> None:
    """Mentors record what took place; one lets a session wait. Now and then somebody keeps a note."""
    world = story.world
    with world.reading():
        over = list(
            MentoringSession.objects.filter(
                match__cohort=story.the_cohort(), state=SessionState.BOOKED, ends_at__lt=world.timeline.clock.moment
            )
            .select_related("match__mentor", "match__mentee")
            .order_by("starts_at")
        )
    for number, session in enumerate(over):
        with world.acting(session.match.mentor) as by:
            record_session(session=session, held=number % 6 != 5, by=by)
        author = session.match.mentee if number % 2 else session.match.mentor
        with world.acting(author) as by:
            body = texts.MENTORING_NOTES[(number + session.pk) % len(texts.MENTORING_NOTES)]
            write_note(match=session.match, body=body, shared=number % 3 == 0, by=by)


def part(story: Story) -> None:
    """With the programme the mentoring ends; each mentor says so."""
    look_back(story)
    with story.world.reading():
        rows = MentorMatch.objects.filter(cohort=story.the_cohort(), state=MatchState.ACTIVE)
        matches = list(rows.select_related("mentor", "mentee", "cohort"))
    for row in matches:
        with story.world.acting(row.mentor) as by:
            end_match(match=row, by=by)
