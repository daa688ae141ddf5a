"""`./baton up`: everything from nothing, then the portal's three programs until somebody stops them."""

from __future__ import annotations

import argparse
import http.client
import json
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from runtime import environment, frontend, memory, native, ports, prepared, services
from runtime.children import Child, Supervisor
from runtime.layout import KEEP, LOCKS, MAIN, VENV_PYTHON, Instance
from runtime.locks import Lock
from runtime.manage import manage_command, portal_env, wanted_ports
from runtime.output import Problem, say, step
from runtime.processes import run

STATE = KEEP / "up.json"
# So many seconds the portal has to answer.
PATIENCE = 60.0
Health = Mapping[str, object]


def up(options: argparse.Namespace) -> int:
    """Start everything and stay until stopped."""
    lock = Lock(LOCKS / "up")
    if not lock.try_alone():
        raise Problem(_who_runs(), exit_code=2)
    supervisor = Supervisor(STATE)
    supervisor.stop_orphans()
    if not ports.is_free(options.port):
        raise Problem(
            f"Port {options.port} is taken by another program. Choose another: ./baton up --port {options.port + 1}",
            exit_code=2,
        )
    environment.ensure(environment.BASE)
    pango = native.ensure_pango()
    frontend.ensure()
    with services.running(Instance(MAIN), wanted_ports(options)) as urls:
        env = portal_env(urls, options.port)
        with_demo = not options.no_demo and env["BATON_DEMO"] == "1"
        sign_ins = prepared.recall(env, with_demo=with_demo)
        if sign_ins is None:
            sign_ins = _prepare(env, with_demo=with_demo)
        if env["BATON_ENV"] != "local":
            with step("Collecting the static files"):
                run(manage_command("collectstatic", "--no-input"), what="collect the static files", env=env)
        with supervisor:
            started = time.monotonic()
            _start(supervisor, env, options.port)
            _wait_until_healthy(supervisor, env["BATON_BASE_URL"], options.port, started)
            # Last, since nobody waits for it: what it asks for at its beginning would only delay the others.
            supervisor.start(Child("beat", beat_command(str(KEEP / "beat-schedule")), env))
            _greet(options.port, pango, sign_ins)
            supervisor.watch()
    return 0


def _who_runs() -> str:
    address = memory.read_json(STATE).get("address")
    if address is None:
        return "Another ./baton up of this checkout is still starting, or stopping. Try again in a moment."
    return f"Baton already runs from this checkout, at {address}"


def _prepare(env: dict[str, str], *, with_demo: bool) -> str:
    """Have the database migrated and the demo loaded; returns the demo's sign-ins."""
    prepared.forget()
    asked = manage_command("bring_up", *(["--demo"] if with_demo else []))
    with step("Bringing the database up to date"):
        found = json.loads(run(asked, what="migrate the database", env=env).splitlines()[-1])
    if not found["loaded"]:
        with step("Loading the demo"):
            # Thousands of small transactions, each of which would wait for the disk. Should the power fail meanwhile, what is cut off
            # is told anew.
            quick = env | {"PGOPTIONS": "-c synchronous_commit=off"}
            run(manage_command("load_demo"), what="load the demo", env=quick)
    sign_ins = str(found["sign_ins"])
    prepared.remember(env, sign_ins, with_demo=with_demo)
    return sign_ins


def web_command() -> list[str]:
    return [str(VENV_PYTHON), "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]


def worker_command() -> list[str]:
    """Workers tell each other nothing (mingle, gossip): what is due and who has it stands in the database. It spares a second's wait."""
    return [
        str(VENV_PYTHON), "-m", "celery", "--quiet", "--app", "portal", "worker", "--without-mingle", "--without-gossip",
        "--concurrency", "2", "--prefetch-multiplier", "1", "--loglevel", "WARNING",
    ]  # fmt: skip


def beat_command(schedule: str) -> list[str]:
    return [
        str(VENV_PYTHON), "-m", "celery", "--quiet", "--app", "portal", "beat",
        "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING",
    ]  # fmt: skip


def _start(supervisor: Supervisor, env: dict[str, str], port: int) -> None:
    addresses = [f"127.0.0.1:{port}", *([f"[::1]:{port}"] if ports.has_ipv6() else [])]
    # Celery warns root about a message format that this portal does not accept from anybody.
    quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    web = Child("web", web_command(), env | {"BATON_BIND": ",".join(addresses)}, essential=True)
    say("· Starting the portal")
    supervisor.start(web)
    supervisor.start(Child("worker", worker_command(), env | quiet))
    supervisor.remember("address", f"http://localhost:{port}/")


def _wait_until_healthy(supervisor: Supervisor, address: str, port: int, started: float) -> None:
    """The page must answer, and this start's worker have reported; one that is slow is worth a word, not a failure."""
    deadline = started + PATIENCE
    host = urlsplit(address).netloc
    state = _health(host, port)
    while not _is_ready(state, time.monotonic() - started):
        supervisor.look()
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
        state = _health(host, port)
    if state is None:
        raise Problem(f"The portal does not answer on port {port}.")
    for each in _not_well(state, time.monotonic() - started):
        say(f"  {each}")


def _is_ready(state: Health | None, seconds: float) -> bool:
    """Late mail may wait: the worker that sends it is there."""
    return state is not None and state.get("status") in ("ok", "degraded") and _has_reported(state, seconds)


def _has_reported(state: Health, seconds: float) -> bool:
    """Whether a worker has reported within so many seconds: what an earlier start's worker said last doesn't count."""
    seen = state.get("worker_seen_seconds_ago")
    return isinstance(seen, int) and seen <= seconds


def _not_well(state: Health, seconds: float) -> Iterator[str]:
    """What of GET /health/ a person who has just started the portal should know."""
    if state.get("status") not in ("ok", "degraded"):
        yield f"The portal answers, but not everything is well: {json.dumps(state)}"
    if not _has_reported(state, seconds):
        yield "The worker hasn't reported yet: mail and long jobs wait until it does. GET /health/ says when it has."
    late = state.get("oldest_due_message_seconds")
    if state.get("status") == "degraded" and isinstance(late, int) and late > 0:
        yield f"Mail that has been due for {max(1, late // 60)} minutes is sent now."


def _health(host: str, port: int) -> Health | None:
    """What GET /health/ finds, asked by the name it answers to; None if nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": host})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    try:
        state = json.loads(body)
    except ValueError:
        state = None
    return state if isinstance(state, dict) else {"status": f"code {response.status} without JSON"}


def _greet(port: int, pango: str | None, sign_ins: str) -> None:
    if pango:
        say(f"\n{pango}")
    print(
        f"\nBaton is ready: http://localhost:{port}/\n\n{sign_ins}\nCtrl-C stops everything; the data is kept.",
        flush=True,
    )
