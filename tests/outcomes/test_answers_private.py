"""Answers are their author's: to staff, to other participants and to SQL as the application's own role."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from cohorts.models import Reflection
from cohorts.services.reflections import share_reflection
from outcomes.models import ResponseAnswer, SurveyInvitation, SurveyResponse
from outcomes.services.answers import save_note
from tenancy.privacy import export_person, holdings
from tenancy.scope import tenant_context
from tests.factories.cohorts import make_sets
from tests.factories.outcomes import answer, ask
from tests.outcomes.conftest import COMMITTED

CANARY = "kestrel over the estuary"


@pytest.fixture
def answered(essex, survey, participant, neighbour):
    """Pat has answered 5 to everything and left a note."""
    with tenant_context(essex):
        wave = ask(survey, "before")
    with tenant_context(essex, participant.person):
        save_note(wave=wave, note=CANARY, by=participant.actor)
    answer(essex, wave, participant.person, [5] * 10)
    return wave


def seen_by(essex, person) -> tuple[int, int]:
    """Rows of responses and answers by plain SQL, as that person."""
    with tenant_context(essex, person), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM outcomes_surveyresponse), (SELECT count(*) FROM outcomes_responseanswer)"
        )
        return cursor.fetchone()


def test_sql_shows_answers_to_their_author_alone(essex, answered, participant, neighbour, staff):
    assert seen_by(essex, participant.person) == (1, 10)
    assert seen_by(essex, neighbour.person) == (0, 0)
    assert seen_by(essex, staff.person) == (0, 0)
    assert seen_by(essex, None) == (0, 0)


def test_nobody_can_write_for_somebody_else(essex, answered, participant, neighbour):
    with tenant_context(essex, neighbour.person):
        assert ResponseAnswer.objects.update(value=1) == 0
        assert SurveyResponse.objects.filter(person=participant.person).delete()[0] == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            SurveyResponse.objects.create(wave=answered, person=participant.person, saved_at="2026-01-01T00:00Z")
    with tenant_context(essex, participant.person):
        response = SurveyResponse.objects.get()
        assert set(ResponseAnswer.objects.values_list("value", flat=True)) == {5}
    # an answer of one's own can't hang on another person's response
    with pytest.raises(DatabaseError), tenant_context(essex, neighbour.person):
        indicator = answered.survey.indicators.first()
        ResponseAnswer.objects.create(response_id=response.pk, person=neighbour.person, indicator=indicator, value=1)
        connection.check_constraints()


def test_staff_count_by_the_fact_rows(essex, answered, participant, neighbour):
    with tenant_context(essex):
        facts = dict(SurveyInvitation.objects.values_list("person__name", "answered_at"))
    assert facts[participant.person.name] is not None
    assert facts[neighbour.person.name] is None


def test_the_export_gives_answers_to_their_author_alone(essex, answered, participant, staff):
    with tenant_context(essex, participant.person):
        own = export_person(participant.person)["Answers to surveys"]
    assert own[0]["note"] == CANARY and set(own[0]["answers"].values()) == {5}
    with tenant_context(essex, staff.person):
        assert export_person(participant.person)["Answers to surveys"] == []
    assert holdings["outcomes.answers"].private_to_author


def pages(tenant, survey, wave) -> list[str]:
    slug = tenant.slug
    return [
        f"/{slug}/surveys/", f"/{slug}/surveys/{survey.public_id}/", f"/{slug}/surveys/{survey.public_id}/results/",
        f"/{slug}/surveys/waves/{wave.public_id}/close/", f"/{slug}/reports/",
        f"/{slug}/surveys/{survey.public_id}/mine/", f"/{slug}/surveys/mine/",
        f"/{slug}/surveys/waves/{wave.public_id}/answer/", f"/{slug}/surveys/waves/{wave.public_id}/answer/note/",
        f"/{slug}/surveys/waves/{wave.public_id}/answer/check/",
    ]  # fmt: skip


@COMMITTED
def test_the_note_is_on_no_page_of_anybody_else(essex, survey, answered, participant, neighbour, staff):
    def shows(client) -> list[str]:
        return [p for p in pages(essex, survey, answered) if CANARY in client.get(p).content.decode()]

    assert len(shows(participant.client)) == 2  # the note's own page and the check page
    assert shows(neighbour.client) == []
    assert shows(staff.client) == []


@COMMITTED
def test_portal_sys_may_read_and_nothing_more(essex, answered):
    assert ResponseAnswer.unscoped("sys").count() == 10
    for sql in ("UPDATE outcomes_responseanswer SET value = 1", "DELETE FROM outcomes_surveyresponse"):
        with pytest.raises(ProgrammingError), transaction.atomic(using="sys"), connections["sys"].cursor() as cursor:
            cursor.execute(sql)


def test_two_modules_alone_read_answers_of_others():
    """Every use of the sys connection in the app is in the two that count, and names the tenant; the task finds what has closed."""
    root = Path(__file__).resolve().parents[2] / "outcomes"
    found = {}
    for path in root.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        source = path.read_text()
        uses = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant) and n.value == "sys"]
        unscoped = source.count(".unscoped(")
        if uses or unscoped:
            found[path.name] = (len(uses), unscoped)
    assert found == {"aggregates.py": (1, 1), "network_counts.py": (1, 1), "tasks.py": (1, 1)}
    assert ".filter(tenant_id=tenant_id," in (root / "services/aggregates.py").read_text()
    assert ".filter(tenant_id=wave.tenant_id," in (root / "services/network_counts.py").read_text()
    assert "Tie" not in (root / "tasks.py").read_text()


def test_an_entry_about_a_statement_is_read_by_whoever_reads_the_entry(
    essex, cohort, answered, participant, neighbour, staff
):
    write = reverse("cohorts:reflection-write", kwargs={"tenant": "essex"})
    with tenant_context(essex):
        statement = answered.survey.indicators.last()
        make_sets(cohort, [[participant.person, neighbour.person]])
    assert statement.text in participant.client.get(write).content.decode()
    said = {"kind": "tried", "title": "Asked", "body": "And waited.", "version": "0"}
    went = participant.client.post(write, {**said, "about_statement": statement.public_id})
    assert statement.text in participant.client.get(went.url).content.decode()

    def ties(person) -> int:
        with tenant_context(essex, person), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM outcomes_reflectionindicator")
            return cursor.fetchone()[0]

    assert [ties(p) for p in (participant.person, neighbour.person, staff.person, None)] == [1, 0, 0, 0]
    with tenant_context(essex, participant.person):
        assert statement.text in str(export_person(participant.person)["Statements that your reflections are about"])
        share_reflection(reflection=Reflection.objects.get(), by=participant.actor)
    assert ties(neighbour.person) == 1
    assert statement.text in neighbour.client.get(went.url).content.decode()
    taken = participant.client.post(went.url + "edit/", {**said, "version": "1", "about_statement": ""})
    assert taken.status_code == 302 and ties(participant.person) == 0
