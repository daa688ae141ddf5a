"""Forms of endorsers, and of staff who chase them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, Checkboxes, LongTextField
from selection.forms.applications import EMAIL_ERROR

CONFIRM_TEXTS: dict[str, str | Promise] = {
    "releases_time": _("I’ll release their time for the programme"),
    "confirms_scope": _("What they say they decide, and the seniority band they chose, is right"),
    "will_sponsor": _("I’ll be their sponsor: I’ll meet them, open doors and help with what is in their way"),
}


class EndorseForm(BatonForm):
    """Two buttons, one box. `confirms` names what this person is asked to confirm."""

    submit_label = _("Endorse")
    secondary_actions = (("decline", _("Don’t endorse")),)
    mark_optional = False

    def __init__(self, *args: Any, confirms: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirms"] = forms.MultipleChoiceField(
            label=_("What you confirm"),
            required=False,
            widget=Checkboxes,
            choices=[(key, CONFIRM_TEXTS[key]) for key in confirms],
        )
        self.fields["comment"] = LongTextField(
            label=_("Your words"),
            required=False,
            max_words=150,
            rows=4,
            help_text=_(
                "If you endorse, anything you’d like the programme team to know. If you don’t, say why not yet: the "
                "applicant reads it."
            ),
        )


class EndorsementPassOnForm(BatonForm):
    submit_label = _("Pass it on")
    name = forms.CharField(label=_("Their name"), max_length=160, error_messages={"required": _("Enter their name")})
    email = forms.EmailField(
        label=_("Their work email"),
        max_length=254,
        error_messages={"required": _("Enter their work email"), "invalid": EMAIL_ERROR},
    )


class EndorsementReplaceForm(EndorsementPassOnForm):
    submit_label = _("Ask this person")
