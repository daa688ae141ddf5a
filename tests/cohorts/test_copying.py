"""A cohort made from another: where each day goes and why, and nothing written before somebody says so."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import ClosedDays, Cohort, Event, SectorTarget
from cohorts.selectors.copying import plan_copy
from cohorts.services.copying import add_closed_days, choose_pattern, copy_cohort
from cohorts.services.event_tasks import add_event_task
from cohorts.services.events import cancel_event, edit_event
from cohorts.services.programmes import edit_programme
from cohorts.services.venues import add_venue
from cohorts.shifting import OpenDays, Shift, at_same_clock, clock_note
from outcomes.models import Indicator, Survey
from reminders.models import Message
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import Change, Role, Sector
from tenancy.scope import tenant_context
from tests.factories.cohorts import (
    SYSTEM,
    make_cohort,
    make_event,
    make_participant,
    make_person,
    make_programme,
    make_sets,
    sign_in_as,
)
from tests.factories.outcomes import ask, make_survey
from tests.queries import page_queries

LONDON = ZoneInfo("Europe/London")
CHRISTMAS = ClosedDays(name="Christmas", first_day=date(2025, 12, 19), last_day=date(2026, 1, 2), every_year=True)
FROM = date(2026, 9, 7)


def at(day: str, clock: str = "09:30") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), tzinfo=LONDON)


@pytest.mark.parametrize(
    ("first", "nation", "was", "nights", "becomes", "why"),
    [
        ("2027-09-06", "england-and-wales", "2026-10-13", 0, "2027-10-12", "Kept: Tuesday of week 6."),
        # the first day is another weekday: weeks count from Monday
        ("2027-09-09", "england-and-wales", "2026-10-13", 0, "2027-10-12", "Kept: Tuesday of week 6."),
        ("2027-09-06", "england-and-wales", "2026-09-01", 0, "2027-08-31", "as long before the first day"),
        # a bank holiday: the next day of that week; Scotland has it four weeks earlier
        (
            "2027-09-06",
            "england-and-wales",
            "2026-08-31",
            0,
            "2027-08-31",
            "Monday 30 August 2027: Summer bank holiday",
        ),
        ("2027-09-06", "scotland", "2026-08-31", 0, "2027-08-30", "Kept"),
        # no later day in its week: the one before
        ("2026-01-05", "england-and-wales", "2026-12-04", 0, "2026-04-02", "Good Friday"),
        # a night too: neither day may be closed
        ("2027-09-06", "england-and-wales", "2026-09-24", 1, "2027-09-23", "Kept"),
        ("2028-01-03", "england-and-wales", "2026-12-17", 1, "2028-04-12", "Good Friday"),
        # the whole week is closed: the same weekday of the first week that isn't
        ("2027-09-06", "england-and-wales", "2026-12-23", 0, "2028-01-05", "Christmas"),
        # what was on a Saturday may be so again, and moves on into a Saturday
        ("2027-09-06", "england-and-wales", "2026-10-17", 1, "2027-10-16", "Kept: Saturday"),
        ("2027-09-06", "england-and-wales", "2026-12-26", 0, "2028-01-08", "Christmas"),
        # far beyond the published list
        ("2039-04-25", "england-and-wales", "2026-09-07", 0, "2039-04-25", "Kept"),
        ("2038-04-26", "england-and-wales", "2026-09-07", 0, "2038-04-27", "Easter Monday"),
    ],
)
def test_where_a_day_goes(first, nation, was, nights, becomes, why):
    shift = Shift(FROM, date.fromisoformat(first), OpenDays(nation, (CHRISTMAS,)))
    day = date.fromisoformat(was)
    moved = shift.move(day, day + timedelta(days=nights))
    assert (moved.day.isoformat(), bool(moved.off)) == (
        becomes,
        "Kept" not in moved.why and "before the" not in moved.why,
    )
    assert why in moved.why


@pytest.mark.parametrize(
    ("was", "day", "utc", "note"),
    [
        (at("2026-10-13"), "2027-10-12", "2027-10-12T08:30+00:00", ""),
        (at("2026-10-23"), "2027-11-05", "2027-11-05T09:30+00:00", "Still 9:30am on the clock: winter time then"),
        (at("2027-03-26"), "2028-03-31", "2028-03-31T08:30+00:00", "summer time then, winter time before"),
        # the hour that spring skips is the next one; of the two in autumn the first
        (at("2026-03-01", "01:30"), "2027-03-28", "2027-03-28T01:30+00:00", ""),
        (at("2026-09-27", "01:30"), "2027-10-31", "2027-10-31T00:30+00:00", ""),
    ],
)
def test_the_clock_on_the_wall_stays(was, day, utc, note):
    moment = at_same_clock(was, date.fromisoformat(day), LONDON)
    assert moment.astimezone(ZoneInfo("UTC")) == datetime.fromisoformat(utc)
    if note:
        assert note in clock_note(was, date.fromisoformat(day), LONDON)
    elif was.hour > 2:
        assert clock_note(was, date.fromisoformat(day), LONDON) == ""


def test_closed_days_come_back_each_year_and_once():
    once = ClosedDays(first_day=date(2026, 10, 26), last_day=date(2026, 10, 30))
    assert [once.covers(date(y, 10, 28)) for y in (2025, 2026, 2027)] == [False, True, False]
    found = {day: CHRISTMAS.covers(date.fromisoformat(day)) for day in ("2025-12-18", "2027-12-19", "2028-01-02")}
    assert found == {"2025-12-18": False, "2027-12-19": True, "2028-01-02": True}
    assert not CHRISTMAS.covers(date(2027, 1, 3)) and not CHRISTMAS.covers(date(2024, 12, 25))


@pytest.fixture
def source(essex):
    """A cohort of a year with a venue, a night away, an online class, something cancelled, a set's meeting, pre-work and a survey."""
    with tenant_context(essex):
        sector = Sector.objects.create(name="Health")
        cohort = make_cohort(starts_on=FROM, ends_on=date(2027, 7, 16), targets={sector.pk: 9}, budget_pounds=50_000)
        person = make_participant(cohort, "Pat Participant").person
        venue = add_venue(name="Anglia Hall", address="Duke Street", by=SYSTEM)
        one = make_event(cohort, "Beginnings", starts_at=at("2026-10-13"), venue=venue, place="Room 4", tell=False)
        add_event_task(event=one, timing="before", title="Read the case", text="Two pages", by=SYSTEM)
        may = make_event(cohort, "Power", starts_at=at("2027-05-04"), tell=False)
        away = make_event(
            cohort,
            "Away",
            starts_at=at("2027-03-03"),
            ends_at=at("2027-03-04", "15:00"),
            kind="residential",
            tell=False,
        )
        online = make_event(
            cohort, "Online", starts_at=at("2027-01-12"), place="", join_url="https://x.example/1", tell=False
        )
        gone = make_event(cohort, "Called off", starts_at=at("2027-02-02"), tell=False)
        cancel_event(event=gone, by=SYSTEM, reason="Snow")
        own = make_sets(cohort, [[person]]).sets.get()
        make_event(cohort, "Set meeting", kind="set_meeting", learning_set=own, starts_at=at("2026-11-10"), tell=False)
        survey = make_survey(cohort)
        ask(survey, "before")
        add_closed_days(
            programme=cohort.programme, name="Half term", first_day=date(2027, 10, 11), last_day=date(2027, 10, 15),
            every_year=False, by=SYSTEM,
        )  # fmt: skip
    return {"cohort": cohort, "one": one, "may": may, "away": away, "online": online, "survey": survey}


