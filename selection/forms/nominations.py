"""Forms of an import of nominations: the file, its columns, one of its rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm
from engine.forms.imports import LONGEST_CELL, SheetColumnsForm
from tenancy.models import Organisation, Sector


class ImportCreateForm(BatonForm):
    submit_label = _("Check the file")
    file = forms.FileField(
        label=_("Nominations log"),
        help_text=_(
            "An Excel workbook (.xlsx) or CSV with one person in each row. Nothing is written until you say so."
        ),
        error_messages={
            "required": _("Choose a file"),
            "empty": _("The file is empty. Choose a file with headings in the first row and one person in each row."),
        },
    )


class ImportColumnsForm(SheetColumnsForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given"].help_text = _("If one column holds the whole name, choose it for both")


class ImportRowForm(BatonForm):
    """One row as staff read it. Lengths and addresses are checked with the other rows, so that the reasons are the same."""

    submit_label = _("Save this row")
    name = forms.CharField(label=_("Name"), max_length=LONGEST_CELL, required=False)
    email = forms.CharField(label=_("Work email"), max_length=LONGEST_CELL, required=False)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=None, required=False, to_field_name="public_id"
    )
    everywhere = forms.BooleanField(required=False, initial=True)
    job_title = forms.CharField(label=_("Job title"), max_length=LONGEST_CELL, required=False)
    grade = forms.CharField(label=_("Grade"), max_length=LONGEST_CELL, required=False)
    service_area = forms.CharField(label=_("Service area"), max_length=LONGEST_CELL, required=False)
    district = forms.CharField(label=_("District"), max_length=LONGEST_CELL, required=False)
    manager_name = forms.CharField(label=_("Line manager"), max_length=LONGEST_CELL, required=False)
    manager_email = forms.CharField(label=_("Line manager’s email"), max_length=LONGEST_CELL, required=False)
    sponsor_name = forms.CharField(label=_("Chief officer sponsor"), max_length=LONGEST_CELL, required=False)
    sponsor_email = forms.CharField(label=_("Chief officer’s email"), max_length=LONGEST_CELL, required=False)
    route = forms.CharField(label=_("Route"), max_length=LONGEST_CELL, required=False)
    received = forms.CharField(label=_("Received"), max_length=LONGEST_CELL, required=False)
    mark_optional = False
    label_size = ""

    def __init__(self, *args: Any, entry: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]
        written_as = entry["written_as"]
        if written_as and not entry["certain"]:
            self.fields["everywhere"].label = _("Read “%(text)s” this way in every row, and remember it") % {
                "text": written_as
            }
            self.fields["organisation"].help_text = _("The file says “%(text)s”") % {"text": written_as}
        else:
            del self.fields["everywhere"]
        if not any(reason["field"] == "route" for reason in entry["reasons"]):
            del self.fields["route"]


class ImportOrganisationForm(BatonForm):
    submit_label = _("Add the organisation")
    name = forms.CharField(label=_("Name of the organisation"), max_length=160)
    sector = forms.ModelChoiceField(
        label=_("Sector"), queryset=None, to_field_name="public_id", error_messages={"required": _("Choose a sector")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = Sector.objects.all()  # type: ignore[attr-defined]
