"""Forms with which staff settle whether an application counts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, LongTextField, Radios

YES, NO = "yes", "no"


class EligibilityForm(BatonForm):
    submit_label = _("Save")
    answer = forms.ChoiceField(
        label=_("Is the applicant eligible?"),
        choices=[(YES, _("Yes, eligible")), (NO, _("No, not eligible"))],
        widget=Radios,
        error_messages={"required": _("Choose whether the applicant is eligible")},
    )
    reason = LongTextField(
        label=_("Why"),
        rows=3,
        max_words=150,
        help_text=_("Kept with the application. Applicants can ask to read it."),
        error_messages={"required": _("Give a reason")},
    )


class LatenessForm(EligibilityForm):
    answer = forms.ChoiceField(
        label=_("Does it count?"),
        choices=[(YES, _("Yes, it goes to assessors like the others")), (NO, _("No, it came too late"))],
        widget=Radios,
        error_messages={"required": _("Choose whether it counts")},
    )
