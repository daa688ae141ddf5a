"""Fields that a page doesn't show, posted all the same: what is stored is what would have been stored without them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tenancy.models import Account, Person, Tenant, TenantModel
from tenancy.scope import tenant_context
from tests.access.rows import MATRIX
from tests.access.small_world import World, undone
from tests.access.test_every_url import GETS, POSTS, address
from tests.queries import ask_again
from tests.security.test_swapped_fields import Form, form_of

PLAIN = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.IntegerField,
    models.DecimalField,
    models.JSONField,
)
RANDOM = {
    "public_id", "sort_key", "dedupe_key", "body_html", "body_text", "calendar_text", "params", "progress", "token", "about",
    "link_about", "link_path", "owed", "outcome", "corrections",
}  # fmt: skip


def columns_of(model: type[models.Model]) -> list[str]:
    """What of a row doesn't depend on the clock or on chance; people by name."""
    found = []
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            found += [f"{field.name}__name"] if field.related_model is Person else []
        elif isinstance(field, PLAIN) and not field.primary_key and not field.name.endswith("_id"):
            found += [field.name] if field.name not in RANDOM else []
    return found


def stored(world: World, reader: Any) -> Counter[str]:
    """Every row that either tenant holds, by a statement each."""
    rows: Counter[str] = Counter()
    for tenant in (world.tenant, world.other):
        with tenant_context(tenant, reader if tenant == world.tenant else None):
            rows.update(f"{tenant.slug} {label} {row}" for label, row in ask_again(*everything(tenant)))
    accounts = Account.objects.values_list("email", "password", "is_active", "is_staff", "is_superuser")
    # who has no password has a random one that opens nothing
    rows.update(f"account {(email, '!' if key[:1] == '!' else key, *marks)}" for email, key, *marks in accounts)
    return rows


@cache
def everything(tenant: Tenant) -> tuple[str, list[Any]]:
    """One statement for the rows of every table of the tenant, and what is filled into it. Within the tenant's context."""
    parts, given = [], []
    for model in apps.get_models():
        if issubclass(model, TenantModel) and (columns := columns_of(model)):
            select, values = model.objects.order_by().values_list(*columns).query.sql_with_params()
            parts.append(
                f"SELECT '{model._meta.label}', to_jsonb(found)::text FROM ({select}) AS found({numbered(columns)})"
            )
            given += values
    return " UNION ALL ".join(parts), given


def numbered(columns: list[str]) -> str:
    return ", ".join(f'"{n} {column}"' for n, column in enumerate(columns))


def extras(world: World, form: Form, data: dict[str, Any]) -> dict[str, Any]:
    person, other = world.person("neighbour"), world.stranger.person
    wanted = {
        "tenant": world.other.pk, "tenant_id": world.other.pk, "id": 1, "pk": 1, "public_id": "zzzzzzzzzz", "version": 99,
        "state": "approved", "stage": "finished", "role": "staff", "roles": "staff", "is_staff": "on", "is_superuser": "on",
        "is_lead": "on", "is_active": "", "points": 7, "score": 7, "rank": 1, "rag": "green", "finished_at": "2020-01-01",
        "sent_at": "2020-01-01", "submitted_at": "2020-01-01", "decided_at": "2020-01-01", "capacity": 99, "places": 999,
        "person": other.pk, "person_id": person.pk, "author": person.pk, "author_id": person.pk, "applicant": person.pk,
        "applicant_id": person.pk, "mentor": person.pk, "mentor_id": person.pk, "mentee": person.pk, "sponsor_id": person.pk,
        "owner": person.pk, "owner_id": person.pk, "assessor": person.pk, "assessor_id": person.pk, "by": person.pk,
        "declared_by": person.pk, "cohort_id": 1, "programme_id": 1, "email": "mallory@example.org", "shared": "pair",
        "blind": "", "slug": "taken", "openid_provider": "mallory", "password": "correct horse battery 1", "narrative": "Words",
    }  # fmt: skip
    return {k: v for k, v in wanted.items() if k not in form.offered and k not in data}


@pytest.mark.parametrize(
    "name", [n for n in POSTS if n not in {"cohorts:invitation-accept", "selection:import-create"}]
)
def test_what_the_page_does_not_show_is_not_stored(world: World, name: str) -> None:
    row = MATRIX[name]
    client, url = world.visitor, address(world, name)
    form = Form("")
    if name in GETS:
        client, url, form = form_of(world, name)
    elif row.needs_sign_in:
        client = world.cast[row.allowed[0]].client
    reader = world.person(row.allowed[0]) if row.needs_sign_in else None
    given = {k: world.person(v[1:]).public_id if v.startswith("@") else v for k, v in (row.data or {}).items()}
    data = {k: v for k, v in form.filled().items() if row.data is None} | given
    with undone():
        before = client.post(url, data).status_code
        plain = stored(world, reader)
    with undone():
        more = extras(world, form, data)
        assert len(more) > 30
        assert client.post(url, data | more).status_code == before
        assert stored(world, reader) == plain


def test_enough_of_these_forms_are_accepted(world: World) -> None:
    """A form that is refused stores nothing, with or without more fields: most must have been accepted."""
    accepted = 0
    for name in POSTS:
        row = MATRIX[name]
        if name not in GETS or row.data is not None:
            continue
        client, url, form = form_of(world, name)
        with undone():
            accepted += client.post(url, form.filled()).status_code == 302
    assert accepted + sum(MATRIX[n].data is not None for n in POSTS) > 45
