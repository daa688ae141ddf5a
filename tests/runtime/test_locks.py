"""The lock files: every package pinned and hashed, one version in all of them, no address of a registry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runtime.environment import REQUIREMENTS

PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[^]]*\])?==(?P<version>[^ ;\\]+)", re.M)
LOCKS = ("base", "dev", "node")


def entries(lock: str) -> dict[str, str]:
    """Each requirement's lines, by its name."""
    text = (REQUIREMENTS / f"{lock}.txt").read_text()
    starts = [*PIN.finditer(text)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    return {match["name"].lower(): text[match.start() : end] for match, end in zip(starts, ends, strict=True)}


def version(entry: str) -> str:
    match = PIN.match(entry)
    assert match
    return match["version"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_hash(lock: str) -> None:
    lines = (REQUIREMENTS / f"{lock}.txt").read_text().splitlines()
    unpinned = [line for line in lines if line and not line.startswith((" ", "#")) and "==" not in line]
    assert unpinned == []
    assert [name for name, entry in entries(lock).items() if "--hash=sha256:" not in entry] == []


def test_the_development_lock_holds_the_base_lock() -> None:
    base, dev = entries("base"), entries("dev")
    assert len(base) > 40
    assert {name: version(entry) for name, entry in base.items()}.items() <= {
        name: version(entry) for name, entry in dev.items()
    }.items()


@pytest.mark.parametrize(
    "path", [*(REQUIREMENTS / f"{lock}.txt" for lock in LOCKS), REQUIREMENTS.parent / "package-lock.json"]
)
def test_no_lock_names_a_registry(path: Path) -> None:
    assert "://" not in re.sub(r'"(url|funding)": "https://[^"]*"', "", path.read_text())
