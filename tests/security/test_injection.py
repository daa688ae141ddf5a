"""Line breaks in names and titles: no header of a mail and no line of a calendar is anybody's but ours."""

from __future__ import annotations

from email.utils import parseaddr

import pytest
from django.utils import timezone
from icalendar import Calendar

from reminders.calendars import CalendarEntry, calendar_sources
from reminders.feed import make_feed
from reminders.mail import compose
from reminders.models import Message
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.conftest import make_member

BREAKS = ("\n", "\r\n", "\r", "\u2028")


@pytest.mark.parametrize("line", BREAKS)
def test_no_name_or_subject_adds_a_header(essex, line) -> None:
    person = make_member(essex, "Hedda Header").person
    person.name = f"Hedda{line}Bcc: mallory@evil.example"
    essex.name = f"Essex{line}Reply-To: mallory@evil.example"
    message = Message(
        tenant=essex, recipient=person, subject=f"Your place{line}X-Evil: 1{line}{line}<b>body</b>", body_text="Welcome",
        body_html="<p>Welcome</p>", dedupe_key="one",
    )  # fmt: skip
    mail = compose(message, "")
    sent = mail.message()
    assert [parseaddr(to)[1] for to in mail.recipients()] == [person.email]
    assert {"Bcc", "Reply-To", "X-Evil"}.isdisjoint(sent.keys())
    assert len(sent.get_all("Subject")) == 1 and sent.get_payload(0).get_payload().strip() == "Welcome"


@pytest.mark.parametrize("line", BREAKS)
def test_no_title_or_place_adds_a_line_to_a_calendar(essex, line) -> None:
    member = make_member(essex, "Cal Calendar", Role.PARTICIPANT)
    evil = f"Class{line}END:VEVENT{line}BEGIN:VEVENT{line}SUMMARY:Mallory;X=1,2\\n"
    now = timezone.now()
    entry = CalendarEntry("one@baton", 0, evil, now, now, place=evil, join_url=f"https://x.example/{line}ATTENDEE:m")
    calendar_sources.register("injection", lambda _person: [entry])
    try:
        with tenant_context(essex, member.person):
            essex.name = f"Essex{line}METHOD:CANCEL"
            feed = make_feed(member.person, essex)
    finally:
        calendar_sources._answers.pop("injection")
    read = Calendar.from_ical(feed)
    (event,) = read.walk("VEVENT")
    assert read["METHOD"] == "PUBLISH" and "ATTENDEE" not in event and "Mallory" in event["SUMMARY"]
