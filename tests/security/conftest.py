from __future__ import annotations

from tests.access.conftest import world

__all__ = ["world"]
