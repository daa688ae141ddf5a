"""Step 7 of the journey: a survey before and after, and the cohort report as a frozen PDF."""

from __future__ import annotations

import re

from tests.browser.clerk import Clerk
from tests.browser.walker import Walker

Anyone = Walker | Clerk
RATINGS = ("A little", "Partly", "Mostly", "Completely true")
# Parts of the starter's statements and how many each has.
PARTS = (3, 4, 3)


def answer_survey(person: Anyone, subject: str, *, wave: int, nth: int) -> None:
    """Every statement of every part; later waves and later people rate a little higher."""
    person.follow_mail(subject).follow("Start")
    for statements in PARTS:
        for statement in range(statements):
            rating = RATINGS[min(3, wave + (statement + nth) % 3)]
            person.choose(re.compile(rf"^{rating}"), nth=statement)
        person.press("Save and continue")
    person.press("Save and continue").press(re.compile("Send|Submit|Finish"))
