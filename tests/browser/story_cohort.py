"""Steps 4 to 6 of the journey: events and sets, a reflection, a project and its sponsor, a mentor."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tests.browser.clerk import Clerk
from tests.browser.walker import Walker

Anyone = Walker | Clerk
SECRET = "I spoke too soon again, and nobody told me."
PROJECT = "Leaving care with a key"


def open_cohort(staff: Walker) -> Walker:
    return staff.open("/").follow("Cohorts").follow("Cohort 3")


def begin(staff: Walker) -> None:
    """The list says what is missing before it opens; this cohort's events and sets come later."""
    open_cohort(staff).press("Move to “Running”")
    assert "Before it opens" in staff.heading() and "Missing" in staff.text()
    staff.fill("Why it opens all the same", "Events and sets follow in the first week.").press("Open the cohort")
    assert "8 of 8 places taken" in staff.text()


def create_event(staff: Walker, title: str, day: date) -> None:
    open_cohort(staff).follow("Events").follow("Create an event")
    staff.select("Kind", "Workshop").fill("Title", title).fill_date(re.compile("^Date"), day)
    staff.fill("Starts at", "9:30am").fill("Ends at", "4pm").fill("Place", "Anglia Ruskin University, Chelmsford")
    staff.press("Create event")


def compose_sets(staff: Walker, *, people: int) -> None:
    """Two sets by the job, one person moved by hand and back, then published."""
    open_cohort(staff).follow("Learning sets")
    staff.fill("How many sets?", "2").press("Compose sets").wait_for("See the result").follow("See the result")
    moves = staff.main().get_by_role("button", name=re.compile("^Move "))
    assert moves.count() == people
    name = " ".join(moves.first.inner_text().split()).removeprefix("Move ")
    box = staff.main().get_by_label(f"Move {name} to")
    offered = "box => box.options[1].label"
    there = box.evaluate(offered)
    here = "Set 1" if there == "Set 2" else "Set 2"
    staff.select(f"Move {name} to", there).press(f"Move {name}")
    assert box.evaluate(offered) == here
    staff.select(f"Move {name} to", here).press(f"Move {name}")
    assert box.evaluate(offered) == there
    staff.follow("Publish these sets").press("Publish and tell everyone")
    assert "published" in staff.text()


def reflect(person: Walker) -> None:
    person.follow("Write a reflection").fill("Title", "Letting the room be quiet").fill("Your reflection", SECRET)
    person.press("Save")
    assert "Only you can read it" in person.text()


def give_apologies(person: Walker, title: str) -> None:
    person.follow(title).follow(re.compile("can’t come|apologies", re.IGNORECASE))
    person.press(re.compile("apologies", re.IGNORECASE))
    assert "apologies" in person.text().lower()


def keep_register(staff: Walker, title: str) -> None:
    open_cohort(staff).follow("Events").follow(title).follow(re.compile("[Rr]egister"))
    staff.press(re.compile("^Save"))
    open_cohort(staff).follow("Participants")
    assert re.search(r"Mohammed Dawson.*?\b1\b", staff.text())


def add_ambitions(staff: Walker) -> None:
    staff.open("/").follow("Projects").follow("Which ambitions")
    for name in (
        "Enjoy life long into old age",
        "Provide an equal foundation for every child",
        "Share prosperity with everyone",
    ):
        staff.follow("Add an ambition").fill("Ambition", name).press("Add ambition")


def write_proposal(leader: Walker, teammate: Clerk) -> None:
    leader.open("/").follow("Propose a project").fill("What’s the project called?", PROJECT).press("Save and continue")
    leader.follow("What the project is").fill(
        "What is the project?", "Nobody controls the housing that care leavers need."
    )
    leader.fill("What will be better", "A tenancy on the eighteenth birthday, and a person to ring.")
    leader.fill_date("When does it start?", date.today() + timedelta(10))
    leader.fill_date("When does it end?", date.today() + timedelta(460)).press("Save and continue")
    leader.follow("Ambitions it serves").choose("Provide an equal").press("Save and continue")
    leader.follow("Team")
    someone = (
        leader.main().get_by_label("Add someone").locator("option").filter(has_text=person_name(teammate)).inner_text()
    )
    leader.select("Add someone", someone).press("Add to the team").follow("The team is complete")
    leader.follow("Your learning goal").fill_only("To let others lead.").choose(re.compile("^Yes$")).press(
        "Save and continue"
    )
    leader.follow("Sponsor").choose("Someone else").fill("Their name", "Alison Dixon")
    leader.fill("Their work email", "alison.dixon@essexpolice.example").press("Save and continue")
    assert "hasn’t said what they want to learn yet" in leader.text()
    teammate.follow_mail("what you want to learn").fill_only("To ask before I offer.").choose(re.compile("^No$"))
    teammate.press("Save and continue")
    leader.open("/").follow(PROJECT).follow("Check and send to the sponsor").press("Send to the sponsor")
    assert "Proposal sent" in leader.text()


def person_name(person: Clerk) -> str:
    return " ".join(part.capitalize() for part in person.email.split("@")[0].split("."))


def approve_by_link(officer: Walker) -> None:
    """On a phone, without an account: it must be readable and one press away."""
    officer.follow_mail("Please decide on").press("Approve")
    assert "Approved" in officer.heading()


def post_update(leader: Walker) -> None:
    leader.follow_mail("approved").follow("Post an update").choose(re.compile("^Amber"))
    leader.fill("Why this rating?", "One partner is late with its data.").press("Post the update")
    assert "Amber" in leader.text()


def offer_times(mentor: Walker, day: date) -> str:
    """What the mentor sets up; returns the address of the calendar feed."""
    mentor.open("/").follow("Mentoring").follow("What you offer").choose("Leading across organisations").press("Save")
    mentor.follow("Your times").fill_date(re.compile("^Date"), day).fill("From", "2pm").fill(re.compile("^To"), "4pm")
    mentor.fill("Where you’ll meet", "Room 2").press("Offer these times")
    mentor.follow("Calendar").press("Make an address")
    return mentor.main().get_by_label("Secret address").input_value()


def match(staff: Walker, mentee: Walker, mentor: Walker) -> None:
    mentee.open("/").follow("Ask for a mentor").follow("Ask for a mentor").choose("Leading across organisations").press(
        "Send"
    )
    staff.open("/").follow("Mentoring").follow("Cohort 3").follow(re.compile("for Mohammed Dawson"))
    staff.fill("Why these two?", "Both lead across organisations.").press("Propose the match")
    mentor.follow_mail("whether you’ll mentor").follow("Accept").press("Accept")
    mentee.follow_mail("is your mentor")
    mentee.follow("Book").choose(re.compile("2pm to 3pm")).press("Book this time")
    assert "booked" in mentee.text()
