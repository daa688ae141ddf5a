"""Equality questions: one page, nothing required."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm
from engine.forms.fields import Radios
from selection.models import EqualityQuestion


class ApplicationEqualityForm(BatonForm):
    submit_label = _("Save my answers")
    mark_optional = False

    def __init__(self, *args: Any, questions: Sequence[EqualityQuestion], **kwargs: Any) -> None:
        """`questions` with their options."""
        super().__init__(*args, **kwargs)
        for question in questions:
            options = [(o.public_id, o.text) for o in question.options.all()]  # type: ignore[attr-defined]
            self.fields[question.key] = forms.ChoiceField(
                label=question.text,
                help_text=question.hint,
                choices=options,
                required=False,
                widget=Radios(small=True),
                error_messages={"invalid_choice": _("Choose one of the answers")},
            )
