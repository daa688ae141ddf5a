"""Starting other programs so that none of them outlives the script unnoticed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime.layout import ROOT
from runtime.output import Problem, say


class Stopped(BaseException):
    """The person pressed Ctrl-C, closed the terminal or sent SIGTERM. Not an Exception: nothing may swallow it."""


def _stop(number: int, _frame: object) -> None:
    # From here on the script is cleaning up: a second Ctrl-C must not leave a server behind.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


def stop_on_signals() -> None:
    """Turn the signals that mean 'stop' into Stopped, so that `finally` blocks run."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)


def start_time(pid: int) -> str | None:
    """When the process started, in ticks since boot: with its number, a name for good. None if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody has buried does not count."""
    return start_time(pid) is not None


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait for a process, ours or not, to end. True when it is gone."""
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def signal_group(pid: int, number: int) -> None:
    """Send a signal to the whole process group that `pid` leads; nothing happens if it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    stdin: str | None = None,
    user: str | None = None,
) -> str:
    """Run a program to its end and return its standard output. If it fails: a Problem with what it said."""
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
    )
    try:
        out, err = process.communicate(stdin)
    except BaseException:
        signal_group(process.pid, signal.SIGTERM)
        if not wait_gone(process.pid, 5):
            signal_group(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        said = "\n".join(f"  {line}" for line in (out + err).strip().splitlines()[-40:])
        raise Problem(f"Could not {what} (exit code {process.returncode}):\n{said}")
    return out


def run_in_front(command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path = ROOT) -> int:
    """Run a program that owns the terminal and return its exit code. Ctrl-C is the program's to answer, not ours."""
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, env=dict(env))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            say("It did not stop when asked, so it was killed.")
            process.kill()
            process.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code
