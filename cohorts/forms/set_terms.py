"""When and where people can meet; how many sets a facilitator takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import FEATURES, FacilitatorCapacity, HalfDay, Venue
from engine.forms import BatonForm, DayMonthYearField, SeenField, VersionField
from engine.forms.fields import Checkboxes
from tenancy.models import Person
from tenancy.vocabulary import in_own_words


class SetTermsForm(BatonForm):
    submit_label = _("Save")
    mark_optional = False

    never = forms.MultipleChoiceField(
        label=_("On which half-days can you usually not?"),
        help_text=in_own_words(
            _("Tick only what’s impossible: the more you leave open, the more mixed the %(sets)s can be.")
        ),
        choices=HalfDay.choices,
        required=False,
        widget=Checkboxes(small=True),
    )
    needs = forms.MultipleChoiceField(
        label=_("What must the place have, for you to take part?"),
        choices=[(name, Venue._meta.get_field(name).verbose_name) for name in FEATURES],  # type: ignore[union-attr]
        required=False,
        widget=Checkboxes(small=True),
    )
    version = VersionField()


class TermsAskForm(BatonForm):
    submit_label = _("Ask those who haven’t said")

    until = DayMonthYearField(
        label=_("By when should they have said it?"),
        error_messages={"required": _("Enter a day")},
        what=_("The day"),
        help_text=_("They have until the end of that day, and are reminded before it."),
    )


class CapacityForm(BatonForm):
    """A box for each facilitator, by their public id."""

    submit_label = _("Save")
    mark_optional = False

    seen = SeenField()

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for person in people:
            self.fields[person.public_id] = forms.IntegerField(
                label=in_own_words(_("%(name)s takes how many %(sets)s?"), name=person.name),
                required=False,
                min_value=0,
                max_value=FacilitatorCapacity.MOST,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-2"}),
            )
        self.order_fields([*(person.public_id for person in people), "seen"])
