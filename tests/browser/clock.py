"""Time passes for a tenant: everything the database knows of it becomes so many days older.

The journey needs weeks between its steps (a deadline that has gone by, an event that is over), and the portal asks the database
what is due. So the rows move, not the clock; nothing but dates and times changes, and no row is added or taken away.
"""

from __future__ import annotations

from django.db import connections, transaction

MOVED = "'timestamp with time zone', 'date', 'tstzrange'"


def let_days_pass(days: int) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            f" WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN ({MOVED})"
            " AND c.is_generated = 'NEVER' AND EXISTS (SELECT FROM information_schema.columns o"
            "   WHERE o.table_name = c.table_name AND o.column_name = 'tenant_id')"
            " ORDER BY 1, 2"
        )
        tables: dict[str, list[str]] = {}
        for table, column, kind in cursor.fetchall():
            tables.setdefault(table, []).append(moved(column, kind, days))
        for table, columns in tables.items():
            # Its own history would otherwise tell of these updates.
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute(f'UPDATE "{table}" SET {", ".join(columns)}')
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def moved(column: str, kind: str, days: int) -> str:
    if kind == "date":
        return f'"{column}" = "{column}" - {days}'
    by = f"interval '{days} days'"
    if kind == "tstzrange":
        bounds = f'lower("{column}") - {by}, upper("{column}") - {by}, \'[)\''
        return f'"{column}" = tstzrange({bounds})'
    return f'"{column}" = "{column}" - {by}'
