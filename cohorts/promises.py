"""What did an employer promise when they backed somebody? Higher floors answer: endorsements are selection's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tenancy.models import Person
from tenancy.registry import Registry
from tenancy.words import Words


@dataclass(frozen=True)
class Promise:
    """`part` says as what they promised; `lines` what, in words for the person it was promised about."""

    by: Person
    part: Words
    given_at: datetime | None
    lines: tuple[str, ...]


# (person, cohort) -> what was promised about them there, as far as they may read it.
promise_sources: Registry[Callable[[int, int], list[Promise]]] = Registry("What did an employer promise?")


def promises_about(person_id: int, cohort_id: int) -> list[Promise]:
    return [promise for source in promise_sources for promise in source(person_id, cohort_id)]
