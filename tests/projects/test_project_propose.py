"""From an idea to the sponsor's desk."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from cohorts.models import StrategicAmbition
from projects.dates import decision_deadline, delivery_window, months_after
from projects.models import Project, ProjectMembership
from projects.services.proposals import (
    choose_sponsor,
    create_project,
    edit_proposal,
    missing_from,
    propose_project,
    take_back_proposal,
)
from projects.services.team import add_member
from reminders.models import Message
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import find_link, mint_link
from tenancy.models import Person, Role, RoleAssignment
from tenancy.scope import tenant_context
from tenancy.services.people import ensure_person
from tests.factories.projects import TEXTS, fresh, make_ambition, make_cohort, make_proposal, make_proposed


def test_months_are_counted_by_the_calendar():
    assert months_after(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert delivery_window(date(2027, 1, 4)) == (date(2028, 1, 4), date(2028, 7, 4))


def test_the_sponsor_has_ten_working_days_without_the_bank_holidays(essex):
    # Friday 18 December 2026: ten working days skip Christmas Day, the substitute Boxing Day and New Year's Day
    asked = datetime(2026, 12, 18, 12, 0, tzinfo=UTC)
    assert decision_deadline(asked, essex).isoformat() == "2027-01-06T23:59:00+00:00"


@pytest.mark.parametrize(
    ("ends_on", "fine"),
    [
        (date(2028, 1, 3), False),
        (date(2028, 1, 4), True),
        (date(2028, 7, 4), True),
        (date(2028, 7, 5), False),
    ],
)
def test_a_project_runs_12_to_18_months(cast, ends_on, fine):
    with tenant_context(cast.tenant):
        project = create_project(cohort=cast.cohort, title="Carers", by=cast.lead.actor)
        texts = {**TEXTS, "ends_on": ends_on}
        if fine:
            edit_proposal(project=project, version=1, by=cast.lead.actor, **texts)
            assert Project.objects.get().ends_on == ends_on
        else:
            with pytest.raises(Refused, match="12 to 18 months") as refusal:
                edit_proposal(project=project, version=1, by=cast.lead.actor, **texts)
            assert refusal.value.field == "ends_on"


def test_a_proposal_says_what_it_lacks_and_goes_when_it_lacks_nothing(cast):
    with tenant_context(cast.tenant):
        project = create_project(cohort=cast.cohort, title="Carers", by=cast.lead.actor)
        lacking = {section for section, _ in missing_from(fresh(project))}
        assert lacking == {"texts", "ambitions", "sponsor", "goals"}
        with pytest.raises(Refused, match="Say what the project is"):
            propose_project(project=project, version=1, by=cast.lead.actor)
        whole = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
        ends_on = whole.ends_on
        Project.objects.filter(pk=whole.pk).update(ends_on=None)
        with pytest.raises(Refused, match="start and end dates"):
            propose_project(project=whole, version=whole.version, by=cast.lead.actor)
        Project.objects.filter(pk=whole.pk).update(ends_on=ends_on)
        proposed = propose_project(project=whole, version=whole.version, by=cast.lead.actor)
        assert (proposed.state, fresh(whole).state) == ("proposed", "proposed")
        assert proposed.decide_by > proposed.proposed_at


def test_a_proposal_without_a_benefit_doesnt_go(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
        Project.objects.filter(pk=project.pk).update(benefit="")
        with pytest.raises(Refused, match="what will be better"):
            propose_project(project=project, version=project.version, by=cast.lead.actor)


def test_each_member_says_their_own_learning_goal(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
        ProjectMembership.objects.filter(person=cast.member.person).update(learning_goal="")
        with pytest.raises(Refused, match="Mo Member hasn’t said"):
            propose_project(project=project, version=project.version, by=cast.lead.actor)


def test_only_the_lead_and_staff_send_it(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
        for other in (cast.member, cast.outsider, cast.sponsor):
            with pytest.raises(NotAllowed):
                propose_project(project=project, version=project.version, by=other.actor)
        assert propose_project(project=project, version=project.version, by=cast.lead.actor).state == "proposed"


def test_sending_twice_asks_once(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person)
        with pytest.raises(WrongState):
            propose_project(project=project, version=project.version, by=cast.lead.actor)
        assert Message.objects.filter(kind="projects.decision_wanted").count() == 1


def test_what_was_read_is_what_is_sent(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
        seen = project.version
        edit_proposal(project=project, version=seen, by=cast.lead.actor, **{**TEXTS, "benefit": "Something else"})
        with pytest.raises(WrongState, match="has changed since"):
            propose_project(project=project, version=seen, by=cast.lead.actor)


def test_a_sponsor_without_an_account_is_asked_by_signed_link(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
        sponsor = choose_sponsor(
            project=project, name="Nia New", email="nia@police.example", job_title="Chief constable", by=cast.lead.actor
        )
        assert RoleAssignment.objects.filter(person=sponsor, role=Role.SPONSOR).exists()
        propose_project(project=fresh(project), version=project.version, by=cast.lead.actor)
        message = Message.objects.get(kind="projects.decision_wanted")
        assert (message.recipient, message.link_purpose, message.link_about) == (
            sponsor,
            "project-decision",
            project.public_id,
        )
        assert message.asks and "reply by" in message.subject and message.link_path == ""
        assert "Carers tell it once." in message.body_text


def test_a_sponsor_with_an_account_signs_in(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person)
        message = Message.objects.get(kind="projects.decision_wanted")
        assert message.link_path == f"/essex/projects/{project.public_id}/decide/"
        assert message.link_purpose == ""


def test_the_sponsor_is_not_of_the_team(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
        with pytest.raises(Refused, match="own team"):
            choose_sponsor(project=project, sponsor=cast.member.person, by=cast.lead.actor)
        with pytest.raises(Refused):
            add_member(project=project, person=cast.sponsor.person, by=cast.lead.actor)


def test_taking_back_ends_the_link_and_a_second_proposal_asks_again(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person)
        token = mint_link(person=cast.sponsor.person, purpose="project-decision", about=project.public_id, days=28)
        assert find_link(token) is not None
        take_back_proposal(project=project, by=cast.lead.actor)
        assert find_link(token) is None
        assert Message.objects.filter(kind="projects.proposal_taken_back").count() == 1
        propose_project(project=fresh(project), version=project.version, by=cast.lead.actor)
        assert Message.objects.filter(kind="projects.decision_wanted").count() == 2


def test_the_team_is_of_the_own_cohort(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
        visitor, _ = ensure_person(name="Vi Visitor", email="vi@x.example", by=Actor.system("test"))
        with pytest.raises(Refused, match="same cohort"):
            add_member(project=project, person=visitor, by=cast.lead.actor)
        add_member(project=project, person=cast.member.person, by=cast.lead.actor)
        add_member(project=project, person=cast.member.person, by=cast.lead.actor)
        assert ProjectMembership.objects.filter(project=project).count() == 2


# Pages


def url(project, tail=""):
    return f"/essex/projects/{project.public_id}/{tail}"


def test_a_participant_proposes_in_the_browser_following_what_pages_offer(cast):
    client = cast.lead.client
    with tenant_context(cast.tenant):
        ambition = make_ambition()
        sponsor_id = cast.sponsor.person.public_id
    page = client.get("/essex/projects/new/")
    assert page.status_code == 200
    cohort = page.context["form"]["cohort"].value()
    made = client.post("/essex/projects/new/", {"title": "One front door", "cohort": cohort})
    home = made.url
    assert "Not done yet" in client.get(home).content.decode()
    texts = {
        "title": "One front door",
        "summary": "Six organisations ask the same",
        "benefit": "Ask once",
        "version": 1,
        "starts_on-day": "4",
        "starts_on-month": "January",
        "starts_on-year": "2027",
        "ends_on-day": "31",
        "ends_on-month": "3",
        "ends_on-year": "2028",
    }
    assert client.post(f"{home}edit/", texts).url == home
    assert client.post(f"{home}ambitions/", {"ambitions": [ambition.public_id]}).url == home
    goal = {"learning_goal": "To lead without authority", "outside_own_area": "yes"}
    assert client.post(f"{home}goal/", goal).url == home
    assert client.post(f"{home}sponsor/", {"sponsor": sponsor_id}).url == home
    check = client.get(f"{home}propose/")
    assert "Ask once" in check.content.decode()
    sent = client.post(f"{home}propose/", {"version": check.context["form"]["version"].value()})
    assert sent.status_code == 200 and "Proposal sent" in sent.content.decode()
    again = client.post(f"{home}propose/", {"version": check.context["form"]["version"].value()})
    assert again.status_code == 422
    with tenant_context(cast.tenant):
        assert Project.objects.get().state == "proposed"
        assert Message.objects.filter(kind="projects.decision_wanted").count() == 1


def test_beginning_twice_begins_once(cast):
    with tenant_context(cast.tenant):
        key = cast.cohort.public_id
    first = cast.lead.client.post("/essex/projects/new/", {"title": "Carers", "cohort": key})
    second = cast.lead.client.post("/essex/projects/new/", {"title": "Carers", "cohort": key})
    assert first.url == second.url


def test_errors_name_the_field_and_lose_nothing(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
    texts = {
        "title": "",
        "summary": "Bleibt stehen 𝒮",
        "benefit": "x",
        "version": project.version,
        "starts_on-day": "31",
        "starts_on-month": "2",
        "starts_on-year": "2027",
        "ends_on-day": "",
        "ends_on-month": "",
        "ends_on-year": "",
    }
    page = cast.lead.client.post(url(project, "edit/"), texts)
    html = page.content.decode()
    assert page.status_code == 422
    assert "Enter a title" in html and "must be a real date" in html and "Bleibt stehen 𝒮" in html
    with tenant_context(cast.tenant):
        assert fresh(project).title == "One front door for carers"


def test_two_people_on_one_page_see_both_texts(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
        seen = project.version
        edit_proposal(
            project=project, version=seen, by=cast.staff.actor, **{**TEXTS, "summary": "What staff wrote meanwhile"}
        )
    texts = {
        "title": "Mine",
        "summary": "What I wrote",
        "benefit": "x",
        "version": seen,
        "starts_on-day": "",
        "starts_on-month": "",
        "starts_on-year": "",
        "ends_on-day": "",
        "ends_on-month": "",
        "ends_on-year": "",
    }
    page = cast.lead.client.post(url(project, "edit/"), texts)
    html = page.content.decode()
    assert page.status_code == 409
    assert "What staff wrote meanwhile" in html and "What I wrote" in html
    # the page carries the new version: saving again is a choice made with both texts in view
    kept = cast.lead.client.post(url(project, "edit/"), {**texts, "version": page.context["form"]["version"].value()})
    assert kept.status_code == 302
    with tenant_context(cast.tenant):
        assert fresh(project).summary == "What I wrote"


def test_a_new_sponsor_by_name_and_address(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
    lacking = cast.lead.client.post(url(project, "sponsor/"), {"sponsor": "other", "name": "Nia New"})
    assert lacking.status_code == 422 and "Enter their email address" in lacking.content.decode()
    done = cast.lead.client.post(
        url(project, "sponsor/"), {"sponsor": "other", "name": "Nia New", "email": "nia@police.example"}
    )
    assert done.status_code == 302
    with tenant_context(cast.tenant):
        assert fresh(project).sponsor == Person.objects.get(email="nia@police.example")


@pytest.mark.parametrize("tail", ["edit/", "ambitions/", "team/", "sponsor/", "propose/"])
def test_sections_are_for_the_lead_and_staff(cast, tail):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
    address = url(project, tail)
    assert cast.lead.client.get(address).status_code == 200
    assert cast.staff.client.get(address).status_code == 200
    assert cast.member.client.get(address).status_code == 403
    assert cast.outsider.client.get(address).status_code == 403
    assert cast.stranger.client.get(address).status_code == 404
    assert cast.stranger.client.get(address.replace("/essex/", "/hsmc/")).status_code == 404


def test_a_draft_is_the_teams_own_until_it_is_sent(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
    assert cast.member.client.get(url(project)).status_code == 200
    assert cast.sponsor.client.get(url(project)).status_code == 404
    assert cast.outsider.client.get(url(project)).status_code == 403
    with tenant_context(cast.tenant):
        propose_project(project=project, version=project.version, by=cast.lead.actor)
    assert cast.sponsor.client.get(url(project)).status_code == 200


def test_a_participant_of_another_cohort_cannot_propose_here(cast):
    with tenant_context(cast.tenant):
        other = make_cohort("Cohort 9", "cohort-9")
        with pytest.raises(NotAllowed):
            create_project(cohort=other, title="Elsewhere", by=cast.lead.actor)
        key = other.public_id
    page = cast.lead.client.post("/essex/projects/new/", {"title": "Elsewhere", "cohort": key})
    assert page.status_code == 422


def test_a_retired_ambition_cannot_be_chosen(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person)
        old = make_ambition("An ambition of old")
        StrategicAmbition.objects.filter(pk=old.pk).update(retired_on=date(2020, 1, 1))
    page = cast.lead.client.post(url(project, "ambitions/"), {"ambitions": [old.public_id]})
    assert page.status_code == 422


def test_handing_the_lead_on(cast):
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
        member = project.memberships.get(person=cast.member.person)
        mine = project.memberships.get(person=cast.lead.person)
    refused = cast.lead.client.post(url(project, f"team/{mine.public_id}/remove/"), follow=True)
    assert "Choose someone else to lead the project first" in refused.content.decode()
    done = cast.lead.client.post(url(project, f"team/{member.public_id}/lead/"))
    assert done.url == url(project)
    assert cast.lead.client.get(url(project, "edit/")).status_code == 403
    assert cast.member.client.get(url(project, "edit/")).status_code == 200


def test_the_deadline_is_shown_as_a_day(cast):
    with tenant_context(cast.tenant):
        project = make_proposed(cast.lead.person, cast.sponsor.person)
        due = timezone.localtime(decision_deadline(timezone.now(), cast.tenant))
    assert f"{due.day} {due:%B %Y}" in cast.lead.client.get(url(project)).content.decode()
