"""A double click: the second request waits for the first, then finds what it did."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from tenancy.scope import current_scope

A_MOMENT = timedelta(minutes=1)


def take_turns(row: Model) -> None:
    """Until the transaction ends nobody else who asks for the same row's turn goes on; readers and foreign keys aren't held up."""
    type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


def take_turns_at(what: str) -> None:
    """As take_turns(), for what has no row of its own yet, such as a name that must be free: until the transaction ends nobody
    else of the tenant who asks for the turn at `what` goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [what, current_scope().tenant_id])


def just_now() -> datetime:
    """Whatever was done after this is taken for the same click; the same said again later is meant."""
    return timezone.now() - A_MOMENT
