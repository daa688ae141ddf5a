"""Forms of endorsers, and of staff who chase them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, Checkboxes, LongTextField
from selection.forms.applications import EMAIL_ERROR

CONFIRM_TEXTS: dict[str, str | Promise] = {
    "releases_time": _("I’ll release their time for the programme"),
    "confirms_scope": _("What they say they decide, and the seniority band they chose, is right"),
    "will_sponsor": _("I’ll be their sponsor: I’ll meet them, open doors and help with what is in their way"),
    "will_fund": _("We’ll pay what taking part costs us: travel, and cover where it’s needed"),
}
# What each is asked besides the boxes to tick.
MORE = {"releases_time": ("days_released", "cover"), "will_sponsor": ("project_idea",)}


class EndorseForm(BatonForm):
    """Two buttons, one box. `confirms` names what this person is asked to confirm."""

    submit_label = _("Endorse")
    secondary_actions = (("decline", _("Don’t endorse")),)
    mark_optional = False

    def __init__(self, *args: Any, confirms: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirms"] = forms.MultipleChoiceField(
            label=_("What you confirm"),
            required=False,
            widget=Checkboxes,
            choices=[(key, CONFIRM_TEXTS[key]) for key in confirms],
        )
        for key in confirms:
            for name in MORE.get(key, ()):
                self.fields[name] = self.more(name)
        self.fields["comment"] = LongTextField(
            label=_("Your words"),
            required=False,
            max_words=150,
            rows=4,
            help_text=_(
                "If you endorse, anything you’d like the programme team to know. If you don’t, say why not yet: the "
                "applicant reads it."
            ),
        )

    @staticmethod
    def more(name: str) -> forms.Field:
        """Needed to endorse and not to decline: the service says so."""
        if name == "days_released":
            return forms.IntegerField(
                label=_("How many working days do you release?"),
                required=False,
                help_text=_("Over the whole programme, for example 15"),
                error_messages={"invalid": _("Enter the days as a number, like 15")},
            )
        if name == "cover":
            return forms.CharField(
                label=_("Who covers for them, and how?"),
                required=False,
                max_length=300,
                help_text=_("For example ‘Jo Hart acts up on programme days’"),
            )
        return LongTextField(
            label=_("A project you’d like to see taken up (optional)"),
            required=False,
            max_words=100,
            rows=3,
            help_text=_("The programme team keeps it for when projects begin. Assessors don’t see it."),
        )


class EndorsementPassOnForm(BatonForm):
    submit_label = _("Pass it on")
    name = forms.CharField(label=_("Their name"), max_length=160, error_messages={"required": _("Enter their name")})
    email = forms.EmailField(
        label=_("Their work email"),
        max_length=254,
        error_messages={"required": _("Enter their work email"), "invalid": EMAIL_ERROR},
    )


class EndorsementChangeForm(EndorsementPassOnForm):
    submit_label = _("Ask this person")


class EndorsementReplaceForm(EndorsementChangeForm):
    """Staff may let an address in that the round's domains leave out."""

    reason = forms.CharField(
        label=_("Why an address outside them is all right"),
        required=False,
        max_length=500,
        help_text=_("Only if their address isn’t at one of the round’s domains. It is kept on record."),
    )

    def __init__(self, *args: Any, limited: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not limited:
            del self.fields["reason"]


class EndorserAllowForm(BatonForm):
    submit_label = _("Allow this address")
    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        error_messages={"required": _("Enter the address to allow"), "invalid": EMAIL_ERROR},
    )
    reason = forms.CharField(
        label=_("Why it’s all right"),
        max_length=500,
        help_text=_("For example ‘Seconded to the university, which pays him’. It is kept on record."),
        error_messages={"required": _("Say why this address is all right")},
    )


class EndorserDomainsForm(BatonForm):
    submit_label = _("Save")
    heading_field = "domains"
    mark_optional = False
    domains = forms.CharField(
        label=_("Which addresses may endorsers have?"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One domain a line, like essex.gov.uk. Write *.nhs.uk for every domain below nhs.uk. Leave it empty to take any address."
        ),
    )

    def clean_domains(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["domains"].splitlines() if line.strip()]


class EndorsementTakeBackForm(BatonForm):
    submit_label = _("Take the endorsement back")
    warning = True

    reason = LongTextField(
        label=_("What they told you"),
        rows=3,
        max_words=200,
        help_text=_("The applicant will read this."),
        error_messages={"required": _("Say why, for the applicant")},
    )
