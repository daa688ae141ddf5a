"""The sponsor decides: signed in or by link, once."""

import threading

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from engine.transitions import history, possible, transition
from projects.models import Project
from projects.services.decisions import change_project_state, decide_project
from projects.services.proposals import choose_sponsor, propose_project
from projects.states import PROJECT, ProjectState
from reminders.models import Message
from tenancy.actors import Actor
from tenancy.conflicts import conflicts_between
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import mint_link
from tenancy.models import Link, Membership, Person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.conflicts import declare_conflict, lift_conflict
from tests.factories.projects import fresh, make_approved, make_proposal, make_proposed


def page_of(project):
    return f"/essex/projects/{project.public_id}/decide/"


def test_approval_is_recorded_and_the_team_told(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person, cast.member.person)
    page = cast.sponsor.client.get(page_of(project))
    assert "Carers tell it once." in page.content.decode()
    done = cast.sponsor.client.post(page_of(project), {"decision": "approve", "comment": "Good luck"})
    assert done.status_code == 200 and "Approved" in done.content.decode()
    with tenant_context(cast.tenant):
        assert fresh(project).state == "approved"
        last = history(project)[-1]
        assert (last.name, last.by_person, last.reason) == ("approve", cast.sponsor.person, "Good luck")
        told = Message.objects.filter(kind="projects.decision_made")
        assert {m.recipient_id for m in told} == {cast.lead.person.pk, cast.member.person.pk}
        assert all("is approved" in m.subject for m in told)


@pytest.mark.parametrize(("decision", "state"), [("send_back", "returned"), ("decline", "declined")])
def test_no_needs_a_reason_which_the_team_reads(cast, decision, state):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person)
    empty = cast.sponsor.client.post(page_of(project), {"decision": decision, "comment": " "})
    assert empty.status_code == 422 and "Say why" in empty.content.decode()
    with tenant_context(cast.tenant):
        assert fresh(project).state == "proposed"
    done = cast.sponsor.client.post(page_of(project), {"decision": decision, "comment": "Name the police lead"})
    assert done.status_code == 200
    with tenant_context(cast.tenant):
        assert fresh(project).state == state
    assert "Name the police lead" in cast.lead.client.get(f"/essex/projects/{project.public_id}/").content.decode()


def test_only_the_sponsor_decides(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person, cast.member.person)
        for other in (cast.lead, cast.member, cast.staff):
            with pytest.raises(NotAllowed):
                decide_project(project=project, decision="approve", comment="", by=other.actor)
    for other in (cast.lead, cast.member, cast.outsider, cast.staff):
        assert other.client.get(page_of(project)).status_code == 403
        assert other.client.post(page_of(project), {"decision": "approve"}).status_code == 403
    assert cast.stranger.client.get(page_of(project)).status_code == 404
    assert cast.sponsor.client.get(page_of(project)).status_code == 200


def test_a_second_answer_is_told_so(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person)
    assert cast.sponsor.client.post(page_of(project), {"decision": "approve"}).status_code == 200
    again = cast.sponsor.client.post(page_of(project), {"decision": "decline", "comment": "No"})
    assert again.status_code == 409 and "nothing to decide" in again.content.decode()
    with tenant_context(cast.tenant):
        assert fresh(project).state == "approved"


@pytest.fixture
def by_link(cast):
    """A proposal to somebody without an account, and the token of the message's link."""
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
        sponsor = choose_sponsor(project=project, name="Nia New", email="nia@police.example", by=cast.lead.actor)
        project = propose_project(project=fresh(project), version=project.version, by=cast.lead.actor)
        token = mint_link(person=sponsor, purpose="project-decision", about=project.public_id, days=28)
    return project, sponsor, f"/essex/projects/decide/{token}/"


