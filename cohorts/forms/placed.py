"""In which district something lies, and how rural and deprived it is where that differs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.models import District, Rurality


def district_fields() -> dict[str, forms.Field]:
    """The fields of tenancy.models.Placed, for a form about something that lies somewhere."""
    return {
        "district": forms.ModelChoiceField(
            label=_("District"), queryset=District.objects.all(), required=False, empty_label=_("Not known")
        ),
        "rurality": forms.ChoiceField(
            label=_("How rural"), choices=[("", _("As its district")), *Rurality.choices], required=False
        ),
        "decile": forms.IntegerField(
            label=_("Decile of deprivation"),
            required=False,
            min_value=1,
            max_value=10,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
            help_text=_("1 is the most deprived tenth. Leave it empty if it’s that of the district."),
        ),
    }
