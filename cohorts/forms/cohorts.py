"""Forms of programmes, cohorts and places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Nation, ProgrammePartner
from engine.forms import BatonForm, DayMonthYearField, Radios, SeenField, VersionField
from tenancy.models import Sector


class ProgrammeCreateForm(BatonForm):
    submit_label = _("Add programme")

    name = forms.CharField(
        label=_("Name of the programme"),
        error_messages={"required": _("Enter a name for the programme")},
        max_length=120,
    )
    summary = forms.CharField(
        label=_("What it is for"), required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )


class ProgrammeEditForm(ProgrammeCreateForm):
    submit_label = _("Save programme")

    nation = forms.ChoiceField(
        label=_("Whose bank holidays its events keep off"),
        required=False,
        choices=[("", _("As in your settings")), *Nation.choices],
        widget=Radios,
    )
    seen = SeenField()


class PartnerForm(BatonForm):
    submit_label = _("Add partner")

    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        error_messages={"required": _("Choose an organisation")},
        queryset=None,
        empty_label=_("Choose an organisation"),
    )
    part = forms.ChoiceField(
        label=_("Its part in the programme"),
        error_messages={"required": _("Choose the organisation’s part")},
        choices=ProgrammePartner.Part.choices,
        widget=Radios,
        help_text=_("An organisation with several parts is added once for each."),
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class CohortFields(BatonForm):
    """What a cohort is made of; one number field per sector stands for its share of the places."""

    name = forms.CharField(
        label=_("Name"),
        error_messages={"required": _("Enter a name for the cohort")},
        max_length=80,
        help_text=_("For example, Cohort 2 or Autumn 2027"),
    )
    places = forms.IntegerField(
        label=_("Places"),
        error_messages={"required": _("Enter how many places there are")},
        min_value=1,
        max_value=1000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
    )
    starts_on = DayMonthYearField(
        label=_("First day"), error_messages={"required": _("Enter the first day")}, what=_("The first day")
    )
    ends_on = DayMonthYearField(
        label=_("Last day"), error_messages={"required": _("Enter the last day")}, what=_("The last day")
    )
    budget_pounds = forms.IntegerField(
        label=_("Indicative budget in pounds"),
        required=False,
        min_value=0,
        max_value=100_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-10"}),
    )

    def __init__(self, *args: Any, sectors: Iterable[Sector], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sectors = {f"sector_{sector.public_id}": sector for sector in sectors}
        for name, sector in self.sectors.items():
            self.fields[name] = forms.IntegerField(
                label=_("Places for %(sector)s") % {"sector": sector.name},
                required=False,
                min_value=0,
                max_value=1000,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
            )

    @staticmethod
    def initial_of(cohort: Cohort) -> dict[str, Any]:
        targets = {f"sector_{t.sector.public_id}": t.places for t in cohort.targets.select_related("sector")}
        names = ("name", "places", "starts_on", "ends_on", "budget_pounds", "version")
        return {**{name: getattr(cohort, name) for name in names}, **targets}

    def cohort_of(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The cleaned data as arguments of a service: the sectors' numbers become `targets`."""
        data = {name: value for name, value in cleaned.items() if name not in self.sectors}
        data["targets"] = {sector.pk: cleaned.get(name) or 0 for name, sector in self.sectors.items()}
        return data


class CohortCreateForm(CohortFields):
    submit_label = _("Create cohort")

    programme = forms.ModelChoiceField(
        label=_("Programme"),
        error_messages={"required": _("Choose a programme")},
        queryset=None,
        empty_label=_("Choose a programme"),
    )
    field_order = ("programme",)

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class CohortEditForm(CohortFields):
    submit_label = _("Save cohort")

    version = VersionField()
