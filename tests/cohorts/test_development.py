"""The development plan is its owner's alone; a summary says what they picked, to whom they choose, until they take it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import AppraisalShare, AppraisalSummary, DevelopmentGoal, GoalReview, Reflection, WorkObjective
from cohorts.selectors.development import pickables
from cohorts.services.development import (
    add_goal,
    add_objective,
    edit_goal,
    make_summary,
    review_goal,
    share_summary,
    take_back_summary,
)
from cohorts.services.reflections import share_reflection, write_reflection
from reminders.models import Message
from tenancy.errors import NotAllowed, Refused
from tenancy.links import mint_link
from tenancy.models import Link, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.factories.cohorts import make_person, sign_in_as
from tests.factories.projects import make_approved
from tests.queries import page_queries

SECRET = "Schwarzkehlchen"
TABLES = ("workobjective", "developmentgoal", "goalreview", "appraisalsummary", "appraisalshare")
PLAN = reverse("cohorts:development-plan", kwargs={"tenant": "essex"})


def url(name, row=None):
    at = {"public_id": row.public_id} if row else {}
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", **at})


def day(name, when):
    return {f"{name}-day": when.day, f"{name}-month": when.month, f"{name}-year": when.year}


@pytest.fixture
def plan(essex, cohort, participant):
    """One of everything, by its owner."""
    with tenant_context(essex, participant.person):
        by = participant.actor
        objective = add_objective(
            cohort=cohort, title=f"{SECRET} discharge", why=f"{SECRET} why", due_on=None, done=False, by=by
        )
        goal = add_goal(
            cohort=cohort,
            better_at=f"{SECRET} asking",
            measure=f"{SECRET} seen",
            due_on=None,
            objective=objective,
            by=by,
        )
        review_goal(goal=goal, standing="nearer", body=f"{SECRET} review", by=by)
        goal.refresh_from_db()
        entry = write_reflection(
            cohort=cohort,
            kind="tried",
            title="The call",
            body=f"{SECRET} entry",
            attached={"objective": objective.public_id},
            by=by,
        )
        other = write_reflection(cohort=cohort, kind="free", title="Never told", body="Bad week.", by=by)
    return objective, goal, entry, other


def counts(tenant, person) -> list[int]:
    found = []
    with tenant_context(tenant, person), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM cohorts_{table}")
            found.append(cursor.fetchone()[0])
    return found


def summary_of(essex, cohort, participant, *, but: str = "Never told") -> AppraisalSummary:
    with tenant_context(essex, participant.person):
        picked = [item.key for item in pickables(participant.person.pk) if but not in item.text]
        return make_summary(cohort=cohort, introduction="My year.", picked=picked, by=participant.actor)


def test_goals_and_objectives_on_pages(essex, cohort, participant):
    client = participant.client
    assert "No goals yet" in client.get(PLAN).content.decode()
    due = timezone.localdate() + timedelta(days=90)
    said = {"title": "Cut delayed discharges", "why": "Beds.", "version": "0", **day("due_on", due)}
    assert client.post(url("objective-add"), said).status_code == 302
    assert client.post(url("objective-add"), said).status_code == 302  # a double click
    with tenant_context(essex, participant.person):
        objective = WorkObjective.objects.get()
    said = {"better_at": "Asking before telling", "measure": "", "version": "0", "objective": objective.public_id}
    assert client.post(url("goal-add"), said).status_code == 422
    assert client.post(url("goal-add"), {**said, "measure": "Three questions first"}).status_code == 302
    with tenant_context(essex, participant.person):
        goal = DevelopmentGoal.objects.get()
    page = client.get(PLAN).content.decode()
    assert "Not yet" in page and page.count("Cut delayed discharges") >= 2 and "0 reflections about it" in page
    review = {"standing": "nearer", "body": "Twice on Tuesday"}
    assert client.post(url("goal-review", goal), {"body": "x"}).status_code == 422
    assert client.post(url("goal-review", goal), review).status_code == 302
    edit = {**said, "measure": "Four questions first", "version": "1"}
    assert client.post(url("goal-edit", goal), edit).status_code == 302
    stale = client.post(url("goal-edit", goal), {**edit, "measure": "Five"})
    assert stale.status_code == 409 and "Four questions first" in stale.content.decode()
    write = {"kind": "tried", "title": "Asked first", "body": "She answered.", "about_objective": objective.public_id}
    assert client.post(url("reflection-write"), {**write, "version": "0"}).status_code == 302
    page = client.get(PLAN).content.decode()
    assert "Nearer" in page and "Twice on Tuesday" in page and "1 reflection about it" in page
    found = client.get(url("reflection-list"), {"objective": objective.public_id}).content.decode()
    assert "1 entry" in found and "Asked first" in found
    done = {"title": "Cut delayed discharges", "done": "on", "version": "1"}
    assert client.post(url("objective-edit", objective), done).status_code == 302
    assert client.post(url("objective-delete", objective)).status_code == 302
    assert client.post(url("goal-delete", goal)).status_code == 302
    with tenant_context(essex, participant.person):
        assert Reflection.objects.get().objective_id is None and not GoalReview.objects.exists()


def test_nobody_else_reads_any_of_it(essex, cohort, participant, other_participant, staff, plan):
    objective, goal, _entry, _other = plan
    summary = summary_of(essex, cohort, participant)
    assert counts(essex, participant.person) == [1, 1, 1, 1, 0]
    for who in (staff.person, other_participant.person, None):
        assert counts(essex, who) == [0] * 5
    pages = [("goal-edit", goal), ("goal-review", goal), ("objective-edit", objective), ("appraisal-detail", summary)]
    for name, row in [*pages, ("appraisal-share", summary), ("appraisal-pdf", summary)]:
        assert participant.client.get(url(name, row)).status_code == 200
        for reader in (staff, other_participant):
            assert reader.client.get(url(name, row)).status_code == 404
    with tenant_context(essex, other_participant.person):
        by, me = other_participant.actor, other_participant.person
        with pytest.raises(NotAllowed):
            edit_goal(goal=goal, version=1, better_at="x", measure="x", due_on=None, objective=None, by=by)
        with pytest.raises(NotAllowed):
            add_goal(cohort=cohort, better_at="x", measure="x", due_on=None, objective=objective, by=by)
        with pytest.raises(NotAllowed):
            share_summary(summary=summary, name="x", email="x@example.org", until=timezone.localdate(), by=by)
        with pytest.raises(Refused, match="isn’t there"):
            make_summary(cohort=cohort, introduction="", picked=[f"g-{goal.public_id}"], by=by)
        with pytest.raises(DatabaseError, match="of_own_summary"), transaction.atomic():
            AppraisalShare.objects.create(
                summary=summary, owner=me, reader=me, until=timezone.localdate(), shared_at=timezone.now()
            )
            connection.check_constraints()
    with tenant_context(essex, staff.person):
        assert SECRET not in str(export_person(participant.person))
    with tenant_context(essex, participant.person):
        copy = str(export_person(participant.person))
        assert all(f"{SECRET} {word}" in copy for word in ("discharge", "why", "asking", "seen", "review"))
    assert page_queries(participant.client, PLAN) <= 12


def test_whoever_is_shown_an_entry_reads_no_objective(essex, cohort, participant, plan):
    with tenant_context(essex):
        mentor = make_person("Mel Mentor")
    mentor = sign_in_as(essex, mentor, Role.MENTOR, cohort=cohort)
    with tenant_context(essex, participant.person):
        share_reflection(reflection=plan[2], with_person=mentor.person, by=participant.actor)
    page = mentor.client.get(url("reflection-detail", plan[2])).content.decode()
    assert f"{SECRET} entry" in page and "An objective of their work" in page and f"{SECRET} discharge" not in page


def test_a_summary_says_what_was_picked_and_stays_as_it_was(essex, cohort, participant, plan):
    _objective, goal, entry, other = plan
    make = participant.client.get(url("appraisal-make"))
    assert "Never told" in make.content.decode() and "checked" not in make.content.decode()
    assert participant.client.post(url("appraisal-make"), {"introduction": ""}).status_code == 422
    picked = [f"g-{goal.public_id}", f"e-{entry.public_id}"]
    made = participant.client.post(url("appraisal-make"), {"introduction": "My year.", "picked": picked})
    page = participant.client.get(made.url).content.decode()
    assert "My year." in page and f"{SECRET} asking. How I’ll know: {SECRET} seen. Nearer." in page
    assert f"{SECRET} entry" in page and "Bad week." not in page and f"{SECRET} review" not in page
    with tenant_context(essex, participant.person):
        summary = AppraisalSummary.objects.get()
        edit_goal(
            goal=goal, version=1, better_at="Else", measure="x", due_on=None, objective=None, by=participant.actor
        )
        with pytest.raises(Refused):
            make_summary(cohort=cohort, introduction="", picked=[f"e-{other.public_id}x"], by=participant.actor)
    assert f"{SECRET} asking" in participant.client.get(made.url).content.decode()
    assert participant.client.get(url("appraisal-pdf", summary)).content.startswith(b"%PDF-")


def test_shared_by_a_link_until_a_day_or_taken_back(essex, cohort, participant, staff, plan):
    summary = summary_of(essex, cohort, participant)
    today = timezone.localdate()
    share = url("appraisal-share", summary)
    said = {"name": "Lena Line", "email": "lena@example.org", **day("until", today + timedelta(days=14))}
    assert participant.client.post(share, {**said, **day("until", today - timedelta(days=1))}).status_code == 422
    assert participant.client.post(share, {**said, "email": participant.person.email}).status_code == 422
    assert participant.client.post(share, said).status_code == 302
    assert participant.client.post(share, said).status_code == 302  # a double click
    with tenant_context(essex, participant.person):
        row = AppraisalShare.objects.select_related("reader", "summary").get()
        message = Message.objects.get(kind="cohorts.appraisal")
        assert message.recipient == row.reader and SECRET not in message.subject + message.body_text
        assert (message.link_purpose, message.link_about) == ("appraisal", row.public_id)

    def read():
        with tenant_context(essex):
            token = mint_link(person=row.reader, purpose="appraisal", about=row.public_id, days=15)
        return Client().get(reverse("cohorts:appraisal-read", kwargs={"tenant": "essex", "token": token}))

    first = read()
    text = first.content.decode()
    assert first.status_code == 200 and f"{SECRET} entry" in text and "Never told" not in text
    assert counts(essex, row.reader) == [0, 0, 0, 1, 1]  # this one summary, and nothing of the plan
    with tenant_context(essex, participant.person):
        AppraisalShare.objects.update(until=today - timedelta(days=1))
    assert read().status_code == 404 and counts(essex, row.reader)[3] == 0
    with tenant_context(essex, participant.person):
        AppraisalShare.objects.update(until=today)
    assert read().status_code == 200
    back = url("appraisal-take-back", row)
    assert staff.client.post(back).status_code == 404
    assert participant.client.post(back).status_code == 302
    # the wall says so, whatever link there is; and no old one lives
    assert read().status_code == 404 and counts(essex, row.reader)[3] == 0
    with tenant_context(essex, participant.person):
        take_back_summary(share=row, by=participant.actor)
        assert not Link.objects.filter(purpose="appraisal", revoked_at__isnull=True).exists()
    assert "Taken back" in participant.client.get(url("appraisal-detail", summary)).content.decode()


def test_what_one_wants_to_learn_from_a_project_stands_beside_it(essex, cohort, participant, other_participant, staff):
    with tenant_context(essex):
        project = make_approved(participant.person, staff.person, other_participant.person, cohort=cohort)
        project.memberships.filter(person=participant.person).update(learning_goal=f"{SECRET} to wait")
    assert f"{SECRET} to wait" in participant.client.get(PLAN).content.decode()
    assert f"{SECRET} to wait" not in other_participant.client.get(PLAN).content.decode()
    assert f"{SECRET} to wait" in participant.client.get(url("appraisal-make")).content.decode()
