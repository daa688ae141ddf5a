"""Two requests in an order that the test decides: one stops on its way, and the other runs its whole way meanwhile."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections
from django.test import Client

from tests.access.filling import Filled

# What makes others wait, or can't be undone by waiting: from here on the rest of a request has its turn, or has lost it.
TAKES_HOLD = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b|\bFOR (NO KEY )?UPDATE\b|\bpg_advisory_xact_lock\b")
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# The session's own bookkeeping, done before and after the view, and what a transaction within another says more than one alone.
BESIDE = re.compile(r'"(django_session|usersessions_usersession)"|^\s*(SAVEPOINT|RELEASE|ROLLBACK)\b')
LONGEST = 30


def places(seen: list[str]) -> list[int]:
    """Where to stop in a request of these statements, as numbers from 1: before each that takes hold of something, and before each
    that reads what the request writes, which is how it decides."""
    written = {table for sql in seen for table in WRITES.findall(sql)}
    reads = re.compile("|".join(f'FROM "{table}"' for table in sorted(written)) or "$^")
    return [n for n, sql in enumerate(seen, start=1) if TAKES_HOLD.search(sql) or reads.search(sql)]


def first_places(seen: list[str]) -> list[int]:
    """Of all places the two where most goes wrong: before the request first takes hold of something, when all it has read may have
    changed; and before the last read it decides by, when only the earlier ones may have."""
    held = next((n for n, sql in enumerate(seen, start=1) if TAKES_HOLD.search(sql)), 0)
    return [held, *[n for n in places(seen) if n < held][-1:]] if held else []


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements of the block that count for `places`."""
    seen: list[str] = []

    def watch(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if not BESIDE.search(sql):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def again(upload: Any) -> Any:
    copy = type(upload)(upload.name, b"".join(upload.chunks()))
    copy.seek(0)
    return copy


@dataclass
class Click:
    """One request in a thread, and so in a transaction, of its own. With `stop_at` it stops before the statement of that number
    until `go_on` is set."""

    filled: Filled
    stop_at: int = 0
    status: int = 0
    seen: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    pid: int = 0

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._send)

    def _send(self) -> None:
        client = Client(raise_request_exception=False)
        client.cookies = self.filled.client.cookies
        data = {k: again(v) if hasattr(v, "seek") else v for k, v in self.filled.data.items()}
        try:
            connection = connections["default"]
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._watch):
                self.status = client.post(self.filled.url, data).status_code
        finally:
            connections.close_all()
            self.stopped.set()

    def _watch(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if not BESIDE.search(sql):
            self.seen.append(sql)
            if len(self.seen) == self.stop_at:
                self.stopped.set()
                assert self.go_on.wait(LONGEST)
        return execute(sql, params, many, context)

    @property
    def waits_for_the_other(self) -> bool:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.pid])
            return bool(cursor.fetchone()[0])


def interleave(first: Filled, second: Filled, *, stop_at: int) -> tuple[Click, Click]:
    """`first` runs up to the statement of that number, then `second` to its end, or until it waits for the first; then the first
    goes on. Needs committed rows."""
    one, other = Click(first, stop_at), Click(second)
    one.thread.start()
    assert one.stopped.wait(LONGEST)
    other.thread.start()
    while other.thread.is_alive() and not (other.pid and other.waits_for_the_other):
        other.thread.join(0.005)
    one.go_on.set()
    for click in (one, other):
        click.thread.join(LONGEST)
        assert not click.thread.is_alive()
    return one, other
