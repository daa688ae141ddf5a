"""How people of a finished cohort planned their return to work, and what became of it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from cohorts.models import BuddyPair, ReturnBrief, ReturnReview
from cohorts.rules import RETURN_BRIEF
from cohorts.services.buddies import answer_buddy, ask_buddy, offer_to_be_buddy, suggest_buddy
from cohorts.services.return_briefs import answer_brief, make_brief, send_brief
from cohorts.services.returning import look_again, save_change_context, save_return_plan
from portal.demo.alumni import alumni
from portal.demo.story import Story
from portal.demo.timeline import LONDON, open_from
from portal.demo.words_returning import ASKED, BRIEFS, OFFERS, RETURNS, SUGGESTED, Briefed, Return

# Days after the cohort's last day on which they look at their plan again.
LOOKS = 70


def plan_buddies(story: Story, *, finished: Story) -> None:
    """Alumni of a finished cohort, and people of a running one who look ahead."""
    timeline = story.world.timeline
    for number, offer in enumerate(OFFERS):
        timeline.add(timeline.at(-38 + number, "18:25"), lambda o=offer: offer_buddy(finished, *o))
    for number, asking in enumerate(ASKED):
        timeline.add(timeline.at(-14 + 9 * number, "12:35"), lambda a=asking: ask(story, finished, *a))
    timeline.add(timeline.at(-3, "11:20"), lambda: suggest(story, finished, *SUGGESTED))


def offer_buddy(finished: Story, who: int, capacity: int, about: str) -> None:
    with finished.world.acting(alumni(finished)[who]) as by:
        offer_to_be_buddy(version=0, capacity=capacity, about=about, by=by)


def ask(story: Story, finished: Story, who: int, alumnus: int, words: str, answered: bool) -> None:
    world, buddy = story.world, alumni(finished)[alumnus]
    with world.acting(story.participants[who]) as by:
        pair = ask_buddy(cohort=story.the_cohort(), buddy=buddy, body=words, by=by)
    if answered:
        moment = world.timeline.clock.moment + timedelta(hours=27)
        world.timeline.add(moment, lambda: say_yes(story, pair))


def say_yes(story: Story, pair: BuddyPair) -> None:
    with story.world.acting(pair.buddy) as by:
        answer_buddy(pair=pair, yes=True, by=by)


def suggest(story: Story, finished: Story, who: int, alumnus: int) -> None:
    world, buddy = story.world, alumni(finished)[alumnus]
    with world.acting(world.staff) as by:
        suggest_buddy(cohort=story.the_cohort(), person=story.participants[who], buddy=buddy, by=by)


def plan_returning(story: Story) -> None:
    """Before the last day of a finished cohort, and what they say of it ten weeks later."""
    timeline = story.world.timeline
    for number, said in enumerate(RETURNS):
        timeline.add(timeline.at(story.ends - 22 + 3 * number, "20:10"), lambda s=said: make_plan(story, s))
        if said.later:
            timeline.add(timeline.at(story.ends + LOOKS + 1 + number, "19:30"), lambda s=said: look(story, s))
    # lately, to whom they report by now: who may read a brief until when, PostgreSQL asks of its own clock
    for number, brief in enumerate(BRIEFS):
        timeline.add(timeline.at(-24 + 9 * number, "07:50"), lambda b=brief: write_brief(story, b))


def make_plan(story: Story, said: Return) -> None:
    world, cohort = story.world, story.the_cohort()
    with world.acting(story.participants[said.who]) as by:
        save_return_plan(
            cohort=cohort,
            version=0,
            keep=said.keep,
            need_time=said.time,
            need_sponsor=said.backing,
            need_place=said.place,
            review_on=world.timeline.day(story.ends + LOOKS),
            review_again_on=world.timeline.today + timedelta(days=5 + said.who),
            by=by,
        )
        if said.kinds:
            save_change_context(cohort=cohort, version=0, kinds=said.kinds, body=said.changed, by=by)


def write_brief(story: Story, said: Briefed) -> None:
    """Sent, and answered some days later, when the message has left."""
    world, cohort, person = story.world, story.the_cohort(), story.participants[said.who]
    today = world.timeline.clock.moment.date()
    with world.acting(person) as by:
        brief = make_brief(cohort=cohort, introduction=said.words, picked=said.picked, by=by)
        name, email = said.manager
        brief = send_brief(
            brief=brief,
            name=name,
            email=email,
            meet_at=datetime.combine(open_from(today + timedelta(days=9)), time(14, 30), tzinfo=LONDON),
            until=today + timedelta(days=60),
            by=by,
        )
    if said.talked:
        answered = datetime.combine(open_from(today + timedelta(days=10)), time(17, 5), tzinfo=LONDON)
        # over the holidays the conversation may be still to come
        if answered <= world.timeline.end:
            world.timeline.add(answered, lambda: answer(story, brief, said))


def answer(story: Story, brief: ReturnBrief, said: Briefed) -> None:
    assert brief.reader is not None
    with story.world.by_link(brief.reader, RETURN_BRIEF) as by:
        answer_brief(brief=brief, version=1, talked=True, agreed=said.agreed, answer=said.answer, by=by)


def look(story: Story, said: Return) -> None:
    person = story.participants[said.who]
    with story.world.acting(person) as by:
        rows = ReturnReview.objects.select_related("plan__cohort", "owner").filter(owner=person, done_at__isnull=True)
        review = rows.order_by("review_on").first()
        if review is not None:
            look_again(review=review, body=said.later, by=by)
