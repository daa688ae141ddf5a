"""Sharing out: looked at before it is written, capacities and expertise, why these, and a re-run that moves nothing begun."""

from __future__ import annotations

import re
from inspect import signature

import pytest
from django.utils import timezone

from reminders.models import Message
from selection.links import linked_groups
from selection.models import AssessorAllocation, AssessorTerms, Expertise, Score
from selection.selectors.allocation import plan_round
from selection.services.allocation import ask_for_expertise, set_terms
from selection.services.assessment import allocate_assessors, note_opening, withdraw_assessor
from selection.services.rounds import set_up_round
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, ConflictDeclaration, Sector
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene


@pytest.fixture
def wide(essex, staff):
    """Eight applications of two sectors, four assessors, three to each application."""
    return make_scene(
        essex, staff, applications=8, assessors=4, places=3, per_application=3, sectors=("health", "police")
    )


def work(scene):
    """(application, assessor) of everything that stands."""
    with scene.inside(scene.staff):
        rows = AssessorAllocation.objects.filter(application__round=scene.round, withdrawn_at__isnull=True)
        return set(rows.values_list("application_id", "assessor_id"))


def terms(scene, index, most=None, sectors=(), criteria=(), version=0):
    with scene.inside(scene.staff):
        return set_terms(
            round=scene.round,
            assessor=scene.assessors[index].person,
            most=most,
            sectors=[Sector.objects.get(name=name) for name in sectors],
            criteria=criteria,
            version=version,
            by=scene.staff.actor,
        )


def test_three_is_what_a_new_round_begins_with(essex, staff, scene):
    fields = {f.name: f for f in scene.round._meta.fields}
    assert fields["assessors_per_application"].default == 3
    assert signature(set_up_round).parameters["assessors_per_application"].default == 3


def test_the_start_page_shows_the_plan_that_is_then_written(wide):
    page = wide.staff.client.get(url(wide, "assess-start")).content.decode()
    assert "How they would be shared out" in page and "hang together" in page
    shown = dict(re.findall(r">(Assessor [A-D])</a></th>.*?Then'?\"?>(\d+)<", page, re.S))
    assert set(shown.values()) == {"6"}
    wide.start()
    with wide.inside(wide.staff):
        for who in wide.assessors:
            assert AssessorAllocation.objects.filter(assessor=who.person).count() == 6
        assert set(AssessorAllocation.objects.values_list("how", flat=True)) <= {"lot", "only", "even", "linked"}
    assert len(linked_groups(work(wide))) == 1


def test_capacity_is_kept_to_and_what_lacks_is_said_with_whom(wide):
    for index in range(4):
        terms(wide, index, most=5)
    page = wide.staff.client.get(url(wide, "assess-start")).content.decode()
    assert "Would still lack an assessor" in page and "room for 0 more" in page
    assert "Assessor A: has as many as they take" in page
    done = wide.start()
    assert (done.added, done.missing) == (20, 4)
    for who in wide.assessors:
        assert len([1 for _a, p in work(wide) if p == who.person.pk]) == 5
    # one of them takes more: what's missing is given out, and exactly what was looked at
    terms(wide, 0, most=8, version=1)
    target = url(wide, "assess-allocate")
    page = wide.staff.client.get(target).content.decode()
    seal = re.search(r'name="seal" value="(\w+)"', page).group(1)
    before = work(wide)
    answer = wide.staff.client.post(target, {"seal": seal}, follow=True)
    assert "assessments were given out" in answer.content.decode()
    # nobody has opened anything, so what stands in the way may move
    assert (len(before), len(work(wide))) == (20, 23)
    with wide.inside(wide.staff):
        change = Change.objects.filter(name="terms").order_by("at").last()
        assert change.reason == "Assessor A: at most 8 applications"


def test_a_plan_that_has_changed_since_is_shown_again_and_not_written(wide):
    for index in range(4):
        terms(wide, index, most=4)
    wide.start()
    for index in range(4):
        terms(wide, index, most=7, version=1)
    with wide.inside(wide.staff):
        seal = plan_round(wide.round).seal
    terms(wide, 0, most=4, version=2)
    before = work(wide)
    answer = wide.staff.client.post(url(wide, "assess-allocate"), {"seal": seal})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Something has changed since you looked at the plan" in page
    assert work(wide) == before
    fresh = re.search(r'name="seal" value="(\w+)"', page).group(1)
    assert fresh != seal
    assert wide.staff.client.post(url(wide, "assess-allocate"), {"seal": fresh}).status_code == 302
    assert before < work(wide)


