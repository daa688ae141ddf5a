"""Forms of staff who run an assessment centre."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from engine.forms import (
    BatonForm,
    Checkboxes,
    ClockTimeField,
    DayMonthYearField,
    LongTextField,
    Radios,
    VersionField,
)
from selection.forms.centre import CentreBookForm
from selection.models import CentreSlot, Criterion
from selection.services.centre import LEAST_WEIGHT, MOST_TIMES, MOST_WEIGHT
from tenancy.models import Person


def number_box() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"})


def number(
    label: Any, missing: Any, *, least: int, most: int, help_text: Any = "", **kwargs: Any
) -> forms.IntegerField:
    wrong = _("Enter a number from %(least)s to %(most)s") % {"least": least, "most": most}
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=number_box(),
        help_text=help_text,
        error_messages={"required": missing, "invalid": wrong, "min_value": wrong, "max_value": wrong},
        **kwargs,
    )


class CentreSetUpForm(BatonForm):
    submit_label = _("Save")

    places = number(
        _("How many people are seen?"),
        _("Say how many people are seen"),
        least=1,
        most=500,
        help_text=_("They’re proposed by rank, as the scores on paper have it. You decide who is called."),
    )
    weight = number(
        _("How much does it count for, in a hundred?"),
        _("Say how much it counts for"),
        least=LEAST_WEIGHT,
        most=MOST_WEIGHT,
        initial=40,
        help_text=_(
            "The rest is the paper’s. With 40, six parts in ten of the points are the assessors’ and four the observers’."
        ),
    )
    book_by = DayMonthYearField(
        label=_("Until when do people choose a time?"),
        error_messages={"required": _("Enter the last day for choosing a time")},
        what=_("The last day"),
        help_text=_("Until 11:59pm on this day. After that you give a time to whoever hasn’t chosen."),
    )


class CentreChangeForm(CentreSetUpForm):
    version = VersionField()

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        """`fixed`: booking is open, so what it counts for stays."""
        super().__init__(*args, **kwargs)
        if fixed:
            self.fields["weight"].disabled = True
            self.fields["weight"].help_text = _("Booking is open, so this can’t change any more.")


class ExerciseForm(BatonForm):
    submit_label = _("Save")

    name = forms.CharField(
        label=_("What do people do?"),
        max_length=120,
        help_text=_("For example “Interview”, “Group task” or “Presentation to a board”"),
        error_messages={"required": _("Say what people do")},
    )
    minutes = number(_("How many minutes does it take?"), _("Say how many minutes it takes"), least=5, most=240)
    together = forms.BooleanField(
        label=_("Everybody who comes at the same time does it together"),
        required=False,
        help_text=_("As at a group task: its observers watch all of them at once."),
    )
    criteria = forms.MultipleChoiceField(
        label=_("What is it evidence for?"),
        widget=Checkboxes(small=True),
        help_text=_("Observers give points for these criteria, and no others."),
        error_messages={"required": _("Choose what it is evidence for")},
    )
    told = LongTextField(
        label=_("What should people know beforehand?"),
        required=False,
        max_words=150,
        rows=4,
        help_text=_(
            "They read it where they choose their time. For example what to bring, or how much time there is to prepare."
        ),
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {c.public_id: c for c in criteria}
        self.fields["criteria"].choices = [(c.public_id, c.name) for c in criteria]  # type: ignore[attr-defined]

    def clean_criteria(self) -> list[Criterion]:
        return [self.by_id[key] for key in self.cleaned_data["criteria"]]


class ExerciseChangeForm(ExerciseForm):
    version = VersionField()


class CentreSlotCreateForm(BatonForm):
    submit_label = _("Add")

    day = DayMonthYearField(label=_("Date"), error_messages={"required": _("Enter a date")}, what=_("The date"))
    starts = ClockTimeField(
        label=_("The first time begins at"),
        error_messages={"required": _("Enter a start time")},
        help_text=_("For example, 9:30am"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    times = number(
        _("How many times, one after the other?"),
        _("Say how many times"),
        least=1,
        most=MOST_TIMES,
        initial=1,
        help_text=_("Each lasts as long as the exercises together."),
    )
    pause = number(_("Minutes between them"), _("Enter the minutes between them"), least=0, most=240, initial=15)
    room = number(
        _("How many people come at the same time?"),
        _("Say how many people come at the same time"),
        least=1,
        most=30,
        initial=1,
    )
    where = forms.CharField(
        label=_("Where is it?"),
        max_length=200,
        error_messages={"required": _("Say where it is")},
        help_text=_("People read this in their calendar: name the building and the room."),
    )


class CentreOpenForm(BatonForm):
    """Who is called: those proposed are ticked. Whoever differs from the proposal needs a reason beside their name."""

    mark_optional = False

    def __init__(self, *args: Any, rows: Sequence[Any], proposed: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.proposed = rows, set(proposed)
        shown = {row.public_id for row in rows}
        self.fields["called"] = forms.MultipleChoiceField(
            label=_("Who is called?"),
            choices=[(row.public_id, row.name) for row in rows],
            initial=[key for key in self.proposed if key in shown],
            required=False,
            widget=Checkboxes(small=True),
        )
        for row in rows:
            self.fields[f"reason_{row.public_id}"] = forms.CharField(
                label=_("Why %(name)s?") % {"name": row.name}, max_length=300, required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        called = set(data.get("called", ()))
        for row in self.rows:
            key = f"reason_{row.public_id}"
            if (row.public_id in called) == (row.public_id in self.proposed) or data.get(key):
                continue
            said = (
                _now("Say why %(name)s is called") if row.public_id in called else _now("Say why %(name)s is left out")
            )
            self.add_error(key, said % {"name": row.name})
        return data

    def reasons(self) -> dict[str, str]:
        return {row.public_id: self.cleaned_data.get(f"reason_{row.public_id}", "") for row in self.rows}

    def lines(self) -> list[dict[str, Any]]:
        ticked = set(self["called"].value() or ())
        return [
            {
                "row": row,
                "ticked": row.public_id in ticked,
                "proposed": row.public_id in self.proposed,
                "reason": self[f"reason_{row.public_id}"],
            }
            for row in self.rows
        ]


class CentreGiveForm(CentreBookForm):
    """The same times, chosen by staff for somebody; `version` is the sequence of their place as this page shows it."""

    submit_label = _("Give this time")

    version = VersionField()

    def __init__(self, *args: Any, slots: Iterable[CentreSlot], **kwargs: Any) -> None:
        super().__init__(*args, slots=slots, **kwargs)
        self.fields["slot"].label = _("When do they come?")


class CentreTellForm(BatonForm):
    submit_label = _("Save")

    text = forms.CharField(
        label=_("What should their observers know?"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Only what observers have to do, such as “ten minutes more” or “the questions in writing”: never why. The applicant reads it"
            " too. Leave it empty if there’s nothing to know."
        ),
    )
    version = VersionField()


class ObserverNameForm(BatonForm):
    submit_label = _("Name as observer")

    person = forms.ChoiceField(
        label=_("Who observes?"), widget=Radios(small=True), error_messages={"required": _("Choose who observes")}
    )
    reason = LongTextField(
        label=_("Why somebody who scored this application on paper?"),
        required=False,
        rows=2,
        max_words=100,
        help_text=_("Only needed if you choose one of those: paper and room should be judged by different people."),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[Person, str]], **kwargs: Any) -> None:
        """Each person with what speaks against them, or nothing."""
        super().__init__(*args, **kwargs)
        self.people = {p.public_id: p for p, _why in choices}
        field = self.fields["person"]
        field.choices = [(p.public_id, p.name) for p, _why in choices]  # type: ignore[attr-defined]
        field.widget.hints = {p.public_id: why for p, why in choices if why}

    def clean_person(self) -> Person:
        return self.people[self.cleaned_data["person"]]
