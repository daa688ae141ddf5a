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
from tenancy.models import SeniorityBand


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
    decision_scope = LongTextField(
        label=_("What they decide in their jobs"),
        required=False,
        max_words=150,
        rows=4,
        help_text=_(
            "Published too. For example “a budget of at least £1 million, or a service that other bodies depend on”."
        ),
    )
    highest_band = forms.ModelChoiceField(
        label=_("Most senior band it’s for"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label=_("No limit"),
        help_text=_(
            "Applicants choose their band. Outside these, staff check whether they’re eligible: nobody is refused by the form."
        ),
    )
    lowest_band = forms.ModelChoiceField(
        label=_("Least senior band it’s for"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label=_("No limit"),
    )
    late_until = DayMonthYearField(
        label=_("Late applications until"),
        required=False,
        what=_("The end of the late window"),
        help_text=_(
            "What was begun by the closing date can be sent until 11:59pm on this day. It’s marked as late, and you decide whether it "
            "counts. Leave empty for no late window."
        ),
    )
    nominate_by = DayMonthYearField(
        label=_("Senior leaders nominate until"),
        required=False,
        what=_("The last day of nominations"),
        help_text=_(
            "They can nominate until 11:59pm on this day. Leave empty if they can for as long as applications are open."
        ),
    )
    tolerance = forms.IntegerField(
        label=_("Places you may offer over the cohort’s number"),
        min_value=0,
        max_value=50,
        initial=0,
        required=False,
        help_text=_("For those who decline. With a cohort of 50, a tolerance of 3 lets you offer 53 places."),
    )
    assessors_per_application = forms.IntegerField(
        label=_("Assessors for each application"),
        min_value=1,
        max_value=5,
        initial=3,
        error_messages={"required": _("Enter how many assessors each application has")},
        help_text=_(
            "Each scores alone. A third makes the order surer than any correction could; two is the least that shows a disagreement."
        ),
    )
    blind = forms.BooleanField(
        label=_("Hide names and organisations from assessors"),
        required=False,
        initial=True,
    )
    offer_days = forms.IntegerField(
        label=_("Working days to answer an offer"),
        min_value=1,
        max_value=60,
        initial=10,
        error_messages={"required": _("Enter how many working days people have to answer an offer")},
    )
    reserve_length = forms.IntegerField(
        label=_("People on the reserve list"),
        min_value=0,
        max_value=200,
        initial=10,
        error_messages={"required": _("Enter how many people may be on the reserve list")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("highest_band", "lowest_band"):
            self.fields[name].queryset = SeniorityBand.objects.all()  # type: ignore[attr-defined]

    def clean_tolerance(self) -> int:
        return self.cleaned_data["tolerance"] or 0


# What is no longer changed once the round is open.
FIXED = (
    "audience",
    "decision_scope",
    "highest_band",
    "lowest_band",
    "assessors_per_application",
    "blind",
    "offer_days",
    "reserve_length",
)


class RoundSetUpForm(RoundCreateForm):
    """And which framework to begin from, where one has been published."""

    source = forms.ChoiceField(
        label=_("Begin its criteria and questions from"),
        error_messages={"required": _("Choose what its criteria and questions begin from")},
    )

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
    """Once the round is open, only dates and the tolerance are left to change."""

    version = VersionField()

    def __init__(self, *args: Any, round: SelectionRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if round.state != RoundState.DRAFT:
            for name in FIXED:
                del self.fields[name]
