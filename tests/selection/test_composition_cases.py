"""Rounds of 60 to 2,000 people whose best total three solvers agree on; reading them; and the benchmark over a folder of them."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.selection import main
from runtime.layout import ROOT
from selection.composition import Choice, choose, explain
from selection.composition.cases import BadCase, read_case, read_cases

CASES = ROOT / "tests" / "data" / "selection"
OPTIMA = {
    "selection_n60_s1": "2043.5",
    "selection_n100_s1": "3383.7",
    "selection_n500_s1": "4007.3",
    "selection_n2000_s1": "4353.2",
}
# Seconds of CPU for choosing and every explanation. Measured alone it's a quarter of this at most.
SECONDS = {"selection_n60_s1": 2, "selection_n100_s1": 2, "selection_n500_s1": 2, "selection_n2000_s1": 5}


@pytest.mark.parametrize("name", OPTIMA)
def test_the_optimum_is_reached_proved_and_explained_in_time(name: str) -> None:
    case = read_case(CASES / f"{name}.json")
    assert case.optimum == Fraction(OPTIMA[name])
    choose(case.problem)  # loads the libraries
    begin = time.process_time()
    found = choose(case.problem)
    assert isinstance(found, Choice) and found.proved
    told = explain(case.problem, found)
    assert time.process_time() - begin < SECONDS[name]
    assert found.value == Fraction(OPTIMA[name])
    scores = {c.key: Fraction(c.score) for c in case.problem.candidates}
    assert sum(scores[key] for key in found.chosen) == found.value
    for rule in case.problem.rules:
        count = sum(rule.holds(c) for c in case.problem.candidates if c.key in found.chosen)
        assert rule.floor <= count and (rule.ceiling is None or count <= rule.ceiling)
    assert [p.key for p in told.people if p.is_in] == list(found.chosen)
    assert all(p.causes for p in told.people if "rule" in p.reason.value)


def a_case(folder: Path, **changes: object) -> Path:
    case: dict[str, object] = {
        "name": "tiny",
        "places": 1,
        "applicants": [{"type": 1, "org": 7, "score": 2.5}, {"type": 2, "org": 8, "score": 0.1}],
        "rules": [
            {"attribute": "type", "value": 2, "floor": 1, "ceiling": None},
            {"attribute": "organisation", "value": 7, "floor": 0, "ceiling": 1},
        ],
        "optimum": 0.1,
    }
    file = folder / "tiny.json"
    file.write_text(json.dumps({key: value for key, value in (case | changes).items() if value is not ...}))
    return file


def test_a_case_is_read_as_it_is_written(tmp_path: Path) -> None:
    case = read_case(a_case(tmp_path))
    assert case.optimum == Fraction(1, 10)
    assert [c.score for c in case.problem.candidates] == [Decimal("2.5"), Decimal("0.1")]
    assert case.problem.candidates[0].attributes == {"type": 1, "organisation": 7}
    assert [r.holds(case.problem.candidates[0]) for r in case.problem.rules] == [False, True]
    assert read_case(a_case(tmp_path, optimum=..., name=...)).name == "tiny"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"places": "many"}, "places is not a whole number"),
        ({"places": True}, "places is not a whole number"),
        ({"places": -1}, "places is not a whole number"),
        ({"applicants": ...}, "applicants is not a list"),
        ({"applicants": [{"type": 1}]}, "applicant 0 has no score"),
        ({"applicants": [{"score": "5"}]}, "applicant 0 has no score"),
        ({"applicants": [{"score": 5, "type": None}]}, "applicant 0 has an attribute"),
        ({"rules": [7]}, "rules is not a list of objects"),
        ({"rules": [{"attribute": "type", "value": 1, "minimum": 3}]}, "not a rule"),
        ({"rules": [{"attribute": "type", "value": 1, "floor": 3, "ceiling": 2}]}, "no number lies from 3 to 2"),
        ({"optimum": "best"}, "optimum is not a number"),
    ],
)
def test_a_file_that_is_no_case_is_refused(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    file = a_case(tmp_path, **changes)
    with pytest.raises(BadCase, match=says) as refused:
        read_case(file)
    assert str(file) in str(refused.value)


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match=r"no \.json file"):
        read_cases(tmp_path)
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(BadCase, match=r"broken\.json"):
        read_cases(tmp_path)


def test_the_benchmark_tells_whether_each_answer_is_the_stated_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_case(tmp_path)
    assert main([str(tmp_path)]) == 0
    line = capsys.readouterr().out.splitlines()[1].split()
    assert line[:7] == ["tiny", "2", "1", "2", "0.1", "0.1", "yes"] and len(line) == 9
    a_case(tmp_path, optimum=0.2)
    assert main([str(tmp_path)]) == 1
    assert "DIFFERS" in capsys.readouterr().out
    a_case(tmp_path, optimum=...)
    assert main([str(tmp_path), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["optimum"], found["agrees"], found["value"], found["proved"]) == (None, None, 0.1, True)
    assert found["explained_s"] >= found["choose_s"] >= 0


def test_the_benchmark_has_a_line_for_rules_that_cannot_be_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_case(tmp_path, rules=[{"attribute": "type", "value": 2, "floor": 2}], optimum=...)
    assert main([str(tmp_path)]) == 0
    assert "rules missed by 1" in capsys.readouterr().out
    a_case(tmp_path, rules=[{"attribute": "type", "value": 2, "floor": 2}], optimum=0.1)
    assert main([str(tmp_path)]) == 1


def test_the_benchmark_refuses_what_is_no_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "no .json file" in capsys.readouterr().err
