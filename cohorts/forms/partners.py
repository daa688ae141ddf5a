"""Forms of groups and of linked programmes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.events import short_box
from engine.dates import uk_date
from engine.forms import BatonForm, ClockTimeField, DayMonthYearField


def email_box() -> forms.EmailInput:
    return forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"})


def number_field(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=500,
        error_messages={"required": _("Enter a number of places")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
    )


class GroupForm(BatonForm):
    submit_label = _("Start the group")

    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Enter a name")})
    purpose = forms.CharField(
        label=_("What is it for?"),
        max_length=2000,
        error_messages={"required": _("Say what it’s for")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class LinkedProgrammeForm(BatonForm):
    submit_label = _("Link it")

    name = forms.CharField(
        label=_("Name of the programme"), max_length=120, error_messages={"required": _("Enter its name")}
    )
    organisation = forms.CharField(
        label=_("Who runs it"), max_length=160, error_messages={"required": _("Say who runs it")}
    )
    contact_name = forms.CharField(
        label=_("Full name of their contact"), max_length=160, error_messages={"required": _("Enter their full name")}
    )
    contact_email = forms.EmailField(
        label=_("Email address of their contact"),
        max_length=254,
        error_messages={"required": _("Enter their email address")},
        widget=email_box(),
    )


class EventField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}, {uk_date(obj.starts_at)}, {obj.cohort.name}"


class PartnerPlacesForm(BatonForm):
    submit_label = _("Offer the places")

    event = EventField(
        label=_("At which event?"),
        queryset=None,
        to_field_name="public_id",
        empty_label=_("Choose an event"),
        error_messages={"required": _("Choose an event")},
    )
    number = number_field(_("How many places?"))
    name_by = DayMonthYearField(
        label=_("Until when can they name people?"),
        what=_("The day"),
        error_messages={"required": _("Enter a day")},
    )

    def __init__(self, *args: Any, events: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].queryset = events  # type: ignore[attr-defined]


class PartnerGuestForm(BatonForm):
    submit_label = _("Name them")

    name = forms.CharField(
        label=_("Full name"), max_length=160, error_messages={"required": _("Enter their full name")}
    )
    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        error_messages={"required": _("Enter their email address")},
        help_text=_("They get a link of their own, say whether they come, and need no account."),
        widget=email_box(),
    )
    employer = forms.CharField(label=_("Where they work"), required=False, max_length=120)


class PartnerOfferForm(BatonForm):
    submit_label = _("Offer the places")

    title = forms.CharField(label=_("Title"), max_length=120, error_messages={"required": _("Enter a title")})
    day = DayMonthYearField(label=_("Date"), what=_("The date"), error_messages={"required": _("Enter a date")})
    starts = ClockTimeField(
        label=_("Starts at"), error_messages={"required": _("Enter a start time")}, widget=short_box()
    )
    ends = ClockTimeField(label=_("Ends at"), error_messages={"required": _("Enter an end time")}, widget=short_box())
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    join_url = forms.URLField(
        label=_("Join link"), required=False, max_length=500, assume_scheme="https", help_text=_("Starts with https://")
    )
    number = number_field(_("How many places?"))
    about = forms.CharField(
        label=_("What to know beforehand"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
