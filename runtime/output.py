"""What the script says to the person at the terminal, and how it says that it cannot go on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Problem(Exception):
    """Something the person can put right. The message says what happened and what to do; no traceback is shown."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def say(text: str) -> None:
    """Print one line on standard error, so that the output of a wrapped command stays clean on standard output."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done and, if it took long enough to be noticed, how long it took."""
    say(f"· {name}")
    started = time.monotonic()
    yield
    seconds = time.monotonic() - started
    if seconds >= 1:
        say(f"  done in {seconds:.1f} s")
