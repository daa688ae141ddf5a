"""The table of requirements is true in form: every row once, every named test exists, every state says what it must."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.urls import resolve

ROOT = Path(__file__).resolve().parents[2]
IDS = [f"H{n}" for n in range(1, 44)] + [f"E{n}" for n in range(1, 73)]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "requirements.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return cells[2:]


def functions(path: str) -> set[str]:
    """The tests that a file defines, by its syntax: nothing is imported."""
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_requirement_has_one_row_in_order() -> None:
    assert [row[0] for row in rows()] == IDS


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_says_where_how_and_how_far(row: list[str]) -> None:
    _id, where, tests, state = row
    assert re.fullmatch(r"done|not yet|partly: .+", state)
    if state == "not yet":
        assert (where, tests) == ("–", "–")
        return
    assert len(where) > 3
    named = TEST.findall(tests)
    assert named and len(named) == tests.count("::")
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name.startswith("test_") and name in functions(path), f"{path} has no {name}"


PAGE = re.compile(r"`((?:[a-z-]+|<id>|<link>)(?:/(?:[a-z-]+|<id>|<link>))*/)`")
PAGES = sorted({page for row in rows() for page in PAGE.findall(row[1])})


def test_pages_are_named_in_the_rows() -> None:
    assert len(PAGES) > 60


@pytest.mark.parametrize("page", PAGES)
def test_every_page_that_a_row_names_is_one(page: str) -> None:
    """Fails with Resolver404 otherwise."""
    resolve("/essex/" + page.replace("<id>", "a1b2c3d4").replace("<link>", "x" * 43))


def test_the_sum_above_the_table_is_that_of_its_rows() -> None:
    text = (ROOT / "docs" / "requirements.md").read_text()
    states = [row[3].split(":")[0] for row in rows()]
    told = re.search(r"Now: (\d+) done, (\d+) partly, (\d+) not yet\.", text)
    assert told and [int(n) for n in told.groups()] == [states.count(s) for s in ("done", "partly", "not yet")]
