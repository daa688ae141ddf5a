from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models.method import Outcome, ShownTo
from engine.forms import BatonForm, DayMonthYearField, LongTextField, Radios, VersionField
from tenancy.vocabulary import in_own_words


class MethodForm(BatonForm):
    submit_label = _("Save")

    name = forms.CharField(
        label=_("What is it called?"), max_length=120, error_messages={"required": _("Enter a name")}
    )
    use = forms.CharField(
        label=_("What does it help with?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what it helps with")},
    )
    how = forms.CharField(
        label=_("How does somebody begin?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What they need, whom they ask, how long it takes the first time."),
        error_messages={"required": _("Say how to begin")},
    )
    source = forms.CharField(
        label=_("Where is it from?"),
        max_length=300,
        required=False,
        help_text=_("Who thought of it, or where to read more"),
    )


class MethodEditForm(MethodForm):
    offered = forms.BooleanField(
        label=_("People can choose it for something new"),
        required=False,
        help_text=_("Whoever tries it already goes on."),
    )
    version = VersionField()


class ExperimentForm(BatonForm):
    submit_label = _("Save")

    title = forms.CharField(
        label=_("What will you try?"),
        max_length=160,
        help_text=_("Something small enough to begin this week"),
        error_messages={"required": _("Say what you’ll try")},
    )
    method = forms.ModelChoiceField(
        label=_("With which method?"),
        queryset=None,
        required=False,
        to_field_name="public_id",
        empty_label=_("None of the library"),
    )
    look_on = DayMonthYearField(
        label=_("When will you look at what came of it?"),
        what=_("The day"),
        error_messages={"required": _("Enter the day")},
    )
    audience = forms.ChoiceField(
        label=_("Who may see it?"),
        choices=ShownTo.choices,
        initial=ShownTo.NOBODY,
        widget=Radios(
            hints={  # type: ignore[arg-type]
                ShownTo.SET: in_own_words(_("Those who are in the %(set)s at the time, once there are %(sets)s")),
            }
        ),
        help_text=_("Never programme staff: they see how many there are. You can change it at any time."),
        error_messages={"required": _("Choose who may see it")},
    )
    version = VersionField()

    def __init__(self, *args: Any, methods: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["data-baton-draft"] = f"{draft}-title"
        self.fields["expects"] = LongTextField(
            label=_("What do you expect, and how will you know?"),
            rows=4,
            max_length=4000,
            draft=draft,
            error_messages={"required": _("Say what you expect")},
        )
        self.fields["method"].queryset = methods  # type: ignore[attr-defined]
        self.order_fields(["title", "method", "expects", "look_on", "audience"])


class ResultForm(BatonForm):
    submit_label = _("Save")

    outcome = forms.ChoiceField(
        label=_("What will you do with it?"),
        choices=Outcome.choices,
        widget=Radios,
        error_messages={"required": _("Choose what you’ll do with it")},
    )
    version = VersionField()

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"] = LongTextField(
            label=_("What came of it?"),
            rows=5,
            required=False,
            max_length=4000,
            draft=draft,
            help_text=_("What happened, who noticed, what surprised you. That it didn’t work is worth as much."),
        )
        self.order_fields(["result", "outcome"])
