"""The script itself, as a person calls it, in a checkout of its own."""

from __future__ import annotations

import json
import signal
import socket
import time
import urllib.error
import urllib.request

import pytest

from runtime.locks import Lock
from runtime.ports import find_free
from tests.runtime.conftest import Checkout


def health(port: int) -> tuple[int, dict[str, object]]:
    # By number: a bare system may not know the name, and the portal answers to it alone.
    request = urllib.request.Request(f"http://127.0.0.1:{port}/health/", headers={"Host": f"localhost:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.parametrize(
    ("arguments", "env", "words"),
    [
        (["up", "--port", "99999"], {}, "99999 is not a port"),
        (["down"], {}, "invalid choice"),
        (["services"], {}, "Which command?"),
        (["services", "--", "true"], {"REDIS_URL": "redis://x"}, "not CACHE_URL"),
        (["test"], {"BATON_CHROMIUM": "no-such-browser"}, "BATON_CHROMIUM names no-such-browser"),
    ],
)
def test_a_mistake_is_named(checkout: Checkout, arguments: list[str], env: dict[str, str], words: str) -> None:
    ended = checkout.run(*arguments, **env)
    assert ended.code == 2
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_a_command_gets_the_servers_and_gives_back_its_exit_code(checkout: Checkout) -> None:
    ended = checkout.run("services", "--", "sh", "-c", "echo $DATABASE_URL $CACHE_URL; exit 7")
    assert ended.code == 7
    assert ended.out.startswith("postgres://portal_app:")
    assert checkout.processes() == set()


def test_up_from_a_taken_port_to_a_stopped_portal(checkout: Checkout) -> None:
    port = find_free()
    with socket.create_server(("127.0.0.1", port)):
        refused = checkout.run("up", "--no-demo", "--port", str(port))
    assert refused.code == 2
    assert f"Port {port} is taken" in refused.err
    assert checkout.processes() == set()

    held = Lock(checkout.root / ".baton" / "lock" / "up")
    held.wait()
    waiting = checkout.run("up", "--no-demo", "--port", str(port))
    held.drop()
    assert waiting.code == 2
    assert "still starting, or stopping" in waiting.err

    first = checkout.start("up", "--no-demo", "--port", str(port))
    first.wait_for("Ctrl-C stops", 180)
    assert f"http://localhost:{port}/" in first.out
    code, state = health(port)
    assert (code, state["status"], state["worker"]) == (200, "ok", "ok")
    twice = checkout.run("up", "--port", str(port))
    assert twice.code == 2
    assert f"already runs from this checkout, at http://localhost:{port}/" in twice.err

    # Killed outright, it can stop nothing; the next start does, and uses the same servers.
    first.process.kill()
    first.process.wait()
    assert checkout.processes()
    began = time.monotonic()
    second = checkout.start("up", "--no-demo", "--port", str(port))
    second.wait_for("Ctrl-C stops", 60)
    code, state = health(port)
    assert (code, state["status"]) == (200, "ok")
    assert state["worker_seen_seconds_ago"] <= time.monotonic() - began, "an earlier start's worker said so"
    assert "Bringing the database up to date" in first.err
    assert "Bringing the database up to date" not in second.err, "nothing had changed"

    second.process.send_signal(signal.SIGINT)
    assert second.process.wait(30) == 128 + signal.SIGINT
    assert "Traceback" not in second.err
    assert checkout.processes() == set()
