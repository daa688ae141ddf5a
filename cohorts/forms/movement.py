"""Forms of the movement around a programme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.partners import email_box, number_field
from engine.forms import BatonForm, Radios, VersionField
from tenancy.models import Organisation
from tenancy.names import no_link


class MovementForm(BatonForm):
    submit_label = _("Save")

    purpose = forms.CharField(
        label=_("What is the movement for?"),
        max_length=2000,
        error_messages={"required": _("Say what it’s for")},
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Anybody reads it on the public page, and in the messages to those who are told of it."),
    )
    is_open = forms.BooleanField(label=_("People from outside can join it"), required=False)
    shows_spread = forms.BooleanField(
        label=_("The public page says how far it has spread, in numbers that point at nobody"), required=False
    )
    version = VersionField()


class AboutOneself(BatonForm):
    """Where somebody works and is, and what interests them."""

    organisation = forms.ModelChoiceField(
        label=_("Your organisation"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label=_("Choose, or type its name below"),
    )
    organisation_name = forms.CharField(label=_("Its name, if it isn’t on the list"), max_length=160, required=False)
    place = forms.CharField(
        label=_("Your town or district"), max_length=80, required=False, help_text=_("To see how far it spreads")
    )
    interests = forms.CharField(
        label=_("What interests you?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The programme team reads it once you’ve said yes; nobody else does."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]


class MovementRegisterForm(AboutOneself):
    submit_label = _("Send me the link")

    name = forms.CharField(
        label=_("Your name"),
        max_length=160,
        validators=[no_link],
        error_messages={"required": _("Enter your name")},
    )
    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        error_messages={
            "required": _("Enter your email address"),
            "invalid": _("Enter an email address, like name@example.org"),
        },
        help_text=_("We’ll send a link there. You’re in once you’ve said yes by it."),
    )
    field_order = ("name", "email", "organisation", "organisation_name", "place", "interests")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class MovementEditForm(AboutOneself):
    submit_label = _("Save")


class MovementBringForm(BatonForm):
    submit_label = _("Tell them")

    name = forms.CharField(
        label=_("Their name"),
        max_length=160,
        validators=[no_link],
        error_messages={"required": _("Enter their name")},
    )
    email = forms.EmailField(
        label=_("Their email address"),
        max_length=254,
        error_messages={"required": _("Enter their email address")},
        widget=email_box(),
    )


class MovementLeaveForm(BatonForm):
    submit_label = _("Leave")

    how = forms.ChoiceField(
        label=_("What shall become of what we keep?"),
        choices=(
            ("erase", _("Delete all that the movement keeps of me now")),
            (
                "leave",
                _(
                    "Delete what I said now, and keep for some weeks that I left, so that nobody can have me asked again"
                ),
            ),
        ),
        widget=Radios,
        error_messages={"required": _("Choose what shall become of it")},
    )


class MovementEventForm(BatonForm):
    submit_label = _("Open it")

    places = number_field(_("How many places are the movement’s?"))
