from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from reminders.models import Message
from reminders.selectors import read_obligations
from reminders.services.reminding import prepare_chase, queue_due_reminders, send_chase
from reminders.writing import LINK
from tenancy.actors import Actor
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.reminders import finish, make_cohort, make_person, owe

LONDON = ZoneInfo("Europe/London")
pytestmark = pytest.mark.usefixtures("only_sources")
BY = Actor.system("test")


def at(day, clock="10:00"):
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LONDON)


def tick(tenant, day, clock="10:00"):
    """What the worker does each minute, at another time."""
    with time_machine.travel(at(day, clock), tick=False):
        return queue_due_reminders(tenant=tenant)


@pytest.fixture
def ann(essex):
    return make_member(essex, "Ann O’Brien <3", email="ann@essex.example").person


@pytest.fixture
def cohort(in_essex):
    return make_cohort()


def test_reminders_go_out_ahead_on_the_day_and_then_weekly(essex, ann, cohort):
    owe(ann, cohort, at("2026-03-10", "17:00"))  # a Tuesday
    sent = [day for day in range(1, 32) if tick(essex, f"2026-03-{day:02}")]
    # The 7th is a Saturday: that step goes out on Monday the 9th.
    assert sent == [9, 10, 17, 24, 31]
    assert all(m.asks for m in Message.objects.all())


def test_running_twice_a_minute_adds_nothing(essex, ann, cohort):
    owe(ann, cohort, at("2026-03-10"))
    assert [tick(essex, "2026-03-10", f"09:{minute:02}") for minute in range(5)] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(("day", "clock"), [("2026-03-10", "07:59"), ("2026-03-10", "18:00"), ("2026-03-14", "10:00")])
def test_nothing_goes_out_outside_working_time(essex, ann, cohort, day, clock):
    owe(ann, cohort, at("2026-03-10"))
    assert tick(essex, day, clock) == 0


def test_a_reminder_stops_when_the_thing_is_done(essex, ann, cohort):
    thing = owe(ann, cohort, at("2026-03-10"))
    assert tick(essex, "2026-03-10") == 1
    finish(thing)
    assert [tick(essex, f"2026-03-{day}") for day in (17, 24, 31)] == [0, 0, 0]


def test_everything_of_a_person_is_one_digest_and_never_two_a_day(essex, ann, cohort):
    other = make_cohort("Cohort <2> & more")
    owe(ann, cohort, at("2026-03-10", "17:00"))
    owe(ann, other, at("2026-03-12", "17:00"))
    assert tick(essex, "2026-03-10") == 1
    digest = Message.objects.get()
    assert digest.subject == "Reminder: 2 things are waiting for you"
    assert "Say hello to Cohort <2> & more: due by 5pm on 12 March 2026" in digest.body_text
    assert "Hello Ann O’Brien <3," in digest.body_text
    assert "Cohort &lt;2&gt; &amp; more" in digest.body_html and "Ann O’Brien &lt;3" in digest.body_html
    # Something new whose step is the same day waits for its next step.
    owe(ann, make_cohort("Cohort 3"), at("2026-03-13", "17:00"))
    assert tick(essex, "2026-03-10", "15:00") == 0
    assert tick(essex, "2026-03-12") == 1
    late = Message.objects.latest("queued_at")
    assert late.subject == "Reminder: 3 things are waiting for you, 1 of them late"


def test_one_thing_names_itself_in_the_subject(essex, ann, cohort):
    owe(ann, cohort, at("2026-03-10", "17:00"))
    tick(essex, "2026-03-10")
    tick(essex, "2026-03-17")
    late, soon = Message.objects.all()
    assert soon.subject == "Reminder: Say hello to Cohort 1 by 5pm on 10 March 2026"
    assert late.subject == "Late: Say hello to Cohort 1 (was due 10 March 2026)"
    assert soon.body_text.count(LINK) == 1 and soon.link_path.startswith("/essex/greet/")


