"""Every id that a form carries, swapped for one it didn't offer: another tenant's, or the own tenant's of another thing or person."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps

from cohorts.services.cohorts import create_programme
from tenancy.models import TenantModel
from tenancy.scope import tenant_context
from tests.access.rows import MATRIX
from tests.access.shown import shown
from tests.access.small_world import World, undone
from tests.access.test_every_url import GETS, POSTS, address
from tests.factories.cohorts import SYSTEM, make_cohort, make_person
from tests.factories.tenancy import make_organisation

ID = re.compile(r"^(?:[a-z]+:)?(?:[0-9]+|[2-9b-df-hj-np-tv-z]{10})$")
KINDS = (
    "tenancy.Person", "tenancy.Organisation", "tenancy.Sector", "tenancy.RoleAssignment", "cohorts.Cohort", "cohorts.LearningSet",
    "cohorts.Programme", "cohorts.Participation", "cohorts.StrategicAmbition", "selection.Application", "selection.Question",
    "selection.Criterion", "selection.SelectionFramework",
    "mentoring.AvailabilitySlot", "projects.Project", "projects.ProjectMembership", "outcomes.Indicator",
)  # fmt: skip
# Numbers that choose among a few offered answers, and not a row.
ANSWERS = {"minutes", "shared", "kind", "version", "try", "late"}


class Form(HTMLParser):
    """The fields of a page: name → values offered; and which of them are chosen from, or hidden."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.offered: dict[str, list[str]] = {}
        self.chosen: set[str] = set()
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        name = given.get("name", "")
        if tag == "select":
            self.select = name
            self.chosen.add(name)
            self.offered.setdefault(name, [])
        elif tag == "option":
            self.offered[self.select].append(given.get("value", ""))
        elif tag in {"input", "textarea", "button"} and name and name != "csrfmiddlewaretoken":
            self.offered.setdefault(name, []).append(given.get("value", ""))
            if given.get("type") in {"radio", "checkbox", "hidden"}:
                self.chosen.add(name)

    def ids(self) -> list[str]:
        """The fields that carry ids of rows."""
        return [
            name
            for name in sorted(self.chosen - ANSWERS)
            if (values := [v for v in self.offered[name] if v]) and all(ID.match(v) for v in values if v != "other")
            and not all(v.isdecimal() and int(v) < 10 and len(values) == 5 for v in values)
        ]  # fmt: skip

    def filled(self) -> dict[str, Any]:
        """Something in every field, the first of what is offered."""
        return {name: next((v for v in values if v), "Words") for name, values in self.offered.items()}


@pytest.fixture(scope="module")
def others(world: World) -> set[str]:
    """Keys and public ids of rows of both tenants, some of each kind."""
    with tenant_context(world.other):
        make_organisation("Foreign Hospital", "health")
        programme = create_programme(name="Foreign programme", by=SYSTEM)
        make_cohort("Foreign cohort", programme=programme)
        make_person("Fora Foreign")
    found: set[str] = set()
    for tenant in (world.tenant, world.other):
        with tenant_context(tenant, world.person("participant") if tenant == world.tenant else None):
            for label in KINDS:
                model: type[TenantModel] = apps.get_model(label)  # type: ignore[assignment]
                rows = list(model.objects.order_by("-pk").values_list("pk", "public_id")[:1])  # type: ignore[attr-defined]
                found |= {str(value) for row in rows for value in row}
    return found


def form_of(world: World, name: str) -> tuple[Any, str, Form]:
    row = MATRIX[name]
    client = world.cast[row.allowed[0]].client if row.needs_sign_in else world.visitor
    url = address(world, name)
    with undone():
        page = shown(world, row.allowed[0] if row.needs_sign_in else "visitor", url)
    return client, url, Form(page.content.decode())


BOTH = [n for n in POSTS if n in GETS]


def test_the_walk_finds_the_fields(world: World) -> None:
    found = {name: form.ids() for name in BOTH if (form := form_of(world, name)[2]).ids()}
    assert len(found) > 18
    assert found["cohorts:reflection-share"] == ["reader"] and found["mentoring:session-book"] == ["slot"]
    assert found["projects:project-sponsor"] == ["sponsor"] and found["tenancy:role-give"] == ["scope"]


@pytest.mark.parametrize("name", BOTH)
def test_an_id_that_was_not_offered_is_refused(world: World, others: set[str], name: str) -> None:
    client, url, form = form_of(world, name)
    if not form.ids():
        return
    with undone():
        accepted = client.post(url, form.filled()).status_code == 302
    for field in form.ids():
        offered = form.offered[field]
        prefix = next((v.partition(":")[0] + ":" for v in offered if ":" in v), "")
        by_key = all(v.isdecimal() for v in offered if v)
        tried = sorted({f"{prefix}{v}" for v in others if v.isdecimal() == by_key} - set(offered))
        assert len(tried) > 5
        for value in tried:
            with undone():
                answer = client.post(url, {**form.filled(), field: value})
            if answer.status_code == 302 and session_of(world) in answer["Location"]:
                # their own time booked again is the session they have
                continue
            # the very field is refused, whatever else the form has to say
            refused = accepted or answer.status_code in {403, 404} or f'href="#id_{field}' in answer.content.decode()
            assert answer.status_code in {403, 404, 409, 422} and refused, (field, value, answer.status_code)


def session_of(world: World) -> str:
    return str(world.at["session"]["public_id"])
