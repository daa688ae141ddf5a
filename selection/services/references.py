"""References that people quote on the telephone: 'LGE2-0042'."""

from __future__ import annotations

import re

from django.db.models import Max

from cohorts.models import Cohort
from selection.models import Application
from tenancy.turns import take_turns_at

_LONGEST_PREFIX = 6


def prefix_of(cohort: Cohort) -> str:
    """Initials of the programme and the first number in the cohort's name."""
    words = re.findall(r"[^\W\d_]+", cohort.programme.name)
    capitals = [word for word in words if word[0].isupper()] or words
    letters = "".join(word[0] for word in capitals).upper()
    letters = "".join(c for c in letters if c.isascii()) or "A"
    number = re.search(r"\d+", cohort.name)
    digits = number.group()[-4:] if number else ""
    return letters[: _LONGEST_PREFIX - len(digits)] + digits


def next_references(cohort: Cohort, count: int) -> list[str]:
    """The next `count` references, held until the transaction ends so that no other import takes them too."""
    prefix = prefix_of(cohort)
    take_turns_at("references of applications")
    last = Application.objects.filter(reference__regex=rf"^{prefix}-[0-9]+$").aggregate(last=Max("reference"))["last"]
    start = int(last.rpartition("-")[2]) if last else 0
    return [f"{prefix}-{number:04}" for number in range(start + 1, start + count + 1)]
