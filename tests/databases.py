"""The databases of a test run. One empty template is migrated; each process of the run works on a copy of its own.

Nobody ever works on a template: PostgreSQL copies a database only while nobody is connected to it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.db import connections
from django.db.transaction import atomic
from django.test.utils import setup_databases

ALIASES = ("default", "owner", "sys")
# Which process of a parallel run this is ("gw0"), and which run; alone, the process is the run.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"process {os.getpid()} of {time.time():.0f}"

kept: set[str] = set()


def base_name() -> str:
    return str(settings.TEST_NAME)


def own_name() -> str:
    """The database this process works on."""
    return f"{base_name()}_{WORKER}" if WORKER else base_name()


def own_cache() -> str:
    """The cache's address for this process of a parallel run: a numbered database of its own on the same server."""
    return urlunsplit(urlsplit(os.environ["CACHE_URL"])._replace(path=f"/{int(WORKER.removeprefix('gw')) + 1}"))


@contextmanager
def server(alias: str = "owner") -> Iterator[Any]:
    """A cursor of one of the roles on the server itself, beside every test database."""
    known = settings.DATABASES[alias]
    params = {"user": known["USER"], "password": known["PASSWORD"], "host": known["HOST"], "port": known["PORT"]}
    with closing(psycopg2.connect(dbname="postgres", **{k: v for k, v in params.items() if v})) as link:
        link.autocommit = True
        yield link.cursor()


@contextmanager
def alone(cursor: Any, name: str) -> Iterator[None]:
    """The processes of a run take turns at what the block makes."""
    cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
    yield
    cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


def remark(cursor: Any, name: str) -> str:
    """What was noted of a database when it was made; empty if there is none."""
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    found = cursor.fetchone()
    return str(found[0]) if found and found[0] else ""


def set_remark(cursor: Any, name: str, text: str) -> None:
    cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [text])


def end_sessions(name: str) -> None:
    """Threads of the live server keep their connection as long as a browser keeps its own. The owner may not end the sessions of
    other roles, so each ends its own; one that ended by itself may have left its number to somebody else's."""
    for alias in ALIASES:
        with server(alias) as cursor, suppress(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                [name],
            )


def drop(cursor: Any, name: str) -> None:
    end_sessions(name)
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_all(cursor: Any) -> None:
    """Whatever a run of this name has made."""
    cursor.execute("SELECT datname FROM pg_database WHERE datname = %s OR starts_with(datname, %s)", own_and_below())
    for (name,) in cursor.fetchall():
        drop(cursor, name)


def own_and_below() -> list[str]:
    return [base_name(), f"{base_name()}_"]


def copy(cursor: Any, name: str, *, of: str) -> None:
    """A connection to the template that was just closed takes a moment to go."""
    drop(cursor, name)
    for again in range(50):
        try:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}"')
            return
        except psycopg2.errors.ObjectInUse:
            if again == 49:
                raise
            time.sleep(0.2)


def point_at(name: str) -> None:
    """All three roles work on this database from now on."""
    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@contextmanager
def on_database(name: str) -> Iterator[None]:
    """All three roles work on this database until the block ends."""
    before = str(connections["owner"].settings_dict["NAME"])
    try:
        point_at(name)
        yield
    finally:
        point_at(before)


def filled(cursor: Any) -> set[str]:
    """The tables that rows have been written to, committed or not, since they were last vacuumed."""
    cursor.execute(
        "SELECT oid::regclass::text FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
    )
    return {name for (name,) in cursor.fetchall()}


def remember_what_migrations_wrote() -> None:
    """Content types, permissions and the like: they stay when a test's rows go."""
    with connections["owner"].cursor() as cursor:
        kept.update(filled(cursor))


def empty() -> bool:
    """Delete what a test has committed. False where the server doesn't let the owner do without foreign keys meanwhile.

    Truncating every table makes two thousand files anew, whatever was in them: 0.4 s, against 0.01 s for the dozen tables that most
    tests write to. The locks wait, as TRUNCATE would, for whatever another process is still writing.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        if cursor.fetchone() != (True,):
            return False
        done: set[str] = set()
        while tables := filled(cursor) - kept - done:
            with atomic("owner"):
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(f"LOCK TABLE {', '.join(sorted(tables))}")
                cursor.execute("; ".join(f"DELETE FROM {table}" for table in sorted(tables)))
            cursor.execute(f"VACUUM (TRUNCATE, INDEX_CLEANUP ON) {', '.join(sorted(tables))}")
            done |= tables
    return True


def empty_template(*, keep: bool) -> str:
    """The name of a migrated database without rows. Made once a run; with `keep`, that of an earlier run is only migrated."""
    name = f"{base_name()}_template"
    with server() as cursor, alone(cursor, name):
        if remark(cursor, name) != RUN:
            connections["owner"].settings_dict["TEST"]["NAME"] = name
            setup_databases(verbosity=0, interactive=False, aliases=ALIASES, keepdb=keep, serialized_aliases=[])
            connections.close_all()
            set_remark(cursor, name, RUN)
    return name
