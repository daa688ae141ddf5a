"""How long each kind of record is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.forms import BatonForm
from tenancy.retention import retention_kinds


class RetentionForm(BatonForm):
    """A box a kind, named by its key with an underscore for the dot."""

    submit_label = gettext_lazy("Save periods")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, kind in retention_kinds.items():
            bounds = {"least": kind.least, "most": kind.most, "usual": kind.days, "after": kind.after}
            self.fields[key.replace(".", "_")] = forms.IntegerField(
                label=kind.label,
                min_value=kind.least,
                max_value=kind.most,
                help_text=_("Days %(after)s: %(least)d to %(most)d, usually %(usual)d") % bounds,
                error_messages={"required": _("Enter a number of days for “%(what)s”") % {"what": kind.label}},
                widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
            )

    def days(self) -> dict[str, int]:
        return {key: self.cleaned_data[key.replace(".", "_")] for key, _kind in retention_kinds.items()}
