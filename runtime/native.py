"""The native packages: Pango for PDFs, Chromium and what drives it for browser tests. Root gets them, others are told how."""

from __future__ import annotations

import ctypes
import os
import shutil

from runtime.layout import is_root
from runtime.output import Problem, say, step
from runtime.processes import run

PANGO = "libpangoft2-1.0-0"
PANGO_COMMAND = f"apt-get install --no-install-recommends {PANGO}"
# Playwright's driver is linked against libatomic, which a bare Debian lacks.
DRIVER = "libatomic1"
CHROMIUM_COMMAND = f"apt-get install --no-install-recommends chromium {DRIVER}"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt_install(*packages: str) -> None:
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    names = " and ".join(packages)
    with step(f"Installing {names}"):
        run(["apt-get", "update", "-q"], what="read the lists of Debian's packages", env=env)
        run(
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages],
            what=f"install {names}",
            env=env,
        )


def ensure_pango() -> str | None:
    """Have what WeasyPrint needs. Returns what to tell the person where it is missing and could not be installed."""
    if _can_load("libpangoft2-1.0.so.0"):
        return None
    if is_root() and shutil.which("apt-get"):
        try:
            _apt_install(PANGO)
            return None
        except Problem as problem:
            say(str(problem))
    return f"PDF reports need one native package. To have them, run as root:\n  {PANGO_COMMAND}"


def find_chromium() -> str | None:
    """The browser for the tests: BATON_CHROMIUM, or the first one on the PATH."""
    named = os.environ.get("BATON_CHROMIUM")
    if named:
        found = shutil.which(named)
        if not found:
            raise Problem(f"BATON_CHROMIUM names {named}, which is not a program that can be run.", exit_code=2)
        return found
    return next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)


def ensure_chromium() -> str | None:
    """Have a browser for the tests and the library that drives it, or say how to get them."""
    found, driven = find_chromium(), _can_load("libatomic.so.1")
    missing = [*([] if found else ["chromium"]), *([] if driven else [DRIVER])]
    if missing and is_root() and shutil.which("apt-get"):
        try:
            _apt_install(*missing)
            return find_chromium()
        except Problem as problem:
            say(str(problem))
    if missing:
        say(
            f"Missing for the browser tests, which will fail: {' and '.join(missing)}. As root, run\n  {CHROMIUM_COMMAND}\n"
            "or leave them out: ./baton test --no-browser"
        )
    return found
