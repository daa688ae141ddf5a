"""Going back to work: the plan and the note of what has changed are their owner's; that there is a plan is a fact; few aren't counted."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import figures
from cohorts.models import (
    ChangeContext,
    ChangeContextKind,
    Cohort,
    Notebook,
    ReturnPlan,
    ReturnPlanText,
    ReturnReview,
    ReturnReviewText,
)
from cohorts.services.participation import close_cohort
from cohorts.services.returning import delete_return_plan, look_again, save_change_context, save_return_plan
from engine.reports import check_figure
from reminders.feed import entries_of
from reminders.models import Message
from reminders.selectors import read_and_count, read_obligations
from reminders.services.reminding import queue_due_reminders
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.retention import delete_due
from tests.clock import travel
from tests.factories.cohorts import SYSTEM, make_many
from tests.queries import page_queries

SECRET = "Braunkehlchen"
TABLES = ("returnplantext", "returnreview", "returnreviewtext", "changecontext", "changecontextkind")


def at(name, row=None):
    kwargs = {"tenant": "essex"} | ({"public_id": row.public_id} if row else {})
    return reverse(f"cohorts:{name}", kwargs=kwargs)


def day(name, when):
    return {f"{name}-day": when.day, f"{name}-month": when.month, f"{name}-year": when.year}


def in_days(n):
    return timezone.localdate() + timedelta(days=n)


def ends(cohort, n):
    """The cohort's last day is so many days from today."""
    with tenant_context(cohort.tenant):
        Cohort.objects.filter(pk=cohort.pk).update(starts_on=in_days(n - 200), ends_on=in_days(n))


PLAN = {"keep": f"{SECRET} walk-rounds", "need_time": f"{SECRET} Tuesdays", "need_sponsor": "", "need_place": ""}


def plan_for(cohort, person, **fields):
    said = {**PLAN, "review_on": in_days(90), "review_again_on": None, "version": 0, **fields}
    return save_return_plan(cohort=cohort, by=actor_of(person), **said)


@pytest.fixture
def plan(essex, cohort, participant):
    """With everything that hangs on it."""
    with tenant_context(essex, participant.person):
        words = plan_for(cohort, participant.person, review_on=in_days(1), review_again_on=in_days(120))
        first = words.plan.reviews.order_by("review_on").first()
        look_again(review=first, body=f"{SECRET} still walking", by=participant.actor)
        save_change_context(
            cohort=cohort, version=0, kinds=["savings", "chief"], body=f"{SECRET} fewer of us", by=participant.actor
        )
    return words.plan


def test_a_plan_is_made_looked_at_again_and_deleted_on_pages(essex, cohort, participant):
    client = participant.client
    home = client.get(at("return-home")).content.decode()
    assert at("return-plan") in home and "Not made yet" in home
    form = {**PLAN, "version": 0, **day("review_on", in_days(90))}
    assert client.post(at("return-plan"), {**form, "keep": " "}).status_code == 422
    for wrong in (in_days(0), in_days(900)):
        assert client.post(at("return-plan"), {**form, **day("review_on", wrong)}).status_code == 422
    assert client.post(at("return-plan"), {**form, **day("review_again_on", in_days(30))}).status_code == 422
    assert client.post(at("return-plan"), form).status_code == 302
    assert client.post(at("return-plan"), form).status_code == 302  # twice is once
    with tenant_context(essex, participant.person):
        words = ReturnPlanText.objects.get()
        review = ReturnReview.objects.get()
        assert words.keep == PLAN["keep"] and review.review_on == in_days(90)
    shown = client.get(at("return-home")).content.decode()
    assert PLAN["keep"] in shown and at("return-review", review) in shown
    # another day: the one that wasn't looked at goes
    moved = {**form, "version": words.version, **day("review_on", in_days(60)), **day("review_again_on", in_days(200))}
    assert client.post(at("return-plan"), moved).status_code == 302
    stale = client.post(at("return-plan"), {**moved, "keep": "Something else"})
    assert stale.status_code == 409 and PLAN["keep"] in stale.content.decode()
    with tenant_context(essex, participant.person):
        assert [r.review_on for r in ReturnReview.objects.all()] == [in_days(60), in_days(200)]
        review = ReturnReview.objects.first()
    page = client.get(at("return-review", review)).content.decode()
    assert PLAN["keep"] in page
    assert client.post(at("return-review", review), {"body": "It stuck"}).status_code == 302
    assert client.post(at("return-review", review), {"body": "It stuck"}).status_code == 302
    assert client.post(at("return-review", review), {"body": "It didn’t"}).status_code == 422
    assert "It stuck" in client.get(at("return-home")).content.decode()
    with tenant_context(essex, participant.person):
        assert ReturnReviewText.objects.get().body == "It stuck"
        plan = ReturnPlan.objects.get()
    assert client.post(at("return-delete", plan)).status_code == 302
    with tenant_context(essex, participant.person):
        assert not ReturnPlan.objects.exists() and not ReturnReview.objects.exists()


