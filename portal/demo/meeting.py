"""What a cohort does together: its sets, its events with their registers, and what people write for themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from cohorts.check_in import current_code
from cohorts.check_in import is_open as check_in_is_open
from cohorts.models import (
    DevelopmentGoal,
    Event,
    IssueTag,
    LeadershipHistoryEntry,
    LearningSet,
    Participation,
    Presence,
    SetMembership,
    SetPlan,
    Venue,
    WorkObjective,
)
from cohorts.seating import usual_tables
from cohorts.selectors.development import pickables
from cohorts.selectors.events import expected_people, my_events
from cohorts.selectors.issue_tags import FIRST
from cohorts.selectors.presence import officers_of
from cohorts.selectors.seating import to_seat
from cohorts.selectors.set_terms import shown_capacities
from cohorts.services.attendance_imports.kind import start_writing_attendance, upload_attendance
from cohorts.services.cohorts import move_cohort
from cohorts.services.development import add_goal, add_objective, make_summary, review_goal, share_summary
from cohorts.services.event_tasks import add_event_task, mark_task_done
from cohorts.services.events import check_in, create_event, save_register, send_apologies
from cohorts.services.issue_tags import save_issue_tags, shown_tags
from cohorts.services.leadership_history import add_history_entry, give_nod
from cohorts.services.needs import save_needs
from cohorts.services.participation import close_cohort, withdraw_participant
from cohorts.services.presence import answer_presence, ask_presence, record_presence
from cohorts.services.reflections import questions_seen, save_prompts, share_reflection, write_reflection
from cohorts.services.seating import compose_seating, show_seating, wish_pair
from cohorts.services.set_terms import save_capacities, save_set_terms
from cohorts.services.sets import compose_sets, name_set, publish_sets
from cohorts.services.venues import add_venue
from cohorts.states import CohortStage, ParticipationState
from portal.demo.room import hold_meeting, keeps_room
from portal.demo.story import Story
from portal.demo.words_cohorts import NEEDS
from portal.demo.words_history import HISTORIES, PLANS
from portal.demo.words_venues import IN_DISTRICT, ROOMS, VENUES
from tenancy.actors import Actor
from tenancy.models import Person, Role
from tenancy.seen import digest_of
from tenancy.selectors import people_with_role
from tenancy.services.districts import district_called

APOLOGIES = (
    "Court in the morning; I’ll read the notes and ring Kit.",
    "My father’s hospital appointment has moved to that day.",
    "Full council, and I’m the officer on duty.",
    "Gold command this week. I’m sorry to miss it.",
    "Leave booked before the dates came out.",
    "",
)
QUESTIONS = (
    "What did I try, and who was in the room?",
    "What did somebody else see that I didn’t?",
    "What would a resident have noticed?",
    "What will I do differently on Monday?",
)
TITLES = {
    "tried": "What I tried this week",
    "learned": "Something I noticed",
    "question": "A question to carry",
    "free": "Notes to myself",
}


@dataclass(frozen=True)
class Gathering:
    """An event by its day counted from the cohort's start; `told`: people were written to when it was planned, if it is still ahead."""

    day: int
    kind: str
    title: str
    place: str
    begins: str = "09:30"
    ends: str = "16:30"
    nights: int = 0
    told: bool = False
    planned: int = -10
    # Pre-work and follow-on: when, what, more about it.
    asks: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class Meetings:
    """A cohort's calendar: what all come to, the days its sets meet, the names of its sets and who facilitates."""

    gatherings: Sequence[Gathering]
    set_days: Sequence[int]
    set_names: Sequence[str]
    facilitators: Sequence[str]
    reflections: int = 30
    # Who delivers the classes and keeps their registers; staff, if nobody is named.
    supplier: str = ""


