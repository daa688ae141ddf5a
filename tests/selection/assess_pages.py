"""Addresses of selection's pages, for its tests."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tests.selection.assess_setup import Scene


def url(scene: Scene, name: str, public_id: str | None = None, **kwargs: Any) -> str:
    """A page of the scene's round, or of the row named."""
    names = {"tenant": scene.tenant.slug, "public_id": public_id or scene.round.public_id, **kwargs}
    return reverse(f"selection:{name}", kwargs=names)