def test_what_has_changed_is_noted_and_taken_off(essex, cohort, participant):
    client = participant.client
    assert at("change-context") in client.get(at("return-home")).content.decode()
    assert client.post(at("change-context"), {"version": 0, "body": ""}).status_code == 422
    said = {"version": 0, "kinds": ["savings", "restructure"], "body": "Two teams became one"}
    assert client.post(at("change-context"), said).status_code == 302
    shown = client.get(at("return-home")).content.decode()
    assert "Savings to be made" in shown and "Two teams became one" in shown
    with tenant_context(essex, participant.person):
        assert ChangeContext.objects.get().kinds == ["restructure", "savings"]
        assert set(ChangeContextKind.objects.values_list("kind", flat=True)) == {"restructure", "savings"}
    changed = {"version": 1, "kinds": ["chief"], "body": "Two teams became one"}
    assert client.post(at("change-context"), changed).status_code == 302
    stale = client.post(at("change-context"), {**changed, "kinds": ["other"]})
    assert stale.status_code == 409 and "A new chief executive" in stale.content.decode()
    with tenant_context(essex, participant.person):
        assert ChangeContextKind.objects.get().kind == "chief"
    assert client.post(at("change-context"), {"version": 2, "body": ""}).status_code == 302
    with tenant_context(essex, participant.person):
        assert not ChangeContext.objects.exists() and not ChangeContextKind.objects.exists()


def test_nobody_else_reads_a_word(essex, cohort, plan, participant, other_participant, staff, stranger):
    with tenant_context(essex, participant.person):
        review = plan.reviews.get(done_at__isnull=True)
    for somebody in (other_participant, staff):
        for name, row in (("return-review", review), ("return-delete", plan)):
            assert somebody.client.get(at(name, row)).status_code in (403, 404)
        with tenant_context(essex, somebody.person):
            assert ReturnPlan.objects.count() == 1  # the fact
            for table in TABLES:
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT count(*) FROM cohorts_{table}")
                    assert cursor.fetchone() == (0,), table
            assert SECRET not in str(export_person(participant.person))
    assert SECRET not in other_participant.client.get(at("return-home")).content.decode()
    assert staff.client.get(at("return-home")).status_code == 403
    assert stranger.client.get(at("return-home")).status_code == 404
    with tenant_context(essex):  # the jobs, in nobody's scope
        assert not ReturnPlanText.objects.exists() and not ReturnReviewText.objects.exists()
        assert not ChangeContext.objects.exists()
    with tenant_context(essex, participant.person):
        copy = str(export_person(participant.person))
        assert copy.count(SECRET) == 4


def test_nobody_writes_into_anothers_plan(essex, cohort, plan, participant, other_participant):
    with tenant_context(essex, participant.person):
        words, review = plan.words, plan.reviews.get(done_at__isnull=True)
    with tenant_context(essex, other_participant.person):
        by = other_participant.actor
        with pytest.raises(NotAllowed):
            look_again(review=review, body="x", by=by)
        with pytest.raises(NotAllowed):
            delete_return_plan(plan=plan, by=by)
        assert ReturnPlan.objects.filter(pk=plan.pk).update(made_at=timezone.now()) == 0
        assert ReturnPlanText.objects.filter(pk=words.pk).update(keep="x") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            ReturnReview.objects.create(plan=plan, owner=participant.person, review_on=in_days(9))
        # under one's own name it hangs on nothing of one's own
        with pytest.raises(DatabaseError), transaction.atomic():
            ReturnReview.objects.create(plan=plan, owner=other_participant.person, review_on=in_days(9))
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with tenant_context(essex), pytest.raises(NotAllowed):
        save_return_plan(cohort=cohort, version=0, **PLAN, review_on=in_days(9), review_again_on=None, by=SYSTEM)


