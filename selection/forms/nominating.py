"""Forms of nominating: staff ask senior leaders, leaders name people, staff confirm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, LongTextField, Radios, VersionField
from engine.names import clean_email
from selection.forms.applications import EMAIL_ERROR
from tenancy.models import Organisation

MOST_LINES = 50
# 'Jo Hart, jo@example.org', 'Jo Hart <jo@example.org>', or with a tab as a spreadsheet copies it.
LINE = re.compile(r"^(?P<name>.*?)[\s,;<]+(?P<email>[^\s,;<>]+@[^\s,;<>]+)>?$")


class NominatorCreateForm(BatonForm):
    submit_label = _("Send the links")

    leaders = forms.CharField(
        label=_("Who should nominate?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One person a line: name, comma, work email. For example: Jo Hart, jo.hart@example.gov.uk"),
        error_messages={"required": _("Enter a name and an email address")},
    )

    def clean_leaders(self) -> list[tuple[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["leaders"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_now("Enter %(most)d people at most") % {"most": MOST_LINES})
        found: dict[str, tuple[str, str]] = {}
        for line in lines:
            match = LINE.match(line)
            name, address = (match["name"].strip(), clean_email(match["email"])) if match else ("", None)
            if not name or address is None or len(name) > 160:
                raise forms.ValidationError(
                    _now("Write “%(line)s” as a name, a comma and an email address") % {"line": line[:80]}
                )
            found.setdefault(address, (name, address))
        return list(found.values())


class NominateForm(BatonForm):
    """One person, on the leader's page."""

    submit_label = _("Save")

    name = forms.CharField(label=_("Their name"), max_length=160, error_messages={"required": _("Enter their name")})
    email = forms.EmailField(
        label=_("Their work email"),
        max_length=254,
        help_text=_("The invitation goes there"),
        error_messages={"required": _("Enter their work email"), "invalid": EMAIL_ERROR},
    )
    job_title = forms.CharField(
        label=_("Their job title"), max_length=160, error_messages={"required": _("Enter their job title")}
    )
    organisation = forms.ModelChoiceField(
        label=_("Their organisation"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label=_("Choose, or type its name below"),
    )
    organisation_name = forms.CharField(label=_("Its name, if it isn’t on the list"), max_length=160, required=False)
    reason = LongTextField(
        label=_("Why this person?"),
        max_words=150,
        rows=5,
        help_text=_(
            "A few sentences for the programme team. Assessors never see them; the person can, if they ask for a copy of what we "
            "hold about them."
        ),
        error_messages={"required": _("Say in a few sentences why you nominate them")},
    )
    knows = forms.TypedChoiceField(
        label=_("Do they know that you’re nominating them?"),
        choices=[("yes", _("Yes, I’ve told them")), ("no", _("Not yet"))],
        coerce=lambda value: value == "yes",
        widget=Radios,
        error_messages={"required": _("Say whether they know")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]


class NominateEditForm(NominateForm):
    version = VersionField()


class NominationSettleForm(BatonForm):
    """Two buttons: confirm, with the organisation; or not, with a reason."""

    submit_label = _("Confirm and invite")
    secondary_actions: Sequence[tuple[str, Any]] = (("refuse", _("Don’t take it up")),)
    mark_optional = False

    organisation = forms.ModelChoiceField(
        label=_("Their organisation"),
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label=_("Choose an organisation"),
    )
    reason = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Needed if you don’t take it up. It’s for the record: the leader sees only that the nomination wasn’t sent on."
        ),
    )

    def __init__(self, *args: Any, waiting: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]
        if not waiting:
            self.secondary_actions = ()
            self.fields["reason"].help_text = _("For the record")
