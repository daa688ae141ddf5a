"""The embedded servers, started for real: roles, walls between them, and nothing left behind."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from runtime.layout import LOCKS, Instance
from runtime.processes import is_alive
from runtime.services import Servers, running

ROLE_URLS = {"portal_app": "DATABASE_URL", "portal_owner": "DATABASE_OWNER_URL", "portal_sys": "DATABASE_SYS_URL"}


@pytest.fixture(scope="module")
def instance() -> Instance:
    return Instance(f"test-{secrets.token_hex(4)}")


@pytest.fixture(scope="module")
def urls(instance: Instance) -> Iterator[dict[str, str]]:
    with pytest.MonkeyPatch.context() as patch:
        for name in (*ROLE_URLS.values(), "REDIS_URL", "CACHE_URL"):
            patch.delenv(name, raising=False)
        with running(instance, {}, fast=True) as found:
            yield found
    assert not instance.base.exists()
    assert not instance.server_base.exists()
    assert [*LOCKS.glob(f"{instance.name}.*")] == []


def ask(url: str, sql: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("role", "bypass", "may_create"),
    [("portal_owner", True, True), ("portal_app", False, False), ("portal_sys", False, False)],
)
def test_each_role_may_what_it_should(urls: dict[str, str], role: str, bypass: bool, may_create: bool) -> None:
    row = ask(
        urls[ROLE_URLS[role]],
        "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, has_schema_privilege('public', 'CREATE')"
        " FROM pg_roles WHERE rolname = current_user",
    )
    assert row == [(role, False, bypass, may_create, may_create)]


def test_test_databases_get_the_extension_too(urls: dict[str, str]) -> None:
    connection = psycopg2.connect(urls["DATABASE_OWNER_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE another")
    connection.close()
    another = urls["DATABASE_OWNER_URL"].rpartition("/")[0] + "/another"
    assert ask(another, "SELECT extname FROM pg_extension WHERE extname = 'btree_gist'") == [("btree_gist",)]


def test_nobody_gets_in_without_the_password(urls: dict[str, str]) -> None:
    parts = urlsplit(urls["DATABASE_URL"])
    for user in ("portal_app", "portal_owner", "postgres"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(host="127.0.0.1", port=parts.port, user=user, password="x", dbname="baton")
    once = Retry(NoBackoff(), 0)
    for name in ("REDIS_URL", "CACHE_URL"):
        client = redis.Redis(host="127.0.0.1", port=urlsplit(urls[name]).port or 0, retry=once)
        with client, pytest.raises(redis.AuthenticationError):
            client.ping()


def test_text_sorts_and_folds_alike_on_every_machine(urls: dict[str, str]) -> None:
    settings = (
        "SELECT datcollate, datlocale, datlocprovider::text, lower('ÀÉ') FROM pg_database WHERE datname = 'baton'"
    )
    assert ask(urls["DATABASE_URL"], settings) == [("C", "C.UTF-8", "b", "àé")]


def test_the_log_holds_nothing_that_people_wrote(urls: dict[str, str], instance: Instance) -> None:
    with pytest.raises(psycopg2.Error):
        ask(urls["DATABASE_URL"], "SELECT 'canary-in-a-statement'::int")
    with pytest.raises(psycopg2.Error):
        ask(
            urls["DATABASE_OWNER_URL"],
            "CREATE TABLE once (word text UNIQUE); INSERT INTO once VALUES ('canary-in-a-row'), ('canary-in-a-row')",
        )
    log = instance.postgres_data.with_name("postgres.log").read_text()
    assert "duplicate key" in log
    assert "canary-in-a-row" not in log
    assert "STATEMENT" not in log


def test_emptying_the_cache_leaves_the_broker_alone(urls: dict[str, str]) -> None:
    with redis.Redis.from_url(urls["REDIS_URL"]) as broker, redis.Redis.from_url(urls["CACHE_URL"]) as cache:
        broker.lpush("celery", "task")
        cache.flushall()
        assert broker.llen("celery") == 1


def test_a_second_user_shares_the_servers_and_leaves_them_running(urls: dict[str, str], instance: Instance) -> None:
    with running(instance, {}) as same:
        assert same == urls
    assert ask(urls["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_servers_of_a_killed_script_are_taken_over() -> None:
    instance = Instance(f"test-{secrets.token_hex(4)}")
    first = Servers(instance, {}, fast=True)
    try:
        database, valkeys = first.start_postgres(), first.start_valkeys()
        pid = int((instance.postgres_data / "postmaster.pid").read_text().splitlines()[0])

        second = Servers(instance, {}, fast=True)
        assert second.start_postgres() == database
        assert second.start_valkeys() == valkeys

        # A power cut: the file with the number stays, the server is gone, and a new one must start.
        os.kill(pid, signal.SIGKILL)
        while is_alive(pid):
            pass
        third = Servers(instance, {}, fast=True)
        assert ask(third.start_postgres()["DATABASE_URL"], "SELECT 1") == [(1,)]
    finally:
        first.stop()
        first.remove()


def test_data_whose_passwords_are_lost_is_kept_aside(capsys: pytest.CaptureFixture[str]) -> None:
    instance = Instance(f"test-{secrets.token_hex(4)}")
    instance.postgres_data.mkdir(parents=True)
    (instance.postgres_data / "PG_VERSION").write_text("18")
    servers = Servers(instance, {}, fast=True)
    try:
        assert not instance.postgres_data.exists()
        kept = [*instance.server_base.glob("postgres.2*/PG_VERSION")]
        assert [path.read_text() for path in kept] == ["18"]
        assert "was moved to" in capsys.readouterr().err
    finally:
        servers.remove()
