"""Two people on one page: a hidden version in the form, a conditional update, and a page that shows both texts."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from tenancy.errors import StaleEdit
from tenancy.models import TenantModel


def save_if_unchanged(obj: TenantModel, *, version: int, **fields: Any) -> TenantModel:
    """Write `fields` and raise the row's `version`, unless someone saved it since `version` was read (StaleEdit)."""
    rows = type(obj).objects.filter(pk=obj.pk, version=version)  # type: ignore[attr-defined]
    if not rows.update(**fields, version=F("version") + 1):
        theirs = type(obj).objects.filter(pk=obj.pk).values(*fields).first()  # type: ignore[attr-defined]
        raise StaleEdit(
            _("Someone else saved this while you were working on it. Your text is still here; compare and save again."),
            theirs=theirs,
        )
    obj.refresh_from_db()
    return obj
