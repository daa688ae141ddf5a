"""Addresses and query counts of selection's pages, for its tests."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.selection.assess_setup import Scene

OWN_STATEMENTS = ("SAVEPOINT", "RELEASE", "SELECT set_config", "BEGIN", "COMMIT")


def url(scene: Scene, name: str, public_id: str | None = None, **kwargs: Any) -> str:
    """A page of the scene's round, or of the row named."""
    names = {"tenant": scene.tenant.slug, "public_id": public_id or scene.round.public_id, **kwargs}
    return reverse(f"selection:{name}", kwargs=names)


def count_queries(client: Client, target: str) -> int:
    """Statements of a page, without those of the transaction and the tenant's scope."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(target).status_code == 200
    return len([q for q in captured if not q["sql"].startswith(OWN_STATEMENTS)])
