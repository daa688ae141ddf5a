"""The load of the demo is killed (-9) in mid-run: the process that told a story ends with it, and the next load tells it anew.

One of the two tenants, whose load is the shorter.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import connections

from portal.demo.people import HSMC
from tests.databases import copy, drop, on_database, own_name, server
from tests.demo_fixture import ROOT, load
from tests.worker import process_env, until

TABLES = (
    "tenancy_person",
    "selection_application",
    "cohorts_participation",
    "cohorts_event",
    "projects_project",
    "mentoring_mentormatch",
    "outcomes_cohortreport",
)


@pytest.fixture
def empty(empty_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a migrated database of this test's own, without rows."""
    name = f"{own_name()}_killed"
    with django_db_blocker.unblock():
        with server() as cursor:
            copy(cursor, name, of=empty_database)
        with on_database(name):
            yield name
        with server() as cursor:
            drop(cursor, name)


ONLY = ("--only", HSMC)


def ask(database: str, question: str) -> list[Any]:
    known = connections["owner"].settings_dict
    params = {"user": known["USER"], "password": known["PASSWORD"], "host": known["HOST"], "port": known["PORT"]}
    with closing(psycopg2.connect(dbname=database, **{k: v for k, v in params.items() if v})) as link:
        cursor = link.cursor()
        cursor.execute(question)
        return [row[0] for row in cursor.fetchall()]


def rows(database: str) -> dict[str, int]:
    of_it = f"tenant_id = (SELECT id FROM tenancy_tenant WHERE slug = '{HSMC}')"
    return {table: ask(database, f'SELECT count(*) FROM "{table}" WHERE {of_it}')[0] for table in TABLES}


def at_work(database: str) -> int:
    return ask(
        database,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'",
    )[0]


def test_a_load_killed_in_mid_run_is_told_anew(empty: str, demo_template: str) -> None:
    env = process_env(BATON_DEMO="1", BATON_ENV="local")
    loading = subprocess.Popen(
        [sys.executable, "manage.py", "load_demo", *ONLY], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )
    try:
        until(lambda: rows(empty)["cohorts_participation"] > 10, what="the first cohorts")
    finally:
        loading.kill()
        loading.wait(10)
    until(lambda: at_work(empty) == 0, seconds=20, what="the end of those who told the stories")
    half = rows(empty)

    load(empty, *ONLY)

    whole = rows(demo_template)
    assert 0 < half["cohorts_participation"] < whole["cohorts_participation"]
    assert rows(empty) == whole
