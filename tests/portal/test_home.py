from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.reminders import make_cohort, make_source, owe


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def ann(essex):
    return make_member(essex, "Ann Able", Role.PARTICIPANT)


@pytest.fixture
def greetings(monkeypatch):
    from reminders.obligations import obligation_sources

    monkeypatch.setattr(obligation_sources, "_answers", {"test.greet": make_source("test.greet")})


@pytest.mark.usefixtures("greetings")
def test_what_is_waiting_comes_first_and_the_late_before_the_rest(essex, ann):
    now = timezone.now()
    with tenant_context(essex):
        owe(ann.person, make_cohort("Later"), now + timedelta(days=9))
        owe(ann.person, make_cohort("Overdue"), now - timedelta(days=9))
    page = text_of(ann.client.get("/essex/"))
    assert page.index("What is waiting for you") < page.index("Overdue") < page.index("Later")
    assert page.count('class="baton-late"') == 1
    headings = [piece.split("</h2>")[0] for piece in page.split("<h2")[1:]]
    assert "What is waiting for you" in headings[0]


@pytest.mark.usefixtures("greetings")
def test_nothing_waiting_says_so(ann):
    page = text_of(ann.client.get("/essex/"))
    assert "Nothing is waiting for you" in page and "Ann Able" in page and "Participant" in page


@pytest.mark.usefixtures("greetings")
def test_only_staff_see_the_board_on_their_home(ann, staff):
    assert "/essex/who-owes-what/" in text_of(staff.client.get("/essex/"))
    assert "/essex/who-owes-what/" not in text_of(ann.client.get("/essex/"))


def test_a_home_is_for_members_alone(ann, stranger):
    assert stranger.client.get("/essex/").status_code == 404
    assert Client().get("/essex/").status_code == 302


def test_the_start_page_leads_to_the_only_place_or_asks(essex, hsmc, ann):
    assert ann.client.get("/").headers["Location"] == "/essex/"
    with tenant_context(hsmc):
        from tenancy.actors import Actor
        from tenancy.services.people import ensure_person, link_account

        person, _ = ensure_person(name="Ann Able", email="ann@hsmc.example", by=Actor.system("test"))
        link_account(person=person, account=ann.account)
    page = text_of(ann.client.get("/"))
    assert 'href="/essex/"' in page and 'href="/hsmc/"' in page


def test_the_start_page_of_somebody_without_a_place(essex, ann):
    from tenancy.models import Membership

    with tenant_context(essex):
        Membership.objects.update(ended_at=timezone.now())
    page = text_of(ann.client.get("/"))
    assert "No programme has given you a place yet" in page and ann.account.email in page
    assert "Essex" not in page
