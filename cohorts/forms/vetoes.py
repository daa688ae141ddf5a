from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models.set_veto import MOST_VETOES
from engine.forms import BatonForm, DayMonthYearField
from engine.forms.fields import Checkboxes
from tenancy.models import Person
from tenancy.vocabulary import in_own_words


class PeopleField(forms.ModelMultipleChoiceField):
    """People by name and employer."""

    def label_from_instance(self, obj: Person) -> str:
        return f"{obj.name}, {obj.organisation}" if obj.organisation else obj.name


class VetoRoundForm(BatonForm):
    submit_label = _("Ask everybody who takes part")

    until = DayMonthYearField(
        label=_("Until when can they answer?"),
        error_messages={"required": _("Enter a day")},
        what=_("The day"),
        help_text=_("They have until the end of that day, and are reminded before it."),
    )


class VetoAnswerForm(BatonForm):
    submit_label = _("Save my answer")
    mark_optional = False

    others = PeopleField(
        label=in_own_words(_("With whom would you rather not be in a %(set)s?")),
        queryset=None,
        required=False,
        to_field_name="public_id",
        widget=Checkboxes(small=True),
        help_text=_("You may choose two people, or nobody."),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["others"].queryset = people  # type: ignore[attr-defined]

    def clean_others(self) -> list[Any]:
        chosen = list(self.cleaned_data["others"])
        if len(chosen) > MOST_VETOES:
            raise forms.ValidationError(_("Choose %(n)d people at most") % {"n": MOST_VETOES})
        return chosen
