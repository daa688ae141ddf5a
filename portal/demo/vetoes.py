"""Half-way staff want to mix the sets anew, and ask first whom people would rather not sit with and when they can; some have answered."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from cohorts.models import VetoRound
from cohorts.services.set_terms import ask_for_set_terms, save_set_terms
from cohorts.services.vetoes import answer_vetoes, open_veto_round
from portal.demo.story import Story
from portal.demo.timeline import LONDON

# Who answers, and whom they name: by their place among the cohort's people. Most name nobody.
ANSWERS: dict[int, tuple[int, ...]] = {
    2: (),
    5: (19,),
    7: (),
    11: (),
    13: (26, 4),
    18: (),
    22: (),
    24: (6,),
    29: (),
    33: (),
    36: (),
    41: (),
}

# Who of those asked has said when they can't, and what the place must have.
CANT: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {
    2: ((), ()),
    5: (("thu-am", "thu-pm"), ()),
    11: (("mon-am",), ("step_free", "accessible_parking")),
    18: ((), ()),
    24: (("wed-pm", "fri-pm"), ()),
    33: ((), ("quiet_room",)),
}


def plan_vetoes(story: Story) -> None:
    timeline = story.world.timeline
    timeline.add(timeline.at(-3, "12:35"), lambda: ask(story))
    timeline.add(timeline.at(-2, "21:05"), lambda: answer(story))


def ask(story: Story) -> None:
    world = story.world
    until = datetime.combine(world.timeline.today + timedelta(days=9), time(23, 59), tzinfo=LONDON)
    with world.acting(world.staff) as by:
        open_veto_round(cohort=story.the_cohort(), until=until, by=by)
        ask_for_set_terms(cohort=story.the_cohort(), until=until, by=by)


def answer(story: Story) -> None:
    """Whoever has left meanwhile neither answers nor is named."""
    world = story.world
    with world.reading():
        row = VetoRound.objects.select_related("cohort__programme").get(cohort=story.the_cohort())
        there = set(row.cohort.participations.filter(state="active").values_list("person_id", flat=True))
    for number, named in ANSWERS.items():
        people = [story.participants[n] for n in (number, *named)]
        if all(person.pk in there for person in people):
            with world.acting(people[0]) as by:
                answer_vetoes(round=row, others=people[1:], by=by)
    for number, (never, needs) in CANT.items():
        if story.participants[number].pk in there:
            with world.acting(story.participants[number]) as by:
                save_set_terms(version=0, never=never, needs=needs, by=by)
