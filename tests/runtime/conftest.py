"""A second checkout, so that tests of the script leave the one they run in alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime import memory
from runtime.layout import KEEP, ROOT, STAMPS

COPIED = ("baton", "runtime", "deploy", "requirements", "package.json", "package-lock.json")
APPS = ("portal", "tenancy", "engine", "reminders", "cohorts", "selection", "projects", "mentoring", "outcomes")
LINKED = (*APPS, "manage.py", "templates", "static", "node_modules")
SERVERS = {"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SYS_URL", "REDIS_URL", "CACHE_URL"}


@dataclass(frozen=True)
class Started:
    """A call of the script, and the files its output goes to."""

    process: subprocess.Popen[bytes]
    _out: Path
    _err: Path

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def code(self) -> int | None:
        return self.process.poll()

    def wait_for(self, words: str, seconds: float) -> None:
        """Wait until the words stand in its output; fail if it ends or the time is over first."""
        deadline = time.monotonic() + seconds
        while words not in self.out:
            assert self.code is None, self.out + self.err
            assert time.monotonic() < deadline, self.out + self.err
            time.sleep(0.1)


class Checkout:
    """A checkout whose environment is ready. Its script is called without the suite's own servers."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._started: list[Started] = []

    @property
    def env(self) -> dict[str, str]:
        return {
            name: value for name, value in os.environ.items() if name not in SERVERS and not name.startswith("BATON_")
        }

    def start(self, *arguments: str, **env: str) -> Started:
        files = [self.root.parent / f"{len(self._started)}.{name}" for name in ("out", "err")]
        with files[0].open("wb") as out, files[1].open("wb") as err:
            process = subprocess.Popen(
                [self.root / "baton", *arguments],
                cwd=self.root,
                env=self.env | env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        started = Started(process, *files)
        self._started.append(started)
        return started

    def run(self, *arguments: str, timeout: float = 120, **env: str) -> Started:
        started = self.start(*arguments, **env)
        started.process.wait(timeout)
        return started

    def processes(self) -> set[int]:
        """Every process that works for this checkout: by its command line, its environment or its working directory."""
        needles = (str(self.root).encode(), self.system_base.name.encode())
        found = set()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                text += bytes((entry / "cwd").readlink())
            except OSError:
                continue
            if any(needle in text for needle in needles) and int(entry.name) != os.getpid():
                found.add(int(entry.name))
        return found

    @property
    def system_base(self) -> Path:
        script = "from runtime.layout import system_base; print(system_base())"
        return Path(subprocess.check_output([sys.executable, "-c", script], text=True, cwd=self.root).strip())

    def end(self) -> None:
        for started in self._started:
            if started.process.poll() is None:
                started.process.kill()
            started.process.wait()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        if os.geteuid() == 0:
            shutil.rmtree(self.system_base, ignore_errors=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    root = tmp_path / "checkout"
    (root / ".baton").mkdir(parents=True)
    # On the way to it, whoever the servers run as may pass.
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, root / name)
    for name in LINKED:
        (root / name).symlink_to(ROOT / name)
    (root / ".baton" / "venv").symlink_to(KEEP / "venv")
    shutil.copytree(STAMPS, root / ".baton" / "stamps")
    stamp = root / ".baton" / "stamps" / "environment.json"
    memory.write_json(stamp, memory.read_json(stamp) | {"root": str(root)})
    made = Checkout(root)
    yield made
    made.end()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], float], None]:
    """Wait until something holds; fail if it does not within so many seconds."""

    def wait(holds: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it did not come true in time"
            time.sleep(0.1)

    return wait