def plan_meetings(story: Story, meetings: Meetings) -> None:
    """Everything from the first day on that lies before today; what lies ahead is in the calendar."""
    timeline, start = story.world.timeline, story.starts
    timeline.add(timeline.at(start - 8, "09:10"), lambda: begin(story))
    timeline.add(timeline.at(start - 8, "09:40"), lambda: say_when(story, meetings))
    timeline.add(timeline.at(start - 8, "10:00"), lambda: compose(story))
    timeline.add(timeline.at(start - 6, "15:00"), lambda: publish(story, meetings))
    if story.ends > 0:
        timeline.add(timeline.at(start + 2, "20:10"), lambda: say_needs(story))
    for gathering in meetings.gatherings:
        timeline.add(
            timeline.at(min(start + gathering.planned, -1), "11:20"),
            lambda g=gathering: plan_event(story, g, meetings.supplier),
        )
    for number, day in enumerate(meetings.set_days):
        planned = timeline.at(min(start + max(day - 40, -4), -2), "12:10")
        timeline.add(planned, lambda n=number, d=day: plan_set_meetings(story, n, d))
    timeline.add(timeline.at(start - 5, "14:35"), lambda: ask_questions(story))
    timeline.add(timeline.at(start - 2, "07:25"), lambda: tell_histories(story))
    timeline.add(timeline.at(start + 1, "07:40"), lambda: answer_histories(story))
    for number, (_work, _goal, reviews) in enumerate(PLANS):
        timeline.add(timeline.at(start + 6, f"07:1{number}"), lambda n=number: plan_ahead(story, n))
        for day, standing, body in reviews:
            if start + day < min(story.ends, -2):
                said = timeline.at(start + day, f"07:2{number}")
                timeline.add(said, lambda n=number, s=standing, b=body: look_again(story, n, s, b))
    if story.ends > 0 and start + 140 < -2:
        timeline.add(timeline.at(start + 140, "07:30"), lambda: sum_up(story))
    last = min(story.ends, -1)
    for number, moment in enumerate(timeline.spread(start + 4, last, meetings.reflections)):
        timeline.add(moment, lambda n=number: reflect(story, n))
    if story.ends < 0:
        timeline.add(timeline.at(story.ends + 3, "16:00"), lambda: finish(story))


def ask_questions(story: Story) -> None:
    """Staff put questions of the programme's own beside what people tried."""
    with story.world.acting(story.world.staff) as by:
        cohort = story.the_cohort()
        seen = questions_seen(cohort)
        questions = seen | {"tried": "\n".join(QUESTIONS)}
        save_prompts(cohort=cohort, seen=digest_of(seen), questions=questions, by=by)


def tell_histories(story: Story) -> None:
    """Before the first workshop: the first participants tell where they come from, and pick who sees what."""
    this_year = story.world.timeline.clock.moment.year
    for person, history in zip(story.participants, HISTORIES, strict=False):
        with story.world.acting(person) as by:
            for ago, tone, title, body, audience in history:
                add_history_entry(
                    cohort=story.the_cohort(),
                    year=this_year - ago,
                    tone=tone,
                    title=title,
                    body=body,
                    audience=audience,
                    by=by,
                )


def answer_histories(story: Story) -> None:
    """After it, some who were shown a part say thank you, or that they've been there too."""
    for number, person in enumerate(story.participants[1:8], start=1):
        with story.world.acting(person) as by:
            shown = LeadershipHistoryEntry.objects.exclude(owner=person).select_related("owner").order_by("pk")
            for entry in shown[number % 2 : 6 : 3]:
                give_nod(entry=entry, kind=("thanks", "connection")[number % 2], by=by)


def plan_ahead(story: Story, number: int) -> None:
    """A few weeks in: what somebody is to achieve at work, and what they want to be better at for it."""
    (title, why), (better_at, measure), _reviews = PLANS[number]
    today = story.world.timeline.clock.moment.date()
    with story.world.acting(story.participants[number]) as by:
        cohort = story.the_cohort()
        work = add_objective(cohort=cohort, title=title, why=why, due_on=today + timedelta(days=300), done=False, by=by)
        add_goal(
            cohort=cohort,
            better_at=better_at,
            measure=measure,
            due_on=today + timedelta(days=240),
            objective=work,
            by=by,
        )


def look_again(story: Story, number: int, standing: str, body: str) -> None:
    person = story.participants[number]
    with story.world.acting(person) as by:
        goals = DevelopmentGoal.objects.filter(owner=person, notebook__cohort=story.the_cohort())
        goal = goals.select_related("owner", "notebook__cohort").first()
        if goal is not None:
            review_goal(goal=goal, standing=standing, body=body, by=by)


def sum_up(story: Story) -> None:
    """The first participant makes a summary for her appraisal, and shows it to her manager for a month."""
    person = story.participants[0]
    with story.world.acting(person) as by:
        picked = [item.key for item in pickables(person.pk) if item.key[0] in "ogr" or item.key == "attendance"]
        words = "What I’m working on, and what the programme is changing in how I do it."
        summary = make_summary(cohort=story.the_cohort(), introduction=words, picked=picked, by=by)
        until = story.world.timeline.clock.moment.date() + timedelta(days=28)
        if person.line_manager is not None and person.line_manager.email:
            manager = person.line_manager
            share_summary(summary=summary, name=manager.name, email=manager.email, until=until, by=by)


