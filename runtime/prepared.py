"""Whether a start has anything to prepare: the stamp of the last one that migrated the database and loaded the demo.

It counts only while code, packages, settings and database are exactly as they were then; in any doubt everything is done again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from runtime import memory
from runtime.layout import ROOT, STAMPS, VENV_PYTHON
from runtime.output import Problem
from runtime.processes import run

STAMP = STAMPS / "database.json"
# What says where things run, not what they are: PATH is another in each terminal.
SETTINGS = ("DATABASE_", "BATON_", "PGOPTIONS")


def recall(env: Mapping[str, str], *, with_demo: bool) -> str | None:
    """The demo's sign-ins as printed last time (empty without a demo) if nothing has to be prepared; None if something may."""
    known = memory.read_json(STAMP)
    if known and known.get("made_of") == _made_of(env, with_demo=with_demo) and known.get("database") == _database(env):
        return known["sign_ins"]
    return None


def forget() -> None:
    """Before anything is prepared: a start that is cut off leaves no stamp."""
    STAMP.unlink(missing_ok=True)


def remember(env: Mapping[str, str], sign_ins: str, *, with_demo: bool) -> None:
    database = _database(env)
    if database:
        made_of = _made_of(env, with_demo=with_demo)
        memory.write_json(STAMP, {"made_of": made_of, "database": database, "sign_ins": sign_ins})


def _made_of(env: Mapping[str, str], *, with_demo: bool) -> str:
    """A digest of what the database is made from: code, packages and settings."""
    digest = hashlib.sha256(f"{with_demo}\n".encode())
    for name in sorted(env):
        if name.startswith(SETTINGS):
            digest.update(f"{name}={env[name]}\n".encode())
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT)}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _sources() -> list[Path]:
    apps = [made.parent for made in ROOT.glob("*/apps.py")]
    code = [path for app in apps for path in app.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return sorted([*code, *(ROOT / "runtime").glob("*.py"), *(ROOT / "requirements").glob("*.txt")])


def _database(env: Mapping[str, str]) -> str:
    """The database's state; empty where it can't be told, such as before the first migrate."""
    try:
        return run([VENV_PYTHON, "-m", "runtime.catalogue"], what="read the database's catalogue", env=env).strip()
    except Problem:
        return ""
