"""What a page costs: its statements besides BEGIN, COMMIT, savepoints and set_config."""

from __future__ import annotations

from django.test.utils import CaptureQueriesContext

FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def plain(seen: CaptureQueriesContext) -> list[str]:
    statements = [query["sql"] for query in seen.captured_queries]
    return [sql for sql in statements if not sql.startswith(FRAME) and "set_config" not in sql]
