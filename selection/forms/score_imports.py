"""Forms of an import of scores: the sheet, its columns, one of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm
from engine.sheets import Table
from selection.forms.nominations import LONGEST_CELL, NO_COLUMN, ImportColumnsForm


class ScoreImportCreateForm(BatonForm):
    submit_label = _("Check the file")
    file = forms.FileField(
        label=_("Sheet of scores"),
        help_text=_(
            "An Excel workbook (.xlsx) or CSV with one assessor’s scores of one application in each row. Nothing is written until you "
            "say so."
        ),
        error_messages={
            "required": _("Choose a file"),
            "empty": _("The file is empty. Choose a file with headings in the first row."),
        },
    )


class ScoreColumnsForm(BatonForm):
    """Which column holds what; recognised columns are chosen already."""

    submit_label = _("Check the rows")
    mark_optional = False
    label_size = ""

    def __init__(
        self, *args: Any, table: Table, mapping: Mapping[str, int], labels: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, str | Promise]] = [(NO_COLUMN, _("Not in this file"))]
        choices += [(str(n), ImportColumnsForm.heading(table, n)) for n in range(len(table.header))]
        for key, text in labels.items():
            initial = str(mapping[key]) if key in mapping else NO_COLUMN
            self.fields[key] = forms.ChoiceField(label=text, choices=choices, required=False, initial=initial)


class ScoreRowForm(BatonForm):
    """One row as staff read it. Points are checked with the other rows, so that the reasons are the same."""

    submit_label = _("Save this row")
    mark_optional = False
    label_size = ""

    def __init__(self, *args: Any, texts: Mapping[str, str], labels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in labels.items():
            if key in texts:
                self.fields[key] = forms.CharField(label=label, max_length=LONGEST_CELL, required=False)
                if key.startswith("comment_"):
                    self.fields[key].widget = forms.Textarea(attrs={"rows": 3})
