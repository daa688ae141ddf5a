"""Forms of events, apologies and registers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Attendance, Event, EventKind, EventTask
from engine.forms import BatonForm, ClockTimeField, DayMonthYearField, VersionField
from tenancy.models import Person


def short_box() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "govuk-input--width-5"})


class EventFields(BatonForm):
    kind = forms.ChoiceField(
        label=_("Kind"),
        error_messages={"required": _("Choose a kind of event")},
        choices=[("", _("Choose a kind")), *EventKind.choices],
    )
    title = forms.CharField(label=_("Title"), error_messages={"required": _("Enter a title")}, max_length=120)
    learning_set = forms.ModelChoiceField(
        label=_("Who it is for"), queryset=None, required=False, empty_label=_("Everyone in the cohort")
    )
    day = DayMonthYearField(label=_("Date"), error_messages={"required": _("Enter a date")}, what=_("The date"))
    starts = ClockTimeField(
        label=_("Starts at"),
        error_messages={"required": _("Enter a start time")},
        help_text=_("For example, 9:30am"),
        widget=short_box(),
    )
    ends = ClockTimeField(label=_("Ends at"), error_messages={"required": _("Enter an end time")}, widget=short_box())
    last_day = DayMonthYearField(
        label=_("Last day"), what=_("The last day"), required=False, help_text=_("Only if it ends on another day")
    )
    venue = forms.ModelChoiceField(
        label=_("Venue"), queryset=None, required=False, empty_label=_("None of the list, or online")
    )
    place = forms.CharField(
        label=_("Room or place"),
        max_length=200,
        required=False,
        help_text=_("The room at the venue, or a place that isn’t on the list"),
    )
    join_url = forms.URLField(
        label=_("Join link"), required=False, max_length=500, assume_scheme="https", help_text=_("Starts with https://")
    )
    capacity = forms.IntegerField(
        label=_("Places in all"),
        required=False,
        min_value=1,
        max_value=5000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
        help_text=_("Only if there isn’t room for everybody. Guests then get what the cohort leaves free, or wait."),
    )
    summary = forms.CharField(
        label=_("What to know beforehand"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    owner = forms.ModelChoiceField(
        label=_("Who keeps the register"), queryset=None, required=False, empty_label=_("Me")
    )
    tell = forms.BooleanField(
        label=_("Tell everyone expected, with an entry for their calendar"), required=False, initial=True
    )

    def __init__(self, *args: Any, sets: Any, keepers: Any, venues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["learning_set"].queryset = sets  # type: ignore[attr-defined]
        self.fields["owner"].queryset = keepers  # type: ignore[attr-defined]
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(event: Event) -> dict[str, Any]:
        starts, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
        names = (
            "kind",
            "title",
            "learning_set",
            "venue",
            "place",
            "join_url",
            "capacity",
            "summary",
            "owner",
            "version",
        )
        return {
            **{name: getattr(event, name) for name in names},
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "last_day": ends.date() if ends.date() != starts.date() else None,
            "tell": True,
        }


class EventCreateForm(EventFields):
    submit_label = _("Create event")


class EventEditForm(EventFields):
    submit_label = _("Save event")

    version = VersionField()
    place_confirmed = forms.BooleanField(
        label=_("The place is booked, or the link works"),
        required=False,
        help_text=_("It was taken over from an earlier cohort. Until you tick this, it’s shown as to be confirmed."),
    )

    def __init__(self, *args: Any, confirmed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if confirmed:
            # What is settled once stays so.
            del self.fields["place_confirmed"]
        # Whom an event is for stays: people have it in their calendars, and apologies hang on it.
        del self.fields["learning_set"]


class ReasonForm(BatonForm):
    """One reason for one step; the page says for which."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)

    def __init__(self, *args: Any, submit: Any = "", label: Any = "", hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = submit or self.submit_label
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = hint


class ConfirmForm(BatonForm):
    """Nothing to fill in: a page that says what will happen, and a button."""

    def __init__(self, *args: Any, submit: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = submit or self.submit_label


class ApologiesForm(BatonForm):
    submit_label = _("Send apologies")

    note = forms.CharField(
        label=_("A note to the organisers"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("You don’t have to give a reason."),
    )


class CheckInForm(BatonForm):
    submit_label = _("I’m here")

    code = forms.CharField(
        label=_("Code on the screen"),
        error_messages={"required": _("Enter the code on the screen")},
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "govuk-input--width-10",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class EventTaskForm(BatonForm):
    timing = forms.ChoiceField(
        label=_("When is it to be done?"),
        choices=EventTask.Timing.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose when it is to be done")},
        help_text=_("Before: by the start of the event. After: within two weeks of its end."),
    )
    title = forms.CharField(
        label=_("What to do"),
        max_length=120,
        error_messages={"required": _("Say in a few words what to do")},
        help_text=_("For example, ‘Read the two-page case and bring one question’"),
    )
    text = forms.CharField(
        label=_("More about it"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    url = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https", help_text=_("Starts with https://")
    )


class EventTaskEditForm(EventTaskForm):
    version = VersionField()


def by_person(form: forms.Form, prefix: str) -> dict[str, Any]:
    """What a form with a field for each person says, by their public ids."""
    return {name.removeprefix(prefix): value for name, value in form.cleaned_data.items() if name.startswith(prefix)}


class RegisterForm(forms.Form):
    """One field per person expected, named by public id; the page renders the rows itself, so fifty stay light."""

    version = VersionField()
    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for person in people:
            self.fields[f"p_{person.public_id}"] = forms.ChoiceField(
                label=person.name,
                choices=Attendance.State.choices,
                error_messages={"required": _("Mark %(name)s") % {"name": person.name}},
            )

    def marks(self) -> dict[str, str]:
        return by_person(self, "p_")
