"""Moderation: where assessors differ, what is agreed, two people at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from selection.models import Application, Moderation
from selection.selectors.ranking import rank_round
from selection.selectors.scores import with_scores
from selection.services.moderation import agree_means, moderate_application
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Change
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

# four applications, two assessors: wide apart, agreed, across the line, agreed
POINTS = {0: ([7, 6, 6], [3, 6, 6]), 1: ([6, 6, 6], [6, 6, 6]), 2: ([6, 6, 6], [5, 5, 5]), 3: ([1, 1, 1], [1, 1, 1])}


def apart(scene):
    order = {a.pk: n for n, a in enumerate(scene.applications)}
    return lambda application, index: POINTS[order[application.pk]][index]


@pytest.fixture
def moderated(scene):
    return scene.moderating(apart(scene))


def test_the_list_and_the_ranking_agree_on_every_figure(moderated):
    with moderated.inside(moderated.staff):
        with_sql = {
            a.pk: (a.score_mean, a.score_gap, a.finished, a.allocated)
            for a in with_scores(Application.objects.filter(round=moderated.round))
        }
        ranked = rank_round(moderated.round, places=2)
        assert {r.pk: (r.mean, r.gap, 2, 2) for r in ranked} == with_sql
        assert [r.reference[-1] for r in ranked] == ["1", "0", "2", "3"]
        assert [str(r.mean) for r in ranked] == ["6.00", "5.67", "5.50", "1.00"]


def test_scores_stay_out_of_the_list_until_all_are_in(scene):
    scene.start()
    scene.score(scene.assessors[0], scene.applications[0], [4, 4, 4])
    for who in (scene.staff, scene.assessors[0]):
        with scene.inside(who):
            row = with_scores(Application.objects.filter(pk=scene.applications[0].pk)).get()
            assert (row.score_mean, row.score_gap, row.score_points) == (None, None, None)
            assert (row.finished, row.allocated) == (1, 2)


def test_weights_count(essex, staff):
    scene = make_scene(essex, staff, weights=(3, 1, 1))
    scene.moderating(lambda _a, _i: [7, 1, 1])
    with scene.inside(scene.staff):
        assert rank_round(scene.round, places=2)[0].mean == Decimal("4.60")
        assert with_scores(Application.objects.filter(round=scene.round)).first().score_mean == Decimal("4.60")


def test_widest_difference_first_then_across_the_line(moderated):
    page = moderated.staff.client.get(url(moderated, "moderation-list")).content.decode()
    first, second = (moderated.applications[n].reference for n in (0, 2))
    assert page.index(first) < page.index(second)
    assert "4 points apart" in page and "Across the line" in page
    assert moderated.applications[3].reference not in page
    assert (
        moderated.applications[3].reference
        in moderated.staff.client.get(url(moderated, "moderation-list") + "?show=all").content.decode()
    )
    # a blind round is moderated blind
    assert "Nominee" not in page


def test_agreeing_through_the_page_opens_the_next_one(moderated):
    first, second = moderated.applications[0], moderated.applications[2]
    target = url(moderated, "moderation-detail", first.public_id)
    page = moderated.staff.client.get(target).content.decode()
    assert "Assessor A" in page and "seen" in page and 'value="5.67"' in page
    response = moderated.staff.client.post(
        target, {"points": "5.5", "reason": "The example was shared work", "version": "0", "next": "1"}
    )
    assert response.status_code == 302 and second.public_id in response["Location"]
    with moderated.inside(moderated.staff):
        assert first.moderation.points == Decimal("5.50")
        ranked = {r.pk: r for r in rank_round(moderated.round, places=2)}
        assert ranked[first.pk].points == Decimal("5.50") and not ranked[first.pk].needs_moderation
        assert (
            Change.objects.get(name="moderate", subject_id=first.public_id).reason
            == "5.50: The example was shared work"
        )


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"points": "", "reason": "x", "version": "0"}, "Enter the agreed points"),
        ({"points": "8", "reason": "x", "version": "0"}, "Points must be between 1 and 7"),
        ({"points": "many", "reason": "x", "version": "0"}, "Agreed points must be a number"),
        ({"points": "4", "reason": " ", "version": "0"}, "Say how the points were agreed"),
    ],
)
def test_errors_name_the_field(moderated, data, error):
    response = moderated.staff.client.post(
        url(moderated, "moderation-detail", moderated.applications[0].public_id), data
    )
    assert response.status_code == 422 and error in response.content.decode()
    with moderated.inside(moderated.staff):
        assert not Moderation.objects.exists()


def test_two_people_on_one_application_see_both_texts(moderated):
    application = moderated.applications[0]
    target = url(moderated, "moderation-detail", application.public_id)
    for version, points in (("0", "5"), ("1", "4")):
        done = moderated.staff.client.post(target, {"points": points, "reason": f"theirs {points}", "version": version})
        assert done.status_code == 302
    for stale in ("0", "1"):
        response = moderated.staff.client.post(target, {"points": "6", "reason": "mine", "version": stale})
        page = response.content.decode()
        assert response.status_code == 409
        assert "theirs 4" in page and "mine" in page
        assert 'name="version" value="2"' in page
    response = moderated.staff.client.post(target, {"points": "6", "reason": "mine", "version": "2"})
    assert response.status_code == 302


def test_first_moderation_twice_is_a_stale_edit(moderated):
    application = moderated.applications[0]
    with moderated.inside(moderated.staff):
        args = {"application": application, "reason": "a", "version": 0, "by": moderated.staff.actor}
        moderate_application(points=Decimal(4), **args)
        with pytest.raises(StaleEdit) as stale:
            moderate_application(points=Decimal(5), **args)
        assert stale.value.theirs["points"] == Decimal(4)


def test_the_mean_may_be_agreed_for_several_with_one_reason(moderated):
    target = url(moderated, "moderation-list")
    ids = [moderated.applications[n].public_id for n in (0, 2)]
    refused = moderated.staff.client.post(target, {"applications": ids, "reason": ""})
    assert refused.status_code == 422 and "Say how the points were agreed" in refused.content.decode()
    done = moderated.staff.client.post(
        target, {"applications": ids, "reason": "Talked through on 3 March"}, follow=True
    )
    assert "2 applications were agreed." in done.content.decode()
    with moderated.inside(moderated.staff):
        assert not any(r.needs_moderation for r in rank_round(moderated.round, places=2))
        with pytest.raises(Refused):
            agree_means(round=moderated.round, applications=ids, reason="again", by=moderated.staff.actor)


def test_outside_moderation_nothing_changes(scene):
    scene.start()
    with scene.inside(scene.staff), pytest.raises(WrongState):
        moderate_application(
            application=scene.applications[0], points=Decimal(4), reason="x", version=0, by=scene.staff.actor
        )


def test_only_staff_of_the_cohort(moderated, stranger, bystander):
    for page in (
        url(moderated, "moderation-list"),
        url(moderated, "moderation-detail", moderated.applications[0].public_id),
    ):
        assert moderated.staff.client.get(page).status_code == 200
        for other in (bystander, moderated.assessors[0]):
            assert other.client.get(page).status_code == 403
            assert other.client.post(page, {"points": "5", "reason": "x", "version": "0"}).status_code == 403
        assert stranger.client.get(page).status_code == 404
    with moderated.inside(bystander), pytest.raises(NotAllowed):
        moderate_application(
            application=moderated.applications[0], points=Decimal(4), reason="x", version=0, by=bystander.actor
        )


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=count).moderating()
    assert page_queries(staff.client, url(scene, "moderation-list") + "?show=all") == 9
