"""Forms of the engagement signal. None asks why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.engagement import Limits
from engine.forms import BatonForm, DayMonthYearField, LongTextField, Radios, VersionField

STAFF = "staff"


def number(label: Any, help_text: Any, wanted: Any, *, least: int = 0, most: int = 12) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=most,
        error_messages={"required": wanted, "invalid": wanted},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
    )


class LimitsForm(BatonForm):
    submit_label = _("Save")
    mark_optional = False

    watches = forms.BooleanField(
        label=_("Notice when somebody may need a word"),
        required=False,
        help_text=_("Without it nobody is asked anything, and nothing is worked out."),
    )
    missed = number(
        _("Events missed in a row"),
        _("From so many it’s a plain sign. 0: events don’t count."),
        _("Enter how many events"),
    )
    actions = number(
        _("Actions that wait a week past their day"),
        _("From so many it’s a plain sign. 0: actions don’t count."),
        _("Enter how many actions"),
    )
    quiet_days = number(
        _("Days without a reflection"),
        _("Never more than a faint sign. What anybody writes is never looked at. 0: this doesn’t count."),
        _("Enter how many days without a reflection"),
        most=366,
    )
    facilitator_after = number(
        _("Days until the facilitator is asked"),
        _("Before, only the person themselves sees it."),
        _("Enter the number of days until the facilitator is asked"),
        least=1,
        most=60,
    )
    staff_after = number(
        _("Days from then until staff are"),
        _("Counted anew when the facilitator has spoken."),
        _("Enter the number of days until staff are asked"),
        least=7,
        most=120,
    )
    version = VersionField()

    @staticmethod
    def initial_for(limits: Limits, version: int) -> dict[str, Any]:
        return {**vars(limits), "version": version}


class PauseForm(BatonForm):
    submit_label = _("Pause until then")
    heading_field = ""

    until = DayMonthYearField(
        label=_("Until and including which day?"),
        what=_("The day"),
        error_messages={"required": _("Enter a day")},
        help_text=_("Nobody is asked why. What is missed meanwhile doesn’t count."),
    )


class DayJobForm(BatonForm):
    submit_label = _("Send")
    mark_optional = False

    to = forms.ChoiceField(label=_("To whom?"), widget=Radios, error_messages={"required": _("Say to whom you write")})
    body = LongTextField(
        label=_("What do you want to say?"),
        help_text=_(
            "In your own words. For example what gets in the way, and what would help: a day, cover, a word with somebody."
        ),
        max_length=3000,
        rows=8,
        error_messages={"required": _("Write what you want to say")},
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [*people, (STAFF, _("Programme staff"))]  # type: ignore[attr-defined]
