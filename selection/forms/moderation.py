"""Forms of whoever moderates a round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, LongTextField, Radios
from selection.models import Correction
from tenancy.models import Person


class CorrectionForm(BatonForm):
    """Means, or corrected scores, and why. A model that the marks don't allow isn't offered: `refused` says why not."""

    submit_label = _("Rank the round this way")
    correction = forms.ChoiceField(
        label=_("How the round is ranked"), error_messages={"required": _("Choose how the round is ranked")}
    )
    reason = LongTextField(
        label=_("Why this is right for this round"),
        rows=3,
        max_words=200,
        help_text=_("It stands on record with your name. Applicants can ask to read it."),
        error_messages={"required": _("Say why this correction, or none, is right for this round")},
    )

    def __init__(self, *args: Any, hints: Mapping[str, str], refused: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, label) for value, label in Correction.choices if value not in refused]
        self.fields["correction"].widget = Radios(hints=dict(hints))
        self.fields["correction"].choices = choices  # type: ignore[attr-defined]


class ChairForm(BatonForm):
    submit_label = _("Save")
    heading_field = "person"
    person = forms.ModelChoiceField(
        label=_("Who chairs moderation?"),
        queryset=None,
        required=False,
        empty_label=_("Nobody: staff moderate alone"),
        to_field_name="public_id",
        help_text=_("They moderate beside staff, and needn’t be staff. Applicants of this round can’t be chosen."),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = people
        field.label_from_instance = described


def described(person: Person) -> str:
    return f"{person.name}, {person.organisation.name}" if person.organisation else person.name


class UnlockForm(BatonForm):
    submit_label = _("Unlock moderation")
    reason = LongTextField(
        label=_("Why does moderation have to be opened again?"),
        rows=3,
        max_words=200,
        help_text=_("It stands on record with your name."),
        error_messages={"required": _("Say why moderation has to be opened again")},
    )


class LockForm(BatonForm):
    submit_label = _("Lock moderation")