def test_a_weekend_is_caught_up_with_once(essex, ann, cohort):
    first = owe(ann, cohort, at("2026-03-07"))  # Saturday
    owe(ann, make_cohort("Cohort 2"), at("2026-03-08"))  # Sunday
    tick(essex, "2026-03-06")
    assert tick(essex, "2026-03-09") == 1
    finish(first)
    assert tick(essex, "2026-03-10") == 0


def test_people_without_an_account_get_a_link_for_each_thing(essex, in_essex):
    eve = make_person("Eve Endorser")
    things = [owe(eve, make_cohort(f"Cohort {n}"), at("2026-03-10"), state="graduated") for n in (1, 2)]
    assert tick(essex, "2026-03-10") == 2
    assert tick(essex, "2026-03-10", "11:00") == 0
    rows = Message.objects.order_by("link_about").values_list("kind", "link_purpose", "link_about")
    assert list(rows) == sorted(("reminders.ask", "calendar", thing.public_id) for thing in things)


def test_who_cannot_be_reached_gets_nothing_and_harms_nobody(essex, ann, cohort):
    owe(make_person("No Account"), cohort, at("2026-03-10"))  # no link for this kind
    owe(make_person("No Address", email=""), cohort, at("2026-03-10"), state="graduated")
    owe(ann, cohort, at("2026-03-10"))
    assert tick(essex, "2026-03-10") == 1
    assert Message.objects.get().recipient == ann


def test_the_tenant_next_door_is_not_written_to(essex, hsmc, ann, cohort):
    owe(ann, cohort, at("2026-03-10"))
    with tenant_context(hsmc):
        assert tick(hsmc, "2026-03-10") == 0


def test_a_chase_goes_to_who_was_chosen_once_a_day(essex, ann, cohort):
    owe(ann, cohort, at("2026-05-01"))  # far ahead: no reminder of itself yet
    owe(make_person("No Account"), cohort, at("2026-05-01"))
    with time_machine.travel(at("2026-03-10"), tick=False):
        owed = read_obligations(with_people=True)
        chase = prepare_chase(owed, tenant=essex)
        assert [r.person.name for r in chase.reminders] == [ann.name]
        assert [r.obstacle for r in chase.left_out] == ["They have no account yet."]
        assert send_chase(owed=owed, tenant=essex, by=BY) == 1
        assert send_chase(owed=owed, tenant=essex, by=BY) == 0
        obstacles = {r.obstacle for r in prepare_chase(owed, tenant=essex).left_out}
        assert obstacles == {"They have had a reminder today.", "They have no account yet."}
        assert queue_due_reminders(tenant=essex) == 0
    assert Message.objects.get().dedupe_key.split(":")[2:4] == ["chase", "2026-03-10"]


def test_a_chase_in_the_evening_leaves_in_the_morning(essex, ann, cohort):
    owe(ann, cohort, at("2026-05-01"))
    with time_machine.travel(at("2026-03-13", "20:00"), tick=False):  # Friday
        send_chase(owed=read_obligations(with_people=True), tenant=essex, by=BY)
    assert Message.objects.get().available_at == at("2026-03-16", "08:00") + timedelta(0)


def test_the_tick_takes_the_tenants_that_waited_longest(essex, ann, cohort, django_assert_max_num_queries):
    """However many are owed, working out a tenant's reminders asks a fixed number of questions when nobody is due one."""
    for n in range(12):
        owe(make_person(f"Person {n}"), cohort, at("2026-03-10"))
    with time_machine.travel(at("2026-03-10"), tick=False), django_assert_max_num_queries(8):
        queue_due_reminders(tenant=essex)


def test_a_transaction_nudges_the_dispatcher_once(essex, ann, cohort, django_capture_on_commit_callbacks):
    for n in range(3):
        owe(make_member(essex, f"Member {n}").person, cohort, at("2026-03-10"))
    with django_capture_on_commit_callbacks() as nudges:
        assert tick(essex, "2026-03-10") == 3
    assert len(nudges) == 1