def begin(story: Story) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        cohort = story.the_cohort()
        move_cohort(
            cohort=cohort,
            stage=CohortStage.RUNNING,
            reason="Sets and the first survey follow once people have met.",
            by=by,
        )
        cohort.refresh_from_db()
        rows = Participation.objects.filter(cohort=cohort, state=ParticipationState.ACTIVE).select_related(
            "person__organisation"
        )
        story.participants = [row.person for row in rows.order_by("joined_at", "id")]


# By the number of the participant: who would like a table that is step-free and near the door.
EASY_SEAT = {2, 15}


def say_needs(story: Story) -> None:
    """Most say what they need at events; the last few haven’t yet."""
    for number, person in enumerate(story.participants[:-4]):
        diet, without, allergy, access = NEEDS[number % len(NEEDS)]
        # What is said in words is one person's own.
        if number >= len(NEEDS):
            allergy = access = ""
        with story.world.acting(person) as by:
            easy = number in EASY_SEAT
            save_needs(version=0, diet=diet, without=without, allergy=allergy, access=access, easy_seat=easy, by=by)


# By the number of the participant: when they can't, and what the place must have.
CANT: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {
    1: (("mon-am", "mon-pm"), ()),
    4: (("fri-pm",), ("step_free",)),
    9: (("wed-am", "wed-pm", "thu-am"), ()),
    12: (("fri-am", "fri-pm"), ()),
    17: (("tue-pm",), ("hearing_loop",)),
    20: (("mon-am", "fri-pm"), ()),
}


