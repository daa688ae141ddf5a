"""Forms of pledges."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models.pledge import Outcome, SignedAs
from engine.forms import BatonForm, DayMonthYearField, Radios, VersionField


class PledgeForm(BatonForm):
    submit_label = _("Save my pledge")

    what = forms.CharField(
        label=_("What one thing will you do?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Small enough that you’ll know whether you did it. Name nobody who hasn’t said they’d like that."),
        error_messages={"required": _("Say what you’ll do")},
    )
    by_on = DayMonthYearField(label=_("By when?"), what=_("The day"), error_messages={"required": _("Enter the day")})
    audience = forms.ChoiceField(
        label=_("Who may see it, and what came of it?"),
        widget=Radios,
        error_messages={"required": _("Choose who may see it")},
    )
    signs = forms.ChoiceField(
        label=_("What stands under it where others see it?"),
        choices=SignedAs.choices,
        initial=SignedAs.NAME,
        widget=Radios,
        error_messages={"required": _("Choose what stands under it")},
    )
    version = VersionField()

    def __init__(self, *args: Any, audiences: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = audiences  # type: ignore[attr-defined]


class PledgeOutcomeForm(BatonForm):
    submit_label = _("Save")

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=[(o.value, o.label) for o in Outcome if o != Outcome.OPEN],
        widget=Radios,
        error_messages={"required": _("Choose what came of it")},
    )
    came_of_it = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever sees the pledge reads it. That it didn’t work is worth as much."),
    )
    version = VersionField()


class PledgeHideForm(BatonForm):
    submit_label = _("Hide it")

    reason = forms.CharField(
        label=_("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever made it reads it."),
        error_messages={"required": _("Say why")},
    )
