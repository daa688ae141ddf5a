"""Forms of attendance by list: the file, one of its rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts.models import Attendance
from engine.forms import BatonForm
from engine.forms.imports import SheetRowForm
from tenancy.models import Person
from tenancy.words import Words


def small_number(label: Words, *, most: int, initial: int, hint: Words, missing: Words) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        initial=initial,
        help_text=hint,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), missing),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
    )


class AttendanceImportCreateForm(BatonForm):
    submit_label = _("Check the file")

    file = forms.FileField(
        label=_("Attendance list"),
        help_text=_(
            "The report as Teams or Zoom gives it, or an Excel workbook (.xlsx) or CSV with names or addresses."
        ),
        error_messages={
            "required": _("Choose a file"),
            "empty": _("The file is empty. Choose a file with headings in the first row."),
        },
    )
    late_after = small_number(
        _("Who joins later than this is shown as late"),
        most=240,
        initial=10,
        hint=_("Minutes after the start"),
        missing=_("Enter the minutes after which somebody is late, from 0 to 240"),
    )
    least_share = small_number(
        _("Who stays for less than this is shown as not there for long"),
        most=100,
        initial=50,
        hint=_("Per cent of the event"),
        missing=_("Enter the least share of the event, from 0 to 100 per cent"),
    )


class AttendanceRowForm(SheetRowForm):
    """Who the row is, what it says, and whether it may overwrite the register."""

    def __init__(self, *args: Any, entry: dict[str, Any], people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, entry=entry, **kwargs)
        matched = entry["person"] and not entry["chosen"]
        as_read = gettext("As the list says: %(name)s") % {"name": entry["name"]} if matched else ""
        choices = [("", as_read or gettext("Nobody chosen"))]
        choices += [(p.public_id, f"{p.name}, {p.organisation}" if p.organisation else p.name) for p in people]
        own: dict[str, forms.Field] = {
            "person": forms.ChoiceField(label=gettext("Who is it?"), choices=choices, required=False)
        }
        if entry["mark"]:
            words = {"mark": Attendance.State(entry["mark"]).label}
            label = gettext("Overwrite “%(mark)s” in the register with “Present”") % words
            own["overwrite"] = forms.BooleanField(label=label, required=False)
        self.fields = own | self.fields
