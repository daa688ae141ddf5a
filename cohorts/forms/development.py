from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models.development import Standing
from cohorts.selectors.development import Pickable
from engine.forms import BatonForm, Checkboxes, DayMonthYearField, LongTextField, Radios, VersionField


class ObjectiveForm(BatonForm):
    submit_label = _("Save")

    title = forms.CharField(
        label=_("What are you to achieve in your job?"),
        max_length=160,
        error_messages={"required": _("Say what you’re to achieve")},
    )
    due_on = DayMonthYearField(label=_("By when?"), what=_("The day"), required=False)
    done = forms.BooleanField(label=_("It’s done"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"] = LongTextField(
            label=_("Why does it matter, and to whom?"), rows=4, required=False, max_length=4000, draft=draft
        )
        self.order_fields(["title", "why", "due_on", "done"])


class GoalForm(BatonForm):
    submit_label = _("Save")

    better_at = forms.CharField(
        label=_("What do you want to be better at?"),
        max_length=160,
        error_messages={"required": _("Say what you want to be better at")},
    )
    due_on = DayMonthYearField(label=_("By when?"), what=_("The day"), required=False)
    objective = forms.ModelChoiceField(
        label=_("Which work objective does it help?"),
        queryset=None,
        required=False,
        to_field_name="public_id",
        empty_label=_("None in particular"),
    )
    version = VersionField()

    def __init__(self, *args: Any, objectives: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"] = LongTextField(
            label=_("How will you know?"),
            rows=4,
            max_length=4000,
            draft=draft,
            help_text=_("What you or others would see or hear that isn’t there yet."),
            error_messages={"required": _("Say how you’ll know")},
        )
        self.fields["objective"].queryset = objectives  # type: ignore[attr-defined]
        self.fields["objective"].label_from_instance = lambda row: row.title  # type: ignore[attr-defined]
        self.order_fields(["better_at", "measure", "due_on", "objective"])


class ReviewForm(BatonForm):
    submit_label = _("Save")

    standing = forms.ChoiceField(
        label=_("Where are you with it?"),
        choices=Standing.choices,
        widget=Radios,
        error_messages={"required": _("Choose where you are with it")},
    )

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = LongTextField(
            label=_("What did you try, and what did you notice?"), rows=5, required=False, max_length=4000, draft=draft
        )


class SummaryForm(BatonForm):
    submit_label = _("See what it will say")

    def __init__(self, *args: Any, offered: list[Pickable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["introduction"] = LongTextField(
            label=_("A few words to begin with"), rows=4, required=False, max_length=4000
        )
        if offered:
            choices = [(item.key, f"{item.heading}: {item.text}") for item in offered]
            self.fields["picked"] = forms.MultipleChoiceField(
                label=_("What goes in?"), choices=choices, required=False, widget=Checkboxes(small=True)
            )

    def clean(self) -> dict[str, Any]:
        return {"picked": [], **(super().clean() or {})}


class SummaryShareForm(BatonForm):
    submit_label = _("Send the link")

    name = forms.CharField(label=_("Their name"), max_length=160, error_messages={"required": _("Enter their name")})
    email = forms.EmailField(
        label=_("Their email address"),
        max_length=254,
        error_messages={"required": _("Enter their email address")},
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    until = DayMonthYearField(
        label=_("Until when may they read it?"), what=_("The day"), error_messages={"required": _("Enter the day")}
    )


class ObjectiveTieForm(BatonForm):
    """For which of one’s own work objectives something is, or none."""

    submit_label = _("Save")
    mark_optional = False

    objective = forms.ModelChoiceField(
        label=_("For which objective of your work is it?"),
        queryset=None,
        required=False,
        empty_label=_("None of them"),
        to_field_name="public_id",
    )

    def __init__(self, *args: Any, objectives: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["objective"].queryset = objectives  # type: ignore[attr-defined]
        self.fields["objective"].label_from_instance = lambda row: row.title  # type: ignore[attr-defined]
