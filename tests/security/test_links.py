"""Signed links: one purpose, one tenant, one answer; found by digest only; dead when spent, withdrawn or out of time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from selection.models import Endorsement
from tenancy.links import digest, find_link, mint_link, revoke_links, spend_links
from tenancy.models import Link
from tenancy.scope import tenant_context
from tests.factories.selection import make_application, make_round

YES = {"confirms": ["releases_time", "confirms_scope"], "days_released": "12", "cover": "Jo acts up.", "comment": ""}


@pytest.fixture
def asked(essex):
    """The line manager's request of an application that has been sent."""
    with tenant_context(essex):
        application = make_application(make_round(), state="submitted")
        return Endorsement.objects.select_related("endorser").get(application=application, kind="line_manager")


def mint(essex, row, **fields) -> str:
    with tenant_context(essex):
        return mint_link(
            person=row.endorser_id, purpose=fields.pop("purpose", "endorse"), about=row.public_id, **fields
        )


def page(token: str, tenant: str = "essex") -> str:
    return reverse("selection:endorse", kwargs={"tenant": tenant, "token": token})


def test_opening_it_spends_nothing_and_answering_does(essex, asked) -> None:
    url = page(mint(essex, asked))
    assert [Client().get(url).status_code for _ in range(3)] == [200, 200, 200]
    assert Client().post(url, YES).status_code == 302
    # replayed, by reading and by answering again
    assert Client().get(url).status_code in {404, 409, 410}
    assert Client().post(url, YES).status_code in {404, 409, 410}
    with tenant_context(essex):
        asked.refresh_from_db()
        assert asked.state == "given"


@pytest.mark.parametrize("how", ["spent", "revoked", "expired"])
def test_a_dead_link_opens_nothing(essex, asked, how) -> None:
    live = mint(essex, asked)
    assert Client().get(page(live)).status_code == 200
    with tenant_context(essex):
        if how == "spent":
            assert spend_links(purpose="endorse", about=asked.public_id) >= 1
        elif how == "revoked":
            assert revoke_links(purpose="endorse", about=asked.public_id) >= 1
        else:
            Link.objects.filter(token_sha256=digest(live)).update(expires_at=timezone.now() - timedelta(hours=1))
    assert find_link(live) is None
    assert Client().get(page(live)).status_code in {404, 409, 410}
    assert Client().post(page(live), YES).status_code in {404, 409, 410}
    with tenant_context(essex):
        asked.refresh_from_db()
        assert asked.state != "given"


def test_it_opens_at_its_own_tenant_only(essex, hsmc, asked) -> None:
    token = mint(essex, asked)
    assert Client().get(page(token)).status_code == 200
    assert Client().get(page(token, "hsmc")).status_code == 404
    assert Client().post(page(token, "hsmc"), YES).status_code == 404


@pytest.mark.parametrize("purpose", ["calendar", "invitation", "project-decision"])
def test_a_link_of_another_purpose_is_no_link(essex, asked, purpose) -> None:
    assert Client().get(page(mint(essex, asked, purpose=purpose))).status_code == 404


def test_it_signs_nobody_in(essex, asked) -> None:
    client = Client()
    assert client.get(page(mint(essex, asked))).status_code == 200
    assert client.get("/essex/").status_code == 302
    application = asked.application_id
    with tenant_context(essex):
        public_id = Endorsement.objects.get(pk=asked.pk).application.public_id
    assert application and client.get(f"/essex/applications/{public_id}/").status_code == 302


def test_only_a_digest_is_kept(essex, asked) -> None:
    token = mint(essex, asked)
    with tenant_context(essex):
        row = Link.objects.get(token_sha256=digest(token))
        kept = [str(getattr(row, field.attname)) for field in Link._meta.concrete_fields]
    assert not any(token in value for value in kept)
    assert len(token) >= 43  # 256 bits