@pytest.mark.parametrize("how", ["dropped out", "conflict"])
def test_a_re_run_moves_no_finished_and_no_begun_work(wide, how):
    wide.start()
    gone, *others = wide.assessors
    with wide.inside(wide.staff):
        theirs = list(AssessorAllocation.objects.filter(assessor=gone.person).select_related("application"))
    wide.score(gone, theirs[0].application, [4, 4, 4])
    wide.score(others[0], first_of(wide, others[0]).application, [5, 5, 5])
    begun = [first_of(wide, who, n) for who in others for n in (1, 2)]
    for row in begun:
        who = next(w for w in others if w.person.pk == row.assessor_id)
        with wide.inside(who):
            note_opening(allocation=row, by=who.actor)
    drafted = first_of(wide, others[1], 3)
    wide.score(others[1], drafted.application, [3, None, None], finish=False)
    settled = {(r.application_id, r.assessor_id) for r in [*begun, drafted, theirs[0]]}
    with wide.inside(wide.staff):
        if how == "conflict":
            ConflictDeclaration.objects.create(
                person=gone.person,
                other=theirs[1].application.applicant,
                kind="worked",
                declared_by=gone.person,
                declared_at=timezone.now(),
            )
            allocate_assessors(round=wide.round, by=wide.staff.actor)
        else:
            withdraw_assessor(round=wide.round, assessor=gone.person, by=wide.staff.actor, reason="ill")
    after = work(wide)
    assert settled <= after
    assert (theirs[1].application_id, gone.person.pk) not in after
    if how == "dropped out":
        # with three assessors left every application has all of them
        assert len(after) == 8 * 3
    with wide.inside(others[1]):
        assert Score.objects.filter(allocation=drafted, points=3).exists()


def first_of(scene, who, n=0):
    with scene.inside(who):
        rows = AssessorAllocation.objects.filter(assessor=who.person).select_related("application__round")
        return rows.order_by("pk")[n]


def test_work_nobody_opened_moves_only_so_that_a_place_is_filled(essex, staff):
    """Two applications; A may take only the first, and B has it, unopened: B gives it up for the second."""
    scene = make_scene(essex, staff, applications=2, assessors=2, places=1, per_application=1)
    one, two = scene.applications
    a, b = (who.person for who in scene.assessors)
    with scene.inside(staff):
        ConflictDeclaration.objects.create(
            person=a, other=two.applicant, kind="worked", declared_by=a, declared_at=timezone.now()
        )
    terms(scene, 1, most=1)
    scene.start()
    with scene.inside(staff):
        AssessorAllocation.objects.all().delete()
        AssessorAllocation.objects.create(application=one, assessor=b, allocated_at=timezone.now())
    page = staff.client.get(url(scene, "assess-allocate")).content.decode()
    assert "1 that nobody has opened would move to somebody else" in page
    with scene.inside(staff):
        done = allocate_assessors(round=scene.round, by=staff.actor)
    assert (done.added, done.moved, done.missing) == (2, 1, 0)
    assert work(scene) == {(one.pk, a.pk), (two.pk, b.pk)}


def test_at_least_one_who_knows_the_sector(wide):
    """Only D knows the police; without the wish some application of theirs would be without D."""
    with wide.inside(wide.staff):
        ask_for_expertise(round=wide.round, wants=Expertise.SECTOR, by=wide.staff.actor)
    terms(wide, 3, sectors=["police"])
    terms(wide, 2, sectors=["health"])
    wide.start()
    police = {a.pk for n, a in enumerate(wide.applications) if n % 2}
    health = {a.pk for a in wide.applications} - police
    have = work(wide)
    assert {a for a, p in have if p == wide.assessors[3].person.pk} >= police
    assert {a for a, p in have if p == wide.assessors[2].person.pk} >= health
    with wide.inside(wide.staff):
        assert "expertise" in set(AssessorAllocation.objects.values_list("how", flat=True))


