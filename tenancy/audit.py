"""The audit: every insert, update and delete of a tracked row, written by the database itself.

Beside the Change rows that people read, django-pghistory keeps event tables for auditors: bulk and raw writes are in them too.
They carry the tenant and stand behind the same wall; portal_app may add and read, never alter or delete. Who did it is the
person of the transaction (tenancy.scope), denormalised into each event. Private bodies are excluded by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


def audited(*exclude: str) -> Callable[[Model], Model]:
    """Class decorator: keep an audit of the model's rows, without the fields named."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        obj_field=None,
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]
    )
