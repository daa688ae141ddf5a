"""A clock the demo can set: what Python and PostgreSQL take for "now" in this process, and nowhere else.

The demo's history is made by the services themselves, so every time they note must be the time the story says. Python's side is
`django.utils.timezone.now`. PostgreSQL's is a schema with its own now() and statement_timestamp(), put before pg_catalog in this
process's search path: messages, jobs and the audit's triggers then agree with the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connections
from django.utils import timezone

SCHEMA = "demo_clock"
ALIASES = ("default", "sys")
FUNCTIONS = ("now", "statement_timestamp", "transaction_timestamp", "clock_timestamp")
PYTHON_NOW = timezone.now


class Clock:
    """Stands still at the moment it was set to. Made by stepped_clock()."""

    def __init__(self) -> None:
        self.moment = PYTHON_NOW()

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        """Only between transactions: a rollback would set PostgreSQL's side back."""
        self.moment = moment.astimezone(UTC)
        for alias in ALIASES:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT set_config('baton.demo_clock', %s, false)", [self.moment.isoformat()])


@contextmanager
def stepped_clock() -> Iterator[Clock]:
    """Within this block the clock says what it was last set to; afterwards the real time is back and nothing is left behind."""
    clock = Clock()
    _make_schema()
    try:
        for alias in ALIASES:
            with connections[alias].cursor() as cursor:
                # Nothing waits for the disk: a load that a crash cuts off is told again from its beginning.
                cursor.execute(f"SET search_path = {SCHEMA}, pg_catalog, public; SET synchronous_commit = off")
        timezone.now = clock.now
        yield clock
    finally:
        timezone.now = PYTHON_NOW
        # A failed step may have left a connection in a broken transaction: new ones come with the settings of old.
        for alias in ALIASES:
            connections[alias].close()
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _make_schema() -> None:
    functions = ";".join(
        f"CREATE OR REPLACE FUNCTION {SCHEMA}.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS"
        f" $$ SELECT coalesce(nullif(current_setting('baton.demo_clock', true), '')::timestamptz, pg_catalog.{name}()) $$"
        for name in FUNCTIONS
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}; {functions}; GRANT USAGE ON SCHEMA {SCHEMA} TO portal_app, portal_sys"
        )
