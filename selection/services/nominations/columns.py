"""What a nominations log holds, however its owner names the columns."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as MappingOf
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engine.sheets import FieldSpec, Match, Row, Table, looks_like_date, looks_like_email, match_columns

Mapping = dict[str, dict[str, Any]]

# Synonyms are matched by meaning (engine.sheets.columns), so one of a kind is enough.
FIELDS = (
    FieldSpec("given", "First name", ("Forename", "Given name", "Nominee first name"), required=True, part="given"),
    FieldSpec("family", "Last name", ("Surname", "Family name", "Nominee surname"), required=True, part="family"),
    FieldSpec(
        "email",
        "Work email",
        ("Email", "Email address", "Nominee email", "Contact email"),
        required=True,
        value_hint=looks_like_email,
    ),
    FieldSpec(
        "organisation",
        "Organisation",
        (
            *("Employer", "Employing organisation", "Partner organisation", "Trust or council"),
            *("Agency", "Brigade or agency", "Force", "Public body", "Place of work", "Workplace", "Where they work"),
        ),
        required=True,
    ),
    FieldSpec(
        "job_title", "Job title", ("Role", "Post", "Position", "Position title", "Rank", "Rank or post", "What they do")
    ),
    FieldSpec("grade", "Grade", ("Band", "AFC band", "Level", "Seniority")),
    FieldSpec("service_area", "Service area", ("Service", "Department", "Directorate", "Function")),
    FieldSpec("district", "District", ("Place", "Area", "Locality", "Borough", "Location")),
    FieldSpec(
        "manager_name",
        "Line manager",
        ("Manager", "Manager name", "Reports to", "Line manager name", "Supervisor", "Boss"),
    ),
    FieldSpec(
        "manager_email",
        "Line manager email",
        ("Manager email", "Manager's email address", "Supervisor email", "Boss email"),
        value_hint=looks_like_email,
    ),
    FieldSpec(
        "sponsor_name",
        "Chief officer sponsor",
        (
            "Sponsor",
            "Chief officer",
            "Sponsor name",
            "Sponsoring chief officer",
            "Senior sponsor",
            "Executive sponsor",
            "Chief",
        ),
    ),
    FieldSpec(
        "sponsor_email",
        "Chief officer sponsor email",
        (
            "Sponsor email",
            "Chief officer email",
            "Sponsoring chief officer email",
            "Executive sponsor email",
            "Chief email",
        ),
        value_hint=looks_like_email,
    ),
    FieldSpec("route", "Route", ("Nominated or own application", "Application type", "Source")),
    FieldSpec(
        "received",
        "Received",
        ("Date received", "Received on", "Nomination date", "Date", "Submitted"),
        value_hint=looks_like_date,
    ),
)
LABELS: dict[str, str | Promise] = {
    "given": _("First name"),
    "family": _("Last name"),
    "email": _("Work email"),
    "organisation": _("Organisation"),
    "job_title": _("Job title"),
    "grade": _("Grade"),
    "service_area": _("Service area"),
    "district": _("District"),
    "manager_name": _("Line manager"),
    "manager_email": _("Line manager’s email"),
    "sponsor_name": _("Chief officer sponsor"),
    "sponsor_email": _("Chief officer’s email"),
    "route": _("Route"),
    "received": _("Received"),
}
REQUIRED = ("email", "organisation")
# Without these each applicant has to name who endorses them, so a file with columns to spare is asked about them.
WANTED = ("manager_email", "sponsor_email")
# The most a field may hold, as the columns of the database have it.
LONGEST = {"job_title": 160, "grade": 80, "service_area": 120, "district": 80, "manager_name": 160, "sponsor_name": 160}


def recognise(table: Table) -> Mapping:
    """The columns that are certain enough to read without asking."""
    return {key: as_choice(match) for key, match in match_columns(table.header, FIELDS, table.rows).items()}


def as_choice(match: Match) -> dict[str, Any]:
    return {"column": match.column, "part": match.part or ""}


def plain(chosen: MappingOf[str, int]) -> Mapping:
    return {key: {"column": index, "part": ""} for key, index in chosen.items()}


def missing(mapping: Collection[str]) -> list[str]:
    """Fields that no row can do without and that no column was found for."""
    absent = [key for key in REQUIRED if key not in mapping]
    if "given" not in mapping and "family" not in mapping:
        absent.insert(0, "given")
    return absent


def worth_asking(table: Table, mapping: MappingOf[str, Any]) -> bool:
    """Whether staff should match columns by hand before the rows are checked."""
    if missing(mapping):
        return True
    used = {choice["column"] for choice in mapping.values()}
    spare = [i for i in range(len(table.header)) if i not in used and any(cell is not None for cell in table.column(i))]
    return bool(spare) and any(key not in mapping for key in WANTED)


def with_full_names(mapping: Mapping) -> Mapping:
    """Where first and last name are one column, each reads its part of the full name."""
    given, family = mapping.get("given"), mapping.get("family")
    shared = given and family and given["column"] == family["column"]
    if not shared and bool(given) == bool(family):
        return mapping
    column = (given or family or {})["column"]
    return mapping | {
        "given": {"column": column, "part": "given"},
        "family": {"column": column, "part": "family"},
    }


def is_full_name(mapping: Mapping) -> bool:
    return bool(mapping.get("given", {}).get("part"))


def read(row: Row, choice: dict[str, Any]) -> Any:
    return Match(choice["column"], "", 1.0, choice["part"] or None).read(row)
