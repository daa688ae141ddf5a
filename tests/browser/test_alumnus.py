"""An alumnus on a phone, from two mails to a booked event, an answer and a step of learning onward; by nothing but what they show."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import CoDesignInvitation, EventGuest, OnwardStep
from cohorts.services.alumni_events import plan_alumni_event
from cohorts.services.co_design import ask_alumni
from cohorts.services.participation import close_cohort
from reminders.dispatch import dispatch_due
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.browser.walker import PHONE, walking
from tests.conftest import make_member
from tests.factories.cohorts import SYSTEM, make_cohort, make_participant, sign_in_as, ten_in_the_morning
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]


def test_from_the_mail_to_a_place_an_answer_and_a_plan(chromium, web, critic, transactional_db):
    essex = make_tenant("essex", "Essex Partners")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    with tenant_context(essex):
        cohort = make_cohort("Cohort 1")
        person = make_participant(cohort, "Ann Alumna").person
        close_cohort(cohort=cohort, by=SYSTEM)
        starts = ten_in_the_morning(20)
        plan_alumni_event(
            programme=cohort.programme,
            title="Leading through a merger",
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            join_url="https://meet.example.org/merger",
            by=staff.actor,
        )
        ask_alumni(
            programme=cohort.programme,
            title="What should cohort 2 keep?",
            body="One thing to keep, one to drop.",
            answer_by=timezone.now() + timedelta(days=9),
            people=[person],
            by=staff.actor,
        )
    dispatch_due()

    ann = walking(critic, chromium, web, sign_in_as(essex, person), size=PHONE)
    ann.email = person.email
    ann.follow_mail("For alumni: Leading through a merger").press("Book my place")
    assert "Your place is booked" in ann.text() and "meet.example.org/merger" in ann.text()

    ann.follow_mail("Please answer: What should cohort 2 keep?")
    assert "Say yes or no" in ann.refused("Send my answer")
    ann.choose("Yes").fill("What you’d like to say", "Keep the sets; drop the binder.").press("Send my answer")
    assert "answered" in ann.text() and "booked" in ann.text()

    ann.open("/essex/")
    assert "Leading through a merger" in ann.text()
    ann.follow("Your page as an alumnus").follow("What you’ll learn next").follow("Add a step")
    ann.refused("Save")
    ann.fill("What will you do?", "Shadow a chief executive for a day").choose("Somebody to learn from").press("Save")
    assert "Shadow a chief executive for a day" in ann.text()
    ann.open("/essex/").follow("Your page as an alumnus").follow(re.compile(r"Change\W+Leading"))
    ann.choose("Nothing for now").press("Save")
    assert "Away for now" in ann.text()

    with tenant_context(essex, person):
        assert [(g.person_id, g.state) for g in EventGuest.objects.all()] == [(person.pk, "coming")]
        assert CoDesignInvitation.objects.get().words == "Keep the sets; drop the binder."
        assert OnwardStep.objects.get().way == "person"
