"""Somebody asks what stakeholder maps say of them: staff pass it on, the teams answer, and nobody learns whose map they were on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.models import MapQuestion
from projects.services.decisions import change_project_state
from projects.services.map_questions import answer_question, ask_teams
from projects.services.stakeholders import add_stakeholder
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tests.factories.projects import make_approved

ASKED = "/essex/stakeholders/asked/"
SAID = {"about": "Alison  Barr, planning", "reach": "alison@barr.example"}


@pytest.fixture
def projects(cast):
    """One team with a map, one without."""
    with tenant_context(cast.tenant):
        kept = make_approved(cast.lead.person, cast.sponsor.person, cast.member.person)
        none = make_approved(cast.outsider.person, cast.sponsor.person, title="Another project")
        member = kept.memberships.get(person=cast.member.person)
    with tenant_context(cast.tenant, cast.member.person):
        add_stakeholder(
            project=kept,
            name="Alison Barr",
            influence=3,
            impact=2,
            stance=1,
            wanted=3,
            lead=member,
            by=cast.member.actor,
        )
    return kept, none


def question_page(row: MapQuestion) -> str:
    return reverse("projects:map-question", kwargs={"tenant": "essex", "public_id": row.public_id})


def test_staff_pass_it_on_and_the_team_answers(cast, projects):
    kept, _none = projects
    assert ASKED in cast.staff.client.get("/essex/projects/").content.decode()
    assert ASKED not in cast.member.client.get("/essex/projects/").content.decode()
    assert "Enter who asks" in cast.staff.client.post(ASKED, {}).content.decode()
    for _click in range(2):
        assert cast.staff.client.post(ASKED, SAID).status_code == 302
    with tenant_context(cast.tenant, cast.staff.person):
        row = MapQuestion.objects.get()
        (owed,) = read_obligations(kind="projects.map_question")
    assert row.project_id == kept.pk and row.about == "Alison Barr, planning"
    # the board names the project and not who asks
    assert owed.person_id == cast.lead.person.pk and "Alison" not in owed.label()
    shown = cast.staff.client.get(ASKED).content.decode()
    assert "to be answered by" in shown and kept.title in shown
    page = question_page(row)
    for other in (cast.staff, cast.sponsor, cast.outsider):
        assert other.client.get(page).status_code in {403, 404}
    assert cast.stranger.client.get(page).status_code == 404
    assert "alison@barr.example" in cast.member.client.get(page).content.decode()
    for _click in range(2):
        assert cast.member.client.post(page).status_code == 302
    with tenant_context(cast.tenant, cast.staff.person):
        row.refresh_from_db()
        assert row.answered_by == cast.member.person and not read_obligations(kind="projects.map_question")
    assert "answered on" in cast.staff.client.get(ASKED).content.decode()


def test_a_team_answers_once_the_project_is_over_too(cast, projects):
    kept, _none = projects
    with tenant_context(cast.tenant, cast.staff.person):
        change_project_state(project=kept, step="stop", reason="No money", by=cast.staff.actor)
        (row,) = ask_teams(by=cast.staff.actor, **SAID)
        assert [o.person_id for o in read_obligations(kind="projects.map_question")] == [cast.lead.person.pk]
    with tenant_context(cast.tenant, cast.member.person):
        answer_question(question=row, by=cast.member.actor)
        assert MapQuestion.objects.get().answered_at is not None


def test_who_may_not(cast, projects):
    for other in (cast.member, cast.sponsor):
        assert other.client.get(ASKED).status_code == 403
        with tenant_context(cast.tenant, other.person), pytest.raises(NotAllowed):
            ask_teams(by=other.actor, **SAID)
    with tenant_context(cast.tenant, cast.staff.person):
        (row,) = ask_teams(by=cast.staff.actor, **SAID)
        with pytest.raises(NotAllowed):
            answer_question(question=row, by=cast.staff.actor)
    # neither the sponsor nor anybody else of the tenant has the row at all
    for other, sees in ((cast.sponsor, 0), (cast.outsider, 0), (cast.member, 1), (cast.staff, 1)):
        with tenant_context(cast.tenant, other.person):
            assert MapQuestion.objects.count() == sees


def test_without_a_map_there_is_nobody_to_ask(cast):
    with tenant_context(cast.tenant, cast.staff.person), pytest.raises(Refused, match="No team keeps"):
        ask_teams(by=cast.staff.actor, **SAID)


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_a_question_goes_after_a_year(cast, projects):
    with tenant_context(cast.tenant, cast.staff.person):
        ask_teams(by=cast.staff.actor, **SAID)
    assert "projects.map_questions" not in delete_due(tenant=cast.tenant, now=timezone.now() + timedelta(days=365))
    assert delete_due(tenant=cast.tenant, now=timezone.now() + timedelta(days=367))["projects.map_questions"] == 1
