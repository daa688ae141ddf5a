"""The embedded Valkey servers: one for the broker and one for the cache, so that emptying a cache loses no task."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from runtime.binaries import server_user, valkey_server
from runtime.output import Problem
from runtime.processes import is_alive, run, wait_gone

# What a server may hold. A full cache drops what would expire anyway; a full broker refuses, and loses nothing.
LIMITS = {
    "broker": "maxmemory 256mb\nmaxmemory-policy noeviction",
    "cache": "maxmemory 128mb\nmaxmemory-policy volatile-lru",
}


@dataclass(frozen=True)
class Valkey:
    """One embedded server. It keeps nothing on disk: every task and counter can be made again from the database."""

    name: str
    folder: Path
    password: str

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@127.0.0.1:{port}/0"

    def _running(self) -> int | None:
        try:
            pid = int(self._pid_file.read_text())
            # Process numbers are given out again: only one that works in our folder is our server.
            ours = is_alive(pid) and Path(f"/proc/{pid}/cwd").readlink() == self.folder.resolve()
        except (OSError, ValueError):
            return None
        return pid if ours else None

    def running_port(self, remembered: int | None) -> int | None:
        """The remembered port if our own server still answers there; None when it does not run."""
        if self._running() is None or remembered is None:
            return None
        return remembered if self._answers(remembered) else None

    def start(self, port: int) -> None:
        self.stop()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        user = server_user()
        if user:
            shutil.chown(self.folder, user, user)
        config = f"""
            bind 127.0.0.1
            port {port}
            requirepass {self.password}
            dir {self.folder}
            pidfile {self._pid_file}
            logfile {self.log}
            daemonize yes
            appendonly no
            save ""
            {LIMITS[self.name]}
        """
        # The configuration goes in by standard input: no file and no command line holds the password.
        run([valkey_server(), "-"], what=f"start Valkey ({self.name})", cwd=Path("/"), stdin=config, user=user)
        deadline = time.monotonic() + 10
        while not self._answers(port):
            if time.monotonic() > deadline:
                raise Problem(f"Valkey ({self.name}) does not answer on port {port}. Its log: {self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server, ours or the orphan of a killed script."""
        pid = self._running()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        if not wait_gone(pid, 5):
            os.kill(pid, signal.SIGKILL)
            wait_gone(pid, 5)

    def _answers(self, port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    received = connection.recv(256)
                    if not received:
                        return False
                    answer += received
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"
