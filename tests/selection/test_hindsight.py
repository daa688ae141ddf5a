"""Whether scores told anything of how people took part later: figures of groups, and only where nobody can be told from them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import Attendance, Event, Participation
from selection.models import AssessorAllocation
from selection.selectors.hindsight import Later, compare, spearman
from selection.services.offers import accept_offer
from tenancy.selectors import actor_of
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])


def test_ranks_are_compared_and_ties_stand_at_their_mean() -> None:
    assert spearman([(1, 10), (2, 20), (3, 30)]) == pytest.approx(1)
    assert spearman([(1, 3), (2, 2), (3, 1)]) == pytest.approx(-1)
    # 1.5, 1.5, 3, 4 against 1, 3, 2, 4
    assert spearman([(1, 1), (1, 3), (2, 2), (5, 9)]) == pytest.approx(0.6325, abs=1e-4)
    assert spearman([(1, 1), (2, 1)]) is None


def test_fifteen_people_are_three_groups_and_fourteen_are_none() -> None:
    people = [Later(float(7 - n / 3), (15 - n) / 15, n == 14) for n in range(15)]
    found = compare(people)
    assert [(g.people, g.attended, g.left) for g in found.groups] == [(5, 87, 0), (5, 53, 0), (5, 20, 1)]
    assert (found.groups[0].most, found.together) == (7.0, pytest.approx(1))
    fewer = compare([*people[:14], Later(2.0, None, True)])
    assert (fewer.known, fewer.groups, fewer.together) == (14, (), None)


def test_paper_and_centre_are_set_beside_each_other_once_fifteen_were_seen() -> None:
    people = [Later(7 - n / 3, (15 - n) / 15, False, paper=n / 3, centre=7 - n / 3) for n in range(15)]
    found = compare(people)
    assert found.compares and (found.seen, found.paper, found.centre) == (15, pytest.approx(-1), pytest.approx(1))
    fewer = compare([*people[:14], Later(2.0, 0.1, False)])
    assert (fewer.known, fewer.seen, fewer.compares, fewer.centre) == (15, 14, False, None)


def test_staff_read_it_in_groups_until_the_scores_are_deleted(essex, staff, stranger) -> None:
    scene = make_scene(essex, staff, applications=16, assessors=2, places=15)
    order = {a.pk: n for n, a in enumerate(scene.applications)}
    scene.decided(lambda a, i: [7 - order[a.pk] * 6 // 16] * 3)
    page = url(scene, "assess-hindsight")
    assert "Too little to compare" in staff.client.get(page).content.decode()
    now = timezone.now()
    for application in scene.applications[:15]:
        with scene.inside(staff):
            mine = scene.fresh(application)
        with scene.inside():
            accept_offer(application=mine, by=actor_of(mine.applicant))
    with scene.inside(staff):
        events = [
            Event.objects.create(
                cohort=scene.cohort, title=f"Day {n}", kind="workshop", starts_at=now - timedelta(days=n + 1),
                ends_at=now - timedelta(days=n), registered_at=now, state="cancelled" if n == 2 else "planned",
            )
            for n in range(3)
        ]  # fmt: skip
        Attendance.objects.bulk_create(
            Attendance(
                event=event, person=application.applicant, recorded_at=now,
                # the register of what was called off while it ran says "absent" of everybody, and counts for nothing
                state="present" if event.state != "cancelled"
                and (n < 10 or (n < 12 and not event.title.endswith("1"))) else "absent",
            )
            for event in events
            for n, application in enumerate(scene.applications[:15])
        )  # fmt: skip
        Participation.objects.filter(person=scene.applications[14].applicant).update(state="withdrawn")
    answer = staff.client.get(page)
    text = answer.content.decode()
    assert [(g.people, g.attended, g.left) for g in answer.context["found"].groups] == [
        (5, 100, 0),
        (5, 100, 0),
        (5, 20, 1),
    ]
    assert "Those with more points were at more events" in text and "20%" in text
    assert not any(a.applicant.name in text or a.reference in text for a in scene.applications)
    lines = b"".join(staff.client.get(page + "?download=csv")).decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and lines[3].endswith("5,20,1")
    assert page in staff.client.get(url(scene, "assess-round")).content.decode()
    assert page_queries(staff.client, page) <= 12
    assert scene.assessors[0].client.get(page).status_code == 403
    assert stranger.client.get(page).status_code == 404
    with scene.inside(staff):
        AssessorAllocation.objects.filter(application__round=scene.round).delete()
    assert "Too little to compare" in staff.client.get(page).content.decode()
