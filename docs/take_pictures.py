"""Take the pictures of README and user guide from a running demo: .baton/venv/bin/python docs/take_pictures.py [address] [name…]

Needs the packages of ./baton test and Chromium (BATON_CHROMIUM names it). Pages are found by following links from each home, since
their addresses are made anew with each demo.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.demo.people import DEMO_PASSWORD, ESSEX, HSMC, SIGN_INS  # noqa: E402 -- found by the line above

PICTURES = ROOT / "docs" / "pictures"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MOST_BYTES = 120_000
PHONE = (390, 780)
DESK = (1000, 720)


WIDE = (1280, 820)
# The side navigation of a cohort whose round is decided.
COHORT_2 = (r"/cohorts/$", r"Cohort 2")


@dataclass(frozen=True)
class Shot:
    """A picture: whose home it starts from, and the links followed from there as patterns of their addresses. `home` is another
    programme in which they have one too."""

    name: str
    role: str
    follow: Sequence[str] = ()
    size: tuple[int, int] = DESK
    tenant: str = ESSEX
    home: str = ""


# The cohort of the other programme whose round has an assessment centre.
CENTRE = (r"/cohorts/$", r"System leadership", r"/rounds/\w+/$", r"/centre/$")

SHOTS = (
    Shot("home-staff", "Programme staff"),
    Shot("home-applicant", "Applicant"),
    Shot("home-participant", "Participant"),
    Shot("home-sponsor", "Sponsor"),
    Shot("home-assessor", "Assessor"),
    Shot("home-mentor", "Mentor"),
    Shot("home-facilitator", "Facilitator"),
    Shot("home-alumnus", "Alumnus"),
    Shot("home-supplier", "Supplier"),
    Shot("staff-board", "Programme staff", [r"/who-owes-what/$"]),
    Shot("staff-applications", "Programme staff", [r"/cohorts/$", r"Coastal", r"/rounds/\w+/$", r"/applications/$"]),
    Shot("staff-framework", "Programme staff", [r"/cohorts/$", r"Cohort 2", r"/rounds/\w+/$", r"/frameworks/\w+/$"]),
    Shot("staff-moderation", "Programme staff", [*COHORT_2, r"/moderation/$"], WIDE),
    Shot("staff-severity", "Programme staff", [*COHORT_2, r"/moderation/$", r"/severity/$"]),
    Shot("staff-meeting", "Programme staff", [*COHORT_2, r"/moderation/$", r"/meeting/$"], WIDE),
    Shot("staff-choosing", "Programme staff", [*COHORT_2, r"/choosing/$"], WIDE),
    Shot("staff-offers", "Programme staff", [*COHORT_2, r"/offers/$"]),
    Shot("staff-feedback", "Programme staff", [*COHORT_2, r"/offers/$", r"/rounds/\w+/feedback/$"]),
    Shot("letter", "Programme staff", [*COHORT_2, r"/offers/$", r"/letter/$"]),
    Shot(
        "staff-endorsements", "Programme staff", [r"/cohorts/$", r"Coastal", r"/rounds/\w+/$", r"/endorsements/$"], WIDE
    ),
    Shot("staff-equality", "Programme staff", [*COHORT_2, r"/rounds/\w+/$", r"/rounds/\w+/equality/$"]),
    Shot(
        "staff-conflicts", "Programme staff", [r"/cohorts/$", r"Coastal", r"/rounds/\w+/$", r"/rounds/\w+/conflicts/$"]
    ),
    Shot("staff-sets", "Programme staff", [*COHORT_2, r"/cohorts/\w+/sets/$", r"/set-plans/\w+/$"], WIDE),
    Shot(
        "staff-nominations", "Programme staff", [r"/cohorts/$", r"Coastal", r"/rounds/\w+/$", r"/nominations/$"], WIDE
    ),
    Shot("staff-programme", "Programme staff", [*COHORT_2, r"/programme/$"]),
    Shot("staff-go-live", "Programme staff", [r"/cohorts/$", r"Cohort 4", r"/go-live/$"], WIDE),
    Shot("staff-compare", "Programme staff", [r"/cohorts/$", r"/cohorts/compare/$"], WIDE),
    Shot("staff-venue", "Programme staff", [r"/venues/$", r"/venues/(?!new)\w+/$"]),
    Shot("staff-centre", "Programme staff", CENTRE, WIDE, HSMC),
    Shot("staff-observers", "Programme staff", [*CENTRE, r"/centre/observers/$"], WIDE, HSMC),
    Shot("staff-engagement", "Programme staff", [r"/cohorts/$", r"Cohort 2", r"/engagement/$"]),
    Shot("staff-capacity", "Programme staff", [*COHORT_2, r"/cohorts/\w+/sets/$", r"/cohorts/\w+/facilitators/$"]),
    Shot("staff-half-days", "Programme staff", [*COHORT_2, r"/cohorts/\w+/sets/$", r"/when-people-can/$"]),
    Shot(
        "staff-tables",
        "Programme staff",
        [*COHORT_2, r"/programme/$", r"Power, place", r"/seating/$", r"/seating/\w{8,}/$"],
        WIDE,
    ),
    Shot("staff-where", "Programme staff", [*COHORT_2, r"/where/$"]),
    Shot(
        "staff-movement", "Programme staff", [r"/cohorts/$", r"/programmes/(?!new)\w+/$", r"/movement/$", r"/spread/$"]
    ),
    Shot("staff-network", "Programme staff", [r"/cohorts/$", r"Cohort 1", r"/networks/\w+/$"], (1280, 1600)),
    Shot("staff-reviews", "Programme staff", [*COHORT_2, r"/cohorts/\w+/reviews/$"]),
    Shot("staff-report", "Programme staff", [r"/reports/$", r"/reports/\w+/\d+/$"]),
    Shot("applicant-tasks", "Applicant", [r"/applications/\w+/$"]),
    Shot("participant-project", "Participant", [r"/projects/\w+/$"]),
    Shot("participant-stakeholders", "Participant", [r"/projects/\w+/$", r"/projects/\w+/stakeholders/$"]),
    Shot("participant-task", "Participant", [r"/event-tasks/\w+/$"], PHONE),
    Shot("participant-needs", "Participant", [r"/events/$", r"/what-you-need/$"], PHONE),
    Shot("participant-reflection", "Participant", [r"/reflections/$", r"/reflections/new/$"], PHONE),
    Shot("participant-history", "Participant", [r"/leadership-history/$"], PHONE),
    Shot("participant-people", "Participant", [r"/directory/$"], PHONE),
    Shot("participant-plan", "Participant", [r"/development/$"], PHONE),
    Shot("participant-trying", "Participant", [r"/development/$", r"/methods/$"], PHONE),
    Shot("participant-actions", "Participant", [r"/sets/\w+/$", r"/actions/$"], PHONE),
    Shot("participant-day-job", "Participant", [r"/how-it-goes/$", r"/day-job/$"], PHONE),
    Shot("participant-movement", "Participant", [r"/movement/"], PHONE),
    Shot("alumnus-buddy", "Alumnus", [r"/alumni/$", r"/alumni/buddy/$"], PHONE),
    Shot("participant-support", "Participant", [r"/leadership-history/$", r"/support/$"], PHONE),
    Shot("sponsor-presence", "Sponsor", [r"/chief-officers/$"], PHONE),
    Shot("sponsor-decide", "Sponsor", [r"/projects/\w+/decide/$"], PHONE),
    Shot("assessor-score", "Assessor", [r"/rounds/\w+/pile/$", r"/assessments/\w+/$"]),
    Shot("home-chair", "Facilitator", home=HSMC),
    Shot("chair-moderation", "Facilitator", [r"/moderation/$", r"/applications/\w+/moderation/"], home=HSMC),
    Shot("chair-severity", "Facilitator", [r"/moderation/$", r"/severity/$"], home=HSMC),
    Shot("mentor-times", "Mentor", [r"/mentoring/times/$"]),
    Shot("facilitator-set", "Facilitator", [r"/sets/\w+/$"]),
    Shot("facilitator-air-time", "Facilitator", [r"/sets/\w+/$", r"/air-time/$"]),
)
INBOX = "/demo/inbox/"


def sign_in(page: Page, address: str, role: str, tenant: str, home: str) -> None:
    """Sign in by the page as the first of the demo's people whose role begins so, and open their home."""
    who = next(s for s in SIGN_INS if s.tenant == tenant and s.role.startswith(role))
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", who.email)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("form[action*=login] button[type=submit]")
    page.wait_for_load_state()
    if "/accounts/" in page.url:
        raise LookupError(f"{who.email} couldn't sign in")
    page.goto(f"{address}/{home or tenant}/")


