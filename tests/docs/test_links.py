"""Nothing the documentation points at is missing: pages, headings, pictures, files and commands it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runtime.cli import _parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PICTURE_BYTES = 120_000


def slug(heading: str) -> str:
    """The anchor a repository host makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(line.lstrip("#")) for line in page.read_text().splitlines() if line.startswith("#")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if re.match(r"https?://|mailto:", target):
            continue
        path, _hash, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name} links to {target}"
        assert ROOT in (found, *found.parents), f"{page.name} links out of the repository"
        assert not anchor or anchor in anchors(found), f"{found.name} has no heading for #{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_the_script_exists(page: Path) -> None:
    choices = next(action.choices for action in _parser()._actions if action.dest == "command")
    assert choices
    for command in re.findall(r"\./baton ([a-z]+)", page.read_text()):
        assert command in choices, f"{page.name} names ./baton {command}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_named_in_code_marks_exists(page: Path) -> None:
    tops = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    for name in re.findall(
        r"`([\w./-]+\.(?:py|md|html|txt|yml|toml|sql|sh|json|mjs|scss|example))(?:::\w+)?`", page.read_text()
    ):
        if name.split("/")[0] in tops and "/" in name:
            assert any((place / name).is_file() for place in (ROOT, ROOT / "templates")), f"{page.name} names {name}"


def test_every_picture_is_small_and_shown() -> None:
    shown = {target for page in PAGES for target in LINK.findall(page.read_text()) if target.endswith(".png")}
    names = {Path(target).name for target in shown}
    for picture in (ROOT / "docs" / "pictures").glob("*.png"):
        assert picture.stat().st_size <= PICTURE_BYTES, picture.name
        assert picture.name in names, f"no page shows {picture.name}"
