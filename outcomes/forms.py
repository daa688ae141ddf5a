"""Clean input; what follows from it is the services'."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, Checkboxes, DayMonthYearField, LongTextField, Radios, SeenField, VersionField
from engine.moments import local_moment
from outcomes.models import DisclosureSetting, Domain, Indicator, IndicatorKind, Relation
from outcomes.starter import SCALE

CHOICES = [(str(value), label) for value, label in enumerate(SCALE, start=1)]


def end_of_day(data: dict[str, Any]) -> datetime:
    """The last minute of the day that people are told."""
    return local_moment(data["closes_on"], time(23, 59), field="closes_on")


class SurveyCreateForm(BatonForm):
    cohort = forms.ModelChoiceField(
        label=_("Cohort"), queryset=None, empty_label=_("Choose a cohort"), to_field_name="public_id"
    )
    name = forms.CharField(
        label=_("Name of the survey"),
        max_length=120,
        initial=_("Where I am now"),
        help_text=_("Participants see this name, before and after"),
    )
    submit_label = _("Set up the survey")

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]


class SurveyEditForm(BatonForm):
    name = forms.CharField(label=_("Name of the survey"), max_length=120)
    confidence = LongTextField(label=_("Confidence"), required=False, rows=6, help_text=_("One statement a line"))
    skills = LongTextField(label=_("Skills"), required=False, rows=6, help_text=_("One statement a line"))
    relationships = LongTextField(label=_("Relationships"), required=False, rows=6, help_text=_("One statement a line"))
    version = VersionField()
    mark_optional = False

    @staticmethod
    def lines(indicators: Iterable[Indicator]) -> dict[str, str]:
        texts: dict[str, list[str]] = {domain: [] for domain in Domain.values}
        for indicator in indicators:
            texts[indicator.domain].append(indicator.text)
        return {domain: "\n".join(lines) for domain, lines in texts.items()}

    def indicators(self) -> dict[str, list[str]]:
        return {domain: self.cleaned_data[domain].splitlines() for domain in Domain.values}


class KindsForm(BatonForm):
    """A choice for each statement, by its public id."""

    submit_label = _("Save")
    mark_optional = False

    seen = SeenField()

    def __init__(self, *args: Any, indicators: Iterable[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for indicator in indicators:
            self.fields[indicator.public_id] = forms.ChoiceField(
                label=indicator.text, choices=[("", _("Not said")), *IndicatorKind.choices], required=False
            )
        self.order_fields([*(name for name in self.fields if name != "seen"), "seen"])


class WaveForm(BatonForm):
    closes_on = DayMonthYearField(
        label=_("Last day to answer"), what=_("The last day to answer"), help_text=_("For example, 27 3 2026")
    )

    def clean_closes_on(self) -> Any:
        day = self.cleaned_data["closes_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("The last day to answer must be today or later"))
        return day


class WaveOpenForm(WaveForm):
    submit_label = _("Ask people to answer")


class RatingForm(BatonForm):
    """The statements of one domain, each rated on the same five answers; fields are named by public id."""

    def __init__(self, *args: Any, indicators: Iterable[Indicator], submit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = submit
        for indicator in indicators:
            self.fields[indicator.public_id] = forms.ChoiceField(
                label=indicator.text,
                choices=CHOICES,
                widget=Radios(small=True),
                error_messages={"required": _("Choose an answer to “%(text)s”") % {"text": indicator.text}},
            )

    def ratings(self) -> dict[str, int]:
        return {key: int(value) for key, value in self.cleaned_data.items()}


class NoteForm(BatonForm):
    note = LongTextField(
        label=_("A note to yourself"),
        required=False,
        max_words=500,
        rows=6,
        help_text=_("What you’d like to remember when you look at your answers again. Nobody else can ever read it."),
    )

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs["data-baton-draft"] = draft


class DisclosureForm(BatonForm):
    min_count = forms.IntegerField(label=_("Fewest people behind a number of people"))
    min_mean = forms.IntegerField(label=_("Fewest people behind an average"))
    min_breakdown = forms.IntegerField(label=_("Fewest answers from a group, such as a sector"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            least = DisclosureSetting._meta.get_field(name).default  # type: ignore[union-attr]
            field.help_text = _("At least %(least)d") % {"least": least}


class NarrativeForm(BatonForm):
    narrative = LongTextField(
        label=_("Introduction to the report"),
        required=False,
        max_words=1000,
        rows=12,
        help_text=_(
            "What the reader should know before the figures: what was hoped for, what happened, what was learned."
        ),
    )
    version = VersionField()
    mark_optional = False


class NetworkOpenForm(WaveForm):
    purpose = LongTextField(
        label=_("What the answers are for"),
        max_words=120,
        rows=4,
        help_text=_("Everybody who is asked reads this first"),
        initial=_(
            "To see whether people on the programme get to know each other across organisations, and keep it up."
        ),
    )
    submit_label = _("Ask people to answer")
    field_order = ("purpose", "closes_on")


class TiesForm(BatonForm):
    """For each person on the page, by public id, the relations in which they're named; `shown` says whom the page had."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=2000, required=False, label=_("People shown"))

    def __init__(self, *args: Any, people: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        for key in self.people:
            self.fields[key] = forms.MultipleChoiceField(
                label=_("In the last 3 months"), choices=Relation.choices, required=False, widget=Checkboxes()
            )

    def named(self) -> dict[str, list[str]]:
        return {key: self.cleaned_data[key] for key in self.people}
