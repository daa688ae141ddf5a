"""Assessors' severity on the chair's page against the truth that made the marks, the correction, the chair, the meeting and the lock."""

from __future__ import annotations

import random
import re
from decimal import Decimal

import pytest

from reminders.models import Message
from reminders.selectors import read_obligations
from selection.models import AssessorAllocation, Correction, Moderation
from selection.selectors.ranking import rank_round
from selection.services.assessment import start_moderation
from selection.services.choosing import composition_of, make_offers
from selection.services.moderation import (
    agree_means,
    choose_correction,
    lock_moderation,
    moderate_application,
    name_chair,
    unlock_moderation,
)
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, ConflictDeclaration, Role
from tests.conftest import make_member
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

# how much less each assessor gives than the others, in points: known, since this file makes the marks
TRUE = (1, 0, 0, -1)
SEVERITY = re.compile(r"<th scope=\"row\">(Assessor .)</th>.*?Severity in points'?\"?>([+-][0-9.]+)<", re.S)


def harsh_and_mild(scene):
    """Marks of applications whose level falls from 6 to 2, by assessors of known severity: no chance at all but one point here and
    there, so that there's something left over to measure errors by."""
    order = {a.pk: n for n, a in enumerate(scene.applications)}
    dice = random.Random(11)

    def points(application, index):
        level = 6 - order[application.pk] // 3
        return [max(1, min(7, level - TRUE[index] + dice.choice((0, 0, 0, 0, 1, -1)))) for _ in scene.criteria]

    return points


@pytest.fixture
def judged(essex, staff):
    scene = make_scene(essex, staff, applications=12, assessors=4, places=5, per_application=3)
    with scene.inside(staff):
        # the lot is drawn by this: the same marks in every run
        scene.round.public_id = "severities"
        scene.round.save(update_fields=["public_id"])
    return scene.moderating(harsh_and_mild(scene))


@pytest.fixture
def chair(essex, judged):
    who = make_member(essex, "Cora Chair")
    with judged.inside(judged.staff):
        judged.round = name_chair(round=judged.round, person=who.person, by=judged.staff.actor)
    return who


def choose(scene, who, correction=Correction.ADDITIVE, reason="Two of the four are a point apart"):
    with scene.inside(who):
        scene.round = choose_correction(round=scene.round, correction=correction, reason=reason, by=who.actor)


def ranking(scene):
    with scene.inside(scene.staff):
        scene.round.refresh_from_db()
        return rank_round(scene.round, places=5)


@pytest.mark.parametrize("model", ["additive", "rasch"])
def test_the_page_finds_the_severities_the_marks_were_made_with(judged, chair, model):
    page = chair.client.get(url(judged, "moderation-severity") + f"?model={model}").content.decode()
    shown = dict(SEVERITY.findall(page))
    assert len(shown) == 4
    for name, true in zip("ABCD", TRUE, strict=True):
        assert abs(float(shown[f"Assessor {name}"]) - true) < 0.45, shown
    assert page.index("Assessor A") < page.index("Assessor D")
    assert "Stricter than the others" in page and "More lenient than the others" in page
    assert "All 4 assessors hang together" in page


def test_a_choice_changes_every_ranking_at_once_and_is_recorded(judged, chair):
    before = ranking(judged)
    page = url(judged, "moderation-severity")
    shown = chair.client.get(page).content.decode()
    comes = re.search(r"places would change: ([^<]*) in, ([^<]*) out", shown)
    refused = chair.client.post(page, {"correction": "additive", "reason": " "})
    assert refused.status_code == 422 and "Say why this correction" in refused.content.decode()
    assert ranking(judged)[0].corrected is None
    done = chair.client.post(page, {"correction": "additive", "reason": "A point apart"}, follow=True)
    assert "The round is ranked by: Additive model." in done.content.decode()
    after = ranking(judged)
    assert {r.pk for r in after} == {r.pk for r in before} and all(r.corrected is not None for r in after)
    assert [r.reference for r in after] != [r.reference for r in before]
    # the effect that stood in view before is the effect
    first = [{r.reference for r in rows[:5]} for rows in (before, after)]
    seen = [set(part.split(", ")) for part in comes.groups()] if comes else [set(), set()]
    assert seen == [first[1] - first[0], first[0] - first[1]]
    with judged.inside(judged.staff):
        assert composition_of(judged.round, after).chosen == after[:5]
        change = Change.objects.get(name="correction")
        assert (change.by_label, change.reason) == ("Cora Chair", "Additive model: A point apart")
    listed = judged.staff.client.get(url(judged, "application-list") + "?sort=-points").content.decode()
    assert [listed.index(r.reference) for r in after[:2]] == sorted(listed.index(r.reference) for r in after[:2])
    assert all(f">{r.points}<" in listed for r in after)
    again = chair.client.post(page, {"correction": "additive", "reason": "again"})
    assert again.status_code == 422 and "ranked already" in again.content.decode()