def test_a_link_opens_the_page_changes_nothing_and_is_spent_by_the_answer(cast, by_link):
    project, sponsor, link = by_link
    browser = Client()
    for _ in range(2):
        assert "Will you sponsor this project?" in browser.get(link).content.decode()
    with tenant_context(cast.tenant):
        assert fresh(project).state == "proposed"
    assert browser.post(link, {"decision": "approve"}).status_code == 200
    assert browser.get(link).status_code == 410
    assert browser.post(link, {"decision": "decline", "comment": "x"}).status_code == 410
    with tenant_context(cast.tenant):
        last = history(project)[-1]
        assert (last.by_kind, last.by_person, last.by_label) == ("link", sponsor, "Nia New (by link)")
        # they follow the project from now on: by signing in with the address the link has proved
        assert Membership.objects.filter(person=sponsor).exists()


@pytest.mark.parametrize("decision", ["approve", "send_back", "decline"])
def test_a_spent_link_says_what_was_decided_to_its_holder(cast, by_link, decision):
    project, _sponsor, link = by_link
    Client().post(link, {"decision": decision, "comment": "Talk to housing first"})
    page = Client().get(link)
    text = page.content.decode()
    said = {"approve": "Approved", "send_back": "Sent back", "decline": "Declined"}[decision]
    assert page.status_code == 410 and said in text and "Nia New (by link)" in text and project.title in text
    assert "Talk to housing first" not in text and project.summary not in text and "<form" not in text.split("<main")[1]
    # the answer stays what it was, although the project has moved on
    if decision == "send_back":
        with tenant_context(cast.tenant):
            propose_project(project=fresh(project), version=fresh(project).version, by=cast.lead.actor)
        assert said in Client().get(link).content.decode()


@pytest.mark.parametrize(
    "how", ["withdrawn", "run out", "another sponsor", "another tenant", "another purpose", "changed"]
)
def test_and_nothing_to_anybody_else(cast, by_link, hsmc, how):
    project, _sponsor, link = by_link
    Client().post(link, {"decision": "decline", "comment": "Not now"})
    assert Client().get(link).status_code == 410
    with tenant_context(cast.tenant):
        spent = Link.objects.filter(purpose="project-decision", about=project.public_id)
        if how == "withdrawn":
            spent.update(revoked_at=timezone.now())
        elif how == "run out":
            spent.update(expires_at=timezone.now())
        elif how == "another purpose":
            spent.update(purpose="endorse")
        elif how == "another sponsor":
            Project.objects.filter(pk=project.pk).update(sponsor=cast.sponsor.person)
    if how == "another tenant":
        link = link.replace("/essex/", "/hsmc/")
    elif how == "changed":
        link = link[:-2] + ("A/" if link[-2] != "A" else "B/")
    page = Client().get(link)
    assert page.status_code == 404 and project.title not in page.content.decode()
    assert "doesn’t work any more" in page.content.decode()


def test_a_link_of_another_purpose_or_tenant_or_person_opens_nothing(cast, by_link):
    project, _sponsor, link = by_link
    with tenant_context(cast.tenant):
        wrong = mint_link(person=cast.sponsor.person, purpose="project-decision", about=project.public_id, days=28)
        other = mint_link(person=cast.sponsor.person, purpose="endorse", about=project.public_id, days=28)
    browser = Client()
    assert browser.get(f"/essex/projects/decide/{wrong}/").status_code == 404
    assert browser.get(f"/essex/projects/decide/{other}/").status_code == 404
    assert browser.get(link.replace("/essex/", "/hsmc/")).status_code == 404
    assert browser.get(link).status_code == 200


def test_a_sponsor_who_manages_a_member_is_told_and_may_decide(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person, cast.member.person)
        Person.objects.filter(pk=cast.member.person.pk).update(line_manager=cast.sponsor.person)
    html = cast.sponsor.client.get(page_of(project)).content.decode()
    assert "You’re in the line of management of Mo Member." in html
    assert "of Lena Lead." not in html


