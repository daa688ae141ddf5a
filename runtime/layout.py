"""Where things lie: the checkout, what the script keeps beside it, and what root must keep elsewhere."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEEP = ROOT / ".baton"
VENV = KEEP / "venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMPS = KEEP / "stamps"
LOCKS = KEEP / "lock"
MAIN = "main"
SERVER_USER = "baton"


def is_root() -> bool:
    return os.geteuid() == 0


def system_base() -> Path:
    """Root's servers run as a user who may not be able to read the checkout: their place under /var/lib."""
    digest = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return Path("/var/lib") / f"baton-{digest}"


@dataclass(frozen=True)
class Instance:
    """One set of servers: `main` is kept between starts, any other is made for one run and thrown away."""

    name: str

    @property
    def throwaway(self) -> bool:
        return self.name != MAIN

    @property
    def base(self) -> Path:
        return KEEP if self.name == MAIN else KEEP / self.name

    @property
    def server_base(self) -> Path:
        """Where the servers' own data lies."""
        if not is_root():
            return self.base
        return system_base() if self.name == MAIN else system_base() / self.name

    @property
    def postgres_data(self) -> Path:
        return self.server_base / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.server_base / "valkey"

    @property
    def files(self) -> Path:
        """BATON_DATA: what the portal itself keeps on disk."""
        return self.base / "data"

    @property
    def secrets(self) -> Path:
        return self.base / "secrets.json"

    @property
    def state(self) -> Path:
        return self.base / "state.json"
