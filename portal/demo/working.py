"""Projects: proposed by participants, decided by chief officers, reported on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cohorts.models import StrategicAmbition
from portal.demo import words_cohorts as texts
from portal.demo.story import Story
from projects.dates import months_after
from projects.models import Project, ProjectMembership
from projects.rules import DECISION
from projects.services.decisions import change_project_state, decide_project
from projects.services.proposals import choose_ambitions, choose_sponsor, create_project, edit_proposal, propose_project
from projects.services.team import add_member, set_learning_goal
from projects.services.updates import post_update
from tenancy.models import Person

COMMENTS = {
    "approve": "A piece of work none of us could do alone. I’ll open the doors you’ve named; tell me early when one sticks.",
    "send_back": "The aim is right. Say who outside our own organisations has agreed to it, and what you’ll stop if it works.",
    "decline": "Two other programmes fund this already. I’d rather you joined one of them than ran a third.",
}


@dataclass(frozen=True)
class Work:
    """One project. `text` is the number of its words; `team` numbers of participants, the lead first; `sponsor` the employer whose
    chief officer is asked; `proposed` the day from the cohort's start (None: still being written); `decision` '' while it waits.
    `ratings` are the updates' colours, a month apart; `ends` is a last step such as 'close'."""

    text: int
    team: Sequence[int]
    sponsor: str
    proposed: int | None
    decision: str = "approve"
    ratings: str = ""
    ends: str = ""
    also: int | None = None


def plan_work(story: Story, works: Sequence[Work], words: Sequence[tuple[str, str, str, int]] = texts.PROJECTS) -> None:
    timeline = story.world.timeline
    for number, work in enumerate(works):
        day = work.proposed if work.proposed is not None else -story.starts - 6
        moment = timeline.at(story.starts + day - 9, f"{10 + number % 6}:{7 * number % 60:02}")
        timeline.add(moment, lambda w=work, n=number: begin(story, w, n, words[w.text]))


def begin(story: Story, work: Work, number: int, words: tuple[str, str, str, int]) -> None:
    """The lead writes it up and asks others onto the team; each says what they want to learn."""
    world = story.world
    title, summary, benefit, ambition = words
    team = [story.participants[n % len(story.participants)] for n in work.team]
    today = world.timeline.clock.moment.date()
    with world.acting(team[0]) as by:
        project = create_project(cohort=story.the_cohort(), title=title, by=by)
        starts_on = today + timedelta(days=30)
        edit_proposal(
            project=project,
            version=project.version,
            title=title,
            summary=summary,
            benefit=benefit,
            starts_on=starts_on,
            ends_on=months_after(starts_on, 13 + number % 5),
            by=by,
        )
        ambitions = list(StrategicAmbition.objects.order_by("position"))
        wanted = {ambition % len(ambitions), (work.also if work.also is not None else ambition) % len(ambitions)}
        choose_ambitions(project=project, ambitions=[ambitions[i] for i in sorted(wanted)], by=by)
        for person in team[1:]:
            add_member(project=project, person=person, by=by)
    if work.proposed is None:
        return
    for place, person in enumerate(team):
        world.timeline.add(later(story, 2 + place), lambda p=person, n=number + place: goal(story, project, p, n))
    world.timeline.add(later(story, 24 * 8), lambda: propose(story, project, work, team[0]))


def later(story: Story, hours: float) -> datetime:
    return story.world.timeline.clock.moment + timedelta(hours=hours)


def goal(story: Story, project: Project, person: Person, number: int) -> None:
    goals = texts.LEARNING_GOALS
    with story.world.acting(person) as by:
        member = ProjectMembership.objects.get(project=project, person=person)
        row = Project.objects.select_related("cohort").get(pk=project.pk)
        set_learning_goal(
            project=row,
            member=member,
            learning_goal=goals[number % len(goals)],
            outside_own_area=number % 4 != 1,
            by=by,
        )


def propose(story: Story, project: Project, work: Work, lead: Person) -> None:
    world = story.world
    name, email = world.endorsers[work.sponsor].officer
    with world.acting(lead) as by:
        project = Project.objects.select_related("cohort").get(pk=project.pk)
        choose_sponsor(project=project, name=name, email=email, job_title="Chief officer", by=by)
        propose_project(project=project, version=project.version, by=by)
    if work.decision:
        world.timeline.add(later(story, 24 * 5 + 3), lambda: decide(story, project, work, lead))


def decide(story: Story, project: Project, work: Work, lead: Person) -> None:
    """The chief officer answers from the link in the mail."""
    world = story.world
    with world.reading():
        sponsor = Project.objects.select_related("sponsor").get(pk=project.pk).sponsor
    assert sponsor is not None
    with world.by_link(sponsor, DECISION) as by:
        row = Project.objects.select_related("cohort__programme", "sponsor").get(pk=project.pk)
        decide_project(project=row, decision=work.decision, comment=COMMENTS[work.decision], by=by)
    for number in range(len(work.ratings)):
        moment = later(story, 24 * 28 * (number + 1) + 5)
        if moment < world.timeline.end:
            world.timeline.add(moment, lambda n=number: report(story, project, work, n, lead))
    if work.ends:
        world.timeline.add(later(story, 24 * 28 * (len(work.ratings) + 1)), lambda: end(story, project, work))


def report(story: Story, project: Project, work: Work, number: int, lead: Person) -> None:
    rag = {"g": "green", "a": "amber", "r": "red"}[work.ratings[number]]
    pool = [update for update in texts.UPDATES if update[0] == rag]
    _rag, reason, done, following = pool[(number + work.text) % len(pool)]
    help_wanted = texts.HELP_WANTED[(number * 3 + work.text) % len(texts.HELP_WANTED)]
    with story.world.acting(lead) as by:
        row = Project.objects.select_related("cohort__programme", "sponsor").get(pk=project.pk)
        latest = row.updates.first()
        post_update(
            project=row,
            after=latest.public_id if latest else "",
            rag=rag,
            reason=reason,
            done=done,
            next=following,
            relationships=texts.RELATIONSHIPS[(number + work.text) % len(texts.RELATIONSHIPS)],
            help_wanted=help_wanted if rag != "green" else "",
            by=by,
        )


def end(story: Story, project: Project, work: Work) -> None:
    with story.world.acting(story.world.staff) as by:
        row = Project.objects.select_related("cohort__programme", "sponsor").get(pk=project.pk)
        change_project_state(project=row, step=work.ends, reason=texts.ENDINGS[work.ends], by=by)
