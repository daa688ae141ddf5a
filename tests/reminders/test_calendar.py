import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from reminders.calendars import CalendarEntry, calendar_sources
from tenancy.models import Link, Membership, Role
from tenancy.scope import tenant_context
from tests.conftest import make_member


@pytest.fixture
def ann(essex):
    return make_member(essex, "Ann Able", Role.PARTICIPANT)


@pytest.fixture
def entries(monkeypatch, ann):
    """Ann's entries, as an app's source gives them; nobody else has any."""
    mine = [
        CalendarEntry(
            "event-1",
            2,
            "Learning set, with a comma; and more",
            datetime(2027, 3, 26, 10, tzinfo=UTC),
            datetime(2027, 3, 26, 12, tzinfo=UTC),
            place="County Hall, Chelmsford",
            path="/essex/events/1/",
        ),
        CalendarEntry(
            "event-2",
            3,
            "Masterclass",
            datetime(2027, 3, 29, 9, tzinfo=UTC),
            datetime(2027, 3, 29, 10, tzinfo=UTC),
            cancelled=True,
        ),
    ]
    monkeypatch.setattr(calendar_sources, "_answers", {"test": lambda p: mine if p.pk == ann.person.pk else []})
    return mine


def open_feed(member):
    page = member.client.post("/essex/calendar/feed/", {"do": "open"}).content.decode()
    return re.search(r'value="http[^"]*?(/essex/calendar/[A-Za-z0-9_-]{43}\.ics)"', page)[1]


def test_the_feed_has_the_entries_with_the_zone_described(ann, entries):
    response = Client().get(open_feed(ann))
    assert response.status_code == 200 and response["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(response.content)
    first, second = calendar.walk("VEVENT")
    assert (first["UID"], first["SEQUENCE"], str(first["SUMMARY"])) == (
        "event-1",
        2,
        "Learning set, with a comma; and more",
    )
    assert str(first["LOCATION"]) == "County Hall, Chelmsford" and first["STATUS"] == "CONFIRMED"
    assert second["STATUS"] == "CANCELLED" and str(second["SUMMARY"]) == "Cancelled: Masterclass"
    assert calendar.walk("VTIMEZONE")[0]["TZID"] == "Europe/London"
    # The clocks go forward on 28 March 2027: 10:00 UTC is 10am before it, 9:00 UTC is 10am after.
    assert (first["DTSTART"].dt.hour, second["DTSTART"].dt.hour) == (10, 10)
    assert first["DTSTART"].params["TZID"] == "Europe/London"


def test_the_feed_is_kept_by_nobody_and_sets_no_cookie(ann, entries):
    response = Client().get(open_feed(ann))
    assert "no-store" in response["Cache-Control"] and not response.cookies


def test_its_last_use_is_shown(ann, entries, essex):
    address = open_feed(ann)
    assert "hasn’t been used yet" in ann.client.get("/essex/calendar/").content.decode()
    Client().get(address)
    assert "It was last used on" in ann.client.get("/essex/calendar/").content.decode()


def test_a_new_address_ends_the_old_one(ann, entries, essex):
    old, new = open_feed(ann), open_feed(ann)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    with tenant_context(essex):
        tokens = [bytes(link.token_sha256) for link in Link.objects.all()]
    assert not any(new.split("/")[-1][:43].encode() in token for token in tokens), "only digests are kept"


def test_withdrawn(ann, entries):
    address = open_feed(ann)
    ann.client.post("/essex/calendar/feed/", {"do": "close"})
    assert Client().get(address).status_code == 404
    assert "Make an address" in ann.client.get("/essex/calendar/").content.decode()


def test_no_feed_once_the_account_is_disabled(ann, entries):
    address = open_feed(ann)
    ann.account.is_active = False
    ann.account.save()
    assert Client().get(address).status_code == 404


def test_no_feed_once_the_membership_has_ended(ann, entries, essex):
    address = open_feed(ann)
    with tenant_context(essex):
        Membership.objects.filter(person=ann.person).update(ended_at=timezone.now())
    assert Client().get(address).status_code == 404


def test_a_made_up_or_foreign_token_finds_nothing(ann, entries, hsmc):
    address = open_feed(ann)
    assert Client().get("/essex/calendar/" + "x" * 43 + ".ics").status_code == 404
    assert Client().get(address.replace("/essex/", "/hsmc/")).status_code == 404


def test_a_link_for_something_else_opens_no_calendar(ann, entries, essex):
    from tenancy.links import mint_link

    with tenant_context(essex):
        token = mint_link(person=ann.person, purpose="endorse")
    assert Client().get(f"/essex/calendar/{token}.ics").status_code == 404


def test_the_page_shows_what_comes_up(ann, entries, monkeypatch, stranger):
    soon = timezone.now() + timedelta(days=1)
    entry = CalendarEntry("e", 0, "Set meeting", soon, soon + timedelta(hours=1), join_url="https://meet.example/x")
    past = CalendarEntry("p", 0, "Long over", soon - timedelta(days=9), soon - timedelta(days=8))
    monkeypatch.setattr(calendar_sources, "_answers", {"test": lambda p: [entry, past]})
    page = ann.client.get("/essex/calendar/").content.decode()
    assert "Set meeting" in page and "https://meet.example/x" in page and "Long over" not in page
    assert stranger.client.get("/essex/calendar/").status_code == 404
    assert Client().get("/essex/calendar/").status_code == 302
