"""Two requests in an order that the test decides: one stops before it takes hold of anything, and the other runs its whole way."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.test import Client

from tests.access.filling import Filled

# What makes others wait, or can't be undone by waiting: from here on the rest of a request has its turn, or has lost it.
TAKES_HOLD = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b|\bFOR (NO KEY )?UPDATE\b|\bpg_advisory_xact_lock\b")
# The session's own bookkeeping, done before and after the view.
BESIDE = re.compile(r'"(django_session|usersessions_usersession)"')
LONGEST = 30


def again(upload: Any) -> Any:
    copy = type(upload)(upload.name, b"".join(upload.chunks()))
    copy.seek(0)
    return copy


@dataclass
class Click:
    """One request in a thread, and so in a transaction, of its own. With `stop_at` it stops before the statement of that
    number, of those that take hold of something, until `go_on` is set."""

    filled: Filled
    stop_at: int = 0
    status: int = 0
    held: list[str] = field(default_factory=list)
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
        if TAKES_HOLD.search(sql) and not BESIDE.search(sql):
            self.held.append(sql)
            if len(self.held) == self.stop_at:
                self.stopped.set()
                assert self.go_on.wait(LONGEST)
        return execute(sql, params, many, context)

    @property
    def waits_for_the_other(self) -> bool:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.pid])
            return bool(cursor.fetchone()[0])


def interleave(first: Filled, second: Filled, *, stop_at: int = 1) -> tuple[Click, Click]:
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
