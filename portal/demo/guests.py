"""Guests at the supper of the cohort in mid-course: asked by staff, answering by their links, one on the waiting list."""

from __future__ import annotations

from cohorts.models import Event, EventGuest
from cohorts.rules import GUEST
from cohorts.selectors.guests import places_at
from cohorts.services.events import edit_event
from cohorts.services.guests import accept_place, invite_guest
from cohorts.services.needs import save_needs
from portal.demo import words_cohorts
from portal.demo.story import Story

# (name, address, where they work)
ASKED = (
    ("Thandiwe Ferris-Oyelaran", "t.ferris-oyelaran@southeastfund.example", "South East Community Fund"),
    ("Gerald Pinnock", "gerald.pinnock@harbourboard.example", "Harwich harbour board"),
    ("Aoife Brannigan", "aoife.brannigan@coastalcollege.example", "Coastal college, Clacton"),
    ("Marek Wieczorek", "marek.wieczorek@essexfoodbank.example", "Food bank network"),
)


def plan_guests(story: Story) -> None:
    timeline = story.world.timeline
    timeline.add(timeline.at(-8, "11:05"), lambda: ask(story))
    timeline.add(timeline.at(-7, "20:40"), lambda: answer(story))


def supper(story: Story) -> Event:
    rows = Event.objects.select_related("cohort__programme", "venue", "owner")
    return rows.get(cohort=story.the_cohort(), title=words_cohorts.EVENTS["networking"][0][0])


def ask(story: Story) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        event = supper(story)
        room = places_at(event).own + len(ASKED) - 1
        edit_event(event=event, version=event.version, capacity=room, by=by)
        event = supper(story)
        for name, email, employer in ASKED:
            invite_guest(event=event, name=name, email=email, employer=employer, by=by)


def answer(story: Story) -> None:
    """The first says what she needs and comes; the second comes; the third thinks about it."""
    world = story.world
    for number in range(2):
        guest = world.found(ASKED[number][0])
        with world.by_link(guest, GUEST) as by:
            row = EventGuest.objects.select_related("event__cohort__programme", "person").get(person=guest)
            accept_place(guest=row, by=by)
            if number == 0:
                access = "I use a wheelchair: a place at the end of a table, please."
                save_needs(
                    version=0, diet="vegetarian", without=["nuts"], allergy="", access=access, easy_seat=True, by=by
                )