def follow(page: Page, pattern: str) -> None:
    """Go where the first link leads whose address, or else whose text, matches."""
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => [a.href, a.innerText])")
    wanted = re.compile(pattern)
    found = [href for href, _text in links if wanted.search(href)] or [
        href for href, text in links if wanted.search(text)
    ]
    if not found:
        raise LookupError(f"no link like {pattern} on {page.url}")
    page.goto(found[0])


def follow_mail(page: Page, address: str) -> None:
    """Open the page an endorser is sent to, from the newest mail of the demo's inbox whose link still works."""
    page.goto(address + INBOX)
    mails = page.eval_on_selector_all(
        "a[href*='/demo/inbox/']", "all => all.filter(a => /endorse/i.test(a.innerText)).map(a => a.href)"
    )
    for mail in mails:
        page.goto(mail)
        link = re.search(r"https?://\S+/endorse/[^/\s]+/", page.inner_text("main"))
        if (
            link
            and (answer := page.goto(re.sub(r"^https?://[^/]+", address, link[0])))
            and answer.ok
            and page.query_selector("form")
        ):
            return
    raise LookupError("no mail with a live link to endorse")


def keep(page: Page, name: str) -> int:
    """Save what the window shows, in as few colours as it needs; the number of bytes."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = io.BytesIO()
    image.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    if small.tell() > MOST_BYTES:
        raise ValueError(f"{name} has {small.tell()} bytes, more than {MOST_BYTES}")
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(small.getvalue())
    return small.tell()


def take(browser: Browser, address: str, shot: Shot | None) -> int:
    """One picture in a browser of its own; None stands for the endorser, who has no sign-in."""
    width, height = shot.size if shot else PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", timezone_id="Europe/London"
    )
    try:
        page = context.new_page()
        page.set_default_timeout(20_000)
        if shot is None:
            follow_mail(page, address)
            return keep(page, "endorser")
        sign_in(page, address, shot.role, shot.tenant, shot.home)
        for pattern in shot.follow:
            follow(page, pattern)
        return keep(page, shot.name)
    finally:
        context.close()


def main(arguments: Sequence[str]) -> int:
    """Take the pictures named, or all; 1 if any could not be taken."""
    address = next((a.rstrip("/") for a in arguments if a.startswith("http")), "http://localhost:8000")
    names = {a for a in arguments if not a.startswith("http")}
    wanted: list[Shot | None] = [s for s in SHOTS if not names or s.name in names]
    if not names or "endorser" in names:
        wanted.append(None)
    binary = os.environ.get("BATON_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        for shot in wanted:
            name = shot.name if shot else "endorser"
            try:
                sys.stdout.write(f"{name}: {take(browser, address, shot)} bytes\n")
            except Exception as error:
                failed += 1
                sys.stdout.write(f"{name}: {str(error).splitlines()[0]}\n")
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
