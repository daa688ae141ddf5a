"""The Python environment: made from a lock file that pins every package by hash, and only when the lock changed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from runtime import memory
from runtime.layout import KEEP, LOCKS, ROOT, STAMPS, VENV, VENV_PYTHON
from runtime.locks import alone
from runtime.output import Problem, step
from runtime.processes import run

REQUIREMENTS = ROOT / "requirements"
BASE, DEV, NODE = "base", "dev", "node"


def _digest(lock: str) -> str:
    return hashlib.sha256((REQUIREMENTS / f"{lock}.txt").read_bytes()).hexdigest()


def setup_lock() -> Path:
    """Held by whoever changes the environment or the front end: two commands in one checkout take turns."""
    return LOCKS / "setup"


def ensure(lock: str) -> None:
    """Have exactly the packages of a lock file. The development lock holds the base lock, pin for pin."""
    _check_ownership()
    with alone(setup_lock()):
        stamp = STAMPS / "environment.json"
        installed = memory.read_json(stamp)
        whole = _is_usable(installed)
        if whole and installed.get(lock) == _digest(lock):
            return
        if not whole:
            installed = {}
            stamp.unlink(missing_ok=True)
            _make()
        _install(lock)
        names = {BASE: (BASE,), DEV: (BASE, DEV), NODE: (NODE,)}[lock]
        # A newer base under an older development set would be a mixture that nobody has tested.
        kept = {name: value for name, value in installed.items() if not (lock == BASE and name == DEV)}
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        memory.write_json(
            stamp, kept | {name: _digest(name) for name in names} | {"root": str(ROOT), "python": version}
        )


def _check_ownership() -> None:
    KEEP.mkdir(exist_ok=True)
    if not os.access(KEEP, os.W_OK):
        raise Problem(
            f"{KEEP} belongs to somebody else (root?). Remove it as its owner, or use a checkout of your own."
        )


def _is_usable(installed: dict[str, str]) -> bool:
    """Whether the environment's Python starts, in the place and of the version it was made for."""
    if installed and installed.get("root") != str(ROOT):
        return False
    try:
        answer = subprocess.run(
            [VENV_PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
        )
    except OSError:
        return False
    version = answer.stdout.strip()
    has_installer = bool(shutil.which("uv")) or any(VENV.glob("lib/python3.*/site-packages/pip"))
    return answer.returncode == 0 and has_installer and version == installed.get("python", version)


def _make() -> None:
    with step("Making the Python environment"):
        shutil.rmtree(VENV, ignore_errors=True)
        with_pip = not shutil.which("uv")
        if with_pip and importlib.util.find_spec("ensurepip") is None:
            raise Problem(
                "This Python cannot make environments: its venv package is missing. On Debian, install it with\n"
                "  apt-get install python3-venv\nand start again."
            )
        run(
            [sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), VENV],
            what="make the Python environment",
        )


def _install(lock: str) -> None:
    requirements = REQUIREMENTS / f"{lock}.txt"
    with step(f"Installing the packages of requirements/{lock}.txt"):
        if shutil.which("uv"):
            run(
                ["uv", "pip", "install", "--quiet", "--python", VENV_PYTHON, "--require-hashes", "-r", requirements],
                what="install the packages",
            )
            return
        run(
            [
                VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
                "--require-hashes", "-r", requirements,
            ],
            what="install the packages",
        )  # fmt: skip
