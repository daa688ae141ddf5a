"""Step 3 of the journey: assessors are invited and score blind, staff moderate, choose and offer; reserves move up."""

from __future__ import annotations

import re

from tests.browser.clerk import Clerk
from tests.browser.walker import Walker

Anyone = Walker | Clerk


def invite(staff: Walker, name: str, email: str, role: str, organisation: str) -> None:
    """Someone who hasn't applied: they accept by the link of the message."""
    staff.follow("Invitations").follow("Invite someone")
    staff.fill("Full name", name).fill("Email address", email).select("Role", role).select("Organisation", organisation)
    staff.press(re.compile("Send|Invite"))


def accept_invitation(guest: Anyone) -> None:
    guest.follow_mail("invites you").press("Accept")
    assert "Welcome" in guest.text()


def score_pile(assessor: Anyone, *, reads: str, hidden: tuple[str, ...]) -> int:
    """All of an assessor's pile, blind; the points follow from `reads`, so that two assessors differ. Returns how many."""
    assessor.follow_mail("score")
    assessor.follow("Score the next")
    scored = 0
    while "Points for" in assessor.text():
        for name in hidden:
            assert name not in assessor.text(), f"{name} shows through"
        for criterion in range(3):
            assessor.choose(re.compile(rf"^{points(reads, scored, criterion)} – "), nth=criterion)
            assessor.fill("What you saw", "Says what they did and what came of it.", nth=criterion)
        assessor.press("Finish and open the next")
        scored += 1
    return scored


def points(reads: str, application: int, criterion: int) -> int:
    return 3 + (application + criterion + len(reads)) % 4


def answer_offer(applicant: Anyone, *, accept: bool) -> None:
    applicant.follow_mail("your place on")
    applicant.choose("Yes, I accept" if accept else "No, I decline").press("Send my answer")
