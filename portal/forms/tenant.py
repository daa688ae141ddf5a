"""Forms of a tenant's own administration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.placed import district_fields
from engine.colour import check_brand_colour
from engine.forms import BatonForm, Checkboxes, ClockTimeField, Radios, SeenField
from tenancy.models import PLACED, Organisation, Sector, Tenant
from tenancy.seen import digest_of, stored_values
from tenancy.services.settings import ORGANISATION, SETTINGS
from tenancy.vocabulary import DEFAULTS

NATIONS = (
    ("england-and-wales", _("England and Wales")),
    ("scotland", _("Scotland")),
    ("northern-ireland", _("Northern Ireland")),
)
WAYS = (("password", _("A password")), ("code", _("A code sent by email")))


class TenantSettingsForm(BatonForm):
    submit_label = _("Save settings")

    name = forms.CharField(
        label=_("Name"),
        error_messages={"required": _("Enter a name")},
        max_length=120,
        help_text=_("Shown at the top of every page and in every message."),
    )
    colour = forms.CharField(
        label=_("Colour"),
        error_messages={"required": _("Enter a colour")},
        max_length=7,
        help_text=_("As # and six digits or letters, like #1d5b79. We check that it can be read."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "spellcheck": "false"}),
    )
    reply_to = forms.EmailField(
        label=_("Reply-to address"),
        required=False,
        help_text=_("Where answers to our messages go."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    nation = forms.ChoiceField(
        label=_("Whose bank holidays count"),
        choices=NATIONS,
        widget=Radios,
        help_text=_("No reminder leaves on these days."),
    )
    work_starts = ClockTimeField(
        label=_("Messages may leave from"),
        error_messages={"required": _("Enter a time from which messages may leave")},
        help_text=_("For example, 8am"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    work_ends = ClockTimeField(
        label=_("Messages may leave until"),
        error_messages={"required": _("Enter a time until which messages may leave")},
        help_text=_("For example, 6pm"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    ways = forms.MultipleChoiceField(
        label=_("Ways to sign in that you accept"),
        choices=WAYS,
        widget=Checkboxes,
        required=False,
        help_text=_("A passkey, or a second step after the first, is always accepted."),
    )
    require_mfa_for_staff = forms.BooleanField(
        label=_("Programme staff must have a second way to prove who they are"), required=False
    )

    seen = SeenField()

    def __init__(self, *args: Any, provider: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = provider
        for key, (singular, _plural) in DEFAULTS.items():
            self.fields[f"word_{key.replace(' ', '_')}"] = forms.CharField(
                label=_("Your word for “%(word)s”") % {"word": singular},
                required=False,
                max_length=80,
                help_text=_("Singular and plural with a comma between, or leave it empty"),
            )

    def field_options(self, name: str) -> dict[str, Any]:
        # A list of boxes isn't marked optional: at least one of these must stay.
        options = super().field_options(name)
        return {**options, "optional": False} if name == "ways" else options

    @staticmethod
    def initial_of(tenant: Tenant) -> dict[str, Any]:
        ways = [w for w, accepted in (("password", tenant.accepts_password), ("code", tenant.accepts_code)) if accepted]
        words = {f"word_{k.replace(' ', '_')}": ", ".join(v) for k, v in tenant.vocabulary.items()}
        names = ("name", "colour", "reply_to", "nation", "work_starts", "work_ends", "require_mfa_for_staff")
        seen = digest_of(stored_values(tenant, SETTINGS))
        return {**{name: getattr(tenant, name) for name in names}, "ways": ways, "seen": seen, **words}

    def clean_colour(self) -> str:
        colour = self.cleaned_data["colour"].strip().lower()
        check_brand_colour(colour)
        return colour

    def clean_ways(self) -> list[str]:
        ways = self.cleaned_data["ways"]
        if not ways and not self.provider:
            raise forms.ValidationError(_("Leave at least one way to sign in"))
        return ways

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in [n for n in data if n.startswith("word_") and data[n]]:
            parts = [part.strip() for part in data[name].split(",")]
            if len(parts) != 2 or not all(0 < len(part) <= 40 for part in parts):
                self.add_error(name, _("Give singular and plural with a comma between, like “intake, intakes”"))
        return data

    @staticmethod
    def settings_of(cleaned: dict[str, Any]) -> dict[str, Any]:
        """The cleaned data as fields of a tenant."""
        data = dict(cleaned)
        ways = data.pop("ways")
        words = {
            name.removeprefix("word_").replace("_", " "): [part.strip() for part in value.split(",")]
            for name in list(data)
            if name.startswith("word_") and (value := data.pop(name))
        }
        plain = {k: v for k, v in data.items() if not k.startswith("word_")}
        return {**plain, "accepts_password": "password" in ways, "accepts_code": "code" in ways, "vocabulary": words}


class OrganisationForm(BatonForm):
    submit_label = _("Save organisation")

    name = forms.CharField(
        label=_("Name"), error_messages={"required": _("Enter the organisation’s name")}, max_length=160
    )
    short_name = forms.CharField(label=_("Short name"), max_length=40, required=False)
    sector = forms.ModelChoiceField(
        label=_("Sector"),
        error_messages={"required": _("Choose a sector")},
        queryset=None,
        empty_label=_("Choose a sector"),
    )
    place = forms.CharField(label=_("Place"), max_length=80, required=False)
    aliases = forms.CharField(
        label=_("Other spellings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. Imports recognise the organisation by these too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = Sector.objects.all()  # type: ignore[attr-defined]
        self.fields.update(district_fields())

    def clean_aliases(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["aliases"].splitlines() if line.strip()]
        if any(len(line) > 160 for line in lines):
            raise forms.ValidationError(_("Each spelling must be 160 characters or fewer"))
        return lines

    @staticmethod
    def initial_of(organisation: Organisation) -> dict[str, Any]:
        names = ("name", "short_name", "sector", "place", *PLACED)
        seen = digest_of(stored_values(organisation, ORGANISATION))
        return {
            **{n: getattr(organisation, n) for n in names},
            "aliases": "\n".join(organisation.aliases),
            "seen": seen,
        }


class OrganisationEditForm(OrganisationForm):
    seen = SeenField()


class BandForm(BatonForm):
    submit_label = _("Save")

    name = forms.CharField(
        label=_("Name of the band"), max_length=80, error_messages={"required": _("Enter the name of the band")}
    )
    reads_as = forms.CharField(
        label=_("How it reads in each kind of organisation"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example “Council assistant director; NHS band 8d to 9; superintendent; area manager”"),
    )


class BandEditForm(BandForm):
    seen = SeenField()


class SectorForm(BatonForm):
    submit_label = _("Add sector")

    name = forms.CharField(label=_("Name of the sector"), max_length=80)
