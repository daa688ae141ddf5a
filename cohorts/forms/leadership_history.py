from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models.leadership_history import FIRST_YEAR, Audience, Tone
from engine.forms import BatonForm, LongTextField, Radios, VersionField
from tenancy.vocabulary import in_own_words


class LeadershipHistoryForm(BatonForm):
    submit_label = _("Save")

    year = forms.IntegerField(
        label=_("In which year?"),
        min_value=FIRST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
        help_text=_("If it went on for years, the one in which it began."),
        error_messages={"required": _("Enter a year"), "invalid": _("Enter a year, such as 1998")},
    )
    title = forms.CharField(
        label=_("What happened?"),
        max_length=120,
        help_text=_("In a few words, such as ‘First team of my own’"),
        error_messages={"required": _("Say in a few words what happened")},
    )
    tone = forms.ChoiceField(label=_("What was it for you?"), choices=Tone.choices, widget=Radios)
    audience = forms.ChoiceField(
        label=_("Who may see it?"),
        choices=Audience.choices,
        initial=Audience.NOBODY,
        widget=Radios(
            hints={  # type: ignore[arg-type]
                Audience.SET: in_own_words(_("Those who are in the %(set)s at the time, once there are %(sets)s")),
            }
        ),
        help_text=_(
            "Never your assessors, endorsers, sponsors or line managers, whatever you choose here. You can change it at any time."
        ),
    )
    version = VersionField()

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["data-baton-draft"] = f"{draft}-title"
        self.fields["body"] = LongTextField(
            label=_("What did it make of you?"),
            rows=7,
            required=False,
            draft=draft,
            max_length=8000,
            help_text=_(
                "Who was there, what you took from it, what you still carry. As much or as little as you like."
            ),
        )
        self.order_fields(["year", "title", "tone", "body", "audience"])
