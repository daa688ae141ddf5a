"""Step 7 of the journey: a survey before and after, and the cohort report as a frozen PDF."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO

import pikepdf

from tests.browser.clerk import Clerk
from tests.browser.story_cohort import SECRET, open_cohort
from tests.browser.walker import Walker

Anyone = Walker | Clerk
RATINGS = ("A little", "Partly", "Mostly", "Completely true")
# Parts of the starter's statements and how many each has.
PARTS = (3, 4, 3)
SURVEY = "Where I am now"


def set_up_survey(staff: Walker) -> None:
    open_cohort(staff).follow("Surveys").follow("Set up a survey").press("Set up the survey")


def ask(staff: Walker, wave: int) -> str:
    """Open one wave; returns the day its mail names, by which the two waves' mails are told apart."""
    closes = date.today() + timedelta(10 + wave)
    open_cohort(staff).follow("Surveys").follow(SURVEY).follow("Ask people to answer")
    staff.fill_date("Last day to answer", closes).press("Ask people to answer")
    assert "0 of 8 answered" in staff.text()
    return f"{closes.day} {closes:%B %Y}"


def answer_survey(person: Anyone, closes: str, *, wave: int, nth: int) -> None:
    """Every statement of every part; later waves rate a little higher."""
    person.follow_mail(closes).follow("Start")
    for statements in PARTS:
        for statement in range(statements):
            rating = RATINGS[min(3, wave + (statement + nth) % 3)]
            person.choose(re.compile(rf"^{rating}"), nth=statement)
        person.press("Save and continue")
    person.press("Save and continue").press("Send my answers")


def read_results(staff: Walker) -> None:
    """Closed as soon as the last has answered, so that nobody's answer shows in a change."""
    open_cohort(staff).follow("Surveys").follow(SURVEY).follow("See the results")
    assert "8 of 8 answered" in staff.text() and "fewer than 8" in staff.text()
    assert staff.main().locator("svg").count() >= 1


def make_report(staff: Walker) -> bytes:
    """The button, the progress, the frozen version on the page; returns its PDF."""
    open_cohort(staff).follow("Report").follow("Write an introduction")
    staff.fill_only("A cohort of eight, from eight organisations.").press("Save and continue")
    staff.press("Make the cohort report").wait_for("Read the report", seconds=60).follow("Read the report")
    text = staff.text()
    for section in ("Selection", "Taking part", "Projects", "Before and after"):
        assert section in text, f"the report lacks {section}"
    assert "8 of 120 people took a place" in text or re.search(r"8 of 1\d\d people took a place", text)
    assert SECRET not in staff.page.content()
    with staff.page.expect_download() as download:
        staff.main().locator("a[role=button]").filter(has_text="Download the PDF").click()
    return download.value.path().read_bytes()


def check_pdf(document: bytes) -> None:
    with pikepdf.open(BytesIO(document)) as pdf:
        assert len(pdf.pages) >= 3
        assert pdf.Root.MarkInfo.Marked and pdf.Root.Lang is not None
        assert "/StructTreeRoot" in pdf.Root
