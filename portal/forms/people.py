"""Forms about people: roles, employers, conflicts of interest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, DayMonthYearField, Radios
from tenancy.models import ConflictDeclaration, Organisation, Person, Role
from tenancy.services.roles import GIVEN_BY_HAND, RoleScope


class RoleGiveForm(BatonForm):
    submit_label = _("Give role")

    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("Choose a role")), *[(r, Role(r).label) for r in GIVEN_BY_HAND]]
    )
    scope = forms.ChoiceField(label=_("For"), required=False)

    def __init__(self, *args: Any, scopes: list[RoleScope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scopes = {scope.value: scope for scope in scopes}
        self.fields["scope"].choices = [(s.value, s.label) for s in scopes]  # type: ignore[attr-defined]

    def clean_scope(self) -> RoleScope:
        try:
            return self.scopes[self.cleaned_data["scope"]]
        except KeyError:
            raise forms.ValidationError(_("Choose what the role is for")) from None


class EmployerChangeForm(BatonForm):
    submit_label = _("Save new employer")

    organisation = forms.ModelChoiceField(
        label=_("New employer"), queryset=None, empty_label=_("Choose an organisation")
    )
    job_title = forms.CharField(label=_("Job title"), max_length=160)
    on = DayMonthYearField(label=_("First day there"), what=_("The first day"))
    email = forms.EmailField(
        label=_("New work email address"),
        required=False,
        help_text=_("Messages go here from now on. How they sign in doesn’t change."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]


class ConflictDeclareForm(BatonForm):
    submit_label = _("Declare")

    other = forms.ChoiceField(label=_("Who is it about?"))
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=ConflictDeclaration.Kind.choices,
        widget=Radios(hints={ConflictDeclaration.Kind.VETO: _("You don’t have to say why.")}),  # type: ignore[dict-item]
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.public_id: person for person in people}
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a person")),
            *[(p.public_id, f"{p.name} ({p.organisation})" if p.organisation else p.name) for p in people],
        ]

    def clean_other(self) -> Person:
        return self.people[self.cleaned_data["other"]]


class ReasonForm(BatonForm):
    """One reason for one step; the label says which."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)

    def __init__(self, *args: Any, submit: Any = "", label: Any = "", hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = submit or self.submit_label
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = hint
