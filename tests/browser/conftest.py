"""A real browser on a real server, with a real worker and ticks, on the test database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.walker import Critic
from tests.worker import Worker, worker, worker_broker  # noqa: F401 -- fixtures

INBOX = "reminders.inbox.InboxBackend"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            if os.environ.get("BATON_NO_BROWSER") == "1":
                item.add_marker(pytest.mark.skip(reason="left out on purpose (BATON_NO_BROWSER)"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    binary = os.environ.get("BATON_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert binary, "no Chromium here: name one in BATON_CHROMIUM or leave the browser tests out (BATON_NO_BROWSER=1)"
    # Playwright's loop runs in this thread while the browser is open, and Django would take it for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def web(live_server: Any, settings: Any) -> str:
    """The address of the portal's pages; account mails go to the demo inbox, and nothing else leaves."""
    settings.BASE_URL = live_server.url
    settings.EMAIL_BACKEND = INBOX
    return live_server.url


@pytest.fixture
def site(web: str, worker: Worker) -> str:
    """The portal as `./baton up` runs it: web, worker, broker, demo inbox."""
    worker.start(BATON_BASE_URL=web, BATON_EMAIL_BACKEND=INBOX, BATON_DEMO="1", BATON_ENV="local")
    return web


@pytest.fixture
def critic(request: pytest.FixtureRequest) -> Iterator[Critic]:
    """Collects what is wrong on any page, and at the end of the test shows people out and fails with the whole list."""
    parameters = getattr(request.node, "callspec", None)
    wanted = os.environ.get("BATON_PICTURES") == "1"
    found = Critic(pictures=parameters.id if parameters and wanted else "")
    yield found
    for walker in found.walkers:
        walker.close()
    assert found.complaints == []
