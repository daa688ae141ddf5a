"""Forms of the brief for a manager."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.events import short_box
from cohorts.forms.returning import LONGEST
from cohorts.selectors.development import Pickable
from engine.forms import BatonForm, Checkboxes, ClockTimeField, DayMonthYearField, LongTextField, VersionField


class BriefForm(BatonForm):
    submit_label = _("See what it will say")

    def __init__(self, *args: Any, offered: list[Pickable], draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picked"] = forms.MultipleChoiceField(
            label=_("What goes in?"),
            help_text=_("Nothing else of yours does."),
            choices=[(item.key, f"{item.heading}: {item.text}") for item in offered],
            widget=Checkboxes(small=True),
            error_messages={"required": _("Pick at least one thing")},
        )
        self.fields["introduction"] = LongTextField(
            label=_("A few words to begin with"), rows=4, required=False, max_length=LONGEST, draft=draft
        )


class MeetingForm(BatonForm):
    submit_label = _("Save and tell them")

    meet_day = DayMonthYearField(
        label=_("When do you talk?"), what=_("The day"), error_messages={"required": _("Enter the day")}
    )
    meet_time = ClockTimeField(
        label=_("At what time?"),
        help_text=_("For example, 9:30am"),
        error_messages={"required": _("Enter a time")},
        widget=short_box(),
    )


class BriefSendForm(BatonForm):
    submit_label = _("Send the link")

    name = forms.CharField(
        label=_("Your manager’s name"), max_length=160, error_messages={"required": _("Enter their name")}
    )
    email = forms.EmailField(
        label=_("Their email address"),
        max_length=254,
        error_messages={"required": _("Enter their email address")},
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    meet_day = DayMonthYearField(
        label=_("When do you talk?"),
        what=_("The day"),
        required=False,
        help_text=_("If you’ve agreed on a day. They’re asked to find one with you otherwise."),
    )
    meet_time = ClockTimeField(
        label=_("At what time?"), required=False, help_text=_("For example, 9:30am"), widget=short_box()
    )
    until = DayMonthYearField(
        label=_("Until when may they read it?"), what=_("The last day"), error_messages={"required": _("Enter the day")}
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("meet_day") is None) != (data.get("meet_time") is None) and not self.errors:
            missing = "meet_time" if data.get("meet_time") is None else "meet_day"
            self.add_error(missing, _("Enter both the day and the time, or neither"))
        return data


class BriefAnswerForm(BatonForm):
    submit_label = _("Save")

    talked = forms.BooleanField(label=_("We’ve talked about this"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, needs: list[dict[str, str]], talked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if talked:
            del self.fields["talked"]
        if needs:
            self.fields["agreed"] = forms.MultipleChoiceField(
                label=_("What do you agree to?"),
                choices=[(need["key"], f"{need['label']}: {need['text']}") for need in needs],
                required=False,
                widget=Checkboxes,
            )
        self.fields["answer"] = LongTextField(
            label=_("What you’d like to say"), rows=5, required=False, max_length=LONGEST
        )
        self.order_fields(["talked", "agreed", "answer"])

    def clean(self) -> dict[str, Any]:
        return {"talked": False, "agreed": [], **(super().clean() or {})}