def test_corrected_scores_undo_what_the_draw_did(judged):
    """Applications of the same level come nearer to each other than their means were."""
    order = {a.pk: n // 3 for n, a in enumerate(judged.applications)}

    def spread(rows):
        groups = {}
        for r in rows:
            groups.setdefault(order[r.pk], []).append(r.points)
        return sum(max(g) - min(g) for g in groups.values())

    raw = spread(ranking(judged))
    choose(judged, judged.staff)
    assert spread(ranking(judged)) < raw


def test_agreed_points_stand_whatever_the_correction(judged):
    application = judged.applications[0]
    with judged.inside(judged.staff):
        moderate_application(
            application=application, points=Decimal("3.25"), reason="x", version=0, by=judged.staff.actor
        )
    choose(judged, judged.staff)
    row = next(r for r in ranking(judged) if r.pk == application.pk)
    assert (row.points, row.moderated) == (Decimal("3.25"), Decimal("3.25")) and row.corrected is not None
    moved = next(r.pk for r in ranking(judged) if r.moderated is None and r.corrected != r.mean)
    other = next(a for a in judged.applications if a.pk == moved)
    with judged.inside(judged.staff):
        agree_means(round=judged.round, applications=[other.public_id], reason="agreed", by=judged.staff.actor)
        row = next(r for r in rank_round(judged.round, places=5) if r.pk == other.pk)
        # what is agreed for the ticked ones is what the list shows: the corrected score
        assert row.moderated == row.corrected != row.mean


def test_groups_that_share_no_application_are_said_and_nothing_is_corrected(essex, staff):
    scene = make_scene(essex, staff, applications=8, assessors=4, places=3)
    scene.start()
    # two teams of two, whatever the lot drew
    with scene.inside(staff):
        for n, application in enumerate(scene.applications):
            AssessorAllocation.objects.filter(application=application).delete()
            for who in scene.assessors[:2] if n < 4 else scene.assessors[2:]:
                AssessorAllocation.objects.create(
                    application=application, assessor=who.person, allocated_at=application.submitted_at
                )
    order = {a.pk: n for n, a in enumerate(scene.applications)}
    scene.score_all(lambda a, i: [1 + (order[a.pk] + i) % 6] * 3)
    with scene.inside(staff):
        start_moderation(round=scene.round, by=staff.actor)
        scene.round.refresh_from_db()
        for model in (Correction.ADDITIVE, Correction.RASCH):
            with pytest.raises(Refused, match="share no application"):
                choose_correction(round=scene.round, correction=model, reason="x", by=staff.actor)
    page = staff.client.get(url(scene, "moderation-severity")).content.decode()
    assert "fall into 2 groups" in page and "Assessor A, Assessor B" in page and "Assessor C, Assessor D" in page
    assert "Additive model can’t be chosen." in page and 'value="additive"' not in page
    # a choice made while it was possible falls back to the means
    with scene.inside(staff):
        means = [r.points for r in rank_round(scene.round, places=3)]
        scene.round.correction = Correction.ADDITIVE
        assert [r.points for r in rank_round(scene.round, places=3)] == means


def test_a_chair_moderates_and_nobody_else_of_their_kind(judged, chair, bystander, essex):
    other = make_scene(essex, judged.staff, applications=2, places=1)
    pages = [
        url(judged, "moderation-list"),
        url(judged, "moderation-severity"),
        url(judged, "moderation-lock"),
        url(judged, "moderation-detail", judged.applications[0].public_id),
        url(judged, "moderation-meeting", judged.applications[0].public_id),
    ]
    for page in pages:
        assert chair.client.get(page).status_code == 200
        assert bystander.client.get(page).status_code == judged.assessors[0].client.get(page).status_code == 403
    for page in (
        url(other, "moderation-list"),
        url(judged, "moderation-chair"),
        url(judged, "choosing-board"),
        url(judged, "assess-round"),
        url(judged, "application-list"),
    ):
        assert chair.client.get(page).status_code == 403
    target = url(judged, "moderation-detail", judged.applications[0].public_id)
    done = chair.client.post(target, {"points": "5", "reason": "We talked", "version": "0"})
    assert done.status_code == 302
    with judged.inside(judged.staff):
        assert Moderation.objects.get().by == chair.person
        assert Message.objects.get(kind="selection.chair").recipient == chair.person
        assert [o.person_id for o in read_obligations(kind="selection.moderate")] == [chair.person.pk]
        judged.round = name_chair(round=judged.round, person=None, by=judged.staff.actor)
        assert not read_obligations(kind="selection.moderate")
    assert chair.client.get(target).status_code == 403


def test_staff_name_the_chair_on_its_page(judged, essex):
    who = make_member(essex, "Cleo Chair")
    applicant = judged.member(judged.applications[0])
    page = url(judged, "moderation-chair")
    shown = judged.staff.client.get(page).content.decode()
    assert "Cleo Chair" in shown and judged.applications[0].applicant.name not in shown
    assert judged.staff.client.post(page, {"person": applicant.person.public_id}).status_code == 422
    done = judged.staff.client.post(page, {"person": who.person.public_id}, follow=True)
    assert "Cleo Chair chairs moderation." in done.content.decode()
    with judged.inside(judged.staff), pytest.raises(Refused):
        name_chair(round=judged.round, person=applicant.person, by=judged.staff.actor)
    with judged.inside(who), pytest.raises(NotAllowed):
        name_chair(round=judged.round, person=None, by=who.actor)


def test_a_conflict_closes_one_application_to_the_chair(judged, chair):
    closed, open_ = judged.applications[0], judged.applications[1]
    with judged.inside(judged.staff):
        ConflictDeclaration.objects.create(
            person=chair.person,
            other=closed.applicant,
            kind=ConflictDeclaration.Kind.WORKED,
            declared_by=chair.person,
            declared_at=closed.submitted_at,
        )
        row = next(r for r in rank_round(judged.round, places=5) if r.pk == closed.pk)
    for name in ("moderation-detail", "moderation-meeting"):
        assert chair.client.get(url(judged, name, closed.public_id)).status_code == 403
        assert chair.client.post(url(judged, name, closed.public_id), {"points": "7"}).status_code == 403
        assert chair.client.get(url(judged, name, open_.public_id)).status_code == 200
        assert judged.staff.client.get(url(judged, name, closed.public_id)).status_code == 200
    listed = chair.client.get(url(judged, "moderation-list") + "?show=all").content.decode()
    line = listed[listed.index(closed.reference) :].split("</tr>")[0]
    assert "You have a conflict" in line and str(row.points) not in line and row.marks[0].assessor not in line
    with judged.inside(chair), pytest.raises(NotAllowed):
        moderate_application(application=closed, points=Decimal(7), reason="x", version=0, by=chair.actor)
    with judged.inside(chair):
        ids = [closed.public_id, open_.public_id]
        assert agree_means(round=judged.round, applications=ids, reason="both", by=chair.actor) == 1
        assert Moderation.objects.get().application_id == open_.pk


def test_a_chair_who_also_assesses_sees_nothing_before_and_says_so_after(essex, staff):
    scene = make_scene(essex, staff, applications=4, assessors=2, places=2)
    chair = scene.assessors[0]
    with scene.inside(staff):
        scene.round = name_chair(round=scene.round, person=chair.person, by=staff.actor)
    scene.start()
    scene.score_all(lambda a, i: [6, 2, 4] if i else [2, 6, 4])
    for name in ("moderation-list", "moderation-severity"):
        page = chair.client.get(url(scene, name)).content.decode()
        assert "Moderation hasn’t begun" in page and scene.applications[0].reference not in page
    detail = url(scene, "moderation-detail", scene.applications[0].public_id)
    assert "There are no scores to show" in chair.client.get(detail).content.decode()
    with scene.inside(staff):
        start_moderation(round=scene.round, by=staff.actor)
    assert "You marked this application yourself" in chair.client.get(detail).content.decode()
    chair.client.post(detail, {"points": "4", "reason": "Talked", "version": "0"})
    with scene.inside(staff):
        assert (
            Change.objects.get(name="moderate", subject_kind="selection.Application").reason
            == "4.00: Talked (also marked it)"
        )


def test_locked_means_nothing_moves_until_somebody_says_why(judged, chair):
    page = url(judged, "moderation-lock")
    early = chair.client.post(page, {})
    if early.status_code == 422:
        assert "moderation first" in early.content.decode()
    with judged.inside(judged.staff):
        ids = [a.public_id for a in judged.applications]
        agree_means(round=judged.round, applications=ids, reason="talked", by=judged.staff.actor)
    assert chair.client.post(page, {}).status_code == 302
    application = judged.applications[0]
    with judged.inside(judged.staff):
        judged.round.refresh_from_db()
        by = judged.staff.actor
        for attempt in (
            lambda: moderate_application(application=application, points=Decimal(5), reason="x", version=1, by=by),
            lambda: agree_means(round=judged.round, applications=ids, reason="x", by=by),
            lambda: choose_correction(round=judged.round, correction="additive", reason="x", by=by),
            lambda: lock_moderation(round=judged.round, by=by),
        ):
            with pytest.raises(WrongState, match="locked"):
                attempt()
    shown = judged.staff.client.get(url(judged, "moderation-detail", application.public_id)).content.decode()
    assert 'name="points"' not in shown and "Agreed:" in shown
    assert chair.client.post(page, {"reason": " "}).status_code == 422
    assert chair.client.post(page, {"reason": "One was read wrongly"}).status_code == 302
    with judged.inside(judged.staff):
        moderate_application(application=application, points=Decimal(5), reason="x", version=1, by=by)
        steps = Change.objects.filter(name__in=("lock_moderation", "unlock_moderation")).order_by("at")
        assert [(s.name, s.by_label, s.reason) for s in steps] == [
            ("lock_moderation", "Cora Chair", ""),
            ("unlock_moderation", "Cora Chair", "One was read wrongly"),
        ]
        with pytest.raises(WrongState):
            unlock_moderation(round=judged.round, reason="again", by=by)


def test_a_decided_round_is_neither_locked_nor_corrected(judged):
    with judged.inside(judged.staff):
        by = judged.staff.actor
        ids = [a.public_id for a in judged.applications]
        agree_means(round=judged.round, applications=ids, reason="talked", by=by)
        seal = composition_of(judged.round, rank_round(judged.round, places=5)).seal
        make_offers(round=judged.round, seal=seal, by=by)
        for attempt in (
            lambda: lock_moderation(round=judged.round, by=by),
            lambda: choose_correction(round=judged.round, correction="additive", reason="x", by=by),
            lambda: name_chair(round=judged.round, person=None, by=by),
        ):
            with pytest.raises(WrongState):
                attempt()


def test_the_meeting_goes_through_the_list_in_its_order_and_agrees_on_the_way(judged, chair):
    listed = chair.client.get(url(judged, "moderation-list") + "?show=all&sort=line").content.decode()
    order = sorted(judged.applications, key=lambda a: listed.index(a.reference))
    here = url(judged, "moderation-meeting", order[0].public_id) + "?sort=line&show=all"
    page = chair.client.get(here).content.decode()
    assert "1 of 12" in page and 'rel="prev"' not in page and order[1].public_id in page
    # blind on the projector too, and the answers with the names taken out
    assert "Nominee" not in page and "Boss" not in page and "@health.example" not in page and "canary" in page
    done = chair.client.post(here, {"points": "4.5", "reason": "Agreed in the room", "version": "0", "next": "1"})
    assert order[1].public_id in done["Location"] and "sort=line" in done["Location"]
    stay = chair.client.post(
        url(judged, "moderation-meeting", order[1].public_id),
        {"points": "4", "reason": "Agreed", "version": "0", "save": "1"},
    )
    assert order[1].public_id in stay["Location"]
    with judged.inside(judged.staff):
        assert Moderation.objects.count() == 2


def test_every_order_of_the_list_shows_the_same_rows(judged):
    rows = ranking(judged)
    page = url(judged, "moderation-list")
    seen = {}
    for sort in ("disagreement", "line", "rank", "reference", "nonsense"):
        text = judged.staff.client.get(f"{page}?show=all&sort={sort}").content.decode()
        seen[sort] = sorted((r.reference for r in rows), key=text.index)
        assert len(seen[sort]) == 12
    assert seen["rank"] == [r.reference for r in rows]
    assert seen["reference"] == sorted(seen["rank"])
    assert seen["nonsense"] == seen["disagreement"]
    across = [r.reference for r in rows if r.straddles and r.needs_moderation]
    assert across and set(seen["line"][: len(across)]) == set(across)


@pytest.mark.parametrize("count", [2, 6])
def test_the_pages_cost_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=count, assessors=3, places=1, per_application=2).moderating()
    chair = make_member(essex, "Cora Chair", Role.MENTOR)
    with scene.inside(staff):
        name_chair(round=scene.round, person=chair.person, by=staff.actor)
    meeting = url(scene, "moderation-meeting", scene.applications[0].public_id) + "?show=all"
    counts = {
        who: [
            page_queries(client, target)
            for target in (url(scene, "moderation-severity"), url(scene, "moderation-list") + "?show=all", meeting)
        ]
        for who, client in (("staff", staff.client), ("chair", chair.client))
    }
    assert counts == {"staff": [9, 9, 10], "chair": [10, 10, 11]}
    with scene.inside(staff):
        moderate_application(
            application=scene.applications[0], points=Decimal(3), reason="Agreed.", version=0, by=staff.actor
        )
    assert [page_queries(who.client, meeting) for who in (staff, chair)] == [10, 11]
