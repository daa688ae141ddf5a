"""Forms of the tenant's districts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, VersionField
from tenancy.models import District, Rurality
from tenancy.services.districts import FIELDS

NUMBER = {"inputmode": "numeric", "class": "govuk-input--width-3"}


class DistrictForm(BatonForm):
    submit_label = _("Save district")

    name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Enter the name of the district")}
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=9,
        required=False,
        help_text=_("Of the Office for National Statistics, if you have it"),
    )
    rurality = forms.ChoiceField(
        label=_("How rural"), choices=[("", _("Not known")), *Rurality.choices], required=False
    )
    decile = forms.IntegerField(
        label=_("Decile of deprivation"),
        required=False,
        min_value=1,
        max_value=10,
        widget=forms.TextInput(attrs=NUMBER),
        help_text=_("1 is the most deprived tenth of districts, 10 the least. Leave it empty if you don’t know."),
    )
    latitude = forms.DecimalField(
        label=_("Latitude of its centre"), required=False, min_value=-90, max_value=90, max_digits=8, decimal_places=5
    )
    longitude = forms.DecimalField(
        label=_("Longitude of its centre"),
        required=False,
        min_value=-180,
        max_value=180,
        max_digits=8,
        decimal_places=5,
        help_text=_("With both it can be said how far people come to an event."),
    )
    source = forms.CharField(
        label=_("Where these figures are from"), max_length=200, required=False, help_text=_("Publisher and year")
    )


class DistrictEditForm(DistrictForm):
    version = VersionField()

    @staticmethod
    def initial_of(district: District) -> dict[str, Any]:
        return {name: getattr(district, name) for name in (*FIELDS, "version")}


class LookupForm(BatonForm):
    submit_label = _("Bring in the file")

    file = forms.FileField(
        label=_("File of districts"),
        help_text=_("A CSV file or Excel workbook (.xlsx) with headings in its first row, as ONS or MHCLG publish it."),
        error_messages={
            "required": _("Choose a file"),
            "empty": _("The file is empty. Choose a file with headings in the first row."),
        },
    )
    source = forms.CharField(
        label=_("Where it’s from"),
        max_length=200,
        help_text=_(
            "Publisher and year, such as “ONS, rural-urban classification, 2021”. It stands beside the figures."
        ),
        error_messages={"required": _("Say where the figures are from")},
    )
    add = forms.BooleanField(label=_("Add districts that aren’t on the list yet"), required=False)
