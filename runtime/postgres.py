"""The embedded Postgres: the wheel's programs, a data directory of our own, three roles with passwords.

Never call the wheel's own `get_server()`: as root it opens /root to everybody and leaves a superuser with no password.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from runtime.binaries import postgres_binaries, server_user
from runtime.layout import ROOT
from runtime.output import Problem, step
from runtime.processes import is_alive, run, wait_gone

DATABASE = "baton"
ROLES = ("portal_owner", "portal_app", "portal_sys")
# Linux refuses longer addresses for a unix socket.
LONGEST_SOCKET_PATH = 107
ATTEMPTS = 8

# The same file sets up the container's server.
ROLES_SQL = ROOT / "deploy" / "postgres" / "roles.sql"
# The built-in locale sorts and folds case alike on every machine, whatever locales it has.
INITDB_OPTIONS = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


@dataclass(frozen=True)
class Postgres:
    """One embedded server. `fast` gives up safety against a power cut: for data that is thrown away anyway."""

    data: Path
    secrets: Mapping[str, str]
    fast: bool = False

    @property
    def log(self) -> Path:
        return self.data.with_name("postgres.log")

    def running_port(self) -> int | None:
        """The port of our own running server, whoever started it; None when it does not run."""
        running = self._running()
        return running[1] if running else None

    def _running(self) -> tuple[int, int] | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
            # Process numbers are given out again: only one that works in our data directory is our server.
            ours = is_alive(pid) and Path(f"/proc/{pid}/cwd").readlink() == self.data.resolve()
        except (OSError, IndexError, ValueError):
            return None
        return (pid, port) if ours else None

    def start(self, port: int) -> None:
        """Start the server, making its data directory first if there is none."""
        if not (self.data / "PG_VERSION").exists():
            with step("Making the Postgres data directory"):
                self._make_data(port)
        self._launch(port)
        if self.fast:
            self._let_the_owner_empty_tables(port)

    def stop(self) -> None:
        """Stop the server, ours or the orphan of a killed script, breaking its connections."""
        running = self._running()
        if running:
            self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "30", what="stop Postgres")
            wait_gone(running[0], 5)

    def url(self, role: str, port: int) -> str:
        return f"postgres://{role}:{self.secrets[role]}@127.0.0.1:{port}/{DATABASE}"

    def _make_data(self, port: int) -> None:
        # Made beside its place and moved there when complete: a killed first start leaves nothing half made.
        draft = replace(self, data=self.data.with_name("postgres.unfinished"), fast=True)
        draft.stop()
        shutil.rmtree(draft.data, ignore_errors=True)
        draft.data.mkdir(parents=True, mode=0o700)
        self.log.touch(mode=0o600)
        password = self.data.with_name("postgres.password")
        password.touch(mode=0o600)
        password.write_text(self.secrets["postgres"])
        user = server_user()
        if user:
            for path in (draft.data, self.log, password):
                shutil.chown(path, user, user)
        try:
            draft._initdb(password)
        finally:
            password.unlink()
        draft._launch(port)
        try:
            draft._set_up_roles(port)
        finally:
            draft.stop()
        draft.data.rename(self.data)

    def _initdb(self, password: Path) -> None:
        self._run(
            "initdb",
            *("-D", self.data, "--username=postgres", f"--pwfile={password}", "--no-sync", *INITDB_OPTIONS),
            what="make the Postgres data directory",
        )

    def _set_up_roles(self, port: int) -> None:
        passwords = {f"{role.upper()}_PASSWORD": self.secrets[role] for role in ROLES}
        self._as_superuser(port, ROLES_SQL.read_text(), what="set up the Postgres roles", secret_env=passwords)

    def _let_the_owner_empty_tables(self, port: int) -> None:
        """On a throwaway server the owner may switch off foreign keys for a transaction of its own: after a test that has
        committed, rows are deleted table by table (tests/databases.py). TRUNCATE of every table costs eight times as much."""
        allow = "GRANT SET ON PARAMETER session_replication_role TO portal_owner"
        self._as_superuser(port, allow, what="let tests empty the tables")

    def _as_superuser(self, port: int, sql: str, *, what: str, secret_env: Mapping[str, str] | None = None) -> None:
        self._run(
            "psql",
            *("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--host=127.0.0.1", f"--port={port}"),
            *("--username=postgres", "--dbname=postgres"),
            what=what,
            stdin=sql,
            secret_env={**(secret_env or {}), "PGPASSWORD": self.secrets["postgres"]},
        )

    def _launch(self, port: int) -> None:
        options = {
            "port": str(port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._socket_directory(port),
            "timezone": "UTC",
            "log_timezone": "UTC",
            # What people wrote must not reach the log by way of a failed statement or a violated constraint.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if self.fast:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # Nothing is replayed or copied from a throwaway server, so its log is short and seldom looked after.
            options |= {
                "wal_level": "minimal",
                "max_wal_senders": "0",
                "max_wal_size": "4GB",
                "checkpoint_timeout": "1h",
                # It would come upon tables whose rows no test has committed, and plan for empty ones.
                "autovacuum": "off",
            }
        joined = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        for attempt in range(ATTEMPTS):
            try:
                self._run(
                    "pg_ctl",
                    *("start", "-D", self.data, "-l", self.log, "-w", "-t", "60", "-o", joined),
                    what="start Postgres",
                )
                return
            except Problem as problem:
                # A server that was killed outright may not be buried yet, or its children still hold its memory.
                if attempt == ATTEMPTS - 1 or not (self.data / "postmaster.pid").exists():
                    raise Problem(f"{problem}\n{self._last_words()}") from None
                time.sleep(1)

    def _socket_directory(self, port: int) -> str:
        path = str(self.data)
        fits = len(f"{path}/.s.PGSQL.{port}") <= LONGEST_SOCKET_PATH
        return path if fits and not set(path) & set(", '\"\\") else ""

    def _last_words(self) -> str:
        try:
            return "\n".join(f"  {line}" for line in self.log.read_text().splitlines()[-15:])
        except OSError:
            return ""

    def _run(
        self,
        program: str,
        *arguments: str | Path,
        what: str,
        stdin: str | None = None,
        secret_env: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        run(
            [postgres_binaries() / program, *arguments],
            what=what,
            cwd=Path("/"),
            env={"PATH": os.defpath, "LC_ALL": "C", **secret_env},
            stdin=stdin,
            user=server_user(),
        )
