"""Travelling in time with both clocks: Python's and the one PostgreSQL gives to the statements of this connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import time_machine
from django.db import connection, connections

SCHEMA = "test_clock"
FUNCTIONS = ("now", "statement_timestamp")


def lay_out() -> None:
    """The functions that stand before PostgreSQL's own while somebody travels: once for each database."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}; GRANT USAGE ON SCHEMA {SCHEMA} TO portal_app")
        for name in FUNCTIONS:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {SCHEMA}.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS"
                " $$ SELECT current_setting('test.clock')::timestamptz $$"
            )


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Within, it's that moment and stays so, on the connection that is open."""
    local = "LOCAL" if connection.in_atomic_block else "SESSION"
    with time_machine.travel(moment, tick=False), connection.cursor() as cursor:
        cursor.execute(f"SET {local} test.clock = %s", [moment.isoformat()])
        cursor.execute(f"SET {local} search_path = {SCHEMA}, pg_catalog, public")
        try:
            yield
        finally:
            # A broken transaction takes its settings with it.
            if not connection.needs_rollback:
                cursor.execute(f"SET {local} search_path TO DEFAULT")
