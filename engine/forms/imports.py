"""Forms of an import: its columns, one of its rows. The form of the file says what kind of sheet it wants, so each import has its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engine.forms.base import BatonForm
from engine.sheets import Table, column_letter

NO_COLUMN = ""
# Texts come from a spreadsheet's cell, which may be as long as the row's reasons say it is.
LONGEST_CELL = 32_767


class SheetColumnsForm(BatonForm):
    """Which column holds what; recognised columns are chosen already."""

    submit_label = _("Check the rows")
    mark_optional = False
    label_size = ""

    def __init__(
        self,
        *args: Any,
        table: Table,
        chosen: Mapping[str, int],
        labels: Mapping[str, str | Promise],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, str | Promise]] = [(NO_COLUMN, _("Not in this file"))]
        choices += [(str(index), heading_of(table, index)) for index in range(len(table.header))]
        for key, text in labels.items():
            initial = str(chosen[key]) if key in chosen else NO_COLUMN
            self.fields[key] = forms.ChoiceField(label=str(text), choices=choices, required=False, initial=initial)


def heading_of(table: Table, index: int) -> str:
    sample = next((str(cell) for cell in table.column(index) if cell is not None), "")
    name = table.header[index] or _("Column %(letter)s") % {"letter": column_letter(index)}
    return f"{name} ({sample[:40]})" if sample else str(name)


class SheetRowForm(BatonForm):
    """One row as staff read it. What it says is checked with the other rows, so that the reasons are the same."""

    submit_label = _("Save this row")
    mark_optional = False
    label_size = ""

    def __init__(
        self, *args: Any, entry: Mapping[str, Any], labels: Mapping[str, str | Promise], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for key, label in labels.items():
            if key in entry["texts"]:
                self.fields[key] = forms.CharField(label=str(label), max_length=LONGEST_CELL, required=False)
