"""Forms of an import of scores: the sheet, one of its rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm
from engine.forms.imports import SheetRowForm


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


class ScoreRowForm(SheetRowForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, field in self.fields.items():
            if key.startswith("comment_"):
                field.widget = forms.Textarea(attrs={"rows": 3})
