"""`./baton up`: everything from nothing, then the portal's three programs until somebody stops them."""

from __future__ import annotations

import argparse
import http.client
import json
import time

from runtime import environment, frontend, memory, native, ports, services
from runtime.children import Child, Supervisor
from runtime.layout import KEEP, LOCKS, MAIN, VENV_PYTHON, Instance
from runtime.locks import Lock
from runtime.manage import manage_command, portal_env, wanted_ports
from runtime.output import Problem, say, step
from runtime.processes import run

STATE = KEEP / "up.json"


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
        _prepare(env, with_demo=with_demo)
        with supervisor:
            _start(supervisor, env, options.port)
            # Read while the programs start: they take as long as this.
            sign_ins = (
                run(manage_command("demo_sign_ins"), what="list the demo's sign-ins", env=env) if with_demo else ""
            )
            _wait_until_healthy(supervisor, options.port)
            _greet(options.port, pango, sign_ins)
            supervisor.watch()
    return 0


def _who_runs() -> str:
    address = memory.read_json(STATE).get("address")
    if address is None:
        return "Another ./baton up of this checkout is still starting, or stopping. Try again in a moment."
    return f"Baton already runs from this checkout, at {address}"


def _prepare(env: dict[str, str], *, with_demo: bool) -> None:
    with step("Bringing the database up to date"):
        run(manage_command("migrate", "--database", "owner", "--no-input"), what="migrate the database", env=env)
    if env["BATON_ENV"] != "local":
        with step("Collecting the static files"):
            run(manage_command("collectstatic", "--no-input"), what="collect the static files", env=env)
    if with_demo:
        with step("Loading the demo"):
            # Thousands of small transactions, each of which would wait for the disk. Should the power fail meanwhile, what is cut off
            # is told anew.
            quick = env | {"PGOPTIONS": "-c synchronous_commit=off"}
            run(manage_command("load_demo"), what="load the demo", env=quick)


def web_command() -> list[str]:
    return [str(VENV_PYTHON), "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]


def worker_command() -> list[str]:
    return [
        str(VENV_PYTHON), "-m", "celery", "--quiet", "--app", "portal", "worker",
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
    supervisor.start(Child("beat", beat_command(str(KEEP / "beat-schedule")), env))
    supervisor.remember("address", f"http://localhost:{port}/")


def _wait_until_healthy(supervisor: Supervisor, port: int) -> None:
    """The page must answer; a worker that is slow to report is worth a word, not a failure."""
    deadline = time.monotonic() + 60
    healthy, answer = _health(port)
    while not healthy:
        supervisor.look()
        if time.monotonic() > deadline:
            if answer is None:
                raise Problem(f"The portal does not answer on port {port}.")
            say(f"  The portal answers, but not everything is well: {answer}")
            return
        time.sleep(0.1)
        healthy, answer = _health(port)


def _health(port: int) -> tuple[bool, str | None]:
    """Whether GET /health/ finds everything in order, and what it said; None if nobody answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": f"localhost:{port}"})
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
        json.loads(body)
    except (OSError, http.client.HTTPException):
        return False, None
    except ValueError:
        return False, f"GET /health/ answered {response.status} without JSON"
    finally:
        connection.close()
    return response.status == http.client.OK, body


def _greet(port: int, pango: str | None, sign_ins: str) -> None:
    if pango:
        say(f"\n{pango}")
    print(
        f"\nBaton is ready: http://localhost:{port}/\n\n{sign_ins}\nCtrl-C stops everything; the data is kept.",
        flush=True,
    )