def say_when(story: Story, meetings: Meetings) -> None:
    """Some say when they can't meet, and staff how many sets each facilitator takes."""
    world = story.world
    for number, (never, needs) in CANT.items():
        if number < len(story.participants):
            with world.acting(story.participants[number]) as by:
                save_set_terms(version=0, never=never, needs=needs, by=by)
    helpers = {person.pk: person for person in map(world.found, meetings.facilitators)}
    each = -(-len(meetings.set_names) // len(helpers))
    with world.acting(world.staff) as by:
        cohort = story.the_cohort()
        able = [person for person in people_with_role(Role.FACILITATOR, cohort_id=cohort.pk) if person.pk in helpers]
        seen = digest_of(shown_capacities(able, {}))
        save_capacities(cohort=cohort, takes=dict.fromkeys(able, each), seen=seen, by=by)
        if not IssueTag.objects.exists():
            save_issue_tags(names=[str(name) for name in FIRST], seen=digest_of(shown_tags()), by=by)


def compose(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        compose_sets(cohort=story.the_cohort(), by=by)


def publish(story: Story, meetings: Meetings) -> None:
    world = story.world
    helpers = [world.found(name) for name in meetings.facilitators]
    with world.acting(world.staff) as by:
        plan = SetPlan.objects.select_related("cohort").get(cohort=story.the_cohort(), state="proposed")
        for number, row in enumerate(
            LearningSet.objects.filter(plan=plan).select_related("facilitator").order_by("position")
        ):
            facilitator = row.facilitator or helpers[number % len(helpers)]
            plan = name_set(
                plan=plan,
                version=plan.version,
                learning_set=row,
                name=meetings.set_names[number] if number < len(meetings.set_names) else row.name,
                facilitator=facilitator,
                by=by,
            )
        publish_sets(plan=plan, version=plan.version, by=by)
        members = SetMembership.objects.filter(plan=plan, learning_set__position=1).exclude(
            person=story.participants[0]
        )
        story.slipping = members.order_by("-person__sort_key").values_list("person_id", flat=True).first()


def plan_event(story: Story, gathering: Gathering, supplier: str) -> None:
    timeline, world = story.world.timeline, story.world
    keeper = world.found(supplier) if supplier and gathering.kind == "masterclass" else world.staff
    starts_at = timeline.at(story.starts + gathering.day, gathering.begins)
    ends_at = timeline.at(story.starts + gathering.day, gathering.ends) + timedelta(days=gathering.nights)
    online = gathering.place == "Online"
    with world.acting(world.staff) as by:
        event = create_event(
            cohort=story.the_cohort(),
            kind=gathering.kind,
            title=gathering.title,
            starts_at=starts_at,
            ends_at=ends_at,
            owner=keeper,
            by=by,
            venue=None if online else venue_of(gathering.place, by),
            join_url="https://meet.example/lunch" if online else "",
            tell=gathering.told and starts_at > timeline.end,
        )
        wanted = list(officers_of(event)[:2]) if gathering.kind in {"workshop", "networking"} else []
        if wanted and not event.has_started:
            ask_presence(event=event, people=wanted, by=by)
        for timing, title, text in gathering.asks:
            add_event_task(event=event, timing=timing, title=title, text=text, by=by)
            begun, done = (
                (starts_at - timedelta(days=20), starts_at - timedelta(hours=2))
                if timing == "before"
                else (ends_at, ends_at + timedelta(days=2))
            )
            moment = min(done, timeline.end - timedelta(hours=1))
            if moment > max(timeline.clock.moment, begun):
                timeline.add(moment, lambda timing=timing: do_tasks(story, event, timing))
    # For the workshop that comes next nobody has promised yet.
    if not (gathering.kind == "workshop" and starts_at > timeline.end):
        for number, person in enumerate(wanted):
            moment = timeline.clock.moment + timedelta(days=2 + number)
            if moment < min(timeline.end, starts_at):
                timeline.add(moment, lambda n=number, who=person: promise(story, event, who, "no" if n else "yes"))
    if gathering.kind in {"workshop", "residential"}:
        plan_tables(story, event, told=gathering.told)
    # The register of the latest class still waits for whoever delivered it.
    if not (keeper is not world.staff and starts_at > timeline.end - timedelta(days=12)):
        follow(story, event, keeper)


def plan_tables(story: Story, event: Event, *, told: bool) -> None:
    """Two days ahead, or for what comes next by now: the morning's tables, then design groups. Before this season nobody did it."""
    timeline = story.world.timeline
    if event.starts_at < timeline.end - timedelta(days=150):
        return
    moment = max(event.starts_at - timedelta(days=2), timeline.clock.moment)
    if told and event.starts_at > timeline.end:
        moment = min(moment, timeline.end - timedelta(hours=2))
    if timeline.clock.moment <= moment < min(timeline.end, event.starts_at):
        timeline.add(moment, lambda: seat(story, event, story.world.staff))


def seat(story: Story, event: Event, keeper: Person) -> None:
    """What lies ahead has its morning shown, and the afternoon still a proposal."""
    world = story.world
    with world.acting(keeper) as by:
        row = Event.objects.select_related("cohort__programme", "learning_set", "venue").get(pk=event.pk)
        ahead = row.starts_at > world.timeline.end
        coming = len(to_seat(row, guests=True, officers=False))
        if row.state != "planned" or coming < 8:
            return
        tables = usual_tables(coming)
        two = list(to_seat(row, guests=False, officers=False)[:2])
        if ahead:
            wish_pair(event=row, first=two[0], second=two[1], together=False, by=by)
        for name, kind in (("Morning", "tables"), ("Design groups", "groups")):
            plan = compose_seating(event=row, tables=tables, name=name, kind=kind, officers=kind == "tables", by=by)
            if kind == "tables" or not ahead:
                show_seating(seating=plan, version=plan.version, by=by)


def promise(story: Story, event: Event, person: Person, answer: str) -> None:
    with story.world.acting(person) as by:
        answer_presence(event=Event.objects.select_related("cohort").get(pk=event.pk), answer=answer, by=by)


def plan_set_meetings(story: Story, number: int, day: int) -> None:
    """Each set meets on a day of its own that week."""
    timeline, world = story.world.timeline, story.world
    with world.reading():
        sets = list(
            LearningSet.objects.filter(cohort=story.the_cohort(), plan__state="published").select_related("facilitator")
        )
    for place, learning_set in enumerate(sets):
        room, venue = ROOMS[(place + number) % len(ROOMS)]
        starts_at = timeline.at(story.starts + day + place % 4, "13:30")
        with world.acting(world.staff) as by:
            learning_set = LearningSet.objects.select_related("plan", "cohort__programme", "facilitator").get(
                pk=learning_set.pk
            )
            event = create_event(
                cohort=story.the_cohort(),
                kind="set_meeting",
                title=f"{learning_set.name}: meeting {number + 1}",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=3),
                place=room,
                venue=venue_of(venue, by),
                learning_set=learning_set,
                owner=learning_set.facilitator,
                by=by,
                tell=starts_at > timeline.end,
            )
        # The latest meeting of the first set still waits for its register: its facilitator owes it.
        if not (place == 0 and starts_at > timeline.end - timedelta(days=24)):
            follow(story, event, learning_set.facilitator or world.staff)


def venue_of(name: str, by: Actor) -> Venue:
    """The place of this name, put on the list by whoever first plans something there."""
    address, directions, offers, notes = VENUES[name]
    if (known := Venue.objects.filter(name=name).first()) is not None:
        return known
    district = district_called(IN_DISTRICT.get(name, ""))
    return add_venue(
        name=name, address=address, directions=directions, access_notes=notes, district=district, by=by, **offers
    )


def follow(story: Story, event: Event, keeper: Person) -> None:
    """Apologies the day before, the register the morning after, as far as they lie before today."""
    timeline = story.world.timeline
    moment = max(event.starts_at - timedelta(hours=20), timeline.clock.moment)
    # after a holiday an event may be written down on its very day, once it has begun
    if moment < min(timeline.end, event.starts_at):
        timeline.add(moment, lambda: apologise(story, event))
    if event.learning_set_id is None and not event.join_url and event.starts_at > timeline.end - timedelta(days=120):
        arriving = max(event.starts_at - timedelta(minutes=10), timeline.clock.moment)
        if arriving < min(timeline.end, event.ends_at):
            timeline.add(arriving, lambda: arrive(story, event))
    kept = event.ends_at + timedelta(hours=1)
    if kept < timeline.end:
        timeline.add(kept, lambda: register(story, event, keeper))


def apologise(story: Story, event: Event) -> None:
    if event.has_started:
        return
    with story.world.reading():
        expected = expected_people(event)
    for number, person in enumerate(expected):
        if (person.pk * 13 + event.pk * 7) % 19 == 0:
            with story.world.acting(person) as by:
                send_apologies(event=event, note=APOLOGIES[(number + event.pk) % len(APOLOGIES)], by=by)


def arrive(story: Story, event: Event) -> None:
    """Most of those who come have a phone in their hand, and scan the code on the screen. Not where what a weekend has put off filled
    that day first."""
    if not check_in_is_open(event):
        return
    with story.world.reading():
        expected = expected_people(event)
        away = set(event.attendances.values_list("person_id", flat=True))
    for person in expected:
        if person.pk not in away and not is_absent(story, person, event) and (person.pk * 5 + event.pk) % 6:
            with story.world.acting(person) as by:
                check_in(event=event, code=current_code(event), by=by)


def do_tasks(story: Story, event: Event, timing: str) -> None:
    """Two of three have read what they were asked to before they came; fewer do what follows within two days."""
    with story.world.reading():
        tasks = list(event.tasks.filter(timing=timing).select_related("event"))
        expected = expected_people(event) if tasks else []
    for task in tasks:
        for person in expected:
            if (person.pk * 11 + task.pk) % (3 if timing == "before" else 2):
                with story.world.acting(person) as by:
                    mark_task_done(task=task, by=by)


def is_absent(story: Story, person: Person, event: Event) -> bool:
    """Now and then anybody; of late, one whose day job is in the way."""
    slips = person.pk == story.slipping and event.starts_at > story.world.timeline.end - timedelta(days=75)
    return slips or (person.pk * 31 + event.pk * 17) % 23 == 0


def register(story: Story, event: Event, keeper: Person) -> None:
    with story.world.acting(keeper) as by:
        row = Event.objects.select_related("cohort__programme", "learning_set").get(pk=event.pk)
        known = {a.person_id: a.state for a in row.attendances.all()}
        marks = {}
        for person in expected_people(row):
            marks[person.public_id] = known.get(person.pk) or ("absent" if is_absent(story, person, row) else "present")
        in_portal = row.learning_set is not None and keeps_room(story, row.learning_set)
        if row.join_url and "present" in marks.values():
            bring_list(row, marks, by)
        elif not in_portal:
            save_register(event=row, version=row.version, marks=marks, by=by)
    if in_portal:
        hold_meeting(story, event, keeper, marks)
    with story.world.acting(keeper) as by:
        for presence in Presence.objects.filter(event=row, answer=Presence.Answer.YES).select_related("person"):
            # One promise of the year wasn't kept.
            came = "permission" not in row.title
            record_presence(event=row, person=presence.person, came=came, by=by)


def bring_list(event: Event, marks: Mapping[str, str], by: Actor) -> None:
    """Online nobody scans a code: the register is what the meeting tool reports, and who isn't on it is absent."""
    came = [person for person in expected_people(event) if marks[person.public_id] == "present"]
    content = report_of(event, came, by)
    sheet = upload_attendance(event=event, name=f"{event.title[:40]} - Attendance report.csv", content=content, by=by)
    start_writing_attendance(sheet=sheet, rest_absent=True, by=by)


def report_of(event: Event, came: Sequence[Person], by: Actor) -> bytes:
    """As Microsoft Teams gives it. Whoever hosts is on it too; now and then somebody joins late or leaves early."""
    starts, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)

    def at(moment: datetime) -> str:
        return f"{moment:%d/%m/%Y}, {moment:%H:%M:%S}"

    def line(name: str, address: str, joined: datetime, left: datetime, role: str) -> str:
        minutes, seconds = divmod(int((left - joined).total_seconds()), 60)
        spelt = f"{minutes // 60}h {minutes % 60}m {seconds}s" if minutes >= 60 else f"{minutes}m {seconds}s"
        return "\t".join((name, at(joined), at(left), spelt, address, address, role))

    host = by.person
    people = (
        [line(host.name, host.email, starts - timedelta(minutes=9), ends + timedelta(minutes=4), "Organizer")]
        if host
        else []
    )
    for number, person in enumerate(came):
        late = timedelta(minutes=17 if number % 13 == 5 else -(number % 6), seconds=number * 7 % 60)
        early = timedelta(minutes=34 if number % 17 == 3 else number % 3)
        given, _space, family = person.name.rpartition(" ")
        name = f"{family.upper()}, {given} ({person.organisation})" if number % 4 == 1 else person.name
        people.append(line(name, person.email if number % 5 else "", starts + late, ends - early, "Presenter"))
    heading = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"
    summary = ["1. Summary", f"Meeting title\t{event.title}", f"Attended participants\t{len(people)}"]
    summary += [f"Start time\t{at(starts - timedelta(minutes=9))}", f"End time\t{at(ends + timedelta(minutes=4))}", ""]
    return "\r\n".join([*summary, "2. Participants", heading, *people, "", "3. In-Meeting Activities"]).encode("utf-16")


