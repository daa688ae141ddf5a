"""Forms of moderation, choosing and offers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, LongTextField, Radios, VersionField
from selection.forms.assessment import ReasonForm

# 'Not yet', never 'failed'; staff change it to what their assessors saw.
FEEDBACK_TEMPLATE = _(
    "There were more strong applications than places, and yours was read with care. "
    "What would make a next application stronger is an example of change you led across organisations: what you did "
    "yourself, who had to agree, and what is different for residents now.\n\n"
    "This isn’t a “no” for good: it’s “not yet”. We’d be glad to see you apply again."
)


class ModerationDetailForm(BatonForm):
    submit_label = _("Agree these points")
    version = VersionField(initial=0)
    points = forms.DecimalField(
        label=_("Agreed points"),
        min_value=1,
        max_digits=5,
        decimal_places=2,
        help_text=_("Up to two decimals, such as 4.5"),
        error_messages={
            "required": _("Enter the agreed points"),
            "invalid": _("Agreed points must be a number, such as 4.5"),
        },
    )
    reason = LongTextField(
        label=_("How this was agreed"),
        rows=4,
        max_words=200,
        help_text=_("What the assessors saw differently, and what decided it. Applicants can ask to read this."),
        error_messages={"required": _("Say how the points were agreed")},
    )


class OfferConfirmForm(BatonForm):
    submit_label = _("Make offers")
    seal = forms.CharField(widget=forms.HiddenInput, max_length=64)


class OfferAnswerForm(BatonForm):
    """The applicant's yes or no."""

    submit_label = _("Send my answer")
    answer = forms.ChoiceField(
        label=_("Do you accept the place?"),
        choices=[("accept", _("Yes, I accept the place")), ("decline", _("No, I decline the place"))],
        widget=Radios,
        error_messages={"required": _("Choose whether you accept the place")},
    )
    reason = LongTextField(
        label=_("Why you’re declining"),
        required=False,
        rows=3,
        max_words=200,
        help_text=_("It helps us plan. Programme staff can read it."),
    )
    reveals = {"answer": {"decline": ["reason"]}}


class OfferPlaceForm(ReasonForm):
    submit_label = _("Offer the place")


class NotSelectedForm(BatonForm):
    submit_label = _("Send to everyone ticked")
    applications = forms.MultipleChoiceField(
        label=_("Who gets this letter"), error_messages={"required": _("Choose at least one application")}
    )
    feedback = LongTextField(
        label=_("Feedback for the others"),
        rows=9,
        max_words=400,
        initial=FEEDBACK_TEMPLATE,
        required=False,
        help_text=_("For those without feedback of their own. Whoever has a draft is sent that."),
    )
    reason = LongTextField(
        label=_("Reason for the record"),
        rows=2,
        max_words=100,
        help_text=_("For staff and auditors, not part of the letter."),
        error_messages={"required": _("Give a reason for the record")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applications"].choices = choices  # type: ignore[attr-defined]


class OfferOverForm(ReasonForm):
    """How many places over the cohort's number are offered at first."""

    submit_label = _("Save")

    def __init__(self, *args: Any, tolerance: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields.pop("reason")
        self.fields["over"] = forms.IntegerField(
            label=_("Places to offer over the cohort’s number"),
            min_value=0,
            max_value=tolerance,
            error_messages={"required": _("Enter how many places to offer over the cohort’s number")},
            help_text=gettext("Up to %(n)d. When somebody declines, a reserve moves up only below the cohort’s number.")
            % {"n": tolerance},
        )
        self.fields["reason"] = reason
