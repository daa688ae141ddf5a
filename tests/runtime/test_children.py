"""The programs that `up` keeps running, with real programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime import memory
from runtime.children import Child, Supervisor
from runtime.layout import ROOT
from runtime.output import Problem
from runtime.processes import is_alive, run, start_time

Eventually = Callable[[Callable[[], bool], float], None]
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
# A program with a child of its own, whose number it writes down.
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; child = subprocess.Popen(['sleep', '600']);"
    " open(sys.argv[1], 'w').write(str(child.pid)); time.sleep(600)",
]


def keep_looking(supervisor: Supervisor, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not until():
        assert time.monotonic() < deadline
        supervisor.look()
        time.sleep(0.05)


def test_an_essential_program_ends_everything_and_its_last_words_are_told(tmp_path: Path) -> None:
    dying = Child(
        "web", [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"], os.environ, essential=True
    )
    other = Child("worker", SLEEPER, os.environ)
    with (
        pytest.raises(Problem, match=r"(?s)web.*exit code 3.*no such table"),
        Supervisor(tmp_path / "up.json") as supervisor,
    ):
        supervisor.start(other)
        pid = other.pid
        supervisor.start(dying)
        supervisor.watch()
    assert pid is not None
    assert not is_alive(pid)
    assert not (tmp_path / "up.json").exists()


def test_a_killed_program_is_started_again_and_remembered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "up.json"
    with Supervisor(state) as supervisor:
        worker = Child("worker", SLEEPER, os.environ)
        supervisor.start(worker)
        first = worker.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        keep_looking(supervisor, lambda: worker.pid not in (None, first))
        assert memory.read_json(state)["worker"] == f"{worker.pid}@{start_time(worker.pid or 0)}"
    assert "was killed by SIGKILL; it is started again in 1 s" in capsys.readouterr().err


def test_stopping_reaches_the_children_of_a_program(tmp_path: Path, eventually: Eventually) -> None:
    note = tmp_path / "pid"
    with Supervisor(tmp_path / "up.json") as supervisor:
        supervisor.start(Child("worker", [*PARENT, str(note)], os.environ))
        eventually(lambda: note.exists() and note.read_text() != "", 10)
        grandchild = int(note.read_text())
        assert is_alive(grandchild)
    eventually(lambda: not is_alive(grandchild), 5)


def test_what_a_killed_script_left_is_stopped_and_nothing_else(tmp_path: Path, eventually: Eventually) -> None:
    state = tmp_path / "up.json"
    script = (
        "import os, sys; from pathlib import Path; from runtime.children import Child, Supervisor;"
        "s = Supervisor(Path(sys.argv[1])); s.start(Child('web', ['sleep', '600'], os.environ));"
        "print('up', flush=True); s.watch()"
    )
    killed = subprocess.Popen([sys.executable, "-c", script, str(state)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "up\n"
    killed.kill()
    killed.wait()
    killed.stdout.close()
    orphan = int(memory.read_json(state)["web"].partition("@")[0])
    assert is_alive(orphan)
    # A process that has since been given the number of another one is not ours to stop.
    bystander = subprocess.Popen(["sleep", "600"])
    memory.write_json(state, memory.read_json(state) | {"beat": f"{bystander.pid}@1"})

    Supervisor(state).stop_orphans()

    eventually(lambda: not is_alive(orphan), 5)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_a_failing_program_is_told_with_its_output() -> None:
    with pytest.raises(Problem, match=r"(?s)Could not read the stars \(exit code 4\):.*clouds"):
        run([sys.executable, "-c", "print('clouds'); raise SystemExit(4)"], what="read the stars")