def reflect(story: Story, number: int) -> None:
    """Entries are private; now and then one is shown to the facilitator of the writer's set."""
    world, texts = story.world, story.words.reflections
    # The first named participant writes oftener than others: she is one a visitor can be.
    writer = story.participants[0 if number % 9 == 4 else (number * 11) % len(story.participants)]
    kind = tuple(TITLES)[number % 4]
    with world.acting(writer) as by:
        if not Participation.objects.filter(
            cohort=story.the_cohort(), person=writer, state=ParticipationState.ACTIVE
        ).exists():
            return
        entry = write_reflection(
            cohort=story.the_cohort(),
            kind=kind,
            title=TITLES[kind],
            body=texts[(number * 5) % len(texts)],
            attached=lately(writer, world.timeline.clock.moment) | for_work(writer, kind) if number % 3 == 1 else None,
            by=by,
        )
        learning_set = (
            LearningSet.objects.filter(plan__state="published", memberships__person=writer)
            .select_related("facilitator")
            .first()
        )
        if number % 6 == 4 and learning_set is not None and learning_set.facilitator is not None:
            share_reflection(reflection=entry, with_person=learning_set.facilitator, by=by)
        elif number % 9 == 4 and learning_set is not None:
            share_reflection(reflection=entry, by=by)


def lately(person: Person, now: datetime) -> dict[str, str]:
    """The event they were last at, for an entry to be about."""
    event = my_events(person.pk).filter(ends_at__lt=now, learning_set__isnull=True).order_by("-ends_at").first()
    return {"event": event.public_id} if event else {}


def for_work(person: Person, kind: str) -> dict[str, str]:
    """What they try is for what they're to achieve."""
    objective = WorkObjective.objects.filter(owner=person).first() if kind == "tried" else None
    return {"objective": objective.public_id} if objective else {}


def leave(story: Story, person: Person, reason: str) -> None:
    with story.world.acting(story.world.staff) as by:
        place = Participation.objects.select_related("person", "cohort").get(cohort=story.the_cohort(), person=person)
        withdraw_participant(participation=place, reason=reason, by=by)


def finish(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        close_cohort(cohort=story.the_cohort(), by=by)


def moment_of(story: Story, day: int, clock: str) -> datetime:
    return story.world.timeline.at(story.starts + day, clock)
