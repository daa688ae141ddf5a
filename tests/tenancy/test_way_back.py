"""Signed out meanwhile: signing in leads back to a page, never to the address of a button."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from tenancy.models import Role
from tests.conftest import make_member


@pytest.fixture
def button(essex):
    """An address that takes a press and shows nothing."""
    return reverse("projects:stakeholder-undo", kwargs={"tenant": "essex", "public_id": "x", "move": "y"})


def leads_to(answer) -> str:
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer["Location"]).query)["next"][0]


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/essex/projects/abc/", "/essex/projects/abc/"),
        ("", "/essex/"),
        ("http://elsewhere.example/essex/projects/", "/essex/"),
        ("http://testserver/hsmc/projects/", "/essex/"),
        ("http://testserver//elsewhere.example/", "/essex/"),
    ],
)
def test_a_button_pressed_signed_out_leads_back_to_its_page(client, button, came_from, back):
    assert leads_to(client.post(button, headers={"referer": came_from} if came_from else {})) == back


def test_a_form_of_a_page_of_its_own_leads_back_to_itself(client, essex):
    page = reverse("projects:project-list", kwargs={"tenant": "essex"}) + "?rag=red"
    assert leads_to(client.get(page)) == page
    form = reverse("projects:project-create", kwargs={"tenant": "essex"})
    assert leads_to(client.post(form, {}, headers={"referer": "http://testserver/essex/"})) == form


def test_the_address_of_a_button_says_what_it_is(essex):
    member = make_member(essex, "Mo Member", Role.PARTICIPANT)
    answer = member.client.get(reverse("cohorts:directory-hide", kwargs={"tenant": "essex"}))
    assert answer.status_code == 405 and answer["Allow"] == "POST, OPTIONS"
    assert "the address of a button" in answer.content.decode()