def test_the_rules_of_days(essex, cohort, participant):
    with tenant_context(essex, participant.person):
        with pytest.raises(Refused, match="two years"):
            plan_for(cohort, participant.person, review_on=in_days(0))
        with pytest.raises(Refused, match="after the first"):
            plan_for(cohort, participant.person, review_on=in_days(9), review_again_on=in_days(9))
        words = plan_for(cohort, participant.person, review_on=in_days(9))
        review = words.plan.reviews.get()
        look_again(review=review, body="Kept", by=participant.actor)
        with pytest.raises(WrongState):
            look_again(review=review, body="Other", by=participant.actor)
    with travel(timezone.now() + timedelta(days=20)), tenant_context(essex, participant.person):
        # a day that has passed may stand while the rest changes, and stays looked at
        words = plan_for(cohort, participant.person, review_on=words.review_on, version=1, keep="Less of it")
        assert words.plan.reviews.get().done_at is not None


def test_a_plan_is_owed_near_the_end_and_days_to_look_again_are_told_to_their_owner(
    essex, cohort, participant, other_participant, staff
):
    def owed():
        with tenant_context(essex, staff.person):
            return {o.person_id: o.due for o in read_obligations(kind="cohorts.return_plan")}

    ends(cohort, 70)
    assert owed() == {}
    ends(cohort, 50)
    both = {participant.person.pk, other_participant.person.pk}
    assert set(owed()) == both and {timezone.localdate(due) for due in owed().values()} == {in_days(50)}
    assert at("return-home") in participant.client.get(f"/{essex.slug}/").content.decode()
    with tenant_context(essex):
        close_cohort(cohort=cohort, by=SYSTEM)
    assert set(owed()) == both
    with tenant_context(essex, participant.person):
        plan_for(cohort, participant.person, review_on=in_days(5))
    assert set(owed()) == {other_participant.person.pk}
    ends(cohort, -40)
    assert owed() == {}
    with tenant_context(essex, participant.person):
        (due,) = read_obligations(kind="cohorts.return_review", private=True)
        assert timezone.localdate(due.due) == in_days(5)
        entries = entries_of(participant.person, essex)
        assert [timezone.localdate(e.starts_at) for e in entries if "return plan" in e.title] == [in_days(5)]
        assert [timezone.localtime(e.starts_at).hour for e in entries if "return plan" in e.title] == [9]
    assert page_queries(participant.client, "/essex/calendar/") <= 12
    with tenant_context(essex, staff.person):
        assert not [c for c in read_and_count(limit=50).counts if c.kind == "cohorts.return_review"]
    monday = timezone.now().replace(hour=11) + timedelta(days=14 - timezone.now().weekday())
    with tenant_context(essex), travel(monday):
        queue_due_reminders(tenant=essex)
        mail = Message.objects.get(recipient=participant.person, body_text__contains="return plan")
        assert SECRET not in mail.body_text + mail.subject


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
@pytest.mark.parametrize(("planners", "told"), [(4, False), (5, True)])
def test_the_report_counts_none_that_are_few(essex, cohort, planners, told):
    with tenant_context(essex):
        people = [p.person for p in make_many(cohort, 6)]
    for n, person in enumerate(people[:planners]):
        with tenant_context(essex, person):
            plan_for(cohort, person)
            kinds = ["savings"] if n else ["savings", "inspection"]
            save_change_context(cohort=cohort, version=0, kinds=kinds, body="", by=actor_of(person))
    with tenant_context(essex):
        found = {f["key"]: f for f in figures(cohort.pk)}
        for figure in found.values():
            check_figure(json.loads(json.dumps(figure)))
        assert ("return-plans" in found) is ("change-context" in found) is told
        if told:
            assert found["return-plans"]["data"] == {"value": 5, "of": 6}
            assert found["change-context"]["data"]["rows"] == [["Savings to be made", 5]]


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_it_goes_with_the_notebook(essex, cohort, plan, participant):
    ends(cohort, -1)
    later = timezone.now() + timedelta(days=1097)
    assert delete_due(tenant=essex, now=later)["cohorts.notebook"] == 1
    with tenant_context(essex, participant.person):
        assert not Notebook.objects.exists() and not ReturnPlan.objects.exists()
        for table in TABLES:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM cohorts_{table}")
                assert cursor.fetchone() == (0,), table


def test_the_page_asks_the_same_with_much_as_with_little(essex, cohort, participant, plan):
    with_one = page_queries(participant.client, at("return-home"))
    with tenant_context(essex, participant.person):
        for n in range(5):
            ReturnReview.objects.create(plan=plan, owner=participant.person, review_on=in_days(300 + n))
    assert page_queries(participant.client, at("return-home")) == with_one <= 12
