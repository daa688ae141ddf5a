"""How many questions a page asks of the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import md5
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

# Begin, commit and savepoints, and the settings of row-level security: asked on every page alike.
UNCOUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SELECT set_config")


def plain(asked: CaptureQueriesContext) -> list[str]:
    """The statements besides those of the transaction and of the tenant's scope."""
    return [q["sql"] for q in asked.captured_queries if not q["sql"].lstrip().startswith(UNCOUNTED)]


class Counter:
    """How many statements went to the database, those of the transaction and of the tenant's scope apart."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.statements += not sql.lstrip().startswith(UNCOUNTED)
        return execute(sql, params, many, context)


@contextmanager
def counting() -> Iterator[Counter]:
    """Counts what the app and the system role ask; unlike CaptureQueriesContext it keeps no SQL, of which a process may have too much."""
    counter = Counter()
    with connections["default"].execute_wrapper(counter), connections["sys"].execute_wrapper(counter):
        yield counter


def page_queries(client: Client, address: str) -> int:
    """The number of queries of a GET that answers 200, after one to warm the caches of the process."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(plain(asked))


PLANNED: dict[str, Any] = {}


def ask_again(sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a long statement that is asked hundreds of times: planned once on each connection, which for one over all tables
    and their walls takes many times as long as running it. Who asks, and for which tenant, is the transaction's, as ever."""
    with connection.cursor() as cursor:
        whole = cursor.mogrify(sql, given) if given else sql.encode()
        name = f"again_{md5(whole, usedforsecurity=False).hexdigest()}"
        if PLANNED.get(name) is not connection.connection:
            cursor.execute(f"PREPARE {name} AS {whole.decode()}")
            PLANNED[name] = connection.connection
        cursor.execute(f"EXECUTE {name}")
        return cursor.fetchall()
