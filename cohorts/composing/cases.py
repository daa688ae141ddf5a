"""Cases of dividing people, for tests and the benchmark: JSON about people, or the text format of the MDGPLIB library.

JSON: `n` people in `k` sets; `people` with any of `org`, `sector`, `district`, `function`, `gender` and `grade` (whole numbers);
`apart` and `together`, pairs by position; optionally `best`, the highest value known. A pair is worth the points of WEIGHTS for what
differs, and 3 for each step of grade.

Text: `n m ss|ds fewest most fewest most …`, then a line `i j distance` for each pair, counted from 0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cohorts.composing.problem import Attribute, BadProblem, Problem, even_sizes

WEIGHTS = {"org": 30, "sector": 20, "district": 15, "function": 15, "gender": 11}
GRADE = 3


class BadCase(ValueError):
    """The file isn't a case; says which file and what is wrong."""


@dataclass(frozen=True)
class Case:
    name: str
    problem: Problem
    best: float | None


def read_cases(folder: Path) -> list[Case]:
    """Every .json and .txt file of a folder, the smaller ones first."""
    files = sorted(file for kind in ("*.json", "*.txt") for file in folder.glob(kind))
    cases = [read_case(file) for file in files if file.name != "references.json"]
    if not cases:
        raise BadCase(f"{folder}: no .json or .txt file is there")
    known = _references(folder)
    cases = [Case(case.name, case.problem, known.get(case.name, case.best)) for case in cases]
    return sorted(cases, key=lambda case: (case.problem.people, case.name))


def read_case(file: Path) -> Case:
    try:
        text = file.read_text()
        return _of_people(json.loads(text), file.stem) if file.suffix == ".json" else _of_distances(text, file.stem)
    except (ValueError, KeyError, TypeError, IndexError, UnicodeDecodeError) as error:
        said = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise BadCase(f"{file}: {said}") from error


def _references(folder: Path) -> dict[str, float]:
    """A file references.json beside the cases may name the best value known of each."""
    try:
        found = json.loads((folder / "references.json").read_text())
        return {name: float(row["best"]) for name, row in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCase(f"{folder / 'references.json'}: {error}") from error


def _of_people(found: Any, stem: str) -> Case:
    if not isinstance(found, dict) or not isinstance(found.get("people"), list):
        raise BadCase("no list of people")
    people = found["people"]
    attributes = [Attribute(name, weight, [p.get(name) for p in people]) for name, weight in WEIGHTS.items()]
    attributes.append(Attribute("grade", GRADE, [p.get("grade") for p in people], steps=True))
    problem = Problem(
        people=len(people),
        sizes=even_sizes(len(people), int(found["k"])),
        attributes=attributes,
        apart=_pairs(found.get("apart", [])),
        together=_pairs(found.get("together", [])),
    )
    best = found.get("best")
    return Case(str(found.get("name", stem)), problem, None if best is None else float(best))


def _pairs(rows: list[list[int]]) -> list[tuple[int, int]]:
    return [(min(int(a), int(b)), max(int(a), int(b))) for a, b in rows]


def _of_distances(text: str, stem: str) -> Case:
    head, *lines = text.splitlines()
    words = head.split()
    people, sets = int(words[0]), int(words[1])
    numbers = [int(word) for word in words[3 : 3 + 2 * sets]]
    if words[2] not in {"ss", "ds"} or len(numbers) != 2 * sets:
        raise BadProblem("the first line isn’t n m ss|ds and a fewest and most for each set")
    table = [[0.0] * people for _ in range(people)]
    for line in filter(str.strip, lines):
        a, b, distance = line.split()
        table[int(a)][int(b)] = table[int(b)][int(a)] = float(distance)
    sizes = list(zip(numbers[::2], numbers[1::2], strict=True))
    return Case(stem, Problem(people=people, sizes=sizes, distances=table), None)
