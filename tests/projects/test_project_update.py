"""Updates, the portfolio, what is owed, and what the report says."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cohorts.services.participation import withdraw_participant
from engine.reports import report_sections
from projects.models import Project, ProjectUpdate
from projects.selectors import ambition_coverage, visible_projects
from projects.services.decisions import decide_project
from projects.services.team import add_member
from projects.services.updates import post_update
from reminders.models import Message
from reminders.obligations import owed
from tenancy.errors import NotAllowed, WrongState
from tenancy.models import Person, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.conflicts import declare_conflict
from tenancy.services.people import end_role, give_role
from tests.conftest import cast_member, make_member
from tests.factories.cohorts import SYSTEM, make_participant, make_sets
from tests.factories.projects import (
    fresh,
    join,
    make_ambition,
    make_approved,
    make_cohort,
    make_proposal,
    make_proposed,
)


@pytest.fixture
def project(cast):
    with tenant_context(cast.tenant):
        return make_approved(cast.lead.person, cast.sponsor.person, cast.member.person)


def test_the_first_update_starts_the_work_and_tells_the_sponsor(cast, project):
    address = f"/essex/projects/{project.public_id}/update/"
    page = cast.member.client.get(address)
    data = {
        "rag": "amber",
        "reason": "Two partners haven’t named a lead",
        "after": page.context["form"]["after"].value(),
    }
    assert cast.member.client.post(address, data).status_code == 302
    with tenant_context(cast.tenant):
        assert fresh(project).state == "active"
        assert ProjectUpdate.objects.get().by == cast.member.person
        message = Message.objects.get(kind="projects.update_posted")
        assert message.recipient == cast.sponsor.person and "is now Amber" in message.subject and not message.asks
    assert (
        "Two partners haven’t named a lead"
        in cast.sponsor.client.get(f"/essex/projects/{project.public_id}/").content.decode()
    )
    twice = cast.member.client.post(address, data)
    assert twice.status_code == 422 and "was posted after you opened this page" in twice.content.decode()
    with tenant_context(cast.tenant):
        assert ProjectUpdate.objects.count() == 1


def test_an_update_asks_first_what_was_learned_and_whom_one_met(cast, project):
    address = f"/essex/projects/{project.public_id}/update/"
    page = cast.member.client.get(address)
    html = page.content.decode()
    asked = ["What have you learned, and whom have you got to know?", "How is the project?", "What comes next?"]
    assert sorted(asked, key=html.index) == asked
    data = {
        "rag": "green",
        "reason": "On the way",
        "relationships": "The fire service’s planners",
        "after": page.context["form"]["after"].value(),
    }
    assert cast.member.client.post(address, data).status_code == 302
    shown = cast.sponsor.client.get(f"/essex/projects/{project.public_id}/").content.decode()
    assert "The fire service’s planners" in shown


def test_a_rating_needs_its_reason_in_the_form_and_in_the_database(cast, project):
    address = f"/essex/projects/{project.public_id}/update/"
    page = cast.member.client.post(address, {"rag": "red", "reason": "", "after": ""})
    assert page.status_code == 422 and "Say why you chose this rating" in page.content.decode()
    with tenant_context(cast.tenant), pytest.raises(IntegrityError), transaction.atomic():
        ProjectUpdate.objects.create(project=project, rag="red", reason="", at=timezone.now())


def test_an_unchanged_green_makes_no_mail_and_a_wish_does(cast, project):
    def post(**more):
        latest = ProjectUpdate.objects.filter(project=project).first()
        return post_update(
            project=project,
            after=latest.public_id if latest else "",
            rag="green",
            reason="Fine",
            by=cast.lead.actor,
            **more,
        )

    with tenant_context(cast.tenant):
        post()
        post()
        assert Message.objects.filter(kind="projects.update_posted").count() == 1
        post(help_wanted="Ring the chief constable")
        ask = Message.objects.filter(kind="projects.update_posted", asks=True).get()
        assert "asks for your help" in ask.subject


def test_updates_are_the_teams(cast, project):
    address = f"/essex/projects/{project.public_id}/update/"
    for other in (cast.outsider, cast.sponsor):
        assert other.client.get(address).status_code == 403
    assert cast.stranger.client.get(address).status_code == 404
    assert cast.member.client.get(address).status_code == 200
    with tenant_context(cast.tenant), pytest.raises(NotAllowed):
        post_update(project=project, after="", rag="green", reason="x", by=cast.sponsor.actor)


@pytest.mark.parametrize("state", ["draft", "proposed", "paused", "stopped", "closed"])
def test_no_updates_unless_under_way(cast, project, state):
    with tenant_context(cast.tenant):
        Project.objects.filter(pk=project.pk).update(state=state)
        with pytest.raises(WrongState):
            post_update(project=fresh(project), after="", rag="green", reason="x", by=cast.lead.actor)


def test_people_keep_their_project_when_the_cohort_has_ended(cast, project):
    with tenant_context(cast.tenant):
        end_role(person=cast.lead.person, role=Role.PARTICIPANT, cohort_id=cast.cohort.pk, by=cast.staff.actor)
        end_role(person=cast.lead.person, role=Role.PARTICIPANT, by=cast.staff.actor)
        give_role(person=cast.lead.person, role=Role.ALUMNUS, by=cast.staff.actor)
    assert cast.lead.client.get(f"/essex/projects/{project.public_id}/update/").status_code == 200
    assert project.title in cast.lead.client.get("/essex/projects/").content.decode()


# Who sees which


def test_each_list_shows_what_its_reader_may_open(cast):
    with tenant_context(cast.tenant):
        mine = make_approved(cast.lead.person, cast.sponsor.person, title="Ours")
        draft = make_proposal(cast.lead.person, cast.sponsor.person, title="Secret draft")
        other = make_cohort("Cohort 3", "cohort-3")
        elsewhere = make_member(cast.tenant, "Ela Elsewhere", Role.PARTICIPANT)
        theirs = make_proposed(elsewhere.person, cast.sponsor.person, cohort=other, title="Of cohort three")
        narrow = make_member(cast.tenant, "Nora Narrow")
        give_role(person=narrow.person, role=Role.STAFF, cohort_id=other.pk, by=cast.staff.actor)
        narrow = cast_member(cast.tenant, narrow.person, narrow.account)

    def listed(who):
        return {p.title for p in visible_projects(actor_of(who.person))}

    with tenant_context(cast.tenant):
        assert listed(cast.staff) == {"Ours", "Secret draft", "Of cohort three"}
        assert listed(narrow) == {"Of cohort three"}
        assert listed(cast.sponsor) == {"Ours", "Of cohort three"}
        assert listed(cast.lead) == {"Ours", "Secret draft"}
        assert listed(cast.outsider) == set()
    for row in (mine, draft):
        assert narrow.client.get(f"/essex/projects/{row.public_id}/").status_code == 403
    assert narrow.client.get(f"/essex/projects/{theirs.public_id}/").status_code == 200
    html = narrow.client.get("/essex/projects/").content.decode()
    assert "Of cohort three" in html and "Ours" not in html and "Secret draft" not in html
    assert "Ours" not in cast.stranger.client.get("/hsmc/projects/").content.decode()


def test_the_list_narrows_to_a_cohort_that_is_ones_business(cast):
    """Staff of it, or somebody with a project there; to anybody else the address doesn't say that there is such a cohort."""
    with tenant_context(cast.tenant):
        make_approved(cast.lead.person, cast.sponsor.person, title="Ours")
        other = make_cohort("Cohort 3", "cohort-3")
    ours, theirs, nowhere = (f"/essex/projects/?cohort={key}" for key in (cast.cohort.public_id, other.public_id, "x"))
    for who in (cast.staff, cast.lead, cast.sponsor):
        assert "Ours" in who.client.get(ours).content.decode()
    assert "Cohort 3" in cast.staff.client.get(theirs).content.decode()
    for who in (cast.lead, cast.sponsor):
        assert who.client.get(theirs).status_code == 404
    assert cast.staff.client.get(nowhere).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_portfolio_takes_the_same_queries_for_any_number(cast, rows, django_assert_max_num_queries):
    with tenant_context(cast.tenant):
        for n in range(rows):
            project = make_approved(cast.lead.person, cast.sponsor.person, title=f"Project {n}")
            post_update(project=project, after="", rag="red", reason=f"Why {n}", by=cast.lead.actor)
    with django_assert_max_num_queries(20) as captured:
        page = cast.staff.client.get("/essex/projects/")
    assert page.content.decode().count("Why ") == rows
    assert count(captured) == 7
    with django_assert_max_num_queries(20) as captured:
        cast.staff.client.get(f"/essex/projects/{project.public_id}/")
    assert count(captured) <= 12


