"""Equality questions: the applicant's page, where nothing is required, and those by which staff prepare them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, SeenField
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


class LinesField(forms.CharField):
    """A list of texts, one in each line; blank lines don't count."""

    widget = forms.Textarea(attrs={"rows": 8})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line for text in super().clean(value).splitlines() if (line := " ".join(text.split()))]


class EqualityQuestionForm(BatonForm):
    submit_label = _("Save the question")
    mark_optional = False

    name = forms.CharField(label=_("What the figures call it"), max_length=80, help_text=_("Such as “Age”"))
    text = forms.CharField(label=_("Question"), max_length=200)
    hint = forms.CharField(label=_("Hint"), max_length=300, required=False)
    answers = LinesField(
        label=_("Answers to choose from"),
        max_length=2_000,
        help_text=_(
            "One in each line. “Prefer not to say” is added as the last. Answers that few people give are withheld."
        ),
        error_messages={"required": _("Write the answers to choose from")},
    )


class EqualityQuestionEditForm(EqualityQuestionForm):
    seen = SeenField()


class EqualityStandardForm(BatonForm):
    submit_label = _("Ask the standard questions")
    warning = True
