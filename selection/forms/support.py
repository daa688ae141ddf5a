"""Forms of what an applicant says beside the application."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import StrategicAmbition
from engine.forms import BatonForm, LongTextField, VersionField
from engine.forms.fields import Checkboxes
from selection.models import Application


class ApplicationAdjustmentForm(BatonForm):
    heading_field = "text"
    mark_optional = False
    text = LongTextField(
        label=_("Do you need anything to take part?"),
        help_text=_(
            "For example papers in large print, a step-free room, an interpreter, or times that go with caring. Only you and the"
            " programme team read this: not assessors, and not those who endorse you. Leave it empty if you need nothing."
        ),
        max_words=200,
        rows=6,
        required=False,
    )
    version = VersionField()


class AdjustmentArrangeForm(BatonForm):
    submit_label = _("Save what was arranged")
    arranged = LongTextField(
        label=_("What was arranged?"),
        help_text=_("The applicant reads this."),
        max_words=200,
        rows=5,
        error_messages={"required": _("Say what was arranged")},
    )
    version = VersionField()


class ApplicationInterestForm(BatonForm):
    mark_optional = False
    ambitions = forms.ModelMultipleChoiceField(
        label=_("Which of the programme’s ambitions interest you?"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        widget=Checkboxes(small=True),
    )
    question = LongTextField(
        label=_("Is there a question you’d bring?"),
        help_text=_("Something your place or your organisation hasn’t found an answer to."),
        max_words=150,
        rows=6,
        required=False,
    )
    version = VersionField()

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].widget.attrs["data-baton-draft"] = f"interest-{application.public_id}"
        live = StrategicAmbition.objects.filter(retired_on__isnull=True)
        if live.exists():
            self.fields["ambitions"].queryset = live  # type: ignore[attr-defined]
        else:
            del self.fields["ambitions"]
