"""Cases with a known answer, as JSON: for tests and the benchmark, never for a round.

A case may have any attributes, since it is about nobody: `problem_of_round` holds a real round to those that people may be chosen by.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from selection.composition.problem import BadProblem, Candidate, Problem, Rule

# The applicants' column is shorter than the rules' word for it: one attribute all the same.
NAMES = {"org": "organisation"}
RULE_KEYS = {"attribute", "value", "floor", "ceiling"}


class BadCase(ValueError):
    """The file isn't a case; says which file and what is wrong."""


@dataclass(frozen=True)
class Case:
    name: str
    problem: Problem
    optimum: Fraction | None


def read_cases(folder: Path) -> list[Case]:
    """Every JSON file of a folder, by name."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise BadCase(f"{folder}: no .json file is there")
    return sorted((read_case(file) for file in files), key=lambda case: (len(case.problem.candidates), case.name))


def read_case(file: Path) -> Case:
    """One file: name, places, applicants (a score and any attributes), rules, and optionally the optimum. Scores are read as written."""
    try:
        return _case(json.loads(file.read_text(), parse_float=Decimal), file.stem)
    except (json.JSONDecodeError, UnicodeDecodeError, BadProblem, BadCase) as error:
        raise BadCase(f"{file}: {error}") from error


def _case(found: Any, stem: str) -> Case:
    if not isinstance(found, dict):
        raise BadCase("not an object")
    applicants = _list_of_objects(found, "applicants")
    problem = Problem(
        _whole(found.get("places"), "places"),
        [_candidate(row, i) for i, row in enumerate(applicants)],
        [_rule(row) for row in _list_of_objects(found, "rules")],
    )
    optimum = found.get("optimum")
    if optimum is not None and (isinstance(optimum, bool) or not isinstance(optimum, int | Decimal)):
        raise BadCase("optimum is not a number")
    return Case(str(found.get("name", stem)), problem, None if optimum is None else Fraction(optimum))


def _list_of_objects(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = found.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadCase(f"{name} is not a list of objects")
    return rows


def _whole(number: Any, name: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise BadCase(f"{name} is not a whole number")
    return number


def _candidate(row: dict[str, Any], position: int) -> Candidate:
    columns = dict(row)
    score = columns.pop("score", None)
    if isinstance(score, bool) or not isinstance(score, int | Decimal):
        raise BadCase(f"applicant {position} has no score")
    if not all(isinstance(value, str | int) for value in columns.values()):
        raise BadCase(f"applicant {position} has an attribute that is neither a word nor a whole number")
    return Candidate(str(position), score, position, {NAMES.get(name, name): value for name, value in columns.items()})


def _rule(row: dict[str, Any]) -> Rule:
    if set(row) - RULE_KEYS or not isinstance(row.get("attribute"), str) or not isinstance(row.get("value"), str | int):
        raise BadCase(f"not a rule: {row}")
    ceiling = row.get("ceiling")
    return Rule(
        NAMES.get(row["attribute"], row["attribute"]),
        row["value"],
        _whole(row.get("floor") or 0, "a floor"),
        None if ceiling is None else _whole(ceiling, "a ceiling"),
    )
