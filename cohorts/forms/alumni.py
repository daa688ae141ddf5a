from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import CareerStep
from cohorts.states import AlumniState
from engine.forms import BatonForm, DayMonthYearField, Radios, VersionField
from tenancy.models import Organisation


class AlumniAddForm(BatonForm):
    submit_label = _("Add to the alumni")

    name = forms.CharField(
        label=_("Full name"), error_messages={"required": _("Enter their full name")}, max_length=160
    )
    email = forms.EmailField(
        label=_("Email address"),
        error_messages={"required": _("Enter their email address")},
        max_length=254,
        help_text=_("They sign in with it, and get one message that says so."),
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    organisation = forms.ModelChoiceField(
        label=_("Where they work now"), queryset=None, required=False, empty_label=_("Not known yet")
    )
    job_title = forms.CharField(label=_("Job title"), required=False, max_length=160)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.order_by("name")  # type: ignore[attr-defined]


class StandingForm(BatonForm):
    submit_label = _("Save")

    state = forms.ChoiceField(
        label=_("How much would you like to hear?"),
        choices=(
            (AlumniState.ACTIVE, _("All of it: events, questions, invitations")),
            (AlumniState.AWAY, _("Nothing for now: I’ll say when I’m back")),
            (AlumniState.LEFT, _("Nothing any more: take me off the list")),
        ),
        widget=Radios,
        error_messages={"required": _("Choose how much you’d like to hear")},
    )


class CareerStepForm(BatonForm):
    submit_label = _("Save")

    role = forms.CharField(
        label=_("What is the role?"), max_length=160, error_messages={"required": _("Enter the role")}
    )
    employer = forms.CharField(label=_("Where?"), max_length=160, required=False)
    level = forms.ChoiceField(
        label=_("At which level is it?"),
        choices=CareerStep.Level.choices,
        widget=Radios,
        error_messages={"required": _("Choose the level")},
    )
    since = DayMonthYearField(
        label=_("Since when?"), what=_("The day"), error_messages={"required": _("Enter the day")}
    )
    version = VersionField()
