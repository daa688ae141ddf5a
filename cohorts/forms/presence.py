from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm
from engine.forms.fields import Checkboxes
from tenancy.models import Person


class PresenceAskForm(BatonForm):
    submit_label = _("Ask them")

    people = forms.ModelMultipleChoiceField(
        label=_("Whom do you ask to be there?"),
        queryset=None,
        to_field_name="public_id",
        widget=Checkboxes(small=True),
        error_messages={"required": _("Choose whom to ask")},
        help_text=_("Each gets a message, and a reminder while it isn’t answered."),
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
