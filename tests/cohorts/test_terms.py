"""A renamed term is read wherever it stands: the old word is gone from every page that has it."""

from __future__ import annotations

import re

import pytest

from cohorts.services.sets import publish_sets
from reminders.models import Message
from tenancy.models import Tenant
from tenancy.scope import tenant_context
from tests.factories.cohorts import make_participant, make_sets


@pytest.fixture
def renamed(essex, cohort, participant):
    """Sets are published and Essex calls them triads."""
    with tenant_context(essex):
        others = [make_participant(cohort, f"Person {n}", f"Council {n}").person for n in range(4)]
        proposal = make_sets(cohort, [[participant.person, *others]], publish=False)
    Tenant.objects.using("owner").filter(pk=essex.pk).update(vocabulary={"learning set": ["triad", "triads"]})
    return proposal


def words(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return re.sub(r"<[^>]+>", " ", answer.content.decode()).casefold()


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_every_page_takes_the_tenants_own_word(essex, cohort, participant, staff, renamed):
    base = f"/essex/cohorts/{cohort.public_id}/"
    seen = {
        "cohort": words(staff.client, base),
        "sets": words(staff.client, f"{base}sets/"),
        "proposal": words(staff.client, f"/essex/set-plans/{renamed.public_id}/"),
    }
    essex.refresh_from_db()
    with tenant_context(essex):
        before = Message.objects.order_by("pk").last().pk
        publish_sets(plan=renamed, version=renamed.version, by=staff.actor)
    seen |= {
        "published": words(staff.client, f"/essex/set-plans/{renamed.public_id}/"),
        "home": words(participant.client, "/essex/"),
        "conflicts": words(participant.client, "/essex/conflicts/declare/"),
        "privacy": words(participant.client, "/essex/privacy/"),
    }
    with tenant_context(essex):
        make_participant(cohort, "Nell New", "Another Council")
        mails = {f"mail {m.pk}": f"{m.subject} {m.body_text}".casefold() for m in Message.objects.filter(pk__gt=before)}
    seen |= {name: text for name, text in mails.items() if "triad" in text or re.search(r"\bsets?\b", text)}
    assert len(seen) > 10
    for page, text in seen.items():
        assert "triad" in text, page
        assert not re.search(r"learning sets?|(?:the|your|a|no) sets?\b", text.replace("set 1", "")), page
