from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.services.support import LONGEST
from engine.forms import BatonForm, LongTextField, Radios


class SupportForm(BatonForm):
    submit_label = _("Send")
    mark_optional = False

    to = forms.ChoiceField(
        label=_("Whom do you ask?"), widget=Radios, error_messages={"required": _("Say whom you ask")}
    )
    body = LongTextField(
        label=_("What would help?"),
        help_text=_("In your own words, as much or as little as you like. What it’s about needn’t be said here."),
        max_length=LONGEST,
        rows=8,
        error_messages={"required": _("Write what you want to say")},
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = people  # type: ignore[attr-defined]


class SupportAnswerForm(BatonForm):
    submit_label = _("Send the answer")
    mark_optional = False

    body = LongTextField(
        label=_("Your answer"),
        max_length=LONGEST,
        rows=6,
        error_messages={"required": _("Write what you want to say")},
    )
