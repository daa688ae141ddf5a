"""Tables at events: composed, adjusted, shown, kept up on the day."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import combinations

import pytest
from django.utils import timezone

from cohorts.acquaintance import acquainted
from cohorts.composing import divide, even_sizes
from cohorts.face_seating import seating_figure
from cohorts.mixing import aims_of
from cohorts.models import Attendance, Event, EventGuest, EventNeeds, Seat, Seating, SeatingPair, SeatingTable
from cohorts.seating import surname_first
from cohorts.selectors.seating import add_rules, board_of, how_seated, needing_easy, seating_problem, ties_at, ties_of
from cohorts.selectors.vetoes import vetoed_pairs
from cohorts.services.events import save_register
from cohorts.services.guests import accept_place, invite_guest
from cohorts.services.needs import save_needs
from cohorts.services.seating import (
    compose_seating,
    fill,
    free_seat,
    keep_groups,
    known_of,
    lock_seat,
    move_seat,
    seat_late,
    show_seating,
    wish_pair,
)
from cohorts.services.vetoes import answer_vetoes, close_veto_round, open_veto_round
from cohorts.tasks import tell_tables
from engine.reports import check_figure
from reminders.calendars import calendar_sources
from reminders.models import Message
from tenancy.conflicts import pair
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Person
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.seen import digest_of
from tests.cohorts.test_events import url_of
from tests.factories.cohorts import (
    SYSTEM,
    actor_for,
    make_event,
    make_many,
    make_participant,
    make_past_event,
    make_person,
    make_sets,
    sign_in_as,
    ten_in_the_morning,
)
from tests.queries import counting, page_queries

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


@pytest.fixture
def scene(essex, cohort, facilitator):
    """24 people of 12 organisations, and an event in a week that Fay keeps the register of."""
    with tenant_context(essex):
        people = [p.person for p in make_many(cohort, 24, organisations=12)]
        event = make_event(cohort, "Design day", owner=facilitator.person, starts_at=ten_in_the_morning(7))
    return event, people


def tables_of(seating):
    found = {}
    for seat in Seat.objects.filter(seating=seating).select_related("table"):
        found.setdefault(seat.table.position, set()).add(seat.person_id)
    return [found[n] for n in sorted(found)]


def pairs_in(seating):
    return {pair(a, b) for table in tables_of(seating) for a, b in combinations(sorted(table), 2)}


def shown(seating, by=SYSTEM):
    seating = Seating.objects.select_related("event__cohort__programme", "event__learning_set").get(pk=seating.pk)
    return show_seating(seating=seating, version=seating.version, by=by)


def compose_data(client, url, **fields):
    page = client.get(url).content.decode()
    data = {name: value for name, value in re.findall(r'name="([a-z_]+)"[^>]*value="([^"]*)"', page) if name != "kind"}
    aims = {"sector": "more", "service_area": "mix", "district": "mix", "grade": "leave", "fresh": "mix"}
    return {**data, "kind": "tables", **aims, **fields}


def test_staff_compose_in_a_click_look_why_move_keep_and_show(
    essex, cohort, scene, staff, facilitator, other_staff, participant, stranger
):
    event, _people = scene
    page, compose = url_of("event-seating", event), url_of("seating-compose", event)
    assert page in staff.client.get(url_of("event-detail", event)).content.decode()
    for member, status in ((staff, 200), (facilitator, 200), (participant, 403), (other_staff, 403), (stranger, 404)):
        assert member.client.get(page).status_code == status
    assert facilitator.client.get(compose).status_code == 403
    data = compose_data(staff.client, compose, tables="5", easy="1")
    # 24 and Pat Participant
    assert "25 people of the cohort are coming" in staff.client.get(compose).content.decode()
    made = staff.client.post(compose, data)
    assert made.status_code == 302
    with tenant_context(essex):
        seating = Seating.objects.get()
        assert [len(table) for table in tables_of(seating)] == [5] * 5
        employer = dict(Person.objects.values_list("pk", "organisation_id"))
        assert all(employer[a] != employer[b] for a, b in pairs_in(seating))
    # the very same click again is one proposal, somebody else's isn't written over unseen
    assert staff.client.post(compose, data)["Location"] == made["Location"]
    shows = staff.client.get(made["Location"]).content.decode()
    index = re.search(r"<strong>([0-9.]+) of 100</strong>", shows).group(1)
    assert float(index) > 90 and "Every rule is kept" in shows and "Why Table 1 is so" in shows
    assert "Nobody sits with somebody they have sat or worked with before" in shows
    # a proposal is staff's
    assert facilitator.client.get(made["Location"]).status_code == 404
    assert seating.name not in facilitator.client.get(page).content.decode().replace("No tables yet", "")
    with tenant_context(essex):
        board = board_of(seating)
        here, there = board.cards[0], board.cards[1]
        mover = here.people[0]
        move = url_of("seat-move", seating)
        answer = {"version": seating.version, "person": mover.public_id, "index": index, "table": there.row.public_id}
    said = staff.client.post(move, answer, follow=True).content.decode()
    assert f"{mover.name} is now at Table 2. Mixed: " in said and f"of 100, {index} before." in said
    # the page that was moved from is stale now
    assert "Someone else changed this plan" in staff.client.post(move, answer, follow=True).content.decode()
    assert staff.client.post(move, {**answer, "table": ""}).status_code == 422
    with tenant_context(essex):
        seating.refresh_from_db()
    keep = {"version": seating.version, "person": mover.public_id, "locked": "yes"}
    assert (
        "stays there when you compose again"
        in staff.client.post(url_of("seat-lock", seating), keep, follow=True).content.decode()
    )
    staff.client.post(compose, compose_data(staff.client, compose, tables="5", easy="1"))
    with tenant_context(essex):
        again = Seating.objects.get(state="proposed")
        seat = Seat.objects.select_related("table").get(seating=again, person=mover)
        assert again.pk != seating.pk and seat.locked and seat.table.position == 2
    show = url_of("seating-show", again)
    assert participant.client.post(show).status_code == 403
    assert (
        "Everybody sees their own table"
        in staff.client.post(show, {"version": again.version}, follow=True).content.decode()
    )
    with tenant_context(essex):
        mine = Seat.objects.select_related("table").get(seating=again, person=participant.person).table.name
        entries = calendar_sources["cohorts"](participant.person)
        assert [entry.place for entry in entries] == [f"County Hall, {mine}"]
    assert page_queries(participant.client, "/essex/calendar/") <= 12
    seen = participant.client.get(url_of("event-detail", event)).content.decode()
    assert "Where you sit" in seen and mine in seen and url_of("event-seating", event) not in seen
    assert participant.client.get(url_of("seating-detail", again)).status_code == 403
    keeper = facilitator.client.get(url_of("seating-detail", again)).content.decode()
    assert mover.name in keeper and "of 100" not in keeper and "Move to" not in keeper and "Isn’t here" in keeper


def test_what_the_page_costs_and_how_long_composing_takes(essex, cohort, scene, staff):
    event, _people = scene
    with tenant_context(essex):
        seating = compose_seating(event=event, tables=4, by=SYSTEM)

    few = page_queries(staff.client, url_of("seating-detail", seating))
    with tenant_context(essex):
        extra = [make_participant(cohort, f"More {n:02}", f"Body {n}", district=f"Place {n % 7}") for n in range(36)]
        seating = compose_seating(event=event, tables=8, by=SYSTEM)
        assert len(extra) == 36 and Seat.objects.filter(seating=seating).count() == 60
    assert page_queries(staff.client, url_of("seating-detail", seating)) == few
    # and one as portal_sys, when what people need may be counted
    assert few == 10


def test_another_round_brings_together_whom_the_first_didnt(essex, cohort, scene, staff):
    event, people = scene
    with tenant_context(essex):
        first = shown(compose_seating(event=event, tables=6, name="Morning", by=SYSTEM))
        second = compose_seating(event=event, tables=6, name="After lunch", by=SYSTEM)
        assert not pairs_in(first) & pairs_in(second)
        board = board_of(second)
        division = how_seated(board, ties_at(board)).division
        assert division.repeats == 0
        shown(second)
    with tenant_context(essex):
        person = people[0]
        member = sign_in_as(essex, person)
    page = member.client.get(url_of("event-detail", event)).content.decode()
    assert "Morning: Table" in page and "After lunch: Table" in page


def test_sets_and_earlier_tables_count(essex, cohort, scene):
    event, people = scene
    with tenant_context(essex):
        make_sets(cohort, [people[0:6], people[6:12], people[12:18], people[18:24]])
        sets = [{p.pk for p in people[n : n + 6]} for n in (0, 6, 12, 18)]
        before = make_event(cohort, "Before", starts_at=timezone.now() + timedelta(hours=1))
        earlier = shown(compose_seating(event=before, tables=6, by=SYSTEM))
        Event.objects.filter(pk=before.pk).update(
            starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=2, hours=-3)
        )
        now = compose_seating(event=event, tables=6, aims={"fresh": "more"}, by=SYSTEM)
        assert not pairs_in(now) & pairs_in(earlier)
        assert not any(a in s and b in s for s in sets for a, b in pairs_in(now))


def test_whom_one_hasnt_worked_with_counts_tables_that_took_place(essex, cohort, scene):
    event, people = scene
    with tenant_context(essex):
        seating = shown(compose_seating(event=event, tables=6, by=SYSTEM))
        here = sorted(next(t for t in tables_of(seating) if people[0].pk in t) - {people[0].pk})

        def known():
            return set(Person.objects.filter(pk__in=here).filter(acquainted(people[0].pk)).values_list("pk", flat=True))

        assert known() == set() and not ties_of(here, make_event(cohort, "Another")).met
        Event.objects.filter(pk=event.pk).update(
            starts_at=timezone.now() - timedelta(hours=4), ends_at=timezone.now() - timedelta(hours=1)
        )
        assert known() == set(here)
        # whoever wasn't there met nobody
        event.refresh_from_db()
        marks = {p.public_id: "absent" if p.pk == here[0] else "present" for p in people}
        save_register(event=event, version=event.version, marks=marks, by=SYSTEM)
        assert known() == set(here[1:])
        figure = seating_figure(cohort.pk)
        check_figure(figure)
        # 23 there at six tables: five of four and one of three
        assert figure["title"].startswith("33 of 276 pairs have sat at one table, and tables were mixed ")
        assert figure["data"]["rows"][0][:5] == ["Design day", "Tables", "Tables", 6, 23]
        Event.objects.filter(pk=event.pk).update(state="cancelled")
        assert known() == set() and seating_figure(cohort.pk) is None


def test_wishes_and_managers_are_kept_and_wishes_are_said(essex, cohort, scene, staff):
    event, people = scene
    a, b, c, d = people[:4]
    with tenant_context(essex):
        d.line_manager = c
        d.save()
        # 12 and 0 are colleagues, together all the same
        wish_pair(event=event, first=people[12], second=a, together=True, by=staff.actor)
        wish_pair(event=event, first=a, second=b, together=False, by=staff.actor)
        with pytest.raises(Refused, match="two different"):
            wish_pair(event=event, first=a, second=a, together=True, by=staff.actor)
    for _round in range(2):
        with tenant_context(essex):
            seating = compose_seating(event=event, tables=3, by=SYSTEM)
            found = pairs_in(seating)
            assert pair(a.pk, people[12].pk) in found
            for one, other in ((a, b), (c, d)):
                assert pair(one.pk, other.pk) not in found
    with tenant_context(essex):
        board = board_of(seating)
        at = {p.pk: card for card in board.cards for p in card.people}
        move_seat(seating=seating, version=seating.version, person=a, table=at[b.pk].row, by=SYSTEM)
        seating.refresh_from_db()
        board = board_of(seating)
        add_rules(board, ties_at(board))
        said = " ".join(text for card in board.cards for text in card.broken)
        assert f"{a.name} and {b.name} should sit apart" in said or f"{b.name} and {a.name} should sit apart" in said
        assert "kept apart" in str(export_person(b)["Where you sat at events"])
        assert a.name not in str(export_person(b)["Where you sat at events"])


def test_tables_never_ask_the_vetoes(essex, cohort, scene):
    """Composed as often as one likes, or pair by pair with "Find a table", they would tell who named whom."""
    event, people = scene
    one, other = people[4:6]

    def problem(who):
        sizes, ties = even_sizes(len(who), 2), ties_of([p.pk for p in who], event)
        return seating_problem(event, who, sizes=sizes, easy=[True, False], aims=aims_of({}), ties=ties)

    with tenant_context(essex):
        without = problem(people), problem([one, other, people[0], people[2]])
        round_ = open_veto_round(cohort=cohort, until=timezone.now() + timedelta(days=2), by=SYSTEM)
    sign_in_as(essex, one)
    with tenant_context(essex, one):
        answer_vetoes(round=round_, others=[other], by=actor_for(one))
    with tenant_context(essex):
        close_veto_round(round=round_, by=SYSTEM)
        assert vetoed_pairs(cohort.pk) == {pair(one.pk, other.pk)}
        again = problem(people), problem([one, other, people[0], people[2]])
        assert again == without
        assert [divide(p, seed=3, steps=500).places for p in again] == [
            divide(p, seed=3, steps=500).places for p in without
        ]
        # the least used table has whom they named, and takes them all the same
        seating = shown(compose_seating(event=event, tables=4, by=SYSTEM))
        here = Seat.objects.select_related("table").get(seating=seating, person=other).table
        Seat.objects.filter(seating=seating, person=one).delete()
        Seat.objects.filter(seating=seating, table=here).exclude(person=other).delete()
        assert seat_late(seating=seating, person=one, by=SYSTEM) == [(one, here)]


def ask_easy(tenant, *people):
    for person in people:
        member = sign_in_as(tenant, person)
        with tenant_context(tenant, person):
            save_needs(version=0, diet="any", without=[], allergy="", access="", easy_seat=True, by=member.actor)


def test_access_is_kept_and_nobody_told(essex, cohort, scene, staff, facilitator):
    event, people = scene
    asking = people[3:6]
    ask_easy(essex, *asking)
    with tenant_context(essex):
        seating = compose_seating(event=event, tables=5, easy=2, by=SYSTEM)
        easy = tables_of(seating)[0] | tables_of(seating)[1]
        # others sit there too: a place at an easy table says nothing of one
        assert {p.pk for p in asking} <= easy and len(easy) == 10
        elsewhere = SeatingTable.objects.get(seating=seating, position=5)
    page = url_of("seating-detail", seating)
    told = "Everybody who asked for a table that’s step-free and near the door has one"
    assert told in staff.client.get(page).content.decode()
    with tenant_context(essex):
        move_seat(seating=seating, version=seating.version, person=asking[0], table=elsewhere, by=SYSTEM)
    # two counts around one move would name them, so there is none from now on
    after = staff.client.get(page).content.decode()
    assert told not in after and "who asked for a table" not in after and "The plan was changed by hand" in after
    with tenant_context(essex):
        seating.refresh_from_db()
        lock_seat(seating=seating, version=seating.version, person=asking[0], locked=True, by=SYSTEM)
        kept = compose_seating(event=event, tables=5, easy=2, by=SYSTEM)
        assert kept.version == 1 and asking[0].pk in tables_of(kept)[4]
    after = staff.client.get(url_of("seating-detail", kept)).content.decode()
    assert told not in after and "who asked for a table" not in after
    with tenant_context(essex):
        shown(kept)
    assert told not in staff.client.get(url_of("seating-detail", kept)).content.decode()
    # who it is stands with what people need, and looking there is written down
    needs = staff.client.get(url_of("event-needs", event)).content.decode()
    assert f"{asking[0].name}: Table 5" in needs
    assert "asked for a table" not in facilitator.client.get(url_of("seating-detail", kept)).content.decode()
    assert facilitator.client.get(url_of("event-needs", event)).status_code == 403
    with tenant_context(essex):
        assert EventNeeds.objects.count() == 0


def test_too_few_easy_tables_are_counted_right_after_composing(essex, cohort, scene, staff):
    event, people = scene
    ask_easy(essex, *people[:7])
    with tenant_context(essex):
        seating = compose_seating(event=event, tables=5, easy=1, by=SYSTEM)
    page = staff.client.get(url_of("seating-detail", seating)).content.decode()
    assert "2 people who asked for a table that’s step-free and near the door have another." in page
    with tenant_context(essex):
        groups = shown(compose_seating(event=event, tables=5, easy=1, kind="groups", by=SYSTEM))
        following = make_event(cohort, "Second design day", starts_at=ten_in_the_morning(20))
        kept = keep_groups(event=following, source=groups, by=SYSTEM)
    # the groups were open to moves by hand
    assert "who asked for a table" not in staff.client.get(url_of("seating-detail", kept)).content.decode()


def test_an_easy_table_isnt_kept_before_needs_may_be_read(essex, cohort, scene, staff):
    event, people = scene
    ask_easy(essex, people[3])
    with tenant_context(essex):
        everybody = [p.pk for p in people]
        later = make_event(cohort, "Later", starts_at=ten_in_the_morning(60))
        assert needing_easy(event, everybody) == {people[3].pk}
        assert needing_easy(later, everybody) == set()
        ties = ties_of(everybody, later)
        problem = seating_problem(
            later, people, sizes=even_sizes(24, 4), easy=[True, False, False, False], aims=aims_of({}), ties=ties
        )
        assert not problem.places
        far = compose_seating(event=later, tables=5, easy=1, by=SYSTEM)
    page = staff.client.get(url_of("seating-detail", far)).content.decode()
    assert "who asked for a table" not in page and "Everybody who asked" not in page
    assert "Made before what people need at this event could be known" in page
    with tenant_context(essex):
        over = make_past_event(cohort)
        assert needing_easy(over, everybody) == set()


def test_nobody_comes_to_a_full_table_because_they_need_an_easy_one(essex, cohort, scene):
    event, people = scene
    late, soon = people[3], people[9]
    ask_easy(essex, late, soon)
    with tenant_context(essex):
        seating = shown(compose_seating(event=event, tables=5, seats=6, easy=1, by=SYSTEM))
        tables = {t.position: t for t in SeatingTable.objects.filter(seating=seating)}
        Seat.objects.filter(seating=seating, person__in=[late, soon]).delete()
        SeatingTable.objects.filter(pk=tables[1].pk).update(seats=Seat.objects.filter(table=tables[1]).count())
        [(_person, table)] = seat_late(seating=seating, person=late, by=SYSTEM)
        assert table.position != 1
        # with a free seat there, that's where they go
        SeatingTable.objects.filter(pk=tables[1].pk).update(seats=6)
        [(_person, table)] = seat_late(seating=seating, person=soon, by=SYSTEM)
        assert table.position == 1


def test_the_plan_tells_names_of_those_it_is_about_alone(essex, cohort, scene, staff, facilitator):
    event, people = scene
    with tenant_context(essex):
        seating = shown(compose_seating(event=event, tables=5, by=SYSTEM))
        proposal = compose_seating(event=event, tables=5, by=SYSTEM)
        stranger = make_person("Sam Stranger")
        at = SeatingTable.objects.filter(seating=proposal).first()
        version = seating.version
    asked = {"person": stranger.public_id, "version": proposal.version}
    for member, name, plan, data in (
        (facilitator, "seat-free", seating, {}),
        (facilitator, "seat-late", seating, {}),
        (staff, "seat-move", proposal, {"table": "none"}),
        (staff, "seat-move", proposal, {"table": at.public_id}),
        (staff, "seat-lock", proposal, {"locked": "yes"}),
    ):
        answer = member.client.post(url_of(name, plan), {**asked, **data}, follow=True)
        assert answer.status_code == 404 and "Sam Stranger" not in answer.content.decode()
    gone = {"person": people[0].public_id}
    with tenant_context(essex):
        Attendance.objects.create(
            event=event, person=people[0], state="absent", recorded_at=timezone.now(), recorded_by=people[1]
        )
    free = url_of("seat-free", seating)
    assert "The seat of Person 00 is free now" in facilitator.client.post(free, gone, follow=True).content.decode()
    # a second click frees nothing, and says so
    again = facilitator.client.post(free, gone, follow=True).content.decode()
    assert "The seat of" not in again and "Person 00 has no seat in this plan" in again
    with tenant_context(essex):
        seating.refresh_from_db()
        assert seating.version > version and Seat.objects.filter(seating=seating).count() == 23


def test_finding_tables_for_many_asks_no_more_than_for_one(essex, cohort, scene):
    event, _people = scene
    with tenant_context(essex):
        seating = shown(compose_seating(event=event, tables=5, by=SYSTEM))
        make_participant(cohort, "Lee Late", "Organisation 07")
        with counting() as one:
            assert len(fill(seating)) == 1
        for n in range(8):
            make_participant(cohort, f"Later {n}", f"Elsewhere {n}")
        with counting() as many:
            assert len(fill(seating)) == 8
        assert many.statements == one.statements
        sizes = sorted(len(table) for table in tables_of(seating))
        assert sum(sizes) == 33 and sizes[-1] - sizes[0] <= 1


def test_on_the_day_nobody_who_sits_moves(essex, cohort, scene, staff, facilitator, participant):
    event, people = scene
    with tenant_context(essex):
        Attendance.objects.create(
            event=event, person=people[0], state="apologies", recorded_at=timezone.now(), recorded_by=people[0]
        )
        seating = shown(compose_seating(event=event, tables=6, seats=4, by=SYSTEM))
        before = tables_of(seating)
        assert people[0].pk not in set().union(*before)
        Attendance.objects.filter(event=event).update(state="present")
        late = make_participant(cohort, "Lee Late", "Organisation 07", "health").person
    page = url_of("seating-detail", seating)
    assert "Without a table" in facilitator.client.get(page).content.decode()
    assert participant.client.post(url_of("seat-late", seating), {"person": late.public_id}).status_code == 403
    said = facilitator.client.post(url_of("seat-late", seating), {"person": late.public_id}, follow=True)
    assert "Lee Late sits at Table" in said.content.decode()
    # twice is once
    facilitator.client.post(url_of("seat-late", seating), {"person": late.public_id})
    facilitator.client.post(url_of("seat-late", seating), {})
    with tenant_context(essex):
        after = tables_of(seating)
        assert all(b <= a for b, a in zip(before, after, strict=True))
        assert set().union(*after) - set().union(*before) == {late.pk, people[0].pk}
        table = next(t for t in after if late.pk in t)
        colleagues = {p.pk for p in people if p.organisation_id == late.organisation_id}
        assert not table & colleagues
        gone = sorted(before[2])[0]
        with pytest.raises(NotAllowed):
            free_seat(seating=seating, person=late, by=participant.actor)
    facilitator.client.post(url_of("seat-free", seating), {"person": Person.unscoped("owner").get(pk=gone).public_id})
    with tenant_context(essex):
        assert tables_of(seating)[2] == after[2] - {gone}
        with pytest.raises(Refused, match="isn’t among those"):
            seat_late(seating=seating, person=facilitator.person, by=SYSTEM)


def test_design_groups_go_on_at_the_next_event(essex, cohort, scene, staff):
    event, _people = scene
    with tenant_context(essex):
        groups = shown(compose_seating(event=event, tables=4, kind="groups", name="Project teams", by=SYSTEM))
        new = make_participant(cohort, "Nia New", "Somewhere else").person
        following = make_event(cohort, "Second design day", starts_at=ten_in_the_morning(20))
        tables = make_event(cohort, "Third", starts_at=ten_in_the_morning(30))
    page = url_of("seating-keep", following)
    assert page in staff.client.get(url_of("event-seating", following)).content.decode()
    assert "Choose the design groups" in staff.client.post(page, {}).content.decode()
    for _click in range(2):
        assert staff.client.post(page, {"source": groups.public_id}).status_code == 302
    with tenant_context(essex):
        kept = Seating.objects.get(event=following)
        assert kept.kind == "groups" and kept.kept_from == groups and kept.name == "Project teams"
        was, now = tables_of(groups), tables_of(kept)
        assert all(b <= a for b, a in zip(was, now, strict=True))
        assert set().union(*now) - set().union(*was) == {new.pk}
        plain = shown(compose_seating(event=tables, tables=4, by=SYSTEM))
        with pytest.raises(Refused, match="design groups of this cohort"):
            keep_groups(event=following, source=plain, by=SYSTEM)


def test_guests_sit_by_the_organisation_they_name_and_are_told_the_day_before(essex, cohort, scene, staff):
    event, people = scene
    with tenant_context(essex):
        Event.objects.filter(pk=event.pk).update(
            starts_at=timezone.now() + timedelta(hours=20), ends_at=timezone.now() + timedelta(hours=23)
        )
        event.refresh_from_db()
        guest = invite_guest(event=event, name="Gus Guest", email="gus@example.org", by=SYSTEM)
        accept_place(guest=guest, employer="organisation 03", by=actor_for(guest.person))
        seating = shown(compose_seating(event=event, tables=5, by=SYSTEM))
        colleagues = {p.pk for p in people if p.organisation and p.organisation.name == "Organisation 03"}
        table = next(t for t in tables_of(seating) if guest.person_id in t)
        assert len(colleagues) == 2 and not table & colleagues
    assert tell_tables() == 25 and tell_tables() == 0
    with tenant_context(essex):
        name = Seat.objects.select_related("table").get(seating=seating, person=guest.person).table.name
        mail = Message.objects.get(kind="cohorts.seat", recipient=guest.person)
        assert name in mail.body_text and mail.link_purpose == "guest" and "Design day" in mail.subject
        other = SeatingTable.objects.filter(seating=seating).exclude(name=name).first()
        move_seat(seating=seating, version=seating.version, person=guest.person, table=other, by=SYSTEM)
    assert tell_tables() == 1
    with tenant_context(essex):
        # an employer that isn't on the list
        EventGuest.objects.filter(pk=guest.pk).update(employer="A housing association")
    page = staff.client.get(url_of("seating-detail", seating)).content.decode()
    assert "sector not known 1" in " ".join(page.split())
    with tenant_context(essex):
        alone = compose_seating(event=event, tables=5, guests=False, by=SYSTEM)
        assert guest.person_id not in set().union(*tables_of(alone))


def test_papers_for_wall_door_and_tables(essex, cohort, scene, staff, facilitator, participant):
    event, _people = scene
    with tenant_context(essex):
        seating = shown(compose_seating(event=event, tables=5, by=SYSTEM))
    for sheet in ("plan", "door", "cards"):
        address = url_of("seating-detail", seating) + f"{sheet}.pdf"
        assert address in facilitator.client.get(url_of("seating-detail", seating)).content.decode()
        paper = facilitator.client.get(address)
        assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
        assert participant.client.get(address).status_code == 403
    assert staff.client.get(url_of("seating-detail", seating) + "other.pdf").status_code == 404
    assert surname_first("Sunita Rao") == "Rao, Sunita" and surname_first("Anna van der Berg") == "van der Berg, Anna"
    assert surname_first("Cher") == "Cher"


def test_sizes_that_cant_be_and_events_that_are_over(essex, cohort, scene, staff):
    event, people = scene
    with tenant_context(essex):
        for fields, words in (({"tables": 24}, "too few for 24 tables"), ({"tables": 5, "seats": 4}, "have 20 seats")):
            with pytest.raises(Refused, match=words):
                compose_seating(event=event, by=SYSTEM, **fields)
        past = make_past_event(cohort)
        with pytest.raises(WrongState, match="is over"):
            compose_seating(event=past, tables=4, by=SYSTEM)
        seating = compose_seating(event=event, tables=4, by=staff.actor)
        move_seat(seating=seating, version=1, person=people[0], table=None, by=SYSTEM)
        with pytest.raises(StaleEdit):
            compose_seating(event=event, tables=4, seen=digest_of(known_of(None)), by=staff.actor)
        with pytest.raises(Refused, match="Give everybody a table first: Person 00"):
            shown(seating)
    page = staff.client.post(url_of("seating-compose", event), {"tables": "1"})
    assert page.status_code == 422


def test_a_wish_is_taken_back(essex, cohort, scene, staff, facilitator):
    event, people = scene
    page = url_of("seating-pair", event)
    assert facilitator.client.get(page).status_code == 403
    staff.client.post(page, {"first": people[0].public_id, "second": people[1].public_id, "wish": "apart"})
    listed = staff.client.get(url_of("event-seating", event)).content.decode()
    assert "Person 00 and Person 01 apart" in listed
    assert "Person 00 and" not in facilitator.client.get(url_of("event-seating", event)).content.decode()
    with tenant_context(essex):
        row = SeatingPair.objects.get()
    staff.client.post(url_of("seating-pair-drop", row))
    with tenant_context(essex):
        assert not SeatingPair.objects.exists()
