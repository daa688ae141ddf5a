"""What each source of obligations is in SQL, written once for a language and kept: Django takes longer to write the twenty of them
than PostgreSQL to answer.

A source's rows must therefore be the same queryset whoever asks and whenever: they take the moment from the database (`Now()`), never
from Python, and ask nothing while they are put together. The tenant is written in as PLACE and filled in on each reading. Row-level
security holds besides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language

from reminders.obligations import COLUMNS, ObligationSource
from tenancy.scope import current_scope, written_for

# What each branch's columns are cast to, so that the union fits whatever the sources annotate with.
TYPES = ("bigint", "text", "text", "timestamptz", "timestamptz", "bigint")
NAMES = ("person_id", "about", "key", "due", "since", "cohort_id")
COLUMN = {name: f"b.{name}::{kind}" for name, kind in zip(NAMES, TYPES, strict=True)}
SELECTED = ", ".join(f"{column} AS {name}" for name, column in COLUMN.items())
# No tenant's id: identities begin at 1.
PLACE = -8_070_450_532_247_928_832


@dataclass(frozen=True)
class Branch:
    """One source's SELECT without filters, and its parameters, PLACE where the open tenant's id belongs."""

    sql: str
    params: tuple[Any, ...]

    def params_for(self, tenant_id: int) -> list[Any]:
        return [tenant_id if value == PLACE else value for value in self.params]


_written: dict[tuple[Callable[[], QuerySet], str | None], Branch | None] = {}


def branch_of(source: ObligationSource) -> Branch | None:
    """The source's SELECT; None when its conditions can never be met. LookupError names the columns its rows aren't annotated with."""
    key = (source.rows, get_language())
    if key not in _written:
        _written[key] = write(source)
    return _written[key]


def write(source: ObligationSource) -> Branch | None:
    with connection.execute_wrapper(_refuse), written_for(PLACE):
        rows = source.rows().order_by()
        if missing := [name for name in COLUMNS if name not in rows.query.annotations]:
            raise LookupError(
                f"The rows of the obligation {source.kind!r} aren't annotated with {', '.join(missing)}:"
                " see ObligationSource in reminders/obligations.py."
            )
        try:
            sql, params = rows.values_list(*COLUMNS).query.sql_with_params()
        except EmptyResultSet:
            return None
    pieces = f"SELECT %s::text AS kind, {SELECTED} FROM ({sql}) b({', '.join(NAMES)})"  # noqa: S608 -- the ORM's and constants
    return Branch(pieces, (source.kind, *params))


def _refuse(*_: Any) -> Any:
    raise LookupError(
        "The rows of an obligation ask the database while they are put together; see reminders/branches.py."
    )


def filtered(branch: Branch, conditions: dict[str, Any]) -> tuple[str, list[Any]]:
    """The branch for the open tenant, narrowed by `conditions`: comparisons with one %s each, over the columns in COLUMN."""
    params = branch.params_for(current_scope().tenant_id)
    if not conditions:
        return branch.sql, params
    return f"{branch.sql} WHERE {' AND '.join(conditions)}", [*params, *conditions.values()]
