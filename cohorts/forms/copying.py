"""Forms of a cohort made from another, and of a programme's closed days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cohorts.selectors.copying import CopyPlan
from engine.forms import BatonForm, DayMonthYearField, SeenField


class CohortCopyForm(BatonForm):
    submit_label = _("Show the dates")

    first_day = DayMonthYearField(
        label=_("First day of the new cohort"),
        error_messages={"required": _("Enter the first day")},
        what=_("The first day"),
        min_year=2000,
        help_text=_("Nothing is written yet: the next page shows every date, and why it is that one."),
    )


class CohortCopyDatesForm(BatonForm):
    """The new cohort's frame, and for each event whether it goes along and on which day; the page renders the rows itself."""

    name = forms.CharField(
        label=_("Name"),
        error_messages={"required": _("Enter a name for the cohort")},
        max_length=80,
        help_text=_("For example, Cohort 2 or Autumn 2027"),
    )
    places = forms.IntegerField(
        label=_("Places"),
        error_messages={"required": _("Enter how many places there are")},
        min_value=1,
        max_value=1000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
    )
    ends_on = DayMonthYearField(
        label=_("Last day"), error_messages={"required": _("Enter the last day")}, what=_("The last day")
    )
    closed_days_meant = forms.BooleanField(
        label=_("I mean the days that are closed: weekends, bank holidays and the programme’s own"), required=False
    )
    seen = SeenField()

    def __init__(self, *args: Any, plan: CopyPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        for line in plan.lines:
            key, title = line.event.public_id, line.event.title
            self.fields[f"copy_{key}"] = forms.BooleanField(label=_("Take it along"), required=False, initial=True)
            self.fields[f"day_{key}"] = DayMonthYearField(
                label=_now("New date of %(title)s") % {"title": title},
                what=_now("The date of “%(title)s”") % {"title": title},
                required=False,
                min_year=2000,
                initial=line.moved.day,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for line in self.plan.lines:
            key = line.event.public_id
            if data.get(f"copy_{key}") and not data.get(f"day_{key}") and f"day_{key}" not in self.errors:
                self.add_error(f"day_{key}", _("Enter a date for “%(title)s”") % {"title": line.event.title})
        return data

    def days(self) -> dict[str, Any]:
        """The new day of each event that goes along, by public id."""
        data, keys = self.cleaned_data, [line.event.public_id for line in self.plan.lines]
        return {key: data[f"day_{key}"] for key in keys if data[f"copy_{key}"]}


class ClosedDaysForm(BatonForm):
    submit_label = _("Add closed days")

    name = forms.CharField(
        label=_("Why nothing is planned"),
        error_messages={"required": _("Say why nothing is planned")},
        max_length=80,
        help_text=_("For example, Christmas or half term"),
    )
    first_day = DayMonthYearField(
        label=_("First day"), error_messages={"required": _("Enter the first day")}, what=_("The first day")
    )
    last_day = DayMonthYearField(
        label=_("Last day"), what=_("The last day"), required=False, help_text=_("Leave empty for a single day")
    )
    every_year = forms.BooleanField(label=_("The same days each year"), required=False)


class OpenCohortForm(BatonForm):
    """Opens a cohort; while something is missing it asks why it opens all the same."""

    submit_label = _("Open the cohort")

    reason = forms.CharField(
        label=_("Why it opens all the same"),
        error_messages={"required": _("Say why it opens although something is missing")},
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the cohort’s history."),
    )

    def __init__(self, *args: Any, lacking: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not lacking:
            del self.fields["reason"]
