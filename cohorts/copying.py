"""What goes along when a cohort is copied: the question that the higher floors answer beside the cohort's own events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cohorts.models import Cohort
from cohorts.shifting import Shift
from tenancy.actors import Actor
from tenancy.registry import Registry


@dataclass(frozen=True)
class CopiedLine:
    """Something that is copied, or whose date follows: when it was and when it would be. `note` says what happens to it."""

    what: str
    was: date | None
    becomes: date | None
    note: str = ""


@dataclass(frozen=True)
class CopySource:
    """`lines` reads, for the page before anything is written; `write` copies, in the transaction that makes the cohort."""

    lines: Callable[[Cohort, Shift], list[CopiedLine]]
    write: Callable[[Cohort, Cohort, Actor], None]


copy_sources: Registry[CopySource] = Registry("What else is copied with a cohort?")
