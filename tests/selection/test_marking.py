"""Marking: time counted honestly, drafts kept at every change, what one gave before, what it costs; two who finish at once; and what
a blind answer may still say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from selection.models import AssessorAllocation, Score
from selection.selectors.blind import Redactor
from selection.selectors.minutes import minutes_report
from selection.services.assessment import note_time
from tenancy.models import Organisation, Person
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene
from tests.selection.test_assess_application import first_of, form_data


@pytest.fixture
def started(scene):
    scene.start()
    return scene


def back(scene, row, minutes):
    """As if the page had been opened that long ago."""
    then = timezone.now() - timedelta(minutes=minutes)
    with scene.inside(scene.staff):
        AssessorAllocation.objects.filter(pk=row.pk).update(opened_at=then, counted_at=then)


def counted(scene, row):
    with scene.inside(scene.staff):
        return AssessorAllocation.objects.get(pk=row.pk).active_seconds


def test_time_in_use_is_added_up_and_never_more_than_has_passed(started):
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    target = url(started, "assess-application", row.public_id)
    assert who.client.get(target).status_code == 200
    assert who.client.post(target, {"time": "1", "seconds": "5000"}).status_code == 204
    assert counted(started, row) in (None, 0, 1)
    back(started, row, 10)
    before = counted(started, row) or 0
    assert who.client.post(target, {"time": "1", "seconds": "90"}).status_code == 204
    assert counted(started, row) == before + 90
    for rubbish in ("", "-5", "12.5", "٣", "1e9", "999999"):
        assert who.client.post(target, {"time": "1", "seconds": rubbish}).status_code == 204
    assert counted(started, row) <= before + 91
    back(started, row, 3)
    who.client.post(target, {**form_data(started, [4, 5, 6]), "finish": "1", "seconds": "120"})
    assert before + 210 <= counted(started, row) <= before + 211
    # finished is finished
    after = counted(started, row)
    assert who.client.post(target, {"time": "1", "seconds": "60"}).status_code == 204
    assert counted(started, row) == after
    other = started.assessors[1]
    assert other.client.post(target, {"time": "1", "seconds": "60"}).status_code == 403
    with started.inside(other):
        note_time(allocation=row, seconds=60, by=other.actor)
    assert counted(started, row) == after


def test_a_draft_is_kept_at_every_change_without_leaving_the_page(started):
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    target = url(started, "assess-application", row.public_id)
    data = {**form_data(started, [4, None, None], "half a thought"), "save": "1", "autosave": "1", "seconds": "3"}
    assert who.client.post(target, data).status_code == 204
    page = who.client.get(target).content.decode()
    assert "half a thought" in page and page.count(" checked") >= 1
    with started.inside(who):
        held = AssessorAllocation.objects.get(pk=row.pk)
        assert held.finished_at is None and held.opened_at is not None
        assert Score.objects.get(allocation=row, points__isnull=False).points == 4
    # once finished, a late draft changes nothing
    who.client.post(target, {**form_data(started, [5, 5, 5]), "finish": "1"})
    assert who.client.post(target, data).status_code == 422
    with started.inside(who):
        assert set(Score.objects.filter(allocation=row).values_list("points", flat=True)) == {5}


def test_what_i_gave_earlier_and_nobody_elses(started):
    who, other = started.assessors
    first, second = started.applications[:2]
    started.score(who, first, [6, 5, 4])
    started.score(other, first, [2, 2, 2])
    with started.inside(who):
        row = started.allocation(second, who)
    page = who.client.get(url(started, "assess-application", row.public_id)).content.decode()
    assert page.count("What you gave earlier") == 3 and f"{first.reference}: <strong>6</strong> seen" in page
    assert "<strong>2</strong>" not in page
    assert page.count("data-baton-criterion") == 3 and 'role="status"' in page


def test_staff_see_minutes_by_assessor_and_application(started):
    fast, slow = started.assessors
    with started.inside(started.staff):
        rows = {(r.application_id, r.assessor_id): r for r in AssessorAllocation.objects.all()}
    one, two, three = started.applications[:3]
    for who, application, minutes, seconds in (
        (fast, one, 5, 240),
        (fast, two, 9, None),
        (slow, one, 50, 1200),
        (slow, three, 600, None),  # left open over lunch, no script: nobody knows
    ):
        started.score(who, application, [4, 4, 4])
        row = rows[application.pk, who.person.pk]
        with started.inside(started.staff):
            finished = AssessorAllocation.objects.get(pk=row.pk).finished_at
            AssessorAllocation.objects.filter(pk=row.pk).update(
                opened_at=finished - timedelta(minutes=minutes), active_seconds=seconds
            )
    with started.inside(started.staff):
        report = minutes_report(started.round)
    assert [(p.name, p.finished, p.minutes) for p in report.people] == [("Assessor A", 2, 13), ("Assessor B", 2, 20)]
    assert [(a.reference, a.finished, a.minutes) for a in report.applications] == [
        (one.reference, 2, 24),
        (two.reference, 1, 9),
        (three.reference, 1, 0),
    ]
    page = started.staff.client.get(url(started, "assess-minutes")).content.decode()
    assert ">33<" in page and "of 4 finished assessments have a time" in page and "Assessment centre: off" in page
    assert started.assessors[0].client.get(url(started, "assess-minutes")).status_code == 403
    assert "about" in fast.client.get(url(started, "assess-pile")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_report_costs_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=count, places=1).moderating()
    assert page_queries(staff.client, url(scene, "assess-minutes")) == 7


WHO = (
    "Nadia Kerr-Whitfield",
    "Will Grant",
    "May O'Neill",
    "Zoë Jean Brontë",
)
SAID = [
    ("N. Kerr-Whitfield and N Kerr-Whitfield", "[name] and [name]"),
    ("Kerr-Whitfield, Nadia", "[name]"),
    ("Kerr Whitfield or Kerr‑Whitfield", "[name] or [name]"),
    ("Nadia’s plan; NADIA'S plan", "[name]’s plan; [name]'S plan"),
    ("signed N.K.W. and NKW", "signed [name] and [name]"),
    ("Zoe Bronte, Z. J. Bronte, Zoë B.", "[name], [name], [name]"),
    # names that are words too
    ("Will we see? I asked Will to help. Will led it.", "Will we see? I asked [name] to help. [name] led it."),
    (
        "They will grant it; a Grant funding round, with Grant.",
        "They will grant it; a Grant funding round, with [name].",
    ),
    (
        "In May 2024 and by May, May O’Neill rang. Later May rang.",
        "In May 2024 and by May, [name] rang. Later [name] rang.",
    ),
    ("It may be so. May I say?", "It may be so. May I say?"),
    # employers by any name
    ("Mid & South Essex Trust, MSET, the Mid and South Essex Trust", "[employer], [employer], the [employer]"),
    ("the Alliance, MSE, and NHS England", "the Alliance, [employer], and NHS England"),
    ("Acme Care Homes Ltd, Acme Care Homes and ACH", "[employer], [employer] and [employer]"),
    ("x@msetrust.nhs.uk and www.msetrust.nhs.uk", "[e-mail] and www.[employer]"),
    ("HR and IT and AI", "HR and IT and AI"),
]


@pytest.mark.parametrize(("text", "expected"), SAID)
def test_what_a_blind_answer_still_says(text, expected):
    people = [Person(name=name, email="n.kw@msetrust.nhs.uk") for name in WHO]
    organisations = [
        Organisation(name="Mid and South Essex Trust", short_name="MSE", aliases=[]),
        Organisation(name="Acme Care Homes Ltd", short_name="", aliases=[]),
    ]
    assert Redactor(people, organisations)(text) == expected
