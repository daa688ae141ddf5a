from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, Radios


class GuestAddForm(BatonForm):
    submit_label = _("Ask them to come")

    name = forms.CharField(
        label=_("Full name"), error_messages={"required": _("Enter their full name")}, max_length=160
    )
    email = forms.EmailField(
        label=_("Email address"),
        error_messages={"required": _("Enter their email address")},
        max_length=254,
        help_text=_("Whoever is in this portal already is found by it, people of other cohorts too."),
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    employer = forms.CharField(label=_("Where they work"), required=False, max_length=120)


class GuestAnswerForm(BatonForm):
    submit_label = _("Send my answer")
    mark_optional = False

    answer = forms.ChoiceField(
        label=_("Will you come?"),
        choices=(("yes", _("Yes, I’ll come")), ("no", _("No, I can’t"))),
        widget=Radios,
        error_messages={"required": _("Say whether you’ll come")},
    )
    employer = forms.CharField(
        label=_("Where do you work?"),
        required=False,
        max_length=120,
        help_text=_("The organisers print it on your badge. You can leave it empty."),
    )
