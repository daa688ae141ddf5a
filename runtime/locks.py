"""File locks. The kernel drops them when their holder dies, so a killed script leaves nothing to clean up."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """One flock on one file. Held by an open file that children do not inherit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def _file(self) -> int:
        if self._fd is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._fd

    def wait(self) -> None:
        fcntl.flock(self._file(), fcntl.LOCK_EX)

    def share(self) -> None:
        fcntl.flock(self._file(), fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Take the lock for oneself if nobody else has any of it. When this is False, a share held before is lost."""
        try:
            fcntl.flock(self._file(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def drop(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else is in this block, in any process."""
    lock = Lock(path)
    lock.wait()
    try:
        yield
    finally:
        lock.drop()