def count(captured):
    ours = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "SELECT set_config")
    return len([q for q in captured.captured_queries if not q["sql"].startswith(ours)])


def test_filters_by_rating_and_state(cast):
    with tenant_context(cast.tenant):
        red = make_approved(cast.lead.person, cast.sponsor.person, title="The red one")
        post_update(project=red, after="", rag="red", reason="Stuck", by=cast.lead.actor)
        make_approved(cast.lead.person, cast.sponsor.person, title="The silent one")

    def titles(query):
        html = cast.staff.client.get(f"/essex/projects/?{query}").content.decode()
        return [t for t in ("The red one", "The silent one") if t in html]

    assert titles("rag=red") == ["The red one"]
    assert titles("rag=none") == ["The silent one"]
    assert titles("state=approved") == ["The silent one"]
    assert titles("state=nonsense&rag=nonsense&page=x&per_page=x") == ["The red one", "The silent one"]


def test_the_rating_is_a_word_and_a_shape(cast, project):
    with tenant_context(cast.tenant):
        post_update(project=project, after="", rag="amber", reason="A reason", by=cast.lead.actor)
    html = cast.staff.client.get("/essex/projects/").content.decode()
    assert "<strong>Amber</strong>" in html and 'd="M8 1 15 15H1z"' in html and "style=" not in html


