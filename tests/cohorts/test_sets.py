"""Learning sets: composed within the rules, adjusted, published, seen by their members."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import LearningSet, SetMembership, SetPlan
from cohorts.selectors import live_set_of, set_cards
from cohorts.selectors.sets import set_board, unavoidable
from cohorts.services.composing import Arrangement, Candidate, number_of_sets, set_sizes
from cohorts.services.participation import join_cohort, withdraw_participant
from cohorts.services.sets import compose_sets, move_to_set, name_set, publish_sets
from engine import jobs
from engine.models import Job
from reminders.models import Message
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Organisation, Person, Role
from tenancy.scope import tenant_context
from tenancy.services.conflicts import declare_conflict
from tests.factories.cohorts import (
    SYSTEM,
    make_cohort,
    make_event,
    make_many,
    make_participant,
    make_person,
    make_sets,
    sign_in_as,
)


def plan_url(name, plan):
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": plan.public_id})


@pytest.mark.parametrize(
    ("people", "sizes"),
    [
        (5, [5]),
        (8, [8]),
        (9, [5, 4]),
        (10, [5, 5]),
        (14, [7, 7]),
        (16, [8, 8]),
        (20, [7, 7, 6]),
        (30, [8, 8, 7, 7]),
        (48, [7, 7, 7, 7, 7, 7, 6]),
        (50, [8, 7, 7, 7, 7, 7, 7]),
        (60, [7, 7, 7, 7, 7, 7, 6, 6, 6]),
    ],
)
def test_sizes(people, sizes):
    assert set_sizes(people, number_of_sets(people)) == sizes


def test_sizes_stay_within_five_to_eight():
    for people in range(10, 400):
        assert all(5 <= size <= 8 for size in set_sizes(people, number_of_sets(people))), people


def arrange(people, sets, barred, seed=1, total=20_000):
    search = Arrangement(people, sets=sets, barred=barred, seed=seed, total=total)
    while not search.finished:
        search.improve(3000)
    return search


def test_every_bar_is_kept_and_sectors_are_spread():
    """Fifty people: the largest organisation has six for seven sets, and line managers besides."""
    sectors = ["council"] * 20 + ["health"] * 15 + ["police"] * 10 + ["charity"] * 5
    people = [Candidate(key=i, sector=sectors[i], district=f"d{i % 6}", grade=f"g{i % 3}") for i in range(50)]
    organisation = {i: ("c", i // 6) if i < 20 else ("h", i // 3) if i < 35 else ("x", i) for i in range(50)}
    barred = {(a, b) for a, b in combinations(range(50), 2) if organisation[a] == organisation[b]} | {(0, 49), (1, 40)}
    search = arrange(people, 7, barred)
    groups = search.sets()
    assert sorted(len(g) for g in groups) == [7, 7, 7, 7, 7, 7, 8]
    assert sorted(k for g in groups for k in g) == list(range(50))
    assert not [pair for g in groups for pair in combinations(sorted(g), 2) if pair in barred]
    for group in groups:
        councils = sum(sectors[k] == "council" for k in group)
        assert 2 <= councils <= 4  # 20 over seven sets: two or three, four at most


def test_the_same_seed_gives_the_same_sets_in_whatever_order_people_come():
    people = [Candidate(key=i, sector=f"s{i % 3}") for i in range(30)]
    first = arrange(people, 4, set(), seed=7, total=3000).sets()
    assert arrange(list(reversed(people)), 4, set(), seed=7, total=3000).sets() == first
    assert arrange(people, 4, set(), seed=8, total=3000).sets() != first


def test_unknown_is_never_alike():
    people = [Candidate(key=i) for i in range(12)]
    assert arrange(people, 2, set(), total=100).best_cost == 0


def run_job(essex, job):
    from tenancy.scope import tenant_context as scope

    jobs.run(essex.pk, job.pk)
    with scope(essex):
        return Job.objects.get(pk=job.pk)


def test_the_job_makes_a_proposal_within_the_rules(essex, staff):
    with tenant_context(essex):
        cohort = make_cohort()
        places = make_many(cohort, 30, organisations=10)
        a, b, c = (p.person for p in places[:3])
        b.line_manager = a
        b.save()
        declare_conflict(person=b, other=c, kind="other", by=SYSTEM)
    url = reverse("cohorts:set-list", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    assert 'value="4"' in staff.client.get(url).content.decode()
    response = staff.client.post(url, {"sets": "4"})
    assert response.status_code == 302
    with tenant_context(essex):
        job = Job.objects.get(kind="cohorts.compose_sets")
        assert compose_sets(cohort=cohort, by=staff.actor).pk == job.pk  # asked twice: one job
    job = run_job(essex, job)
    assert job.state == Job.State.DONE, job.error
    assert job.progress_done == job.progress_total > 0
    with tenant_context(essex):
        plan = SetPlan.objects.get()
        assert plan.state == "proposed" and job.result["path"] == plan_url("set-plan", plan)
        cards = set_cards(plan)
        assert [card.broken for card in cards] == [[], [], [], []]
        assert sorted(len(card.people) for card in cards) == [7, 7, 8, 8]
    page = staff.client.get(plan_url("set-plan", plan)).content.decode()
    assert "Every rule is kept" in page


def test_a_job_asked_to_stop_writes_nothing(essex, staff):
    with tenant_context(essex):
        cohort = make_cohort()
        make_many(cohort, 12)
        job = compose_sets(cohort=cohort, by=staff.actor)
        Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    assert run_job(essex, job).state == Job.State.CANCELLED
    with tenant_context(essex):
        assert not SetPlan.objects.exists()


def test_what_cant_be_kept_is_said(essex, staff):
    with tenant_context(essex):
        cohort = make_cohort()
        make_many(cohort, 12, organisations=3)
        job = compose_sets(cohort=cohort, by=staff.actor, sets=2)
    assert run_job(essex, job).state == Job.State.DONE
    with tenant_context(essex):
        plan = SetPlan.objects.get()
        cards = set_cards(plan)
        assert "Organisation 00 has 4 people for 2 sets" in unavoidable(cards)[0]
        assert any("They work for the same organisation" in text for card in cards for text in card.broken)
    page = staff.client.get(plan_url("set-plan", plan)).content.decode()
    assert "Organisation 00 has 4 people for 2 sets" in page
    assert "6 rules aren’t kept" in page


@pytest.mark.parametrize(
    ("n", "sets", "words"), [(4, None, "at least 5"), (12, 9, "at least 4"), (24, 1, "too many for one set")]
)
def test_impossible_numbers_are_refused(essex, staff, n, sets, words):
    with tenant_context(essex):
        cohort = make_cohort()
        make_many(cohort, n)
        with pytest.raises(Refused, match=words):
            compose_sets(cohort=cohort, by=staff.actor, sets=sets)
        assert not Job.objects.exists()


def test_nobody_but_staff_composes(essex, cohort, participant, other_staff):
    with tenant_context(essex):
        make_many(cohort, 6)
        for actor in (participant.actor, other_staff.actor):
            with pytest.raises(NotAllowed):
                compose_sets(cohort=cohort, by=actor)


@pytest.fixture
def proposal(essex, cohort, participant, other_participant):
    with tenant_context(essex):
        others = [p.person for p in make_many(cohort, 8)]
        return make_sets(
            cohort, [[participant.person, *others[:4]], [other_participant.person, *others[4:]]], publish=False
        )


def test_a_person_is_moved_with_a_select_and_a_button(essex, proposal, participant, staff):
    page = staff.client.get(plan_url("set-plan", proposal)).content.decode()
    assert f'id="move-{participant.person.public_id}"' in page
    with tenant_context(essex):
        target = proposal.sets.get(position=2)
    form = {"version": "1", "person": participant.person.public_id, "learning_set": target.public_id}
    response = staff.client.post(plan_url("set-move", proposal), form, follow=True)
    assert "Pat Participant is now in Set 2" in response.content.decode()
    with tenant_context(essex):
        assert target.memberships.filter(person=participant.person).exists()
        assert not Message.objects.filter(kind="cohorts.set").exists()  # a proposal is staff's own
    # another member of staff, whose page is older
    response = staff.client.post(plan_url("set-move", proposal), {**form, "learning_set": ""}, follow=True)
    assert "Someone else changed these sets" in response.content.decode()
    with tenant_context(essex):
        assert target.memberships.filter(person=participant.person).exists()


def test_moving_checks_who_and_where(essex, hsmc, proposal, staff, participant, stranger):
    with tenant_context(essex):
        elsewhere = make_cohort("Elsewhere")
        foreign_set = make_sets(elsewhere, [[make_participant(elsewhere, "Ewan").person]]).sets.get()
        outsider = make_person("Otto Outsider")
        with pytest.raises(Refused, match="doesn’t take part"):
            move_to_set(plan=proposal, version=1, person=outsider, learning_set=proposal.sets.first(), by=staff.actor)
        with pytest.raises(NotAllowed):
            move_to_set(plan=proposal, version=1, person=participant.person, learning_set=None, by=participant.actor)
    bad = {"version": "1", "person": participant.person.public_id, "learning_set": foreign_set.public_id}
    assert staff.client.post(plan_url("set-move", proposal), bad).status_code == 404
    bad = {"version": "1", "person": stranger.person.public_id, "learning_set": ""}
    assert staff.client.post(plan_url("set-move", proposal), bad).status_code == 404
    assert (
        staff.client.post(
            plan_url("set-move", proposal), {"version": "x", "person": participant.person.public_id}, follow=True
        ).status_code
        == 200
    )


def test_publishing_tells_members_and_facilitators_their_own_set(
    essex, proposal, participant, other_participant, facilitator, staff
):
    with tenant_context(essex):
        name_set(
            plan=proposal,
            version=1,
            learning_set=proposal.sets.get(position=1),
            name="Blackwater",
            facilitator=facilitator.person,
            by=staff.actor,
        )
    assert participant.client.get(reverse("cohorts:set-mine", kwargs={"tenant": "essex"})).status_code == 200
    assert staff.client.post(plan_url("set-publish", proposal)).status_code == 302
    with tenant_context(essex):
        texts = dict(Message.objects.filter(kind="cohorts.set").values_list("recipient__name", "body_text"))
        assert len(texts) == 11
        assert "Person 00" in texts["Pat Participant"] and "Olu Other" not in texts["Pat Participant"]
        assert "You facilitate Blackwater" in texts["Fay Facilitator"]
        mine = live_set_of(participant.person.pk)
        assert mine.name == "Blackwater"
    page = participant.client.get(
        reverse("cohorts:set-detail", kwargs={"tenant": "essex", "public_id": mine.public_id})
    )
    assert "Person 00" in page.content.decode() and "Fay Facilitator" in page.content.decode()
    response = participant.client.get(reverse("cohorts:set-mine", kwargs={"tenant": "essex"}))
    assert response.status_code == 302 and mine.public_id in response.url
    # a member of the other set may not look in
    url = reverse("cohorts:set-detail", kwargs={"tenant": "essex", "public_id": mine.public_id})
    assert other_participant.client.get(url).status_code == 403
    # published twice
    with tenant_context(essex), pytest.raises(WrongState):
        publish_sets(plan=proposal, version=3, by=staff.actor)


def test_a_proposal_is_seen_by_staff_only(essex, proposal, participant):
    with tenant_context(essex):
        first = proposal.sets.get(position=1)
    url = reverse("cohorts:set-detail", kwargs={"tenant": "essex", "public_id": first.public_id})
    assert participant.client.get(url).status_code == 403


def test_whoever_joined_since_must_be_placed_before_publishing(essex, cohort, proposal, staff):
    with tenant_context(essex):
        make_participant(cohort, "Lena Late", "Late Org")
        assert [p.name for p in set_board(proposal)[1]] == ["Lena Late"]
        with pytest.raises(Refused, match="Lena Late"):
            publish_sets(plan=proposal, version=1, by=staff.actor)
    assert "Lena Late" in staff.client.get(plan_url("set-plan", proposal)).content.decode()


def test_moving_someone_in_published_sets_tells_them(essex, proposal, participant, staff):
    with tenant_context(essex):
        publish_sets(plan=proposal, version=1, by=staff.actor)
        Message.objects.all().delete()
        target = proposal.sets.get(position=2)
        move_to_set(plan=proposal, version=2, person=participant.person, learning_set=target, by=staff.actor)
        assert [(m.recipient, m.about if hasattr(m, "about") else m.kind) for m in Message.objects.all()] == [
            (participant.person, "cohorts.set")
        ]
        with pytest.raises(StaleEdit):
            move_to_set(plan=proposal, version=2, person=participant.person, learning_set=None, by=staff.actor)


def test_new_sets_replace_old_ones_only_when_no_meeting_is_ahead(essex, cohort, proposal, staff):
    with tenant_context(essex):
        publish_sets(plan=proposal, version=1, by=staff.actor)
        meeting = make_event(
            cohort, "Meeting", learning_set=proposal.sets.select_related("plan", "cohort").get(position=1)
        )
        people = list(Person.objects.filter(set_memberships__plan=proposal))
        second = make_sets(cohort, [people[:5], people[5:]], publish=False)
        with pytest.raises(Refused, match="still have 1 meeting planned"):
            publish_sets(plan=second, version=1, by=staff.actor)
        meeting.delete()
        publish_sets(plan=second, version=1, by=staff.actor)
        assert dict(SetPlan.objects.values_list("pk", "state")) == {proposal.pk: "replaced", second.pk: "published"}


def test_a_facilitator_may_not_be_a_member_nor_manage_one(essex, proposal, participant, staff):
    with tenant_context(essex):
        first = proposal.sets.get(position=1)
        with pytest.raises(Refused, match="can’t facilitate"):
            name_set(
                plan=proposal, version=1, learning_set=first, name="A", facilitator=participant.person, by=staff.actor
            )
        boss = make_person("Bea Boss")
        participant.person.line_manager = boss
        participant.person.save()
        name_set(plan=proposal, version=1, learning_set=first, name="A", facilitator=boss, by=staff.actor)
        broken = set_cards(proposal)[0].broken
        assert broken == ["Bea Boss (facilitator) – Pat Participant: One is in the other’s line of management."]


def test_someone_who_left_is_no_longer_expected_but_sets_stay(essex, cohort, proposal, participant, staff):
    with tenant_context(essex):
        publish_sets(plan=proposal, version=1, by=staff.actor)
        place = cohort.participations.get(person=participant.person)
        withdraw_participant(participation=place, by=staff.actor, reason="Left")
        assert SetMembership.objects.filter(plan=proposal).count() == 10
        join_cohort(cohort=cohort, person=participant.person, organisation=None, by=SYSTEM)
        assert live_set_of(participant.person.pk) == LearningSet.objects.get(plan=proposal, position=1)


def test_who_withdrew_reads_the_page_of_the_set_no_more(essex, cohort, proposal, participant, staff):
    with tenant_context(essex):
        publish_sets(plan=proposal, version=1, by=staff.actor)
        mine = LearningSet.objects.get(plan=proposal, memberships__person=participant.person)
    page = reverse("cohorts:set-detail", kwargs={"tenant": "essex", "public_id": mine.public_id})
    assert participant.client.get(page).status_code == 200
    with tenant_context(essex):
        place = cohort.participations.get(person=participant.person)
        withdraw_participant(participation=place, by=staff.actor, reason="Left")
    assert participant.client.get(page).status_code == 403


def test_who_withdrew_before_publishing_isnt_told_of_a_set(essex, cohort, proposal, participant, staff):
    with tenant_context(essex):
        place = cohort.participations.get(person=participant.person)
        withdraw_participant(participation=place, by=staff.actor, reason="Left")
        publish_sets(plan=proposal, version=1, by=staff.actor)
        told = set(Message.objects.filter(kind="cohorts.set").values_list("recipient_id", flat=True))
        assert len(told) == 9 and participant.person.pk not in told


def test_pages_cost_the_same_for_two_sets_and_four(essex, proposal, staff, cohort, count_queries):
    page = plan_url("set-plan", proposal)
    two = count_queries(staff.client, page)
    with tenant_context(essex):
        for position in (3, 4):
            row = LearningSet.objects.create(cohort=cohort, plan=proposal, position=position, name=f"Set {position}")
            person = make_participant(cohort, f"New {position}", f"New Org {position}").person
            SetMembership.objects.create(plan=proposal, learning_set=row, person=person)
    assert count_queries(staff.client, page) == two
    assert two <= 12, two


def test_fifty_people_take_seconds(essex, staff):
    import time

    with tenant_context(essex):
        cohort = make_cohort()
        make_many(cohort, 50, organisations=20)
        job = compose_sets(cohort=cohort, by=staff.actor)
    begun = time.process_time()
    job = run_job(essex, job)
    assert job.state == Job.State.DONE
    assert time.process_time() - begun < 10
    with tenant_context(essex):
        plan = SetPlan.objects.get()
        assert not [text for card in set_cards(plan) for text in card.broken]
        assert Organisation.objects.count() >= 20 and plan.made_at <= timezone.now()


def test_a_facilitators_own_page(essex, proposal, facilitator, staff):
    with tenant_context(essex):
        proposal.sets.update(facilitator=facilitator.person)
        publish_sets(plan=proposal, version=1, by=staff.actor)
    page = facilitator.client.get(reverse("cohorts:set-mine", kwargs={"tenant": "essex"})).content.decode()
    assert "Set 1" in page and "Set 2" in page and "(5 people)" in page
    outsider = sign_in_as(essex, facilitator.person, Role.MENTOR)
    assert outsider.client.get(reverse("portal:home", kwargs={"tenant": "essex"})).status_code == 200
