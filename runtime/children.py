"""The programs that `up` keeps running: started, watched, restarted, and stopped with all their children."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from runtime import memory
from runtime.layout import ROOT
from runtime.output import Problem, say
from runtime.processes import signal_group, start_time, wait_gone

LONGEST_PAUSE = 30.0
# A program that ran this long was well: its next end starts the pauses anew.
STEADY = 60.0
PATIENCE = 8.0


class Child:
    """One program in a process group of its own, its lines shown with its name before them."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], *, essential: bool = False) -> None:
        self.name = name
        self.essential = essential
        self.tail: deque[str] = deque(maxlen=25)
        self._command = list(command)
        self._env = dict(env)
        self._process: subprocess.Popen[str] | None = None
        self._pump: threading.Thread | None = None
        self._started = 0.0
        self._pause = 1.0
        self._due = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._started = time.monotonic()
        self._pump = threading.Thread(target=self._show, args=(self._process,), daemon=True)
        self._pump.start()

    def _show(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.tail.append(line.rstrip())
                print(f"{self.name:<6} | {line.rstrip()}", file=sys.stderr, flush=True)

    def look(self) -> bool:
        """Notice an end and start again when its pause is over. True if the program was started anew."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return False
            self._ended(code)
        if time.monotonic() < self._due:
            return False
        self.start()
        return True

    def _ended(self, code: int) -> None:
        assert self._process is not None
        # What it left of its group would work on beside its successor.
        signal_group(self._process.pid, signal.SIGKILL)
        if self._pump:
            self._pump.join(timeout=1)
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        self._process = None
        if self.essential:
            said = "\n".join(f"  {line}" for line in self.tail)
            raise Problem(f"“{self.name}” {how}. Its last lines:\n{said}")
        if time.monotonic() - self._started > STEADY:
            self._pause = 1.0
        say(f"“{self.name}” {how}; it is started again in {self._pause:.0f} s.")
        self._due = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            # Only the head of the group is asked: it lets its own children finish what they have in hand.
            self._process.send_signal(signal.SIGTERM)

    def finish(self, deadline: float) -> None:
        """Wait until the deadline, then kill the whole group."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"“{self.name}” did not stop in time and was killed.")
        signal_group(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._pump:
            self._pump.join(timeout=1)


class Supervisor:
    """All children together. As a context it stops them at its end, whatever ended it."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._children: list[Child] = []
        self._known: dict[str, str] = {}

    def stop_orphans(self) -> None:
        """Stop what a killed script left running. A process is named by its number and when it started."""
        orphans = []
        for value in memory.read_json(self._state).values():
            number, _, started = value.partition("@")
            if number.isdigit() and start_time(int(number)) == started:
                orphans.append(int(number))
        if orphans:
            say("· Stopping what an earlier start left running")
        for pid in orphans:
            signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for pid in orphans:
            wait_gone(pid, max(0.1, deadline - time.monotonic()))
            signal_group(pid, signal.SIGKILL)
        self._state.unlink(missing_ok=True)

    def remember(self, name: str, value: str) -> None:
        self._known[name] = value
        memory.write_json(self._state, self._known)

    def start(self, child: Child) -> None:
        self._children.append(child)
        child.start()
        self._note(child)

    def _note(self, child: Child) -> None:
        if child.pid is not None:
            self.remember(child.name, f"{child.pid}@{start_time(child.pid)}")

    def look(self) -> None:
        """Notice ends and restart what may be restarted; an essential program's end is a Problem."""
        for child in self._children:
            if child.look():
                self._note(child)

    def watch(self) -> None:
        """Look after the children until a signal or an essential program's end."""
        while True:
            self.look()
            time.sleep(0.25)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        say("\n· Stopping")
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + PATIENCE
        for child in self._children:
            child.finish(deadline)
        self._state.unlink(missing_ok=True)