# Owed


def kinds(**filters):
    return {(o.kind, o.person_id) for o in owed(**filters) if o.kind.startswith("projects.")}


def test_what_is_owed_follows_the_rows(cast):
    lead, sponsor, member = cast.lead.person, cast.sponsor.person, cast.member.person
    with tenant_context(cast.tenant):
        project = make_proposal(lead, sponsor)
        assert kinds() == set()
        project = make_proposed(lead, sponsor, title="Asked")
        assert kinds() == {("projects.decision", sponsor.pk)}
        [decision] = [o for o in owed(kind="projects.decision")]
        assert (
            decision.due == project.decide_by
            and decision.cohort_id == cast.cohort.pk
            and decision.key == project.public_id
        )
        decide_project(project=project, decision="approve", comment="", by=cast.sponsor.actor)
        assert kinds() == set()
        Project.objects.filter(pk=project.pk).update(decided_at=timezone.now() - timedelta(days=31))
        assert kinds() == {("projects.update", lead.pk)}
        post_update(project=fresh(project), after="", rag="green", reason="x", by=cast.lead.actor)
        assert kinds() == set()
        ProjectUpdate.objects.update(at=timezone.now() - timedelta(days=40))
        [late] = [o for o in owed(kind="projects.update")]
        assert late.due < timezone.now() and late.person_id == lead.pk
        join(member, cast.cohort)
        add_member(project=fresh(project), person=member, by=cast.lead.actor)
        assert ("projects.goal", member.pk) in kinds()


def test_home_shows_each_what_is_theirs(cast, project):
    with tenant_context(cast.tenant):
        post_update(project=project, after="", rag="red", reason="Stuck on data sharing", by=cast.lead.actor)
        make_proposed(cast.lead.person, cast.sponsor.person, title="Next one")
    sponsor = cast.sponsor.client.get("/essex/").content.decode()
    assert "Decide on the project “Next one”" in sponsor and "Stuck on data sharing" in sponsor
    assert project.title in cast.member.client.get("/essex/").content.decode()
    assert "/essex/projects/?rag=red" in cast.staff.client.get("/essex/").content.decode()
    assert "Propose a project" in cast.outsider.client.get("/essex/").content.decode()


