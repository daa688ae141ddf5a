"""Steps 1 and 2 of the journey: the cohort, the import, the applications and their endorsements."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from tests.browser.clerk import Clerk
from tests.browser.walker import Walker

Anyone = Walker | Clerk

LOG = Path(__file__).parent.parent / "data" / "essex" / "nominations.xlsx"
# The questions of the default framework, by how their words begin, and what people answer.
ANSWERS = {
    "Tell us about a time": "I chaired five organisations that had never shared a rota. Nobody reported to me, so I asked each "
    "what they were tired of explaining, and we wrote down three promises that we could all keep.",
    "Tell us about something": "A shared referral form failed in its first month. I had asked managers and not those who fill "
    "it in. I said so, stopped it, and sat with two teams for a week before we tried again.",
    "Describe a problem": "Young people leave care into housing that no one body controls. Each of us does our part well, and "
    "the gaps between the parts are where they fall.",
    "What do you want to learn": "To hold my nerve when the answer isn’t mine to give. Fridays are agreed for the programme.",
}


def create_programme(staff: Walker, *, places: int) -> None:
    """A programme, one more organisation, and a cohort with its shares by sector."""
    staff.follow("Cohorts").follow("Add a programme")
    staff.fill("Name of the programme", "Leading Greater Essex").press("Add programme")
    staff.follow("Settings").follow("Organisations and sectors").follow("Add an organisation")
    staff.fill("Name", "Provide Community", exact=True).select("Sector", "health").press("Save organisation")
    staff.follow("Cohorts").follow("Create a cohort")
    staff.select("Programme", "Leading Greater Essex").fill("Name", "Cohort 3", exact=True)
    staff.fill("Places", str(places), exact=True)
    staff.fill_date("First day", date.today() + timedelta(30)).fill_date("Last day", date.today() + timedelta(200))
    assert "must end after it starts" in staff.fill_date("Last day", date.today()).refused("Create cohort")
    staff.fill_date("Last day", date.today() + timedelta(200))
    for sector, share in (("health", 3), ("local government", 3), ("police and fire", 1), ("voluntary", 1)):
        staff.fill(re.compile(f"Places for {sector}"), str(share))
    staff.press("Create cohort")
    assert f"0 of {places} places taken" in staff.text(), staff.text()


def set_up_round(staff: Walker) -> None:
    staff.follow("Set up selection")
    closes = date.today() + timedelta(14)
    staff.fill_date("Applications open on", date.today()).fill_date("Applications close on", closes)
    staff.fill_date("Endorsers answer by", closes + timedelta(7)).fill_date(
        "Assessors finish by", closes + timedelta(14)
    )
    staff.press("Save the round")


def import_nominations(staff: Walker) -> None:
    """The real log with its dirt: looked at first, written once, and a second time to no effect."""
    upload(staff)
    assert "128 rows" in staff.text()
    staff.follow(re.compile(r"\d+ Wrong"))
    assert "31/02/2026" in staff.text() and "isn’t an email address" in staff.text()
    mend_a_row(staff)
    staff.follow(re.compile(r"\d+ Guessed"))
    assert "ESNEFT" in staff.text() and "Essex County Council" in staff.text()
    staff.follow(re.compile("^128 rows"))
    staff.press(re.compile(r"Write \d+ nominations")).wait_for("nominations are written").wait_for("See every row")
    staff.follow("See every row").follow("See the applications")
    assert "Mohammed Dawson" in staff.text()
    staff.follow("Selection round")
    upload(staff)
    assert not staff.main().get_by_role("button", name=re.compile(r"Write [1-9]")).count(), staff.text()
    staff.press("Abandon this file")


def upload(staff: Walker) -> None:
    staff.follow("Import nominations").attach(LOG).press("Check the file")


def mend_a_row(staff: Walker) -> None:
    """Row 22 has no address: staff who know it type it in, and the row is good."""
    staff.follow("Aaron Jones")
    staff.fill("Work email", "aaron.jones@sneeicb.example").press(re.compile("Save|Check"))


def open_round(staff: Walker) -> None:
    staff.follow("Selection round").press("Open the round")
    assert "Open for applications" in staff.text()


def apply(nominee: Anyone) -> None:
    """From the message to the sent application, task by task as the list names them."""
    apply_from(nominee.follow_mail("Please apply").sign_in())
    send(nominee)


def apply_from(nominee: Anyone, *, skip: str = "") -> None:
    nominee.follow("Your details").press("Save and continue")
    nominee.follow("What you decide in your job").fill_only("A budget of £4m and 60 staff.").press("Save and continue")
    for task, answer in ANSWERS.items():
        if task != skip:
            nominee.follow(task).fill_only(answer).press("Save and continue")
    nominee.follow("Who endorses you").press("Save and continue")


def send(nominee: Anyone) -> None:
    nominee.follow("Check your answers and send").press("Send the application")
    skip_equality(nominee)


def skip_equality(nominee: Anyone) -> None:
    assert "makes no difference to how your application is judged" in nominee.text()
    nominee.follow("Skip these questions")
    assert "Application sent" in nominee.text()


def apply_with_second_thoughts(nominee: Walker) -> None:
    """What the others skip: too many words, leaving half-way and coming back, changing an answer while checking."""
    nominee.follow_mail("Please apply").sign_in()
    assert "7 things are left" in nominee.text()
    first, text = next(iter(ANSWERS.items()))
    nominee.follow(first).fill_only("word " * 260)
    assert "250" in nominee.refused("Save and continue")
    nominee.fill_only("Only a beginning").press("Save and continue")
    nominee.sign_out()
    apply_from(nominee.follow_mail("Please apply").sign_in(), skip=first)
    nominee.follow("Check your answers and send").follow(re.compile(f"Change {first}", re.IGNORECASE))
    nominee.fill_only(text).press("Save and continue")
    if "Check your answers" in nominee.heading():
        nominee.press("Send the application")
        skip_equality(nominee)
    else:
        send(nominee)


def endorse_as_manager(endorser: Anyone, *, subject: str = "Please endorse") -> None:
    endorser.follow_mail(subject).fill("How many working days do you release?", "15")
    endorser.fill("Who covers for them, and how?", "Jo Hart acts up on programme days")
    endorse(endorser, "I’ll release", "What they say")


def endorse_as_officer(endorser: Anyone) -> None:
    endorse(endorser.follow_mail("Please endorse"), "What they say", "I’ll be their sponsor", "We’ll pay")


def endorse(endorser: Anyone, *confirms: str) -> None:
    """By the link in the mail and without an account."""
    for words in confirms:
        endorser.choose(words)
    endorser.fill("Your words", "They chair a difficult room well.").press(re.compile("^Endorse$"))
    assert "Thank you" in endorser.text()
