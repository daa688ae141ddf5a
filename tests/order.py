"""In which order the files of a run are begun, so that no process waits for another at its end or for what only one of them makes."""

from __future__ import annotations

import pytest

# Half a minute and more each. The first needs the demo: whoever begins with it loads it, while the others run what needs none.
LONGEST = (
    "tests/browser/test_pages.py",
    "tests/browser/test_journey.py",
    "tests/access/test_every_url.py",
    "tests/security/test_rubbish.py",
    "tests/access/test_any_script.py",
    "tests/runtime/test_servers.py",
    "tests/bench/test_bench.py",
    "tests/portal/test_demo_killed.py",
    "tests/access/test_double_submit.py",
    "tests/access/test_empty_post.py",
    "tests/access/test_stale_edit.py",
    "tests/access/test_at_once.py",
    "tests/security/test_swapped_fields.py",
    "tests/security/test_extra_fields.py",
    "tests/security/test_headers.py",
    "tests/look/test_browser.py",
    "tests/reminders/test_dispatch_chaos.py",
    "tests/selection/test_selection_size.py",
    "tests/tenancy/test_walls.py",
)
PLACE = {name: place for place, name in enumerate(LONGEST)}


def longest_first(items: list[pytest.Item]) -> None:
    """Files keep together and their tests in order; all other files follow in the order of their names."""
    items.sort(key=lambda item: PLACE.get(item.nodeid.partition("::")[0], len(PLACE)))