def test_expertise_nobody_has_is_said(wide):
    page = url(wide, "assess-expertise")
    assert "is expert in “Leadership potential”" in wide.staff.client.get(page).content.decode()
    criterion = wide.criteria[0]
    done = wide.staff.client.post(page, {"wants": f"criterion:{criterion.public_id}"})
    assert done.status_code == 302
    start = wide.staff.client.get(url(wide, "assess-start")).content.decode()
    assert "Would have nobody with the expertise asked for" in start
    person = url(wide, "assess-person", person=wide.assessors[0].person.public_id)
    saved = wide.staff.client.post(person, {"version": "0", "most": "", "criteria": [criterion.public_id]}, follow=True)
    assert "It counts from the next allocation on" in saved.content.decode()
    unmet = wide.staff.client.get(url(wide, "assess-start")).content.decode()
    # A may take all eight, so nobody goes without
    assert "Would have nobody" not in unmet


def test_the_pages_say_why_and_why_not(wide):
    with wide.inside(wide.staff):
        ConflictDeclaration.objects.create(
            person=wide.assessors[0].person,
            other=wide.applications[0].applicant,
            kind="worked",
            declared_by=wide.assessors[0].person,
            declared_at=timezone.now(),
        )
    wide.start()
    why = wide.staff.client.get(url(wide, "assess-why", wide.applications[0].public_id)).content.decode()
    assert why.count("Not begun") == 3 and "Everybody who could take it was needed." in why
    assert "Assessor A: Declared" in why
    person = url(wide, "assess-person", person=wide.assessors[0].person.public_id)
    page = wide.staff.client.get(person).content.decode()
    assert (f"{wide.applications[0].reference}: Declared" in page and "By lot" in page) or "Everybody" in page
    assert "What is left takes them about" in page


def test_two_who_edit_one_assessor_see_both(wide):
    page = url(wide, "assess-person", person=wide.assessors[0].person.public_id)
    assert wide.staff.client.post(page, {"version": "0", "most": "6"}).status_code == 302
    stale = wide.staff.client.post(page, {"version": "0", "most": "3"})
    assert stale.status_code == 409
    with wide.inside(wide.staff):
        assert AssessorTerms.objects.get().most == 6
    for wrong in ("-1", "501", "many"):
        answer = wide.staff.client.post(page, {"version": "1", "most": wrong})
        assert (
            answer.status_code == 422
            and "Enter a whole number of applications from 0 to 500" in answer.content.decode()
        )


def test_staff_alone_and_only_while_it_can_matter(wide, bystander):
    with wide.inside(bystander), pytest.raises(NotAllowed):
        ask_for_expertise(round=wide.round, wants="sector", by=bystander.actor)
    with wide.inside(wide.staff), pytest.raises(Refused, match="isn’t an assessor"):
        set_terms(
            round=wide.round,
            assessor=bystander.person,
            most=1,
            sectors=[],
            criteria=[],
            version=0,
            by=wide.staff.actor,
        )
    wide.moderating(lambda _a, _i: [4, 4, 4])
    with wide.inside(wide.staff), pytest.raises(WrongState):
        ask_for_expertise(round=wide.round, wants="sector", by=wide.staff.actor)
    with pytest.raises(WrongState):
        terms(wide, 0, most=1)
    person = wide.staff.client.get(url(wide, "assess-person", person=wide.assessors[0].person.public_id))
    assert 'name="most"' not in person.content.decode()
    assert "Nothing to allocate" in wide.staff.client.get(url(wide, "assess-allocate")).content.decode()


@pytest.mark.parametrize("count", [3, 9])
def test_the_pages_cost_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=count, assessors=3, per_application=2)
    terms(scene, 0, most=7)
    start = page_queries(staff.client, url(scene, "assess-start"))
    scene.start()
    names = ("assess-allocate", "assess-round")
    counts = [page_queries(staff.client, url(scene, name)) for name in names]
    person = page_queries(staff.client, url(scene, "assess-person", person=scene.assessors[0].person.public_id))
    assert [start, *counts, person] == QUERIES


QUERIES = [12, 12, 10, 12]


def test_the_mail_says_how_many_were_added(wide):
    wide.start()
    with wide.inside(wide.staff):
        assert Message.objects.filter(kind="selection.pile").count() == 4
