"""The form of somebody who'd like to hear when applications open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm
from selection.forms.applications import EMAIL_ERROR
from tenancy.models import Organisation
from tenancy.names import no_link


class InterestRegisterForm(BatonForm):
    submit_label = _("Tell me when applications open")

    name = forms.CharField(
        label=_("Your name"),
        max_length=160,
        validators=[no_link],
        error_messages={"required": _("Enter your name")},
    )
    email = forms.EmailField(
        label=_("Your work email"),
        max_length=254,
        error_messages={"required": _("Enter your work email"), "invalid": EMAIL_ERROR},
        help_text=_("We’ll send a link there to confirm it’s you"),
    )
    organisation = forms.ModelChoiceField(
        label=_("Your organisation"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label=_("Choose, or type its name below"),
    )
    organisation_name = forms.CharField(label=_("Its name, if it isn’t on the list"), max_length=160, required=False)
    job_title = forms.CharField(
        label=_("Your job title"), max_length=160, error_messages={"required": _("Enter your job title")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["job_title"].widget.attrs["autocomplete"] = "organization-title"
