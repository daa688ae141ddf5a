"""Forms of venues."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.placed import district_fields
from cohorts.models import FEATURES, Venue
from engine.forms import BatonForm, Radios, VersionField
from tenancy.models import PLACED

ROOM = ("tables", "seats_each", "easy_tables")


class VenueForm(BatonForm):
    submit_label = _("Save venue")

    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Enter a name")})
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        error_messages={"required": _("Enter an address")},
        help_text=_("In one line, with the postcode"),
    )
    directions = forms.CharField(
        label=_("How to get there"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Train, bus, parking, which door"),
    )
    access_notes = forms.CharField(
        label=_("More about access"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    tables = forms.IntegerField(
        label=_("Tables in its room"),
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        help_text=_("What a seating plan begins with, and so are the next two."),
    )
    seats_each = forms.IntegerField(
        label=_("Seats at each table"),
        required=False,
        min_value=2,
        max_value=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
    )
    easy_tables = forms.IntegerField(
        label=_("Tables that are step-free and near the door"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room = {name: self.fields.pop(name) for name in ROOM}
        notes = self.fields.pop("access_notes")
        for name in FEATURES:
            self.fields[name] = forms.ChoiceField(
                label=Venue._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                choices=Venue.Offer.choices,
                initial=Venue.Offer.UNKNOWN,
                widget=Radios(inline=True),
            )
        self.fields["access_notes"] = notes
        self.fields.update(room)
        self.fields.update(district_fields())


class VenueEditForm(VenueForm):
    version = VersionField()
    tell = forms.BooleanField(
        label=_("If the name or the address changes, tell everyone expected at events ahead"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "tell"] + ["tell"])

    @staticmethod
    def initial_of(venue: Venue) -> dict[str, Any]:
        names = ("name", "address", "directions", "access_notes", "version", *FEATURES, *ROOM, *PLACED)
        return {**{name: getattr(venue, name) for name in names}, "tell": True}
