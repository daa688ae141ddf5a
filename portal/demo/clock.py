"""A clock the demo can set: what Python and PostgreSQL take for "now" in this process, and nowhere else.

The demo's history is made by the services themselves, so every time they note must be the time the story says. Python's side is
`django.utils.timezone.now`. PostgreSQL's is a schema with its own now() and statement_timestamp(), put before pg_catalog in this
process's search path: messages, jobs and the audit's triggers then agree with the rows.

Two stories are told at once, each at its own time, so a story's portal_sys sees the messages and offers of its own tenant alone.
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
# What the ticks look through for all tenants.
LOOKED_THROUGH = ("reminders_message", "selection_offer", "selection_deferral")
POLICY = "demo_own_story"
PYTHON_NOW = timezone.now


class Clock:
    """Stands still at the moment it was set to. Made by stepped_clock()."""

    def __init__(self) -> None:
        self.moment = PYTHON_NOW()

    def now(self) -> datetime:
        return self.moment

    def attach(self, tenant_id: int | None = None) -> None:
        """Put this process's connections under the clock; with a tenant, its ticks see that tenant's rows alone."""
        for alias in ALIASES:
            with connections[alias].cursor() as cursor:
                # Nothing waits for the disk: a load that a crash cuts off is told again from its beginning.
                cursor.execute(
                    f"SET search_path = {SCHEMA}, pg_catalog, public; SET synchronous_commit = off;"
                    " SET join_collapse_limit = 1; SET jit = off"
                )
                cursor.execute("SELECT set_config('baton.demo_tenant', %s, false)", [str(tenant_id or "")])
        self.set(self.moment)

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
    _prepare()
    try:
        timezone.now = clock.now
        clock.attach()
        yield clock
    finally:
        timezone.now = PYTHON_NOW
        # The settings end with the connections that have them.
        connections.close_all()
        _clear_away()


def _prepare() -> None:
    _clear_away()
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCHEMA}; GRANT USAGE ON SCHEMA {SCHEMA} TO portal_app, portal_sys")
        for name in FUNCTIONS:
            cursor.execute(
                f"CREATE FUNCTION {SCHEMA}.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS"
                f" $$ SELECT coalesce(nullif(current_setting('baton.demo_clock', true), '')::timestamptz, pg_catalog.{name}()) $$"
            )
        told = "nullif(current_setting('baton.demo_tenant', true), '')"
        for table in LOOKED_THROUGH:
            cursor.execute(
                f"CREATE POLICY {POLICY} ON {table} AS RESTRICTIVE TO portal_sys"
                f" USING ({told} IS NULL OR tenant_id = {told}::bigint)"
            )


def _clear_away() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SET client_min_messages = warning; DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        for table in LOOKED_THROUGH:
            cursor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
