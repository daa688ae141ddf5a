"""Asking who knows whom: the list, the answers and whose they are, the closing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.models import AlumniMembership, Participation
from outcomes.models import NetworkPlace, NetworkWave, Tie
from outcomes.services.networks import (
    ask_joiners,
    close_network_wave,
    move_network_closing,
    open_network_wave,
    save_ties,
)
from outcomes.tasks import count_networks
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tests.factories.cohorts import sign_in_as
from tests.factories.outcomes import (
    SYSTEM,
    add_people,
    answered_network,
    ask,
    ask_network,
    make_cohort,
    make_survey,
    name_people,
    place,
)
from tests.factories.tenancy import make_organisation
from tests.outcomes.conftest import COMMITTED
from tests.queries import page_queries
from tests.worker import until

CLOSES = {"closes_on-day": "27", "closes_on-month": "3", "closes_on-year": "2099"}


def at(name: str, row, **kwargs) -> str:
    return reverse(f"outcomes:{name}", kwargs={"tenant": "essex", "public_id": row.public_id, **kwargs})


@pytest.fixture
def network(essex, cohort, participant, neighbour, people):
    """Fourteen are asked."""
    with tenant_context(essex):
        return ask_network(cohort)


def answers(people, **data) -> dict:
    return {"shown": ",".join(p.public_id for p in people), **data}


def owed(essex, person) -> list:
    with tenant_context(essex, person):
        return [row for row in read_obligations(kind="outcomes.network") if row.person_id == person.pk]


def ties(essex, person) -> set[tuple[str, str]]:
    with tenant_context(essex, person):
        return set(Tie.objects.values_list("other__name", "relation"))


def test_staff_ask_and_everybody_on_the_cohort_owes_an_answer(essex, cohort, staff, participant, people):
    page = staff.client.get(at("network-list", cohort)).content.decode()
    ask = at("network-open", cohort, kind="before")
    assert ask in page and at("network-open", cohort, kind="later") in page
    assert "13 people on this cohort get a message" in staff.client.get(ask).content.decode()
    assert staff.client.post(ask, {"purpose": "To see who gets to know whom.", **CLOSES}).status_code == 302
    with tenant_context(essex):
        wave = NetworkWave.objects.get()
        assert wave.kind == "before" and wave.places.count() == 13
        mails = Message.objects.filter(kind="outcomes.network_open")
        assert mails.count() == 13 and all("To see who gets to know whom." in m.body_text for m in mails)
    (row,) = owed(essex, participant.person)
    assert row.path(essex) == at("network-answer", wave) and "Cohort 1" in row.label()
    assert at("network-answer", wave) in participant.client.get("/essex/surveys/mine/").content.decode()
    # a second click finds it open
    assert staff.client.post(ask, {"purpose": "Again", **CLOSES}).status_code == 422
    with tenant_context(essex):
        assert NetworkWave.objects.count() == 1


def test_waves_come_in_their_order(essex, cohort, people):
    with tenant_context(essex):
        wave = ask_network(cohort)
        with pytest.raises(WrongState, match="still open"):
            ask_network(cohort, "end")
        close_network_wave(wave=wave, by=SYSTEM)
        later = ask_network(cohort, "later")
        close_network_wave(wave=later, by=SYSTEM)
        with pytest.raises(WrongState, match="later wave"):
            ask_network(cohort, "end")
        with pytest.raises(Refused, match="Fewer than two"):
            ask_network(make_cohort("Cohort 2"))
        with pytest.raises(Refused, match="future"):
            open_network_wave(
                cohort=make_cohort("Cohort 3"), kind="end", purpose="x", closes_at=timezone.now(), by=SYSTEM
            )


def test_one_answers_on_one_page_comes_back_and_sends(essex, network, participant, neighbour, people):
    url = at("network-answer", network)
    page = participant.client.get(url).content.decode()
    assert "local government body" in page and people[0].name in page and "You alone can read" in page
    everyone = [neighbour.person, *people]
    first, second = people[:2]
    saved = answers(everyone, go="save") | {first.public_id: ["know", "work"], second.public_id: ["know"]}
    assert participant.client.post(url, saved).status_code == 302
    assert ties(essex, participant.person) == {(first.name, "know"), (first.name, "work"), (second.name, "know")}
    assert len(owed(essex, participant.person)) == 1, "saved, not sent"
    page = participant.client.get(url).content.decode()
    assert page.count(" checked") == 3
    # some unticked, somebody else added; sent twice by a double click
    sent = answers(everyone, go="send") | {first.public_id: ["work"], neighbour.person.public_id: ["advice"]}
    for _click in range(2):
        answer = participant.client.post(url, sent)
        assert answer.status_code == 302 and answer["Location"] == at("network-mine", network.cohort)
    assert ties(essex, participant.person) == {(first.name, "work"), (neighbour.person.name, "advice")}
    assert owed(essex, participant.person) == []
    mine = participant.client.get(at("network-mine", network.cohort)).content.decode()
    assert first.name in mine and "Only you can read this" in mine and "met=no" in mine
    # until it closes, changes count
    assert participant.client.post(url, answers(everyone, go="send")).status_code == 302
    assert ties(essex, participant.person) == set()


def test_nobody_is_an_answer_and_a_page_of_the_list_leaves_the_rest(essex, network, participant, people):
    url = at("network-answer", network)
    with tenant_context(essex, participant.person):
        Tie.objects.bulk_create(
            Tie(wave=network, person=participant.person, other=p, relation="know", said_at=timezone.now())
            for p in people[:2]
        )
    assert participant.client.post(url, answers(people[1:2], go="send")).status_code == 302
    assert ties(essex, participant.person) == {(people[0].name, "know")}
    assert owed(essex, participant.person) == []


def test_who_is_not_on_the_list_neither_answers_nor_is_named(
    essex, network, cohort, participant, staff, stranger, people
):
    with tenant_context(essex):
        elsewhere = add_people(make_cohort("Cohort 2"), 1, prefix="Else")[0]
    url = at("network-answer", network)
    assert staff.client.get(url).status_code == 403 and stranger.client.get(url).status_code == 404
    assert staff.client.get(at("network-mine", cohort)).status_code == 403
    assert participant.client.get(at("network-list", cohort)).status_code == 403
    with tenant_context(essex, participant.person):
        for person in (elsewhere, participant.person):
            with pytest.raises(Refused, match="isn’t on the list"):
                save_ties(
                    wave=network,
                    shown=[person.public_id],
                    named={person.public_id: ["know"]},
                    send=True,
                    by=participant.actor,
                )
        with pytest.raises(Refused, match="from the list"):
            save_ties(
                wave=network,
                shown=[people[0].public_id],
                named={people[0].public_id: ["love"]},
                send=True,
                by=participant.actor,
            )
    with tenant_context(essex, staff.person), pytest.raises(NotAllowed):
        save_ties(wave=network, shown=[], named={}, send=True, by=staff.actor)


def test_who_joins_is_asked_and_marked_as_new_and_who_leaves_is_off_the_list(
    essex, network, cohort, participant, neighbour, people, staff
):
    name_people(essex, network, participant.person, {people[0]: ["know"]})
    with tenant_context(essex):
        newcomer = add_people(cohort, 1, prefix="Newcomer")[0]
        Participation.objects.filter(person=people[0]).update(state="withdrawn")
    for said in ("1 more person was asked", "Everyone on the cohort had already been asked"):
        page = staff.client.post(at("network-invite", network), follow=True).content.decode()
        assert said in page
    page = participant.client.get(at("network-answer", network)).content.decode()
    assert newcomer.name in page and "New" in page and people[0].name not in page
    assert owed(essex, newcomer) and not owed(essex, people[0])
    with tenant_context(essex):
        assert NetworkPlace.objects.filter(person=newcomer).count() == 1
        assert ask_joiners(wave=network, by=SYSTEM) == 0
    # whoever left opens nothing of it any more, and counts in no number that staff read
    left = sign_in_as(essex, people[0], Role.PARTICIPANT, cohort=cohort)
    url = at("network-answer", network)
    assert left.client.get(url).status_code == 403
    assert left.client.post(url, answers([newcomer], go="send")).status_code == 403
    assert "1 of 14 have answered" in staff.client.get(at("network-close", network)).content.decode()


def test_alumni_who_have_left_or_are_away_are_not_asked(essex, cohort, people):
    """Away, they are named by others and asked by nobody; left, they are on no list."""
    gone, away, back = people[:3]
    now = timezone.now()
    with tenant_context(essex):
        Participation.objects.filter(cohort=cohort).update(state="alumnus")
        for person, state in ((gone, "left"), (away, "away"), (back, "active")):
            AlumniMembership.objects.create(
                programme=cohort.programme, person=person, state=state, joined_at=now, state_since=now
            )
        wave = ask_network(cohort, "later")
        asked = set(wave.places.values_list("person", flat=True))
        assert back.pk in asked and not asked & {gone.pk, away.pk}
        survey = ask(make_survey(cohort), "before")
        asked = set(survey.invitations.values_list("person", flat=True))
        assert back.pk in asked and not asked & {gone.pk, away.pk}
        # who leaves once asked is off the list, and owes nothing
        AlumniMembership.objects.filter(person=back).update(state="left")
        assert not owed(essex, back)
    other = sign_in_as(essex, people[4], Role.ALUMNUS)
    assert back.name not in other.client.get(at("network-answer", wave)).content.decode()


def test_the_list_has_where_people_work_now(essex, cohort, participant, people):
    with tenant_context(essex):
        moved = people[0]
        moved.organisation = make_organisation("Elsewhere Trust", "health")
        moved.save(update_fields=["organisation"])
        wave = ask_network(cohort)
        assert wave.places.get(person=moved).organisation.name == "Elsewhere Trust"
    assert "Elsewhere Trust" in participant.client.get(at("network-answer", wave)).content.decode()


def test_closed_is_closed(essex, network, participant, staff, people):
    name_people(essex, network, participant.person, {people[0]: ["know"]}, send=False)
    move = at("network-move", network)
    assert staff.client.post(move, CLOSES).status_code == 302
    page = staff.client.get(at("network-close", network)).content.decode()
    assert "0 of 14 have answered" in page
    for _click in range(2):
        assert staff.client.post(at("network-close", network)).status_code == 302
    url = at("network-answer", network)
    assert participant.client.get(url).status_code == 302
    assert participant.client.post(url, answers(people, go="send")).status_code == 422
    assert staff.client.post(move, CLOSES).status_code == 422
    assert ties(essex, participant.person) == {(people[0].name, "know")}
    mine = participant.client.get(at("network-mine", network.cohort)).content.decode()
    assert people[0].name not in mine, "never sent"
    with tenant_context(essex), pytest.raises(WrongState):
        move_network_closing(wave=network, closes_at=timezone.now() + timedelta(days=1), by=SYSTEM)


def seen_by(essex, person) -> int:
    with tenant_context(essex, person), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outcomes_tie")
        return cursor.fetchone()[0]


def test_sql_shows_ties_to_whoever_said_them_alone(essex, network, participant, neighbour, staff, people):
    name_people(essex, network, participant.person, {neighbour.person: ["know", "work"], people[0]: ["know"]})
    assert [seen_by(essex, who) for who in (participant.person, neighbour.person, staff.person, None)] == [3, 0, 0, 0]
    with tenant_context(essex, neighbour.person):
        assert Tie.objects.update(relation="advice") == 0 and Tie.objects.all().delete()[0] == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Tie.objects.create(
                wave=network, person=participant.person, other=people[1], relation="know", said_at=timezone.now()
            )
    # nor can somebody outside the list be named
    with tenant_context(essex):
        elsewhere = add_people(make_cohort("Cohort 2"), 1, prefix="Else")[0]
    with pytest.raises(DatabaseError), tenant_context(essex, neighbour.person):
        Tie.objects.create(
            wave=network, person=neighbour.person, other=elsewhere, relation="know", said_at=timezone.now()
        )
        connection.check_constraints()


def test_a_copy_has_whom_one_named_and_not_who_named_one(essex, network, participant, neighbour, staff):
    name_people(essex, network, participant.person, {neighbour.person: ["work"]})
    label = "Whom you named in network surveys"
    with tenant_context(essex, participant.person):
        (row,) = export_person(participant.person)[label]
        assert (row["named"], row["as"], row["wave"]) == (neighbour.person.name, "work", "before")
        assert export_person(participant.person)["Network surveys asked and answered"][0]["answered"]
    with tenant_context(essex, neighbour.person):
        assert export_person(neighbour.person)[label] == []
    with tenant_context(essex, staff.person):
        assert export_person(participant.person)[label] == []


@COMMITTED
def test_a_person_deleted_takes_ties_both_ways_along(essex, network, participant, neighbour, people):
    name_people(essex, network, participant.person, {people[0]: ["know"], neighbour.person: ["know"]})
    name_people(essex, network, neighbour.person, {participant.person: ["work"], people[1]: ["work"]})
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM outcomes_networkplace WHERE person_id = %s", [participant.person.pk])
        cursor.execute("SELECT person_id, other_id FROM outcomes_tie")
        assert cursor.fetchall() == [(neighbour.person.pk, people[1].pk)]


@COMMITTED
def test_names_go_three_years_after_and_figures_stay(essex, cohort, people, staff):
    wave = answered_network(essex, cohort, people, {n: {(n + 1) % 12: ["know"]} for n in range(12)})
    now = timezone.now()
    assert "outcomes.network" not in delete_due(tenant=essex, now=now + timedelta(days=1095))
    assert delete_due(tenant=essex, now=now + timedelta(days=1097))["outcomes.network"] == 12
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM outcomes_tie), (SELECT count(*) FROM outcomes_networkstanding)")
        assert cursor.fetchone() == (0, 0)
    page = staff.client.get(at("network-list", cohort)).content.decode()
    assert "12 of 12 answered" in page
    with tenant_context(essex):
        assert wave.metrics.get(relation="know").answered == 12


def somebody_waits() -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@COMMITTED
def test_an_answer_and_the_closing_at_one_moment(essex, network, participant, people):
    """Whichever comes first: counted is what was saved before it closed, and nothing after."""
    held, go = threading.Event(), threading.Event()
    refused: list[Exception] = []

    def closing():
        with tenant_context(essex):
            close_network_wave(wave=network, by=SYSTEM)
            held.set()
            go.wait(10)
        connections.close_all()

    def answering():
        held.wait(10)
        try:
            name_people(essex, network, participant.person, {people[0]: ["know"]})
        except WrongState as error:
            refused.append(error)
        connections.close_all()

    threads = [threading.Thread(target=work) for work in (closing, answering)]
    for thread in threads:
        thread.start()
    held.wait(10)
    until(somebody_waits, what="an answer that waits for the closing")
    go.set()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1 and ties(essex, participant.person) == set()
    assert count_networks() == 1 and count_networks() == 0


def test_two_hundred_on_the_list_in_pages_that_lose_nothing(essex, cohort, participant):
    with tenant_context(essex):
        crowd = add_people(cohort, 200, prefix="Crowd")
        wave = ask_network(cohort)
    url = at("network-answer", wave)
    assert page_queries(participant.client, url) <= 12
    page = participant.client.get(url)
    shown = page.context["form"]["shown"].value()
    assert len(shown.split(",")) == 60 and "page 1 of 4" in page.content.decode()
    onward = participant.client.post(url, {"shown": shown, "go": "next", crowd[3].public_id: ["know"]})
    assert onward["Location"] == f"{url}?page=2"
    found = participant.client.post(url, {"shown": "", "go": "find", "q": "Crowd 150"})
    assert found["Location"] == f"{url}?q=Crowd+150"
    page = participant.client.get(found["Location"])
    shown = page.context["form"]["shown"].value()
    assert shown == crowd[150].public_id
    sent = participant.client.post(found["Location"], {"shown": shown, "go": "send", crowd[150].public_id: ["work"]})
    assert sent.status_code == 302
    assert ties(essex, participant.person) == {(crowd[3].name, "know"), (crowd[150].name, "work")}
    assert page_queries(participant.client, at("network-mine", cohort)) <= 12


def test_alumni_answer_the_last_wave(essex, cohort, people):
    alumna = sign_in_as(essex, people[0], Role.ALUMNUS)
    with tenant_context(essex):
        Participation.objects.filter(cohort=cohort).update(state="alumnus")
        wave = ask_network(cohort, "later")
    assert people[1].name in alumna.client.get(at("network-answer", wave)).content.decode()
    assert at("network-answer", wave) in alumna.client.get("/essex/surveys/mine/").content.decode()


def test_a_place_of_ones_own_at_another_cohort_shows_nothing_here(essex, network, cohort, participant):
    other = add_elsewhere(essex, participant.person)
    assert participant.client.get(at("network-mine", other)).status_code == 403


def add_elsewhere(essex, person):
    with tenant_context(essex):
        other = make_cohort("Cohort 5")
        place(other, person)
    return other