def test_a_declared_conflict_with_the_team_bars_approval_until_it_is_lifted(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person, cast.member.person)
        conflict = declare_conflict(
            person=cast.member.person, other=cast.sponsor.person, kind="veto", by=cast.member.actor
        )
    answer = cast.sponsor.client.post(page_of(project), {"decision": "approve", "comment": ""})
    assert answer.status_code == 422
    assert "A conflict of interest is on record" in answer.content.decode()
    with tenant_context(cast.tenant):
        assert fresh(project).state == "proposed"
        lift_conflict(declaration=conflict, reason="Talked it over", by=cast.staff.actor)
    assert cast.sponsor.client.post(page_of(project), {"decision": "approve", "comment": ""}).status_code == 200
    with tenant_context(cast.tenant):
        assert fresh(project).state == "approved"


def test_sponsor_and_team_conflict_once_it_has_been_proposed(cast):
    ids = (cast.sponsor.person.pk, cast.lead.person.pk)
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
        kinds = {c.kind for c in conflicts_between(*ids)}
        assert "same-project-sponsor" not in kinds
        propose_project(project=project, version=project.version, by=cast.lead.actor)
        assert "same-project-sponsor" in {c.kind for c in conflicts_between(*ids)}


@pytest.mark.parametrize("step", PROJECT, ids=lambda step: step.name)
def test_a_step_leads_from_its_sources_only_and_for_its_people_only(cast, step):
    sponsors = {"approve", "send_back", "decline", "pause", "resume", "stop", "close"}
    by = cast.sponsor if step.name in sponsors else cast.lead
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person)
        for state in ProjectState.values:
            Project.objects.filter(pk=project.pk).update(state=state)
            project = fresh(project)
            with pytest.raises(NotAllowed):
                transition(project, step.name, by=cast.outsider.actor, reason="Because")
            assert (step in possible(project, by.actor)) == (state in step.source)
            if state in step.source:
                assert transition(project, step.name, by=by.actor, reason="Because").state == step.target
                assert Project.objects.get(pk=project.pk).state == step.target
            else:
                with pytest.raises(WrongState):
                    transition(project, step.name, by=by.actor, reason="Because")
                assert Project.objects.get(pk=project.pk).state == state


def test_steps_have_a_page_with_the_consequence(cast):
    with tenant_context(cast.tenant):
        project = make_approved(cast.lead.person, cast.sponsor.person, cast.member.person)
    home = f"/essex/projects/{project.public_id}/"
    assert "step/pause/" in cast.sponsor.client.get(home).content.decode()
    assert "step/pause/" not in cast.member.client.get(home).content.decode()
    assert cast.member.client.get(f"{home}step/pause/").status_code == 403
    assert cast.member.client.post(f"{home}step/pause/", {"reason": "x"}).status_code == 403
    assert cast.sponsor.client.get(f"{home}step/approve/").status_code == 404
    assert cast.sponsor.client.post(f"{home}step/pause/", {"reason": ""}).status_code == 422
    assert cast.sponsor.client.post(f"{home}step/pause/", {"reason": "Winter pressures"}).url == home
    with tenant_context(cast.tenant):
        assert fresh(project).state == "paused"
        told = Message.objects.filter(kind="projects.state_changed")
        assert {m.recipient_id for m in told} == {cast.lead.person.pk, cast.member.person.pk}
        change_project_state(project=fresh(project), step="resume", reason="", by=cast.staff.actor)
        with pytest.raises(Refused):
            change_project_state(project=fresh(project), step="stop", reason="", by=cast.staff.actor)


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_two_answers_at_once_are_one_decision(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person)
    outcomes, start = [], threading.Barrier(8)

    def answer(decision):
        try:
            start.wait()
            with tenant_context(cast.tenant, cast.sponsor.person):
                decide_project(
                    project=Project.objects.get(pk=project.pk),
                    decision=decision,
                    comment="x",
                    by=actor_of(cast.sponsor.person),
                )
            outcomes.append(decision)
        except WrongState:
            outcomes.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer, args=(d,)) for d in ("approve", "decline") * 4]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert outcomes.count("late") == 7
    with tenant_context(cast.tenant):
        assert len([c for c in history(project) if c.name in {"approve", "decline"}]) == 1


def test_a_system_job_is_named_in_the_history(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
        proposed = propose_project(project=project, version=project.version, by=Actor.system("demo"))
        assert history(proposed)[-1].by_label == "demo"
