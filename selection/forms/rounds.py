"""Forms of staff who prepare a round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, DayMonthYearField, LongTextField, VersionField
from selection.forms.frameworks import STANDARD, source_choices
from selection.models import SelectionFramework, SelectionRound
from selection.states import RoundState


class RoundCreateForm(BatonForm):
    """The round's dates and its rules."""

    submit_label = _("Save the round")
    opens_on = DayMonthYearField(
        label=_("Applications open on"),
        error_messages={"required": _("Enter the day applications open")},
        what=_("The opening date"),
        help_text=_("For example, 12 1 2026"),
    )
    closes_on = DayMonthYearField(
        label=_("Applications close on"),
        error_messages={"required": _("Enter the day applications close")},
        what=_("The closing date"),
        help_text=_("They close at 11:59pm on this day"),
    )
    endorse_by = DayMonthYearField(
        label=_("Endorsers answer by"),
        error_messages={"required": _("Enter the day endorsers answer by")},
        what=_("The date for endorsers"),
    )
    score_by = DayMonthYearField(
        label=_("Assessors finish by"),
        error_messages={"required": _("Enter the day assessors finish by")},
        what=_("The date for assessors"),
    )
    audience = LongTextField(
        label=_("Who it’s for"),
        required=False,
        max_words=150,
        rows=4,
        help_text=_("Published with the round. Say what people decide in their jobs, not their grade."),
    )
    assessors_per_application = forms.IntegerField(
        label=_("Assessors for each application"),
        min_value=1,
        max_value=5,
        initial=2,
        help_text=_("Each scores alone. Two is the least that shows a disagreement."),
    )
    blind = forms.BooleanField(
        label=_("Hide names and organisations from assessors"),
        required=False,
        initial=True,
    )
    offer_days = forms.IntegerField(label=_("Working days to answer an offer"), min_value=1, max_value=60, initial=10)
    reserve_length = forms.IntegerField(label=_("People on the reserve list"), min_value=0, max_value=200, initial=10)


class RoundSetUpForm(RoundCreateForm):
    """And which framework to begin from, where one has been published."""

    source = forms.ChoiceField(label=_("Begin its criteria and questions from"))

    def __init__(self, *args: Any, frameworks: Sequence[SelectionFramework], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frameworks = {f.public_id: f for f in frameworks}
        field = self.fields["source"]
        field.choices = source_choices(frameworks)  # type: ignore[attr-defined]
        field.initial = next(iter(self.frameworks), STANDARD)
        if not self.frameworks:
            del self.fields["source"]

    def clean_source(self) -> SelectionFramework | None:
        return self.frameworks.get(self.cleaned_data["source"])


class RoundEditForm(RoundCreateForm):
    """Once the round is open, only dates are left to change."""

    version = VersionField()

    def __init__(self, *args: Any, round: SelectionRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if round.state != RoundState.DRAFT:
            for name in ("audience", "assessors_per_application", "blind", "offer_days", "reserve_length"):
                del self.fields[name]
