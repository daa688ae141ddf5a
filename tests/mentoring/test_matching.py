"""Who suits, who must not, and a match from proposal to an end without fault."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from engine.transitions import possible, transition
from mentoring.matching import matching
from mentoring.models import MentoringSession, MentorMatch, MentorProfile
from mentoring.services.matches import (
    accept_match,
    ask_for_mentor,
    clean_topics,
    decline_match,
    edit_profile,
    end_match,
    make_mentor,
    propose_match,
    withdraw_match,
)
from mentoring.services.sessions import book_session
from mentoring.states import MATCH, MatchState
from projects.services.proposals import choose_sponsor, propose_project
from reminders.models import Message
from tenancy.conflicts import conflict_sources, conflicts_between
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import ConflictDeclaration, Person, Role
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.people import give_role
from tests.conftest import cast_member, make_member
from tests.factories.mentoring import SYSTEM, employ, make_match, make_slots
from tests.factories.projects import make_cohort, make_proposal


def offer(who, topics, capacity=2, taking_new=True):
    profile = make_mentor(person=who.person, pool="outside", by=SYSTEM)
    return edit_profile(
        profile=profile,
        version=profile.version,
        topics=topics,
        about="",
        capacity=capacity,
        taking_new=taking_new,
        by=who.actor,
    )


def suggestions(cast):
    return {m.person.name: m for m in matching(cast.cohort.pk)}


def test_shared_topics_count_most_then_another_sector(cast):
    with tenant_context(cast.tenant):
        offer(cast.mentor, ["Money and commissioning"])
        offer(cast.second, ["Difficult conversations", "Career and next steps"])
        ask_for_mentor(
            cohort=cast.cohort,
            topics=["difficult conversations", "Career and next steps"],
            wishes="",
            by=cast.mentee.actor,
        )
        best = suggestions(cast)["Mina Mentee"].best
        assert best.mentor.person == cast.second.person and len(best.shared) == 2
        assert best.why == "shared topics: Difficult conversations, Career and next steps; from another sector"


def test_the_same_mentor_is_not_everybodys_suggestion(cast):
    with tenant_context(cast.tenant):
        offer(cast.mentor, ["Career and next steps"], capacity=1)
        offer(cast.second, [], capacity=1)
        for who in (cast.mentee, cast.other):
            ask_for_mentor(cohort=cast.cohort, topics=["Career and next steps"], wishes="", by=who.actor)
        best = {name: m.best.mentor.person.name for name, m in suggestions(cast).items()}
        assert sorted(best.values()) == ["Maud Mentor", "Seb Second"]


def bar_line_manager(cast):
    Person.objects.filter(pk=cast.mentee.person.pk).update(line_manager=cast.mentor.person)


def bar_employer(cast):
    employ(cast.mentor.person, "Essex County Council", "local government")


def bar_declared(cast):
    ConflictDeclaration.objects.create(
        person=cast.mentor.person,
        other=cast.mentee.person,
        kind="relative",
        declared_by=cast.mentor.person,
        declared_at=timezone.now(),
    )


def bar_sponsor(cast):
    project = make_proposal(cast.mentee.person, cast.mentor.person, cohort=cast.cohort)
    choose_sponsor(project=project, sponsor=cast.mentor.person, by=cast.mentee.actor)
    propose_project(project=project, version=project.version, by=cast.mentee.actor)


@pytest.mark.parametrize("bar", [bar_line_manager, bar_employer, bar_declared, bar_sponsor])
def test_a_bar_is_hard_for_suggestions_and_for_staff(cast, bar):
    with tenant_context(cast.tenant):
        offer(cast.mentor, ["Career and next steps"])
        assert suggestions(cast)["Mina Mentee"].best is not None
        bar(cast)
        mina = suggestions(cast)["Mina Mentee"]
        assert mina.best is None and mina.open_to == [] and len(mina.barred) == 1
        with pytest.raises(Refused):
            propose_match(
                cohort=cast.cohort, mentor=cast.mentor.person, mentee=cast.mentee.person, reason="", by=cast.staff.actor
            )
        assert not MentorMatch.objects.exists()


def test_assessors_are_barred_through_the_one_list(cast):
    """Selection answers the question of conflicts; matching asks it without knowing selection."""
    with tenant_context(cast.tenant):
        offer(cast.mentor, [])
        assert "mentor-of" in dict(conflict_sources.items())
        make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
        assert "mentor-of" in {c.kind for c in conflicts_between(cast.mentor.person.pk, cast.mentee.person.pk)}
        assert conflicts_between(cast.mentor.person.pk, cast.other.person.pk) == []


def test_a_match_that_ended_bars_from_judging_and_not_from_mentoring_again(cast):
    with tenant_context(cast.tenant):
        match = make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
        end_match(match=match, by=cast.mentee.actor)
        assert "mentor-of" in {c.kind for c in conflicts_between(cast.mentor.person.pk, cast.mentee.person.pk)}
        assert suggestions(cast)["Mina Mentee"].best.mentor.person == cast.mentor.person


def test_capacity_is_kept_and_a_mentor_may_pause(cast):
    with tenant_context(cast.tenant):
        offer(cast.mentor, [], capacity=1)
        make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
        with pytest.raises(Refused, match="no place left"):
            propose_match(
                cohort=cast.cohort, mentor=cast.mentor.person, mentee=cast.other.person, reason="", by=cast.staff.actor
            )
        offer(cast.second, [], taking_new=False)
        assert suggestions(cast)["Otto Other"].best is None


def test_one_open_match_a_person_also_in_the_database(cast, match):
    with tenant_context(cast.tenant):
        make_mentor(person=cast.second.person, pool="alumni", by=SYSTEM)
        with pytest.raises(WrongState, match="has a mentor already"):
            propose_match(
                cohort=cast.cohort, mentor=cast.second.person, mentee=cast.mentee.person, reason="", by=cast.staff.actor
            )
        with pytest.raises(IntegrityError, match="match_one_open"), transaction.atomic():
            MentorMatch.objects.create(
                cohort=cast.cohort, mentor=cast.second.person, mentee=cast.mentee.person, proposed_at=timezone.now()
            )


def test_both_hear_and_the_mentor_is_asked(cast):
    with tenant_context(cast.tenant):
        make_match(cast.mentor.person, cast.mentee.person, cast.cohort, active=False)
        asked = Message.objects.get(kind="mentoring.match_asked")
        told = Message.objects.get(kind="mentoring.match_proposed")
        assert (asked.recipient, asked.asks) == (cast.mentor.person, True)
        assert (told.recipient, told.asks) == (cast.mentee.person, False)
        assert "Both know housing" in asked.body_text and "Both know housing" in told.body_text


@pytest.mark.parametrize("step", MATCH, ids=lambda step: step.name)
def test_a_step_leads_from_its_sources_only_and_for_its_people_only(cast, match, step):
    by = {"accept": cast.mentor, "decline": cast.mentee, "withdraw": cast.staff, "end": cast.mentee}[step.name]
    not_by = {"accept": cast.mentee, "decline": cast.staff, "withdraw": cast.mentor, "end": cast.other}[step.name]
    with tenant_context(cast.tenant):
        for state in MatchState.values:
            MentorMatch.objects.filter(pk=match.pk).update(state=state)
            fresh = MentorMatch.objects.get(pk=match.pk)
            with pytest.raises(NotAllowed):
                transition(fresh, step.name, by=not_by.actor)
            assert (step in possible(fresh, by.actor)) == (state in step.source)
            if state in step.source:
                assert transition(fresh, step.name, by=by.actor).state == step.target
            else:
                with pytest.raises(WrongState):
                    transition(fresh, step.name, by=by.actor)


def test_an_end_needs_no_reason_cancels_what_is_ahead_and_blames_nobody(cast, match):
    with tenant_context(cast.tenant):
        slot, _ = make_slots(cast.mentor.person)
        session = book_session(match=match, slot=slot, by=cast.mentee.actor)
        end_match(match=match, by=cast.mentee.actor)
        session = MentoringSession.objects.get(pk=session.pk)
        assert (session.state, session.sequence) == ("cancelled", 1)
        cancelled = Message.objects.filter(kind="mentoring.session_cancelled")
        assert {m.recipient_id for m in cancelled} == {cast.mentor.person.pk, cast.mentee.person.pk}
        assert all("METHOD:CANCEL" in m.calendar_text and "SEQUENCE:1" in m.calendar_text for m in cancelled)
        bodies = {
            m.body_text.replace(m.recipient.name, "X").replace("Maud Mentor", "Y").replace("Mina Mentee", "Y")
            for m in Message.objects.filter(kind="mentoring.match_ended")
        }
        assert len(bodies) == 1  # the same words to both: neither learns who ended it
        assert all(m.queued_by == "mentoring" for m in Message.objects.filter(kind="mentoring.match_ended"))


def test_declining_tells_staff_to_look_again(cast):
    with tenant_context(cast.tenant):
        match = make_match(cast.mentor.person, cast.mentee.person, cast.cohort, active=False)
        decline_match(match=match, by=cast.mentor.actor)
        assert Message.objects.get(kind="mentoring.match_free").recipient == cast.staff.person
        assert Message.objects.get(kind="mentoring.match_closed").recipient == cast.mentee.person
        again = make_match(cast.mentor.person, cast.mentee.person, cast.cohort, active=False)
        withdraw_match(match=again, by=cast.staff.actor)
        with pytest.raises(WrongState):
            accept_match(match=again, by=cast.mentor.actor)


def test_topics_are_cleaned():
    assert clean_topics(["  Money  and x", "money AND X", "", "Care"]) == ["Money and x", "Care"]
    with pytest.raises(Refused):
        clean_topics([f"Topic {n}" for n in range(13)])


# Pages


def test_staff_match_in_the_browser(cast):
    with tenant_context(cast.tenant):
        offer(cast.mentor, ["Career and next steps"])
        ask_for_mentor(
            cohort=cast.cohort, topics=["Career and next steps"], wishes="Someone blunt", by=cast.mentee.actor
        )
        cohort, person = cast.cohort.public_id, cast.mentee.person.public_id
    page = cast.staff.client.get(f"/essex/mentoring/cohorts/{cohort}/")
    assert "Suggested: Maud Mentor" in page.content.decode()
    address = f"/essex/mentoring/cohorts/{cohort}/{person}/"
    choice = cast.staff.client.get(address)
    assert "Someone blunt" in choice.content.decode()
    data = {"mentor": choice.context["form"]["mentor"].value(), "reason": choice.context["form"]["reason"].value()}
    assert cast.staff.client.post(address, data).status_code == 302
    with tenant_context(cast.tenant):
        match = MentorMatch.objects.get()
        assert (match.state, match.proposed_by) == ("proposed", cast.staff.person)
    step = f"/essex/mentoring/matches/{match.public_id}/step/accept/"
    assert cast.mentee.client.get(step).status_code == 403
    assert cast.mentor.client.get(step).status_code == 200
    assert cast.mentor.client.post(step).status_code == 302
    with tenant_context(cast.tenant):
        assert MentorMatch.objects.get().state == "active"
    again = cast.staff.client.post(address, data)
    assert again.status_code == 422


def test_a_barred_mentor_is_not_offered_and_cannot_be_forced(cast):
    with tenant_context(cast.tenant):
        offer(cast.mentor, [])
        bar_line_manager(cast)
        address = f"/essex/mentoring/cohorts/{cast.cohort.public_id}/{cast.mentee.person.public_id}/"
        forced = {"mentor": cast.mentor.person.public_id, "reason": ""}
    html = cast.staff.client.get(address).content.decode()
    assert "line of management" in html and "Propose the match" not in html
    assert cast.staff.client.post(address, forced).status_code == 422


def test_matching_is_for_staff_of_that_cohort(cast):
    with tenant_context(cast.tenant):
        other = make_cohort("Cohort 3", "cohort-3")
        narrow = make_member(cast.tenant, "Nora Narrow")
        give_role(person=narrow.person, role=Role.STAFF, cohort_id=other.pk, by=cast.staff.actor)
        narrow = cast_member(cast.tenant, narrow.person, narrow.account)
        here = f"/essex/mentoring/cohorts/{cast.cohort.public_id}/"
        one = f"{here}{cast.mentee.person.public_id}/"
    for who in (cast.mentee, cast.mentor, narrow):
        assert who.client.get(here).status_code == 403
        assert who.client.get(one).status_code == 403
    assert cast.stranger.client.get(here).status_code == 404
    assert cast.staff.client.get(here).status_code == 200
    with tenant_context(cast.tenant), pytest.raises(NotAllowed):
        propose_match(
            cohort=cast.cohort,
            mentor=cast.mentor.person,
            mentee=cast.mentee.person,
            reason="",
            by=actor_of(narrow.person),
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_matching_takes_the_same_queries_for_any_number(cast, rows, django_assert_max_num_queries):
    with tenant_context(cast.tenant):
        for n in range(rows):
            who = make_member(cast.tenant, f"Mentor {n}", Role.MENTOR)
            make_mentor(person=who.person, pool="alumni", by=SYSTEM)
        address = f"/essex/mentoring/cohorts/{cast.cohort.public_id}/"
    ours = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "SELECT set_config")
    with django_assert_max_num_queries(40) as captured:
        assert cast.staff.client.get(address).status_code == 200
    asked = [q for q in captured.captured_queries if not q["sql"].startswith(ours)]
    # nine for the page, and one for the conflicts of every kind
    assert len(asked) == 10


def test_adding_a_mentor_and_their_profile(cast):
    data = {
        "name": "Ola Outside",
        "email": "ola@bank.example",
        "job_title": "Partner",
        "pool": "outside",
        "capacity": "1",
    }
    assert cast.staff.client.post("/essex/mentoring/mentors/", data).status_code == 302
    assert cast.staff.client.post("/essex/mentoring/mentors/", data).status_code == 302
    with tenant_context(cast.tenant):
        profile = MentorProfile.objects.get(person__email="ola@bank.example")
        assert profile.capacity == 1
    assert "Ola Outside" in cast.staff.client.get("/essex/mentoring/mentors/").content.decode()
    assert cast.mentee.client.get("/essex/mentoring/mentors/").status_code == 403
    with tenant_context(cast.tenant):
        offer(cast.mentor, [])
    page = cast.mentor.client.get("/essex/mentoring/profile/")
    version = page.context["form"]["version"].value()
    saved = {
        "topics": ["Career and next steps"],
        "other_topic": "Housing",
        "about": "",
        "capacity": "3",
        "version": version,
    }
    assert cast.mentor.client.post("/essex/mentoring/profile/", saved).status_code == 302
    with tenant_context(cast.tenant):
        mine = MentorProfile.objects.get(person=cast.mentor.person)
        assert (mine.topics, mine.capacity, mine.taking_new) == (["Career and next steps", "Housing"], 3, False)
    stale = cast.mentor.client.post("/essex/mentoring/profile/", {**saved, "about": "Mine"})
    assert stale.status_code == 409 and "What is saved now" in stale.content.decode()
    assert cast.mentee.client.get("/essex/mentoring/profile/").status_code == 403


def test_who_was_invited_as_a_mentor_needs_no_other_step(cast):
    """An invitation gives the role; the profile follows by itself, from the pool their other roles tell of."""
    with tenant_context(cast.tenant):
        chief = make_member(cast.tenant, "Cleo Chief", Role.MENTOR, Role.SPONSOR)
        assert not MentorProfile.objects.exists()
    html = cast.staff.client.get("/essex/mentoring/mentors/").content.decode()
    assert "Cleo Chief" in html and "Maud Mentor" in html
    with tenant_context(cast.tenant):
        pools = dict(MentorProfile.objects.values_list("person__name", "pool"))
        assert (pools["Cleo Chief"], pools["Maud Mentor"]) == ("chief_officer", "outside")
    assert chief.client.get("/essex/mentoring/profile/").status_code == 200


def test_a_participant_asks_for_a_mentor(cast):
    with tenant_context(cast.tenant):
        address = f"/essex/mentoring/cohorts/{cast.cohort.public_id}/request/"
    assert cast.mentee.client.post(address, {"topics": [], "wishes": ""}).status_code == 422
    assert cast.mentee.client.post(address, {"topics": [], "other_topic": "Housing"}).status_code == 302
    assert cast.mentee.client.get(address).context["form"]["topics"].value() == ["Housing"]
    assert cast.mentor.client.get(address).status_code == 403
    assert cast.stranger.client.get(address).status_code == 404
