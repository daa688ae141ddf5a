"""One page, in this process: its CPU, its statements, its bytes, and what its styles and scripts weigh."""

from __future__ import annotations

import gzip
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

# The frame of every request: not counted, on any page.
FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SELECT set_config")
ASSET = re.compile(r'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"')


@dataclass(frozen=True)
class Cost:
    """Of one page. `cpu_ms` is the median of the runs, of this process alone; `sql_ms` the least its statements
    cost the database (`servers_cpu`); `least_ms` the least of both together."""

    page: str
    rows: int
    queries: int
    cpu_ms: float
    sql_ms: float
    least_ms: float
    html_bytes: int
    assets_gz: int


def measure(client: Client, page: str, address: str, *, rows: int = 0, runs: int = 7) -> Cost:
    """Two calls to warm templates, plans and caches; then `runs` timed ones; then `runs` with the statements looked at."""

    def get() -> Any:
        response = client.get(address, headers={"host": settings.HOST})
        if response.status_code != 200:
            raise RuntimeError(f"{page} at {address} answered {response.status_code}")
        return response

    get()
    html = get().content.decode()
    if rows and (found := html.count("<tr")) < rows:
        raise RuntimeError(f"{page} shows {found} rows and not {rows}")
    spent = [cpu_of(get) for _ in range(runs)]
    seen = [statements_of(get) for _ in range(runs)]
    cpu, sql = statistics.median(spent), min(took for _count, took in seen)
    return Cost(
        page,
        rows,
        seen[0][0],
        1000 * cpu,
        1000 * sql,
        1000 * (min(spent) + sql),
        len(html.encode()),
        weigh(client, html),
    )


def cpu_of(get: Callable[[], Any]) -> float:
    begin = time.process_time()
    get()
    return time.process_time() - begin


ALIASES = ("default", "sys")


def servers_cpu() -> float | None:
    """Seconds of CPU that the database's processes of our connections have had; None where it runs on another machine. Unlike
    the time until an answer it doesn't grow with what else this machine does."""
    total = 0
    for alias in ALIASES:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        try:
            total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        except OSError:
            return None
    return total / 1e9


def statements_of(get: Callable[[], Any]) -> tuple[int, float]:
    """How many statements, of any of the three roles, and the seconds they cost the database: its CPU, or else the clock's."""
    begin = servers_cpu()
    captures = [CaptureQueriesContext(connections[alias]) for alias in ALIASES]
    for capture in captures:
        capture.__enter__()
    try:
        get()
    finally:
        for capture in captures:
            capture.__exit__(None, None, None)
    end = servers_cpu()
    queries = [q for capture in captures for q in capture.captured_queries if not q["sql"].lstrip().startswith(FRAME)]
    spent = sum(float(q["time"]) for q in queries) if begin is None or end is None else end - begin
    return len(queries), spent


def weigh(client: Client, html: str) -> int:
    """Bytes of the styles and scripts a page asks for, each compressed as a server does it."""
    total = 0
    for address in set(ASSET.findall(html)):
        name = address.removeprefix(settings.STATIC_URL).split("?")[0]
        found = finders.find(name) if address.startswith(settings.STATIC_URL) else None
        content = Path(found).read_bytes() if found else client.get(address, headers={"host": settings.HOST}).content
        total += len(gzip.compress(content, 6))
    return total


def measure_bare(runs: int = 200) -> float:
    """Milliseconds of CPU of the bare view: the unit of all ratios."""
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF="benchmarks.bare"):
        client = Client()

        def get() -> Any:
            return client.get("/bare/", headers={"host": settings.HOST})

        for _ in range(20):
            get()
        return 1000 * statistics.median(cpu_of(get) for _ in range(runs))
