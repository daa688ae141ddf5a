from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import EventNeeds
from engine.forms import BatonForm, LongTextField, VersionField
from engine.forms.fields import Checkboxes, Radios


class NeedsForm(BatonForm):
    submit_label = _("Save")
    mark_optional = False

    diet = forms.ChoiceField(
        label=_("What do you eat?"),
        choices=EventNeeds.Diet.choices,
        widget=Radios,
        error_messages={"required": _("Choose what you eat")},
    )
    without = forms.MultipleChoiceField(
        label=_("Is there anything it must be made without?"),
        help_text=_("The kitchen is told how many people, not who."),
        choices=EventNeeds.Without.choices,
        required=False,
        widget=Checkboxes(small=True),
    )
    allergy = LongTextField(
        label=_("Have you an allergy that the kitchen must know you by?"),
        help_text=_(
            "Say to what and how serious it is. The kitchen is given this with your name. Otherwise leave it empty."
        ),
        max_words=80,
        rows=3,
        required=False,
    )
    access = LongTextField(
        label=_("Do you need anything to take part?"),
        help_text=_("For example a step-free way in, a seat near the front, large print, breaks, or a quiet room."),
        max_words=200,
        rows=4,
        required=False,
    )
    easy_seat = forms.BooleanField(
        label=_("Where there is a seating plan, keep me a table that’s step-free and near the door"),
        help_text=_("The plan takes it into account, and says nowhere for whom."),
        required=False,
    )
    version = VersionField()