def dates_of(cohort, first="2027-09-06"):
    return reverse(
        "cohorts:cohort-copy-dates", kwargs={"tenant": "essex", "public_id": cohort.public_id, "first_day": first}
    )


def boxes(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def sent(source, plan, **changes):
    data = {"name": "Cohort 3", "places": "40", "seen": plan.seen, **boxes("ends_on", plan.ends_on)}
    for line in plan.lines:
        data |= {f"copy_{line.event.public_id}": "on", **boxes(f"day_{line.event.public_id}", line.moved.day)}
    return data | changes


def test_staff_see_every_date_change_one_and_make_the_cohort(essex, staff, source):
    cohort, page = source["cohort"], dates_of(source["cohort"])
    start = reverse("cohorts:cohort-copy", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    listed = staff.client.get(reverse("cohorts:cohort-copy-list", kwargs={"tenant": "essex"})).content.decode()
    assert start in listed
    assert staff.client.post(start, boxes("first_day", date(2027, 9, 6)))["Location"] == page
    assert page_queries(staff.client, page) <= 12
    with tenant_context(essex):
        before = Cohort.objects.count(), Event.objects.count(), Survey.objects.count(), Message.objects.count()
        plan = plan_copy(cohort, date(2027, 9, 6))
    shown = staff.client.get(page).content.decode()
    for words in (
        "Tuesday 13 October 2026", "Moved from Tuesday 12 October 2027: Half term.", "Kept: Wednesday of week 26.",
        "Read the case (before the event): was due 13 October 2026, then 19 October 2027.", "1 night",
        "1 meeting of one set stays behind", "with its statements", "You open it yourselves",
    ):  # fmt: skip
        assert words in shown, words
    assert "Called off" not in shown and plan.ends_on == date(2028, 7, 14)
    one, away, online = (source[key].public_id for key in ("one", "away", "online"))
    # a bank holiday, typed, is refused at its field, and is taken once it's meant
    monday = boxes(f"day_{source['may'].public_id}", date(2028, 5, 1))
    refused = staff.client.post(page, sent(source, plan, **monday))
    assert refused.status_code == 422 and "Monday 1 May 2028 (Early May bank holiday)" in refused.content.decode()
    wrong = staff.client.post(page, sent(source, plan, **{f"day_{one}-day": "", f"day_{away}-day": "31"}))
    assert wrong.status_code == 422 and "must include a day" in wrong.content.decode()
    with tenant_context(essex):
        assert before == (
            Cohort.objects.count(), Event.objects.count(), Survey.objects.count(), Message.objects.count(),
        )  # fmt: skip
    data = sent(source, plan, closed_days_meant="on", **monday)
    del data[f"copy_{online}"]
    first, second = (staff.client.post(page, data) for _click in range(2))
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    with tenant_context(essex):
        made = Cohort.objects.get(name="Cohort 3")
        assert (made.places, made.starts_on, made.ends_on) == (40, date(2027, 9, 6), date(2028, 7, 14))
        assert (made.stage, made.copied_from, made.budget_pounds) == ("planning", cohort, 50_000)
        assert SectorTarget.objects.get(cohort=made).places == 9 and not made.participations.exists()
        rows = {e.title: e for e in made.events.select_related("venue")}
        assert set(rows) == {"Beginnings", "Power", "Away"}
        assert [timezone.localtime(rows[t].starts_at).isoformat() for t in ("Beginnings", "Power", "Away")] == [
            "2027-10-19T09:30:00+01:00", "2028-05-01T09:30:00+01:00", "2028-03-01T09:30:00+00:00",
        ]  # fmt: skip
        assert timezone.localtime(rows["Away"].ends_at).isoformat() == "2028-03-02T15:00:00+00:00"
        copied = rows["Beginnings"]
        assert (copied.venue.name, copied.place, copied.place_confirmed) == ("Anglia Hall", "Room 4", False)
        assert copied.whole_address == "Room 4, Anglia Hall, Duke Street (to be confirmed)"
        assert copied.owner == staff.person and copied.registered_at is None
        assert [(t.title, t.text) for t in copied.tasks.all()] == [("Read the case", "Two pages")]
        survey = Survey.objects.get(cohort=made)
        assert survey.waves.count() == 0
        assert (
            Indicator.objects.filter(survey=survey).count()
            == Indicator.objects.filter(survey=source["survey"]).count()
            > 0
        )
        assert Message.objects.count() == before[3]
        assert Change.objects.filter(name="copy", reason=cohort.name).count() == 1


def test_what_changed_meanwhile_is_looked_at_again(essex, staff, source):
    with tenant_context(essex):
        plan = plan_copy(source["cohort"], date(2027, 9, 6))
        edit_event(event=source["one"], version=source["one"].version, title="Beginning anew", tell=False, by=SYSTEM)
    stale = staff.client.post(dates_of(source["cohort"]), sent(source, plan, name="Typed name"))
    page = stale.content.decode()
    assert (
        stale.status_code == 409 and "has changed since" in page and "Typed name" in page and "Beginning anew" in page
    )
    with tenant_context(essex):
        days = {line.event.public_id: line.moved.day for line in plan.lines}
        frame = {"places": 40, "starts_on": date(2027, 9, 6), "ends_on": date(2028, 7, 14), "days": days}
        with pytest.raises(StaleEdit):
            copy_cohort(source=source["cohort"], name="Cohort 3", seen=plan.seen, by=SYSTEM, **frame)
        fresh = plan_copy(source["cohort"], date(2027, 9, 6)).seen
        # a target that no longer fits stays behind; another cohort's name is refused
        small = copy_cohort(
            source=source["cohort"], name="Cohort 3", seen=fresh, by=SYSTEM, **(frame | {"places": 5, "days": {}})
        )
        assert not small.targets.exists() and not small.events.exists()
        with pytest.raises(Refused, match="already has a cohort of this name"):
            copy_cohort(source=source["cohort"], name="Cohort 2", seen=fresh, by=SYSTEM, **frame)
    assert staff.client.get(dates_of(source["cohort"], "2027-02-30")).status_code == 404


def test_only_staff_of_the_programme_copy_and_choose_the_pattern(essex, source):
    cohort = source["cohort"]
    with tenant_context(essex):
        whole = make_person("Prue Programme")
        mine = make_person("Colin Cohort")
        elsewhere = make_cohort("Coastal", programme=make_programme("Coastal programme"))
    whole = sign_in_as(essex, whole, Role.STAFF, programme=cohort.programme)
    mine = sign_in_as(essex, mine, Role.STAFF, cohort=cohort)
    pattern = reverse("cohorts:cohort-pattern", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    for who, answer in ((whole, 200), (mine, 403)):
        assert who.client.get(dates_of(cohort)).status_code == answer
    listed = whole.client.get(reverse("cohorts:cohort-copy-list", kwargs={"tenant": "essex"})).content.decode()
    assert cohort.name in listed and "Coastal" not in listed
    assert mine.client.post(pattern).status_code == 403
    assert whole.client.post(pattern).status_code == 302
    with tenant_context(essex):
        newer = make_cohort("Cohort 9")
        choose_pattern(cohort=newer, by=SYSTEM)
        assert [c.name for c in Cohort.objects.filter(is_pattern=True)] == ["Cohort 9"]
        assert choose_pattern(cohort=newer, chosen=False, by=SYSTEM).is_pattern is False
        assert not Cohort.objects.filter(is_pattern=True).exists()
        with pytest.raises(NotAllowed):
            choose_pattern(cohort=elsewhere, by=whole.actor)
        with pytest.raises(NotAllowed):
            copy_cohort(
                source=cohort, name="Mine", places=5, starts_on=FROM, ends_on=date(2027, 9, 1), days={}, seen="",
                by=mine.actor,
            )  # fmt: skip


def test_a_programme_has_closed_days_and_a_nation_of_its_own(essex, staff, source):
    programme = source["cohort"].programme
    add = reverse("cohorts:closed-days-add", kwargs={"tenant": "essex", "public_id": programme.public_id})
    data = {"name": "Christmas", **boxes("first_day", date(2026, 12, 21)), **boxes("last_day", date(2027, 1, 1))}
    wrong = staff.client.post(add, data | boxes("last_day", date(2026, 12, 1)))
    assert wrong.status_code == 422 and "first day or later" in wrong.content.decode()
    for _click in range(2):
        assert staff.client.post(add, {**data, "every_year": "on"}).status_code == 302
    with tenant_context(essex):
        row = ClosedDays.objects.get(name="Christmas")
        closed = {}
        for nation in ("scotland", "northern-ireland"):
            edit_programme(programme=programme, name=programme.name, nation=nation, by=SYSTEM)
            fresh = Cohort.objects.select_related("programme").get(pk=source["cohort"].pk)
            closed[nation] = [plan_copy(fresh, date(2028, *day)).first_day_closed for day in ((4, 17), (7, 12))]
        assert closed == {
            "scotland": ["", ""],
            "northern-ireland": ["Easter Monday", "Battle of the Boyne (Orangemen’s Day)"],
        }
    page = staff.client.get(add.replace("closed-days/new/", "")).content.decode()
    assert (
        "Christmas: 21 December 2026 to 1 January 2027, each year" in page
        and "bank holidays of Northern Ireland" in page
    )
    remove = reverse("cohorts:closed-days-remove", kwargs={"tenant": "essex", "public_id": row.public_id})
    assert staff.client.post(remove).status_code == 302
    with tenant_context(essex):
        assert [r.name for r in programme.closed_days.all()] == ["Half term"]
