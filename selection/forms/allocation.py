"""Forms of staff who share applications out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.forms import BatonForm, Checkboxes, Radios, VersionField
from selection.models import Criterion, Expertise
from tenancy.models import Sector

MOST = 500


class AllocateForm(BatonForm):
    submit_label = gettext_lazy("Allocate like this")
    seal = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class TermsForm(BatonForm):
    """How much an assessor takes on, and what they know. Nothing here must be said."""

    submit_label = gettext_lazy("Save")
    version = VersionField(initial=0)
    most = forms.IntegerField(
        label=gettext_lazy("At most this many applications"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("Empty: as many as the others. What they have already counts."),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("Enter a whole number of applications from 0 to 500, or nothing"),
        ),
    )
    sectors = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sectors they know"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        widget=Checkboxes(small=True),
        help_text=gettext_lazy("Besides that of their own organisation"),
    )
    criteria = forms.MultipleChoiceField(
        label=gettext_lazy("Criteria they are expert in"), required=False, widget=Checkboxes(small=True)
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sectors"].queryset = Sector.objects.all()  # type: ignore[attr-defined]
        self.known = {c.public_id: c for c in criteria}
        self.fields["criteria"].choices = [(c.public_id, c.name) for c in criteria]  # type: ignore[attr-defined]

    def clean_criteria(self) -> list[Criterion]:
        return [self.known[public_id] for public_id in self.cleaned_data["criteria"]]


class ExpertiseForm(BatonForm):
    submit_label = gettext_lazy("Save")
    wants = forms.ChoiceField(
        label=gettext_lazy("At least one of them"),
        widget=Radios,
        error_messages={"required": gettext_lazy("Choose who must be among the assessors")},
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_choice = {f"criterion:{c.public_id}": c for c in criteria}
        simple = [(e.value, e.label) for e in Expertise if e != Expertise.CRITERION]
        special = [(key, _("is expert in “%(name)s”") % {"name": c.name}) for key, c in self.by_choice.items()]
        self.fields["wants"].choices = [*simple, *special]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, Criterion | None]:
        value = self.cleaned_data["wants"]
        criterion = self.by_choice.get(value)
        return (Expertise.CRITERION, criterion) if criterion else (value, None)
