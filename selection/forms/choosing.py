"""Forms of moderation, choosing and offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, LongTextField, Radios, VersionField
from selection.forms.assessment import ReasonForm
from selection.selectors.what_if import Limits
from tenancy.words import Words

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


def number_of_places(label: Words, whose: Words, least: int, most: int) -> forms.IntegerField:
    """A box for a limit, which may stay empty."""
    wrong = gettext("%(whose)s: enter a whole number from %(least)d to %(most)d") % {
        "whose": whose,
        "least": least,
        "most": most,
    }
    errors = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most, error_messages=errors)


class WhatIfForm(BatonForm):
    """Floors and ceilings to try out: of each sector, and the most from one organisation. Empty boxes ask for nothing."""

    def __init__(self, *args: Any, sectors: Sequence[tuple[int, str]], places: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sectors = list(sectors)
        for pk, name in self.sectors:
            for kind, label in (("floor", _("%(sector)s, at least")), ("ceiling", _("%(sector)s, at most"))):
                self.fields[f"{kind}_{pk}"] = number_of_places(label % {"sector": name}, name, 0, places)
        self.fields["organisation"] = number_of_places(
            _("From any one organisation, at most"), _("Any one organisation"), 1, places
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for pk, name in self.sectors:
            floor, ceiling = data.get(f"floor_{pk}"), data.get(f"ceiling_{pk}")
            if floor is not None and ceiling is not None and floor > ceiling:
                self.add_error(
                    f"ceiling_{pk}",
                    _("The most of %(sector)s can’t be fewer than the least") % {"sector": name},
                )
        return data

    def limits(self) -> Limits:
        data = self.cleaned_data
        return Limits(
            floors={pk: data[f"floor_{pk}"] for pk, _name in self.sectors if data.get(f"floor_{pk}")},
            ceilings={pk: data[f"ceiling_{pk}"] for pk, _name in self.sectors if data.get(f"ceiling_{pk}") is not None},
            each_organisation=data.get("organisation"),
        )

    def rows(self) -> list[dict[str, Any]]:
        """A line of the page's table for each sector: its name and two bound boxes."""
        return [
            {"name": name, "floor": self[f"floor_{pk}"], "ceiling": self[f"ceiling_{pk}"]} for pk, name in self.sectors
        ]
