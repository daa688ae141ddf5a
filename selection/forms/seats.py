"""Forms for seats that a sector or an organisation has promised."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, DayMonthYearField, VersionField
from tenancy.models import Organisation, Sector


class SeatFields(BatonForm):
    submit_label = _("Save")

    seats = forms.IntegerField(
        label=_("Seats promised"),
        min_value=1,
        max_value=500,
        error_messages={
            "required": _("Enter how many seats were promised, 1 or more"),
            "min_value": _("Enter how many seats were promised, 1 or more"),
        },
    )
    promised_by = forms.CharField(
        label=_("Promised by"),
        max_length=200,
        help_text=_("Whose word it is, for example “Chief executive, Mid and South Essex NHS”"),
        error_messages={"required": _("Say who promised them")},
    )
    promised_on = DayMonthYearField(
        label=_("Promised on"),
        what=_("The day of the promise"),
        error_messages={"required": _("Enter the day they were promised")},
    )


class SeatCreateForm(SeatFields):
    sector = forms.ModelChoiceField(
        label=_("Sector"), queryset=None, to_field_name="public_id", required=False, empty_label=_("No sector")
    )
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label=_("No organisation"),
        help_text=_("Choose a sector or an organisation, not both"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["sector", "organisation"])
        self.fields["sector"].queryset = Sector.objects.all()  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]


class SeatEditForm(SeatFields):
    version = VersionField()
