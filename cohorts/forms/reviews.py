from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Lesson
from engine.forms import BatonForm, DayMonthYearField, LongTextField, Radios, VersionField
from tenancy.models import Person


class ReviewForm(BatonForm):
    submit_label = _("Write it down")

    held_on = DayMonthYearField(
        label=_("When did you hold it?"), what=_("The day"), error_messages={"required": _("Enter a day")}
    )
    summary = LongTextField(
        label=_("Who took part, and what stood out?"),
        help_text=_("A few sentences. What you learn and change goes line by line on the next page."),
        max_length=2000,
        rows=5,
        required=False,
    )


class ReviewWordsForm(BatonForm):
    submit_label = _("Save")
    mark_optional = False

    summary = LongTextField(label=_("Who took part, and what stood out?"), max_length=2000, rows=5, required=False)
    version = VersionField()


class LessonForm(BatonForm):
    submit_label = _("Add to the log")

    learned = forms.CharField(
        label=_("What do we learn?"), max_length=300, error_messages={"required": _("Say what you learn")}
    )
    change = forms.CharField(
        label=_("What do we change?"), max_length=300, error_messages={"required": _("Say what you change")}
    )
    owner = forms.ChoiceField(label=_("Who sees to it?"), error_messages={"required": _("Choose who sees to it")})
    due_on = DayMonthYearField(label=_("By when?"), what=_("The day"), error_messages={"required": _("Enter a day")})

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.public_id: person for person in people}
        self.fields["owner"].choices = [("", _("Choose somebody")), *((k, p.name) for k, p in self.people.items())]  # type: ignore[attr-defined]

    def clean_owner(self) -> Person:
        return self.people[self.cleaned_data["owner"]]


class LessonAnswerForm(BatonForm):
    submit_label = _("Save")

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=Lesson.Outcome.choices,
        widget=Radios,
        error_messages={"required": _("Choose what came of it")},
    )
    note = LongTextField(label=_("In a few words"), max_length=1000, rows=4, required=False)
