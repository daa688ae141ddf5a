"""Forms of conflicts of interest: whom applicants name, what staff record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, LongTextField, Radios
from selection.forms.applications import EMAIL_ERROR
from selection.models import SelectionRound
from tenancy.models import ConflictDeclaration, Person


class ObjectionForm(BatonForm):
    submit_label = _("Add this person")
    name = forms.CharField(label=_("Their name"), max_length=160, error_messages={"required": _("Enter their name")})
    email = forms.EmailField(
        label=_("Their work email"),
        required=False,
        max_length=254,
        help_text=_("If you know it: names can be shared"),
        error_messages={"invalid": EMAIL_ERROR},
    )
    reason = LongTextField(
        label=_("Why they shouldn’t assess you"),
        required=False,
        max_words=100,
        rows=3,
        help_text=_("You don’t have to say. Programme staff read it; the person you name never does."),
    )


class ConflictRecordForm(BatonForm):
    submit_label = _("Record the conflict")
    application = forms.ChoiceField(label=_("Application"), error_messages={"required": _("Choose the application")})
    person = forms.ChoiceField(
        label=_("Who shouldn’t judge it"), error_messages={"required": _("Choose who shouldn’t judge it")}
    )
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=ConflictDeclaration.Kind.choices,
        widget=Radios,
        error_messages={"required": _("Choose what it is")},
    )

    def __init__(self, *args: Any, round: SelectionRound, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.applications = {a.public_id: a for a in round.applications.select_related("applicant", "round")}
        self.people = {p.public_id: p for p in people}
        self.fields["application"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose an application")),
            *[(key, f"{a.reference}, {a.applicant.name}") for key, a in self.applications.items()],
        ]
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a person")),
            *[(key, f"{p.name} ({p.organisation})" if p.organisation else p.name) for key, p in self.people.items()],
        ]

    def clean_application(self) -> Any:
        return self.applications.get(self.cleaned_data["application"])

    def clean_person(self) -> Any:
        return self.people.get(self.cleaned_data["person"])
