"""Step 3 of the journey: assessors are invited and score blind, staff moderate, choose and offer; reserves move up."""

from __future__ import annotations

import re
import time

from tests.browser.clerk import Clerk
from tests.browser.mail import mails_of
from tests.browser.walker import Walker

Anyone = Walker | Clerk
OFFER = "your place on"


def invite(staff: Walker, name: str, email: str, role: str, organisation: str) -> None:
    """Someone who hasn't applied: they accept by the link of the message."""
    staff.open("/").follow("Cohorts").follow("Cohort 3").follow("Invitations").follow("Invite someone")
    staff.fill("Full name", name).fill("Email address", email).select("Role", role)
    staff.select(re.compile("^Organisation"), organisation).press(re.compile("Send|Invite"))


def accept_invitation(guest: Anyone) -> None:
    guest.follow_mail("invites you").press("Accept")
    assert "Welcome" in guest.text()


def start_assessment(staff: Walker) -> None:
    staff.open("/").follow("Cohorts").follow("Cohort 3").follow("Selection round")
    if staff.main().get_by_role("button", name="Close to applications").count():
        staff.press("Close to applications")
    staff.follow("Go to assessment").press("Start assessment").press("Start assessment")
    assert "18 assessments were given out" in staff.text()


def score_pile(assessor: Anyone, *, reads: int, hidden: tuple[str, ...]) -> int:
    """All of an assessor's pile, blind. Points follow the reference, so that the two agree but where `reads` differs."""
    assessor.follow_mail("score").follow("Score the next")
    scored = 0
    while "Points for" in assessor.text():
        page = assessor.text()
        for name in hidden:
            assert name not in page, f"{name} shows through"
        reference = re.search(r"LGE\d+-(\d+)", page)
        assert reference
        for criterion in range(3):
            points = 3 + (int(reference[1]) + criterion) % 4 + (reads if int(reference[1]) % 5 == criterion else 0)
            assessor.choose(re.compile(rf"^{points} – "), nth=criterion)
            assessor.fill("What you saw", "Says what they did and what came of it.", nth=criterion)
        assessor.press("Finish and")
        scored += 1
    return scored


def moderate(staff: Walker) -> None:
    """Scores come out when all are in; where assessors differ, staff agree the points and say how."""
    staff.open("/").follow("Cohorts").follow("Cohort 3").follow("Assessment").follow("Start moderation").press(
        "Start moderation"
    )
    while staff.main().get_by_role("link", name=re.compile(r"^[1-9]\d* need")).count():
        staff.follow(re.compile(r"^[1-9]\d* need")).follow(re.compile("^LGE"))
        while staff.main().get_by_label("How this was agreed").count():
            staff.fill("How this was agreed", "We read the answers together.").press("Agree and open the next")
    staff.follow("Go on to choosing")


def make_offers(staff: Walker, *, instead: str) -> None:
    """The balance in view, one person brought in with a reason, then the offers."""
    assert "Balance" in staff.text()
    row = staff.row(instead)
    if "Reserve" in row.inner_text():
        staff.choose(instead).fill("Why you’re departing", "The voluntary sector would have nobody.").press("Bring in")
    staff.follow("Check and make offers").press("Make offers")
    assert "8 offers were made" in staff.text()


def has_offer(person: Anyone) -> bool:
    """Whether the offer has come; everyone who is on the reserve list is told so, so nobody waits for nothing."""
    for _attempt in range(200):
        subjects = [subject for _, subject in mails_of(person.get, person.email)]
        if any(OFFER in s for s in subjects):
            return True
        if any("reserve list" in s for s in subjects):
            return False
        time.sleep(0.1)
    raise AssertionError(f"{person.email} was told nothing")


def answer_offer(applicant: Anyone, *, accept: bool) -> None:
    applicant.follow_mail(OFFER)
    applicant.choose("Yes, I accept" if accept else "No, I decline").press("Send my answer")
    assert ("confirmed" if accept else "declined") in applicant.text()


def name_in(email: str) -> str:
    return " ".join(part.capitalize() for part in email.split("@")[0].split("."))


def ask_to_defer(applicant: Walker) -> None:
    applicant.follow_mail(OFFER).follow("ask to defer")
    applicant.fill_only("I’ll be on leave until the summer and would gladly come next year.").press("Ask to defer")
    assert "You’ve asked to defer your place" in applicant.heading()


def refuse_to_defer(staff: Walker, email: str) -> None:
    staff.follow("Offers").follow(name_in(email))
    assert "on leave until the summer" in staff.text()
    staff.choose("No, the offer stands").fill("What you tell them", "The next cohort isn’t funded yet.")
    staff.press("Send the decision")
    assert "has been told" in staff.text()


def send_feedback(staff: Walker, *, people: int) -> None:
    """Drafted from the descriptors, read by staff, sent to everyone at once."""
    staff.follow("Feedback: draft it").press("Draft feedback for everybody").follow("Read and send")
    assert "What came across well" in staff.text()
    staff.press("Send to everyone ticked")
    assert f"Feedback was sent to {people} people" in staff.text()


def read_letter(applicant: Walker) -> None:
    applicant.follow_mail("Feedback on your application")
    assert "What came across well" in applicant.text()
    applicant.follow("Read this as a letter")
    assert "Your place is confirmed" in applicant.heading() and "Yours sincerely" in applicant.text()
