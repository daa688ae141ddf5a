"""Forms of invitations and learning sets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.composing import number_of_sets
from cohorts.mixing import TRAITS, Aim
from cohorts.models import Cohort, HalfDay, Venue
from cohorts.services.invitations import INVITABLE
from engine.forms import BatonForm, Radios, VersionField
from tenancy.models import Organisation, Person, Role
from tenancy.vocabulary import in_own_words


class InvitationCreateForm(BatonForm):
    submit_label = _("Send invitation")

    name = forms.CharField(
        label=_("Full name"), error_messages={"required": _("Enter their full name")}, max_length=160
    )
    email = forms.EmailField(
        label=_("Email address"),
        error_messages={"required": _("Enter their email address")},
        max_length=254,
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        error_messages={"required": _("Choose a role")},
        choices=[("", _("Choose a role")), *[(r, Role(r).label) for r in INVITABLE]],
    )
    cohort = forms.ChoiceField(label=_("For"), required=False)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=None, required=False, empty_label=_("Not known yet")
    )
    note = forms.CharField(
        label=_("A line of your own"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the message as you write it."),
    )

    def __init__(self, *args: Any, cohorts: list[Cohort], whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohorts = {cohort.public_id: cohort for cohort in cohorts}
        everywhere = [("", _("The whole of this portal"))] if whole else []
        self.whole = whole
        self.fields["cohort"].choices = [*everywhere, *[(c.public_id, str(c)) for c in cohorts]]  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]

    def clean_cohort(self) -> Cohort | None:
        chosen = self.cleaned_data["cohort"]
        if not chosen and not self.whole:
            raise forms.ValidationError(_("Choose a cohort"))
        return self.cohorts[chosen] if chosen else None


class InvitationAcceptForm(BatonForm):
    """For someone without an account: how they want to sign in from now on."""

    submit_label = _("Accept")
    reveals = {"way": {"password": ["password"]}}

    way = forms.ChoiceField(
        label=_("How do you want to sign in?"),
        choices=(("code", _("Email me a code each time")), ("password", _("Set a password"))),
        widget=Radios(hints={"code": _("Nothing to remember. You can add a password or a passkey later.")}),  # type: ignore[dict-item]
        initial="code",
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_("At least 12 characters"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def field_options(self, name: str) -> dict[str, Any]:
        # Shown only when a password is chosen, and then it isn't optional.
        return {**super().field_options(name), "optional": False}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") == "password" and not data.get("password"):
            self.add_error("password", _("Enter a password"))
        return data


class SetComposeForm(BatonForm):
    submit_label = in_own_words(_("Compose %(sets)s"))

    sets = forms.IntegerField(
        label=in_own_words(_("How many %(sets)s?")),
        min_value=1,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        help_text=in_own_words(_("%(Sets)s work best with 5 to 8 people.")),
    )

    def __init__(self, *args: Any, earlier: bool, timed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, trait in TRAITS.items():
            self.fields[name] = forms.ChoiceField(label=trait.label, choices=Aim.choices, initial=trait.default)
        if earlier:
            self.fields["fresh"] = forms.BooleanField(
                label=_("Bring together people who haven’t sat together yet"), required=False, initial=True
            )
        if timed:
            self.fields["anew"] = forms.BooleanField(
                label=in_own_words(_("Choose anew when each %(set)s meets")), required=False
            )

    @staticmethod
    def initial_for(people: int) -> dict[str, Any]:
        return {"sets": number_of_sets(people)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        aims = {name: data.pop(name) for name in TRAITS if name in data}
        return {"fresh": True, **data, "aims": aims}


class SetMoveForm(BatonForm):
    """Where one person goes: a set's public id, or NOWHERE. The page has such a form beside each name."""

    NOWHERE = "none"

    learning_set = forms.CharField(label=_("Move to"), widget=forms.Select, max_length=40)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"%s-{person.public_id}", **kwargs)
        self.person = person
        self.fields["learning_set"].error_messages["required"] = _("Choose where to move %(name)s") % {
            "name": person.name
        }


class SetNameForm(BatonForm):
    submit_label = _("Save")

    name = forms.CharField(label=in_own_words(_("Name of the %(set)s")), max_length=60)
    facilitator = forms.ModelChoiceField(
        label=_("Facilitator"), queryset=None, required=False, empty_label=_("Nobody yet")
    )
    half_day = forms.ChoiceField(
        label=_("Usually meets on a"), choices=[("", _("Not settled")), *HalfDay.choices], required=False
    )
    venue = forms.ModelChoiceField(
        label=_("Usually meets at"),
        queryset=None,
        required=False,
        empty_label=_("Online, or not settled"),
        help_text=in_own_words(
            _("People who can’t then, or need what the place doesn’t have, are kept out of this %(set)s.")
        ),
    )
    version = VersionField()

    def __init__(self, *args: Any, facilitators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facilitator"].queryset = facilitators  # type: ignore[attr-defined]
        self.fields["venue"].queryset = Venue.objects.all()  # type: ignore[attr-defined]
