"""Kinds of issue: a tenant's list, ticked by facilitators at the end of a meeting, told to staff as numbers that aren't small."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import figures
from cohorts.models import IssueTag, IssueTally, MeetingTag, SetMeeting
from cohorts.selectors.issue_tags import tag_counts
from cohorts.services.issue_tags import save_issue_tags, shown_tags
from cohorts.services.set_meetings import begin_meeting, save_review
from engine.reports import check_figure
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import Role
from tenancy.scope import tenant_context
from tenancy.seen import digest_of
from tests.factories.cohorts import make_event, make_many, make_sets, sign_in_as

LIST = "/essex/issue-tags/"


@pytest.fixture
def tags(essex, staff):
    page = staff.client.get(LIST).content.decode()
    assert "Senior buy-in" in page and "a suggestion" in page
    with tenant_context(essex):
        seen = digest_of(shown_tags())
    form = {"tags": "Engaging people\n  Senior   buy-in \nInfluencing others\n", "seen": seen}
    assert staff.client.post(LIST, form).status_code == 302
    assert staff.client.post(LIST, {**form, "tags": "Other"}).status_code == 409  # an older page
    with tenant_context(essex):
        return {tag.name: tag for tag in IssueTag.objects.all()}


@pytest.fixture
def meetings(essex, cohort, facilitator):
    """Two sets of one facilitator, six meetings of theirs that have begun."""
    with tenant_context(essex):
        people = [place.person for place in make_many(cohort, 10)]
        sets = make_sets(cohort, [people[:5], people[5:]], facilitator=facilitator.person).sets.all()
        events = [
            make_event(
                cohort,
                f"Meeting {n}",
                kind="set_meeting",
                learning_set=sets[n % 2],
                starts_at=timezone.now() + timedelta(hours=n + 1),
                tell=False,
            )
            for n in range(6)
        ]
    with tenant_context(essex, facilitator.person):
        rows = [begin_meeting(event=event, by=facilitator.actor) for event in events]
    return people, rows


def tick(essex, facilitator, meeting, *tags):
    with tenant_context(essex, facilitator.person):
        row = SetMeeting.objects.select_related("event", "learning_set__cohort", "learning_set__plan").get(
            pk=meeting.pk
        )
        save_review(meeting=row, version=0, body="", tags=[tag.public_id for tag in tags], by=facilitator.actor)


def told(essex, cohort, person):
    with tenant_context(essex, person):
        return {row.name: row.meetings for row in tag_counts(cohort.pk)}


def test_facilitators_tick_and_staff_read_no_small_number(essex, cohort, staff, facilitator, tags, meetings):
    people, rows = meetings
    engaging, senior = tags["Engaging people"], tags["Senior buy-in"]
    page = reverse(
        "cohorts:set-meeting-step",
        kwargs={"tenant": "essex", "public_id": rows[0].event.public_id, "step": "review"},
    )
    assert "Senior buy-in" in facilitator.client.get(page).content.decode()
    sent = {"body": "", "version": "0", "tags": [engaging.public_id, senior.public_id]}
    assert facilitator.client.post(page, sent).status_code == 302
    for row in rows[1:4]:
        tick(essex, facilitator, row, engaging)
    assert told(essex, cohort, staff.person) == dict.fromkeys(tags, None)  # at four meetings: not told
    tick(essex, facilitator, rows[4], engaging)
    tick(essex, facilitator, rows[4], engaging)  # saved again is once
    counts = {"Engaging people": 5, "Senior buy-in": None, "Influencing others": None}
    assert told(essex, cohort, staff.person) == told(essex, cohort, facilitator.person) == counts
    shown = reverse("cohorts:issue-counts", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    text = " ".join(staff.client.get(shown).content.decode().split())
    assert 'Engaging people</th><td class="baton-number">5<' in text and text.count("not shown") == 2
    with tenant_context(essex, staff.person):
        figure = next(f for f in figures(cohort.pk) if f["key"] == "issues-in-sets")
        check_figure(json.loads(json.dumps(figure)))
        assert figure["data"]["rows"] == [["Engaging people", 5]]
        # the rows themselves: of a meeting none, of the cohort no small one
        assert not MeetingTag.objects.exists()
        assert list(IssueTally.objects.values_list("meetings", flat=True)) == [5]
    with tenant_context(essex, people[0]):
        assert MeetingTag.objects.exists()  # the set's own meetings
        assert IssueTally.objects.count() == 1
    assert facilitator.client.get(shown).status_code == 403
    # unticked again: counted no more
    tick(essex, facilitator, rows[4])
    assert told(essex, cohort, staff.person)["Engaging people"] is None


def test_the_list_is_staffs(essex, staff, other_staff, facilitator, tags, cohort):
    with tenant_context(essex):
        seen = digest_of(shown_tags())
        for somebody in (facilitator, other_staff):
            with pytest.raises(NotAllowed):
                save_issue_tags(names=["X"], seen=seen, by=somebody.actor)
        with pytest.raises(Refused, match="60 characters"):
            save_issue_tags(names=["x" * 61], seen=seen, by=staff.actor)
        with pytest.raises(StaleEdit):
            save_issue_tags(names=["X"], seen="", by=staff.actor)
        save_issue_tags(names=["Senior buy-in", "Power"], seen=seen, by=staff.actor)
        assert [tag.name for tag in IssueTag.objects.filter(retired=False)] == ["Senior buy-in", "Power"]
        assert IssueTag.objects.get(name="Engaging people").retired
    member = sign_in_as(essex, facilitator.person, Role.FACILITATOR, cohort=cohort)
    assert member.client.get(LIST).status_code == 403
