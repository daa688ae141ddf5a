"""Forms of alumni buddies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models.buddy import MOST_AT_A_TIME
from cohorts.selectors.buddies import Buddy
from cohorts.services.buddies import LONGEST
from engine.forms import BatonForm, LongTextField, Radios, VersionField
from tenancy.models import Person


class BuddyOfferForm(BatonForm):
    submit_label = _("Save")

    capacity = forms.TypedChoiceField(
        label=_("For how many people at a time?"),
        choices=[(0, _("Nobody, for now")), *((n, str(n)) for n in range(1, MOST_AT_A_TIME + 1))],
        coerce=int,
        widget=Radios,
        error_messages={"required": _("Say for how many people")},
    )
    about = LongTextField(
        label=_("What should they know of you?"),
        help_text=_("What you went back to, and what helped. Those who may choose you read it, and staff."),
        rows=4,
        required=False,
        max_length=600,
    )
    version = VersionField()


def label_of(row: Buddy) -> str:
    person = row.offer.person
    return f"{person.name}, {person.organisation}" if person.organisation else person.name


class BuddyAskForm(BatonForm):
    submit_label = _("Ask them")
    mark_optional = False

    def __init__(self, *args: Any, buddies: Sequence[Buddy], draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {row.offer.person.public_id: row.offer.about for row in buddies if row.offer.about}
        self.fields["buddy"] = forms.ChoiceField(
            label=_("Whom do you ask?"),
            choices=[(row.offer.person.public_id, label_of(row)) for row in buddies],
            widget=Radios(hints=hints),
            error_messages={"required": _("Choose whom you ask")},
        )
        self.fields["body"] = LongTextField(
            label=_("What would help you?"),
            help_text=_("A few words to begin with. Only they read it."),
            rows=5,
            max_length=LONGEST,
            draft=draft,
            error_messages={"required": _("Write a few words to them")},
        )


class BuddySuggestForm(BatonForm):
    submit_label = _("Suggest it")
    mark_optional = False

    person = forms.ModelChoiceField(
        label=_("Who goes back to work?"),
        queryset=None,
        to_field_name="public_id",
        empty_label=_("Choose somebody"),
        error_messages={"required": _("Choose a person of the cohort")},
    )
    buddy = forms.ModelChoiceField(
        label=_("Who may be their buddy?"),
        queryset=None,
        to_field_name="public_id",
        empty_label=_("Choose an alumnus"),
        error_messages={"required": _("Choose an alumnus")},
    )

    def __init__(self, *args: Any, people: Any, buddies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("person", people), ("buddy", buddies)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = name_of  # type: ignore[attr-defined]


def name_of(person: Person) -> str:
    return person.name


class BuddyAnswerForm(BatonForm):
    submit_label = _("Send my answer")
    mark_optional = False

    answer = forms.ChoiceField(
        label=_("Would you like this?"),
        choices=(("yes", _("Yes")), ("no", _("No, not this time"))),
        widget=Radios(hints={"no": _("Nobody is told that it was you.")}),
        error_messages={"required": _("Say yes or no")},
    )
