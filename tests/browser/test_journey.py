"""The journey of a cohort, from a spreadsheet of nominations to the printed report, in a real browser.

Everything is done on pages that people are shown, or by links in mails they were sent. What isn't a page: opening the tenant and
loading its list of organisations (two commands of whoever runs the portal), and time, which passes (clock.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser

from tests.browser import story_apply, story_assess, story_cohort, story_outcomes
from tests.browser.clerk import Clerk
from tests.browser.clock import let_days_pass
from tests.browser.walker import PHONE, Critic, Walker
from tests.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]

ORGANISATIONS = Path(__file__).parent.parent / "data" / "essex" / "organisations.csv"
PLACES = 8
# Rows of the log, with the line manager and the chief officer it names; the first two apply in the browser, on a phone.
NOMINEES = {
    "mohammed.dawson@essexpolice.example": ("graeme.roberts@essexpolice.example", "alison.dixon@essexpolice.example"),
    "aimee.gregory@tendring.example": ("francesca.henry@tendring.example", "charles.crawford@tendring.example"),
    "sean.webster@castlepoint.example": ("rachel.singh@castlepoint.example", "rhys.lloyd@castlepoint.example"),
    "charlotte.taylor@sneeicb.example": ("dominic.carr@sneeicb.example", "abigail.hughes@sneeicb.example"),
    "jane.gough@aru.example": ("sara.anderson@aru.example", "katherine.brooks@aru.example"),
    "laura.crawford@paht.example": ("cheryl.howard@paht.example", "andrew.booth@paht.example"),
    "kevin.welch@eeast.example": ("beverley.holmes@eeast.example", "carly.brown@eeast.example"),
    "ronald.sykes@maldon.example": ("bruce.fox@maldon.example", "brian.robertson@maldon.example"),
    "jayne.mitchell@rcce.example": ("wendy.long@rcce.example", "mitchell.smith@rcce.example"),
}
LEADER, SECOND, *_, FORGOTTEN = NOMINEES


class Journey:
    """The cast: a browser each for those whose pages are looked at, plain HTTP for the others."""

    def __init__(self, browser: Browser, site: str, critic: Critic) -> None:
        self.browser, self.site, self.critic = browser, site, critic
        self.people: dict[str, Walker | Clerk] = {}

    def walker(self, email: str, *, phone: bool = False) -> Walker:
        if email not in self.people:
            size = PHONE if phone else None
            self.people[email] = Walker(self.browser, self.site, self.critic, email=email, size=size)
        found = self.people[email]
        assert isinstance(found, Walker)
        return found

    def clerk(self, email: str) -> Clerk:
        found = self.people.setdefault(email, Clerk(self.site, email))
        assert isinstance(found, Clerk)
        return found

    def anyone(self, email: str) -> Walker | Clerk:
        return self.people[email]


@pytest.fixture
def journey(chromium: Browser, site: str, critic: Critic, worker: Worker) -> Journey:
    call_command("open_tenant", "essex", "Essex Partners", staff_name="Sita Staff", staff_email="sita@essex.example")
    call_command("import_organisations", str(ORGANISATIONS), tenant="essex")
    return Journey(chromium, site, critic)


def test_journey(journey: Journey, worker: Worker) -> None:
    staff = journey.walker("sita@essex.example").open("/").sign_in()

    for f, a in (
        (nominate, (journey, staff)),
        (collect_applications, (journey,)),
        (chase_the_late, (journey, staff, worker)),
        (assess, (journey, staff)),
        (offer_places, (journey, staff)),
        (begin_cohort, (journey, staff)),
        (run_project, (journey, staff)),
        (mentor, (journey, staff)),
        (report, (journey, staff)),
        (look_back, (journey, staff)),
    ):
        f(*a)


def nominate(journey: Journey, staff: Walker) -> None:
    story_apply.create_programme(staff, places=PLACES)
    story_apply.set_up_round(staff)
    story_apply.import_nominations(staff)
    story_apply.open_round(staff)


def collect_applications(journey: Journey) -> None:
    story_apply.apply(journey.walker(LEADER, phone=True))
    story_apply.apply_with_second_thoughts(journey.walker(SECOND, phone=True))
    for email in list(NOMINEES)[2:]:
        story_apply.apply(journey.clerk(email))
    for email, (manager, officer) in NOMINEES.items():
        if email == FORGOTTEN:
            continue
        on_phone = email == LEADER
        story_apply.endorse_as_manager(journey.walker(manager, phone=True) if on_phone else journey.clerk(manager))
        story_apply.endorse_as_officer(journey.walker(officer, phone=True) if on_phone else journey.clerk(officer))
    assert "Endorsed" in journey.walker(LEADER).follow("See your application").text()


def chase_the_late(journey: Journey, staff: Walker, worker: Worker) -> None:
    """One manager forgets; four weeks later it is late, the board says so, and the worker reminds her by itself."""
    manager, officer = NOMINEES[FORGOTTEN]
    let_days_pass(27)
    staff.follow("Who owes what")
    assert "Wendy Long" in staff.text() and "late" in staff.text().lower()
    reminded = journey.clerk(manager)
    with on_a_working_day(worker):
        worker.tick("reminders.tasks.queue_due_reminders")
        assert "Jayne Mitchell" in reminded.mail("Late:", wait=40)
    story_apply.endorse_as_manager(reminded, subject="Late:")
    story_apply.endorse_as_officer(journey.clerk(officer))
    staff.follow("Who owes what")
    assert "Wendy Long" not in staff.text()


@contextmanager
def on_a_working_day(worker: Worker) -> Iterator[None]:
    """Reminders leave on working days only, and this test must pass on a Sunday: a worker whose clock shows the last one."""
    usual = list(worker.include)
    worker.stop()
    worker.include = [*usual, "tests.browser.working_day"]
    worker.start()
    yield
    worker.stop()
    worker.include = usual
    worker.start()


def assess(journey: Journey, staff: Walker) -> None:
    story_assess.invite(staff, "Ama Assessor", "ama@assess.example", "Assessor", "Thurrock Council")
    story_assess.invite(staff, "Ben Judge", "ben@assess.example", "Assessor", "Harlow District Council")
    first, second = journey.walker("ama@assess.example"), journey.clerk("ben@assess.example")
    for assessor in (first, second):
        story_assess.accept_invitation(assessor)
    story_assess.start_assessment(staff)
    hidden = ("Mohammed Dawson", "Essex Police", "Jayne Mitchell", "Rural Community")
    assert story_assess.score_pile(first, reads=0, hidden=hidden) == len(NOMINEES)
    assert story_assess.score_pile(second, reads=1, hidden=hidden) == len(NOMINEES)


def offer_places(journey: Journey, staff: Walker) -> None:
    story_assess.moderate(staff)
    story_assess.make_offers(staff, instead="Jayne Mitchell")
    answered = [e for e in NOMINEES if story_assess.has_offer(journey.anyone(e))]
    reserve = next(e for e in NOMINEES if e not in answered)
    assert len(answered) == PLACES and FORGOTTEN in answered
    # One asks to defer; the programme can't keep a place, says why, and the offer is answered after all.
    deferring = next(e for e in (SECOND, LEADER) if e in answered)
    story_assess.ask_to_defer(journey.walker(deferring))
    story_assess.refuse_to_defer(staff, deferring)
    declining = next(e for e in answered if e not in (LEADER, SECOND, FORGOTTEN))
    for email in answered:
        story_assess.answer_offer(journey.anyone(email), accept=email != declining)
    # The next reserve has moved up by itself.
    story_assess.answer_offer(journey.anyone(reserve), accept=True)
    staff.follow("Offers")
    assert "8 accepted, of 8 places" in staff.text()
    story_assess.send_feedback(staff, people=len(NOMINEES))
    story_assess.read_letter(journey.walker(LEADER))
    journey.people = {email: person for email, person in journey.people.items() if email != declining}


def participants(journey: Journey) -> list[Walker | Clerk]:
    return [journey.people[email] for email in NOMINEES if email in journey.people]


def begin_cohort(journey: Journey, staff: Walker) -> None:
    event_day = date.today() + timedelta(5)
    story_cohort.begin(staff)
    story_cohort.create_event(staff, "Leading across a system", event_day)
    story_cohort.create_event(staff, "What we have learned", event_day + timedelta(60))
    story_cohort.compose_sets(staff, people=PLACES)
    leader = journey.walker(LEADER).open("/")
    assert "Leading across a system" in leader.text() and "Set " in leader.text()
    story_cohort.reflect(leader)
    story_cohort.give_apologies(journey.walker(SECOND).open("/"), "Leading across a system")
    let_days_pass(7)
    story_cohort.keep_register(staff, "Leading across a system")


def run_project(journey: Journey, staff: Walker) -> None:
    story_cohort.add_ambitions(staff)
    leader = journey.walker(LEADER)
    teammate = next(p for p in participants(journey) if isinstance(p, Clerk))
    story_cohort.write_proposal(leader, teammate)
    story_cohort.approve_by_link(journey.walker(NOMINEES[LEADER][1], phone=True))
    story_cohort.post_update(leader)
    staff.open("/").follow("Projects")
    assert "One partner is late" in staff.text()


def mentor(journey: Journey, staff: Walker) -> None:
    story_assess.invite(staff, "Mo Mentor", "mo@mentor.example", "Mentor", "University of Essex")
    mentor = journey.walker("mo@mentor.example")
    story_assess.accept_invitation(mentor)
    feed = story_cohort.offer_times(mentor, date.today() + timedelta(6))
    assert "Mentoring" not in mentor.get(feed)
    leader = journey.walker(LEADER)
    story_cohort.match(staff, leader, mentor)
    calendar = mentor.get(feed)
    assert "SUMMARY:Mentoring session" in calendar and "LOCATION:Room 2" in calendar
    assert (date.today() + timedelta(6)).strftime("%Y%m%d") in calendar


def report(journey: Journey, staff: Walker) -> None:
    story_outcomes.set_up_survey(staff)
    for wave in (0, 1):
        closes = story_outcomes.ask(staff, wave)
        for nth, person in enumerate(participants(journey)):
            story_outcomes.answer_survey(person, closes, wave=wave, nth=nth)
    story_outcomes.read_results(staff)
    first = story_outcomes.make_report(staff)
    story_outcomes.check_pdf(first)


def look_back(journey: Journey, staff: Walker) -> None:
    """At the end nobody owes anything that isn't done, and staff have read nothing that was private."""
    for person in (journey.walker(LEADER), journey.walker("ama@assess.example"), journey.walker("mo@mentor.example")):
        assert "Nothing is waiting for you" in person.open("/").text()
    staff.open("/").follow("Messages")
    assert "Please endorse" in staff.text() or "2" in staff.text()
    staff.follow("Who owes what")
    assert "Jayne Mitchell" not in staff.text()
    assert story_cohort.SECRET not in staff.page.content()
