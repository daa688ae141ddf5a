"""What do we hold about this person? Every app answers, for 'Your data' and the copy of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenancy.models import Person
from tenancy.registry import Registry
from tenancy.words import Words


@dataclass(frozen=True)
class Holding:
    """What one app holds in one kind of record.

    `models` are the labels ('app.Model') this answer covers: a test fails for a model with a key to Person that no answer covers.
    `export` returns plain values for the person's own copy; `private_to_author` marks records that are exported only to the person.
    `kind` names the tenancy.retention kind that deletes it when its time is over. Without one, `keep_days` says how long the record is
    to be kept after its end, None where the law or the programme's audit needs it: people read it in 'Your data', and staff see to it.
    """

    label: Words
    models: tuple[str, ...]
    export: Callable[[Person], list[dict[str, Any]]]
    keep_days: int | None = None
    kind: str = ""
    private_to_author: bool = False


holdings: Registry[Holding] = Registry("What do we hold about this person?")


def export_person(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Everything held about a person in the open tenant, by label. Read it as that person to include private records."""
    return {str(holding.label): holding.export(person) for holding in holdings}
