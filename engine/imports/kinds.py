"""What one import has of its own; the rest is the same for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from django.db import models
from django.utils.functional import Promise

from engine.jobs import RunningJob
from engine.models import SheetImport
from engine.sheets import Table
from tenancy.actors import Actor
from tenancy.registry import Registry
from tenancy.rules import Rule
from tenancy.words import Words

# One row of the sheet as it's kept and shown: `row` (its number), `outcome`, `reasons` (code, field, text), `texts` (field → what is
# said; none for a blank row), and whatever the kind's own page and writer need. Plain JSON.
Entry = dict[str, Any]
Import = TypeVar("Import", bound=SheetImport)


class ImportKind(ABC, Generic[Import]):
    """Of every method that is given `about`: what the import is of, such as a round."""

    model: type[Import]
    # Kind of the job that writes; also the name under which the kind is registered.
    job: ClassVar[str]
    # The field of the model that names what the import is of, and what is read with it.
    about: ClassVar[str]
    with_about: ClassVar[tuple[str, ...]] = ()
    may: ClassVar[Rule]
    outcomes: ClassVar[type[models.TextChoices]]
    writable: ClassVar[tuple[str, ...]]
    # URL names are this and -create, -columns, -detail, -row, -row-leave, -write, -abandon.
    urls: ClassVar[str]
    # Whether the file is its uploader's alone.
    confidential: ClassVar[bool] = False
    most_rows: ClassVar[int] = 5_000
    nothing_to_write: ClassVar[Words]

    # Columns

    def arranged(self, table: Table) -> Table:
        """The list in the file, for a report that has more above and below it. Rows keep their numbers."""
        return table

    @abstractmethod
    def labels(self, about: Any) -> Mapping[str, str | Promise]:
        """Every field, in the order in which columns are matched, and what staff call it."""

    @abstractmethod
    def recognise(self, about: Any, table: Table) -> dict[str, Any]:
        """The columns that are certain enough to read without asking: field → what `chosen` makes of a column."""

    @abstractmethod
    def missing(self, about: Any, mapping: Mapping[str, Any]) -> list[str]:
        """Fields that no row can do without and that no column was found for."""

    def worth_asking(self, about: Any, table: Table, mapping: Mapping[str, Any]) -> bool:
        """Whether staff should match columns by hand before the rows are checked."""
        return bool(self.missing(about, mapping))

    def chosen(self, columns: Mapping[str, int]) -> dict[str, Any]:
        """The mapping that these columns make: field → index of its column."""
        return dict(columns)

    def named(self, mapping: dict[str, Any], columns: Mapping[str, int]) -> dict[str, Any]:
        """The mapping, with these columns instead where they're named."""
        return mapping | self.chosen(columns)

    def columns(self, mapping: Mapping[str, Any]) -> dict[str, int]:
        """Field → index of its column: the other way round."""
        return dict(mapping)

    # Rows

    @abstractmethod
    def judge(self, sheet: Import, table: Table) -> list[Entry]:
        """What becomes of each row against what is known at this moment, blank rows included. Writes nothing."""

    # Writing

    def check_open(self, about: Any) -> None:
        """WrongState when nothing can be brought in now."""

    @abstractmethod
    def hold(self, sheet: Import, by: Actor) -> Any:
        """Lock whatever mustn't change while rows are judged and written; what the import is of, as it's now."""

    @abstractmethod
    def write(self, sheet: Import, about: Any, rows: list[Entry], by: Actor) -> None:
        """Write these rows, all of them or none, and record it. Only rows that were judged writable in this transaction come here."""

    def follow(self, job: RunningJob, sheet: Import, rows: int) -> None:
        """What comes after the writing, in transactions of its own, safe to repeat: telling people. Of 2 × `rows` steps, half are done."""

    @abstractmethod
    def title(self, count: int) -> str:
        """Of the job that writes so many rows."""

    @abstractmethod
    def writing(self, count: int) -> str: ...

    @abstractmethod
    def written(self, count: int) -> str: ...


import_kinds: Registry[ImportKind[Any]] = Registry("Which sheets can be brought in, and how?")


def kind_of(sheet: Import) -> ImportKind[Import]:
    return next(kind for kind in import_kinds if kind.model is type(sheet))
