"""Forms about one offer: more time, taking it back, deferring it, giving a place up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, DayMonthYearField, LongTextField, Radios, VersionField
from selection.forms.assessment import ReasonForm


class OfferExtendForm(BatonForm):
    submit_label = _("Give more time")
    version = VersionField()
    until = DayMonthYearField(
        label=_("New deadline"),
        what=_("The new deadline"),
        help_text=_("They can answer until 11:59pm on this day"),
        error_messages={"required": _("Enter the new deadline")},
    )
    reason = LongTextField(
        label=_("Why they need more time"),
        rows=3,
        max_words=100,
        help_text=_("Staff and auditors can read this. The applicant is told the new date only."),
        error_messages={"required": _("Give a reason")},
    )


class OfferWithdrawForm(BatonForm):
    submit_label = _("Withdraw the offer")
    warning = True
    reason = LongTextField(
        label=_("Why the offer is withdrawn"),
        rows=4,
        max_words=150,
        help_text=_("The applicant will read this, in the message and on their page."),
        error_messages={"required": _("Say why the offer is withdrawn")},
    )
    confirm = forms.BooleanField(
        label=_("I understand that they’re told at once and the place goes to the reserve list"),
        error_messages={"required": _("Confirm that you want to withdraw this offer")},
    )


class OfferDeferForm(BatonForm):
    submit_label = _("Ask to defer")
    wish = LongTextField(
        label=_("Why you’d like to take the place later"),
        rows=4,
        max_words=200,
        help_text=_("Say when you could take part. The programme team reads this and decides."),
        error_messages={"required": _("Say why you’d like to defer")},
    )


class OfferGiveUpForm(BatonForm):
    submit_label = _("Give up my place")
    warning = True
    reason = LongTextField(
        label=_("Why you can’t come"),
        required=False,
        rows=3,
        max_words=200,
        help_text=_("It helps us plan. Programme staff can read it."),
    )


class DeferralDecideForm(BatonForm):
    submit_label = _("Send the decision")
    decision = forms.ChoiceField(
        label=_("Keep a place for them?"),
        choices=[
            ("agree", _("Yes, keep a place on a later cohort")),
            ("refuse", _("No, the offer stands for this cohort")),
        ],
        widget=Radios,
        error_messages={"required": _("Choose whether to keep a place")},
    )
    keep_until = DayMonthYearField(
        label=_("Keep it until"),
        required=False,
        what=_("The day until which it’s kept"),
        help_text=_("If no round has offered it by then, it ends and they’re told"),
    )
    reason = LongTextField(
        label=_("What you tell them"),
        rows=4,
        max_words=150,
        help_text=_("The applicant will read this with the decision."),
        error_messages={"required": _("Say why, for the applicant")},
    )
    reveals = {"decision": {"agree": ["keep_until"]}}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == "agree" and not data.get("keep_until") and "keep_until" not in self.errors:
            self.add_error("keep_until", _("Enter the day until which the place is kept"))
        return data


class DeferralGiveUpForm(BatonForm):
    """The applicant's own: staff use ReasonForm."""

    submit_label = _("Give up the place")
    warning = True
    reason = LongTextField(label=_("Why you can’t come"), required=False, rows=3, max_words=200)


class DeferralEndForm(ReasonForm):
    submit_label = _("End the kept place")
    warning = True


class KeptPlacesForm(BatonForm):
    submit_label = _("Offer the places ticked")
    deferrals = forms.MultipleChoiceField(
        label=_("Who is offered a place"), error_messages={"required": _("Choose at least one person")}
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deferrals"].choices = choices  # type: ignore[attr-defined]


class FeedbackEditForm(BatonForm):
    submit_label = _("Save the draft")
    version = VersionField()
    text = LongTextField(
        label=_("Feedback"),
        rows=16,
        max_words=600,
        help_text=_("The applicant reads exactly this once you’ve sent it. Nothing is sent by saving."),
        error_messages={"required": _("Write the feedback that the applicant will read")},
    )


class FeedbackSendForm(BatonForm):
    submit_label = _("Send to everyone ticked")
    applications = forms.MultipleChoiceField(
        label=_("Who is sent their feedback"), error_messages={"required": _("Choose at least one person")}
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applications"].choices = choices  # type: ignore[attr-defined]
