"""What stands on a person's home page and in the navigation: each app adds what its roles see first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, DateTimeField, F, IntegerField, QuerySet, TextField, Value, Window
from django.db.models.functions import Cast, RowNumber

from tenancy.actors import Actor
from tenancy.models import Tenant
from tenancy.registry import Registry
from tenancy.words import Words


@dataclass(frozen=True)
class Panel:
    """A block of the home page: a template and its context; `position` orders panels, the first thing first."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    position: int = 50


@dataclass(frozen=True)
class Line:
    """A row of a short list on the home page. What the fields are is for its list to say; `key` is the public id its link needs."""

    key: str
    title: str
    at: datetime | None
    about: str
    note: str
    mine: bool


@dataclass(frozen=True)
class Lines:
    """A panel that is a short list: all of a page are read in one statement, since most of them are empty for most people.

    `rows` in their order, annotated by `lines_of`; at most `most` of them are read. `panel` gets them, none of them too, and
    answers None where there is nothing to show."""

    rows: QuerySet[Any]
    panel: Callable[[list[Line]], Panel | None]
    most: int = 20


COLUMNS = ("line_key", "line_title", "line_at", "line_about", "line_note", "line_mine")


def lines_of(
    rows: QuerySet[Any], *, key: str, title: Any, at: str = "", about: str = "", note: Any = "", mine: Any = False
) -> QuerySet[Any]:
    """The rows with what a line of each says: names of fields, and for `title`, `note` and `mine` expressions as well."""

    def text(of: Any) -> Any:
        return Cast(F(of) if isinstance(of, str) and of else of or Value(""), TextField())

    return rows.annotate(
        line_key=text(key),
        line_title=text(title),
        line_at=Cast(F(at) if at else Value(None), DateTimeField()),
        line_about=text(about),
        line_note=text(note),
        line_mine=Cast(mine, BooleanField()) if mine is not False else Value(False, BooleanField()),
    )


def branch(number: int, lines: Lines) -> QuerySet[Any]:
    """One list's part of the statement, with its number and each row's place: a union promises no order."""
    order = lines.rows.query.order_by or lines.rows.model._meta.ordering or ("pk",)
    place = Window(RowNumber(), order_by=[*order])
    rows = lines.rows.annotate(line_list=Value(number, IntegerField()), line_place=place)
    return rows.values_list("line_list", "line_place", *COLUMNS)[: lines.most]


def panels_of(found: Iterable[Panel | Lines]) -> list[Panel]:
    """The panels, those that are lists with their rows: one statement for all of these, none where there are none."""
    panels, lists = [], []
    for one in found:
        if isinstance(one, Panel):
            panels.append(one)
        else:
            lists.append(one)
    told: dict[int, list[tuple[int, Line]]] = {number: [] for number in range(len(lists))}
    if lists:
        branches = [branch(number, each) for number, each in enumerate(lists)]
        for number, place, *values in branches[0].union(*branches[1:], all=True):
            told[number].append((place, Line(*values)))
    for number, each in enumerate(lists):
        rows = [line for _place, line in sorted(told[number], key=lambda pair: pair[0])]
        if (panel := each.panel(rows)) is not None:
            panels.append(panel)
    return sorted(panels, key=lambda panel: panel.position)


@dataclass(frozen=True)
class NavigationItem:
    text: Words
    href: str
    position: int = 50


PanelSource = Callable[[Actor, Tenant], Sequence[Panel | Lines]]
NavigationSource = Callable[[Actor, Tenant], list[NavigationItem]]
panel_sources: Registry[PanelSource] = Registry("What does this person see first?")
navigation_sources: Registry[NavigationSource] = Registry("Where can this person go?")
