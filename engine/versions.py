"""Two people on one page: a hidden version in the form, a conditional update, and a page that shows both texts.

For rows without a version see tenancy.seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from tenancy.models import TenantModel
from tenancy.seen import refuse_stale


def save_if_unchanged(
    obj: TenantModel, *, version: int, stamps: Mapping[str, Any] | None = None, **fields: Any
) -> TenantModel:
    """Write `fields` and raise the row's `version`, unless someone saved it since `version` was read (StaleEdit). When they saved
    the very same it is AlreadySaved; `stamps` are written too, and don't count in that."""
    rows = type(obj).objects.filter(pk=obj.pk, version=version)  # type: ignore[attr-defined]
    if not rows.update(**fields, **(stamps or {}), version=F("version") + 1):
        theirs = type(obj).objects.filter(pk=obj.pk).values(*fields).first()  # type: ignore[attr-defined]
        refuse_stale(theirs or {}, fields)
    obj.refresh_from_db()
    return obj
