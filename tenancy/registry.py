"""One question, many answers: how a lower floor asks the higher ones without importing them.

An app registers its answers from `face.py`, which its AppConfig.ready() imports. The five questions: what is owed
(reminders.obligations), who must not judge or sit with whom (tenancy.conflicts), what is in my calendar
(reminders.calendars), what do we hold about a person (tenancy.privacy), what does the report say (engine.reports).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Registry(Generic[Answer]):
    """Answers in the order of registration, each under a name that can be taken once."""

    def __init__(self, question: str) -> None:
        self.question = question
        self._answers: dict[str, Answer] = {}

    def register(self, name: str, answer: Answer) -> Answer:
        if name in self._answers:
            raise ValueError(f"{name!r} has already answered “{self.question}”.")
        self._answers[name] = answer
        return answer

    def __iter__(self) -> Iterator[Answer]:
        return iter(self._answers.values())

    def __getitem__(self, name: str) -> Answer:
        return self._answers[name]

    def items(self) -> Iterator[tuple[str, Answer]]:
        return iter(self._answers.items())

    def __len__(self) -> int:
        return len(self._answers)
