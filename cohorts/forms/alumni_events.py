"""Forms of events for alumni, of co-design, and of learning onward."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cohorts.forms.events import short_box
from cohorts.forms.vetoes import PeopleField
from cohorts.models import EventOpening, OnwardStep
from cohorts.models.co_design import CoDesignInvitation
from engine.dates import uk_date
from engine.forms import BatonForm, Checkboxes, ClockTimeField, DayMonthYearField, LongTextField, Radios, VersionField
from tenancy.models import Person


class OfCohortField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def of_cohort_field() -> OfCohortField:
    return OfCohortField(
        label=_("Alumni of"), queryset=None, required=False, to_field_name="public_id", empty_label=_("Every cohort")
    )


class EventOpenForm(BatonForm):
    submit_label = _("Open it to alumni")

    of_cohort = of_cohort_field()

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of_cohort"].queryset = cohorts  # type: ignore[attr-defined]


class AlumniEventForm(BatonForm):
    submit_label = _("Plan it and tell them")

    title = forms.CharField(label=_("Title"), error_messages={"required": _("Enter a title")}, max_length=120)
    of_cohort = of_cohort_field()
    group = forms.ModelChoiceField(
        label=_("Only for a group"),
        queryset=None,
        required=False,
        to_field_name="public_id",
        empty_label=_("No, for all of them"),
    )
    day = DayMonthYearField(label=_("Date"), error_messages={"required": _("Enter a date")}, what=_("The date"))
    starts = ClockTimeField(
        label=_("Starts at"),
        error_messages={"required": _("Enter a start time")},
        help_text=_("For example, 9:30am"),
        widget=short_box(),
    )
    ends = ClockTimeField(label=_("Ends at"), error_messages={"required": _("Enter an end time")}, widget=short_box())
    join_url = forms.URLField(
        label=_("Join link"), required=False, max_length=500, assume_scheme="https", help_text=_("Starts with https://")
    )
    venue = forms.ModelChoiceField(
        label=_("Venue"), queryset=None, required=False, empty_label=_("None of the list, or online")
    )
    place = forms.CharField(label=_("Room or place"), max_length=200, required=False)
    capacity = forms.IntegerField(
        label=_("Places in all"),
        required=False,
        min_value=1,
        max_value=5000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
        help_text=_("Only if there isn’t room for everybody. Whoever comes later waits in turn."),
    )
    summary = forms.CharField(
        label=_("What to know beforehand"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, cohorts: Any, venues: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["of_cohort"].queryset = cohorts  # type: ignore[attr-defined]
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]


class RecordingForm(BatonForm):
    submit_label = _("Save")

    recording_url = forms.URLField(
        label=_("Where can the recording be watched?"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Starts with https://. Empty it to take the recording away."),
    )
    recording_for = forms.ChoiceField(
        label=_("Who may watch it?"),
        choices=EventOpening.RecordingFor.choices,
        widget=Radios,
        error_messages={"required": _("Choose who may watch it")},
    )
    version = VersionField()


class AlumniPeopleField(PeopleField):
    """Alumni with how often they have been asked lately."""

    def label_from_instance(self, obj: Any) -> str:
        asked = str(_("not asked in a year"))
        if obj.asked == 1:
            asked = _("asked once in a year, on %(day)s") % {"day": uk_date(obj.asked_last)}
        elif obj.asked:
            asked = _("asked %(n)d times in a year, last on %(day)s") % {"n": obj.asked, "day": uk_date(obj.asked_last)}
        return f"{super().label_from_instance(obj)} ({asked})"


def people_field(people: QuerySet[Person]) -> AlumniPeopleField:
    return AlumniPeopleField(
        label=_("Whom do you ask?"),
        queryset=people,
        to_field_name="public_id",
        widget=Checkboxes(small=True),
        error_messages={"required": _("Choose whom to ask")},
    )


class CoDesignForm(BatonForm):
    submit_label = _("Ask them")

    title = forms.CharField(
        label=_("What is it about?"), error_messages={"required": _("Say what it’s about")}, max_length=120
    )
    body = forms.CharField(
        label=_("What would you like to know?"),
        error_messages={"required": _("Say what you’d like to know")},
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    answer_by = DayMonthYearField(
        label=_("Until when can they answer?"), what=_("The day"), error_messages={"required": _("Enter a day")}
    )
    day = DayMonthYearField(
        label=_("Day of the session"),
        what=_("The day of the session"),
        required=False,
        help_text=_("Only if you’d like them to come. Leave it empty to ask for a view."),
    )
    starts = ClockTimeField(label=_("Starts at"), required=False, widget=short_box())
    ends = ClockTimeField(label=_("Ends at"), required=False, widget=short_box())
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    join_url = forms.URLField(
        label=_("Join link"), required=False, max_length=500, assume_scheme="https", help_text=_("Starts with https://")
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"] = people_field(people)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day"):
            for name, words in (("starts", _("Enter a start time")), ("ends", _("Enter an end time"))):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return data


class CoDesignMoreForm(BatonForm):
    submit_label = _("Ask them too")

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"] = people_field(people)


class CoDesignCloseForm(BatonForm):
    submit_label = _("Close it and tell them")

    came_of_it = forms.CharField(
        label=_("What came of it?"),
        error_messages={"required": _("Say what came of it")},
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Everybody who answered reads it."),
    )


class CoDesignAnswerForm(BatonForm):
    submit_label = _("Send my answer")
    mark_optional = False

    answer = forms.ChoiceField(
        label=_("Will you?"),
        choices=((CoDesignInvitation.Answer.YES, _("Yes")), (CoDesignInvitation.Answer.NO, _("No, not this time"))),
        widget=Radios,
        error_messages={"required": _("Say yes or no")},
    )
    words = forms.CharField(
        label=_("What you’d like to say"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Staff of the programme read it. You can leave it empty."),
    )

    def __init__(self, *args: Any, session: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = _("Will you come?") if session else _("Do you want to give a view?")


class OnwardStepForm(BatonForm):
    submit_label = _("Save")

    what = forms.CharField(
        label=_("What will you do?"), max_length=160, error_messages={"required": _("Say what you’ll do")}
    )
    way = forms.ChoiceField(
        label=_("What is it?"),
        choices=OnwardStep.Way.choices,
        widget=Radios,
        error_messages={"required": _("Choose what it is")},
    )
    due_on = DayMonthYearField(label=_("By when?"), what=_("The day"), required=False)
    goal = forms.ModelChoiceField(
        label=_("Which goal of your development plan does it help?"),
        queryset=None,
        required=False,
        to_field_name="public_id",
        empty_label=_("None in particular"),
    )
    version = VersionField()

    def __init__(self, *args: Any, goals: Any, draft: str, there: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goal"].queryset = goals  # type: ignore[attr-defined]
        self.fields["goal"].label_from_instance = lambda row: row.better_at  # type: ignore[attr-defined]
        if there:
            self.fields["done"] = forms.BooleanField(label=_("I’ve done it"), required=False)
            self.fields["learned"] = LongTextField(
                label=_("What did you take from it?"), rows=4, required=False, max_length=4000, draft=draft
            )
