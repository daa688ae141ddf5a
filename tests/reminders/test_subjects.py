"""A mail that asks for something says so in its subject, and one that only tells never does: of every app, every mail."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Beginnings that mean: this needs you.
ASKING = ("Please ", "Reminder: ", "Late: ")
APPS = ("cohorts", "selection", "projects", "mentoring", "outcomes")
SOURCES = [p for app in APPS for p in (ROOT / app).glob("emails*.py")]
# Their kind is put together where they are sent; none of them asks.
TELLING = (
    "cohorts.event_new",
    "cohorts.event_changed",
    "cohorts.event_cancelled",
    "mentoring.session_booked",
    "mentoring.session_cancelled",
    "selection.observing",
    "selection.not_observing",
)
# Asked for or told, as the case may be: the template has both beginnings.
EITHER = {"selection.interest"}
CALLS = {"queue_message", "Outgoing"}


def sent() -> dict[str, bool]:
    """Every kind that is queued anywhere, and whether it asks, by the syntax of the calls."""
    found = dict.fromkeys(TELLING, False)
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
                words = {k.arg: k.value for k in node.keywords}
                kind, asks = words.get("kind"), words.get("asks")
                if isinstance(kind, ast.Constant):
                    found[kind.value] = isinstance(asks, ast.Constant) and asks.value is True
    return found


def beginnings(kind: str) -> list[str]:
    """How each branch of the subject's template begins."""
    app, name = kind.split(".")
    text = (ROOT / "templates" / app / "email" / f"{name}.subject.txt").read_text()
    text = re.sub(r"{%\s*load[^%]*%}", "", text)
    blocks = re.findall(r"{%\s*(?:blocktranslate[^%]*|plural)\s*%}(.*?)(?={%)", text, re.S)
    blocks += re.findall(r'{%\s*translate\s+"([^"]*)"', text)
    return [b.strip() for b in blocks or [text] if b.strip()]


KINDS = sent()


def test_the_walk_finds_every_mail_there_is() -> None:
    files = [p for app in APPS for p in (ROOT / "templates" / app / "email").glob("*.subject.txt")]
    assert {f"{p.parts[-3]}.{p.name.split('.')[0]}" for p in files} == set(KINDS)
    assert sum(KINDS.values()) >= 8 and len(KINDS) - sum(KINDS.values()) >= 20


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_subject_says_whether_an_answer_is_needed(kind: str) -> None:
    asking = [b.startswith(ASKING) for b in beginnings(kind)]
    assert asking, kind
    if kind in EITHER:
        assert any(asking) and not all(asking)
    elif KINDS[kind]:
        assert all(asking), beginnings(kind)
    else:
        assert not any(asking), beginnings(kind)


def test_reminders_begin_with_what_they_are() -> None:
    subject = (ROOT / "templates" / "reminders" / "email" / "_subject.txt").read_text()
    told = re.findall(r"{% blocktranslate %}(.*?){% endblocktranslate %}", subject)
    assert len(told) == 3 and all(t.startswith(ASKING) for t in told)
