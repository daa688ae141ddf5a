from __future__ import annotations

import pytest

from reminders.obligations import ObligationSource, obligation_sources
from tests.factories.reminders import make_source


@pytest.fixture
def only_sources(monkeypatch: pytest.MonkeyPatch):
    """Two kinds of obligation over real rows, and no other, so that counts are exact: 'test.greet' and, by link, 'test.sign'."""

    def register(*sources: ObligationSource) -> None:
        monkeypatch.setattr(obligation_sources, "_answers", {s.kind: s for s in sources})

    register(
        make_source("test.greet", "active"),
        make_source("test.sign", "graduated", label="Sign for {about}", link_purpose="calendar"),
    )
    return register