def test_home_names_whom_of_the_cohort_one_hasnt_met(cast, project):
    """Not those of the same set, project or employer, nor anybody with whom a conflict is declared; and nobody before there
    are sets."""
    with tenant_context(cast.tenant):
        names = ("Mate Set", "Mate Project", "Mate Employer", "Nobody Near", "Far Stranger", "Gone Away")
        mates = {name: make_participant(cast.cohort, name, f"Body of {name}") for name in names}
        people = {name: place.person for name, place in mates.items()}
        cast.lead.person.organisation = people["Mate Employer"].organisation
        cast.lead.person.save()
        add_member(project=project, person=people["Mate Project"], by=cast.lead.actor)
        declare_conflict(person=people["Nobody Near"], other=cast.lead.person, kind="veto", by=SYSTEM)
        withdraw_participant(participation=mates["Gone Away"], by=SYSTEM, reason="A new job")
    assert "haven’t met yet" not in cast.lead.client.get("/essex/").content.decode()
    with tenant_context(cast.tenant):
        mine = [cast.lead.person, people["Mate Set"]]
        others = Person.objects.filter(participations__cohort=cast.cohort, participations__state="active")
        make_sets(cast.cohort, [mine, list(others.exclude(pk__in=[p.pk for p in mine]))])
    page = cast.lead.client.get("/essex/").content.decode()
    panel = page.partition("Whom you haven’t met yet")[2].partition("</section>")[0]
    assert [name for name in (*names, "Mo Member", "Olu Outsider") if name in panel] == ["Far Stranger", "Olu Outsider"]
    assert "There are 2 people" in panel
    assert "haven’t met yet" not in cast.sponsor.client.get("/essex/").content.decode()


# Ambitions and report


def test_ambitions_show_what_is_served_and_what_is_not(cast):
    with tenant_context(cast.tenant):
        make_ambition("Enjoy life long into old age", 2)
        make_approved(cast.lead.person, cast.sponsor.person, title="Carers")
        make_proposal(cast.lead.person, cast.sponsor.person, title="Only a draft")
        found = {c.name: (c.projects, c.live, c.titles) for c in ambition_coverage(Project.objects.all())}
        assert found == {
            "Develop our county sustainably": (1, 1, ["Carers"]),
            "Enjoy life long into old age": (0, 0, []),
        }
        section = report_sections["projects"]
        figures = {f["key"]: f["data"] for f in section.figures(cast.cohort.pk)}
        assert figures["projects-by-ambition"]["rows"][0] == ["Develop our county sustainably", "1", "1", "Carers"]
        assert figures["projects-rag"] == {"red": 0, "amber": 0, "green": 0, "none": 1}
        assert figures["projects-outside-own-area"] == {"value": 1, "of": 1}
        assert section.position == 40
    page = cast.staff.client.get("/essex/projects/ambitions/")
    assert "1 ambition has no project yet" in page.content.decode()
    assert cast.lead.client.get("/essex/projects/ambitions/").status_code == 403


def test_the_persons_copy_holds_their_projects(cast, project):
    with tenant_context(cast.tenant, cast.lead.person):
        copy = export_person(cast.lead.person)["Projects: teams, sponsors and updates"]
        assert copy[0]["project"] == project.title and copy[0]["led it"]
        told = {"relationships": "Met two", "done": "Asked", "next": "Ask again", "help_wanted": "A room"}
        post_update(project=project, after="", rag="green", reason="Going well", by=cast.lead.actor, **told)
        update = export_person(cast.lead.person)["Projects: teams, sponsors and updates"][0]["updates written"][0]
        assert {"Going well", *told.values()} <= set(update.values())


def test_text_in_any_script_and_markup_stay_text(cast):
    title = "健康 Ελλάδα <script>alert(1)</script> 𝒮"
    with tenant_context(cast.tenant):
        project = make_proposal(cast.lead.person, cast.sponsor.person, title=title)
    html = cast.lead.client.get(f"/essex/projects/{project.public_id}/").content.decode()
    assert "健康 Ελλάδα" in html and "𝒮" in html and "<script>alert" not in html
