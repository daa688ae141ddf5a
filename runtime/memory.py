"""The two small JSON files of an instance: its secrets and the ports it used last."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

SECRET_NAMES = (
    "SECRET_KEY",
    "postgres",
    "portal_owner",
    "portal_app",
    "portal_sys",
    "broker",
    "cache",
)


def read_json(path: Path) -> dict[str, str]:
    """The file's content as strings; nothing if there is no such file."""
    try:
        return {str(key): str(value) for key, value in json.loads(path.read_text()).items()}
    except FileNotFoundError:
        return {}


def write_json(path: Path, content: dict[str, str]) -> None:
    """Replace the file at once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=1)
    fresh.replace(path)


def load_secrets(path: Path) -> dict[str, str]:
    """The instance's secrets. A name that a newer version needs is added; none is ever changed."""
    known = read_json(path)
    missing = [name for name in SECRET_NAMES if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(48) for name in missing}
        write_json(path, known)
    return known
