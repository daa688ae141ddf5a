"""A double click: the second request waits for the first, then finds what it did."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Model
from django.utils import timezone

A_MOMENT = timedelta(minutes=1)


def take_turns(row: Model) -> None:
    """Until the transaction ends nobody else who asks for the same row's turn goes on; readers and foreign keys aren't held up."""
    type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


def just_now() -> datetime:
    """Whatever was done after this is taken for the same click; the same said again later is meant."""
    return timezone.now() - A_MOMENT
