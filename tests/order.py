"""In which order the files of a run are begun, so that no process waits for another at its end or for what only one of them makes."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

# Half a minute and more each, as one of three processes on two cores. The first needs the demo: whoever begins with it loads it, while
# the others run what needs none.
LONGEST = (
    "tests/browser/test_pages.py",
    "tests/browser/test_journey.py",
    "tests/access/test_every_url.py",
    "tests/security/test_rubbish.py",
    "tests/portal/test_demo_killed.py",
    "tests/security/test_extra_fields.py",
    "tests/security/test_swapped_fields.py",
    "tests/access/test_any_script.py",
    "tests/access/test_empty_post.py",
    "tests/access/test_at_once.py",
    "tests/runtime/test_script.py",
    "tests/outcomes/test_report.py",
    "tests/selection/test_selection_size.py",
    "tests/access/test_stale_edit.py",
    "tests/security/test_logs.py",
    "tests/access/test_double_submit.py",
    "tests/browser/test_jobs.py",
    "tests/look/test_browser.py",
    "tests/engine/test_pdf.py",
    "tests/engine/test_jobs_worker.py",
    "tests/security/test_canary_kept.py",
    "tests/reminders/test_dispatch_chaos.py",
    "tests/browser/test_marking_keys.py",
)
# They read what the same pages show the same people, and each page is asked once a process (tests/access/shown.py).
TOGETHER = dict.fromkeys(
    (
        "tests/access/test_every_url.py",
        "tests/security/test_canary.py",
        "tests/security/test_forged_htmx.py",
        "tests/access/test_statements.py",
    ),
    "tests/access/test_every_url.py",
)
PLACE = {name: place for place, name in enumerate(LONGEST)}


def longest_first(items: list[pytest.Item]) -> None:
    """Files keep together and their tests in order; all other files follow in the order of their names."""
    items.sort(key=lambda item: PLACE.get(whole_of(item.nodeid), len(PLACE)))


def whole_of(nodeid: str) -> str:
    """What is run by one process, in one go: a file, or the first of files that belong together."""
    file = nodeid.partition("::")[0]
    return TOGETHER.get(file, file)


class FilesTogether(LoadFileScheduling):
    """A file of tests at a time, or several that share what they ask."""

    def _split_scope(self, nodeid: str) -> str:
        return whole_of(nodeid)
