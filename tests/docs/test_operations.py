"""What the page for operators says in figures and commands is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from portal.demo.people import SIGN_INS
from portal.views import health
from tenancy.retention import retention_kinds

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_periods_are_those_of_the_registry() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([\d,]+) \| ([\d,]+) to ([\d,]+) \| [^|]+ \|$", TEXT, re.M)
    told = sorted(tuple(int(n.replace(",", "")) for n in row) for row in rows)
    assert told == sorted((kind.days, kind.least, kind.most) for _key, kind in retention_kinds.items())


def test_times_and_limits_are_those_of_the_settings() -> None:
    nightly = settings.CELERY_BEAT_SCHEDULE["retention"]
    assert f"(task `{nightly['task']}`)" in TEXT
    assert (nightly["schedule"].hour, nightly["schedule"].minute) == ({3}, {20}) and "Every night at 3:20" in TEXT
    assert f"at most {health.WORKER_SILENT_SECONDS} seconds old" in TEXT
    assert f"more than {health.MESSAGE_LATE_SECONDS // 60} minutes" in TEXT
    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    for name, words in (
        ("lock_timeout=3s", "on a lock after 3 seconds"),
        ("statement_timeout=60s", "after 60"),
        ("jit=off", "jit = off"),
    ):
        assert name in options and words in TEXT


def test_the_readme_counts_the_demos_sign_ins() -> None:
    assert f"{len(SIGN_INS)} demo sign-ins" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_management_command_exists_and_takes_the_options_named(page: Path) -> None:
    commands = get_commands()
    for line in re.findall(r"(?:manage\.py|baton manage) ([a-z_]+[^`\n]*)", page.read_text()):
        name, *words = line.split()
        assert name in commands, f"{page.name} names manage.py {name}"
        parser = load_command_class(commands[name], name).create_parser("manage.py", name)
        for option in (word.strip("[],.;") for word in words):
            if re.fullmatch(r"--[a-z-]+", option):
                assert option in parser._option_string_actions, f"{page.name}: manage.py {name} has no {option}"
