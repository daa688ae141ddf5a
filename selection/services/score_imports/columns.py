"""What the columns of a sheet of scores are called, and how they're recognised."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from engine.sheets import FieldSpec, Table, match_columns
from selection.models import Criterion

# field -> index of its column
Mapping = dict[str, int]


def points_key(criterion: Criterion) -> str:
    return f"points_{criterion.position}"


def comment_key(criterion: Criterion) -> str:
    return f"comment_{criterion.position}"


def points_heading(criterion: Criterion) -> str:
    return _("%(name)s: points (1 to %(most)d)") % {"name": criterion.name, "most": criterion.max_points}


def comment_heading(criterion: Criterion) -> str:
    return _("%(name)s: comment") % {"name": criterion.name}


def labels(criteria: Sequence[Criterion]) -> dict[str, str]:
    """Field → its heading, in the order of the sheet."""
    found = {
        "reference": _("Reference"),
        "applicant": _("Applicant"),
        "assessor": _("Assessor"),
        "assessor_email": _("Assessor’s email"),
    }
    for criterion in criteria:
        found[points_key(criterion)] = points_heading(criterion)
        found[comment_key(criterion)] = comment_heading(criterion)
    return found


def specs(criteria: Sequence[Criterion]) -> list[FieldSpec]:
    fields = [
        FieldSpec("reference", "Reference", ("Application", "Application reference", "Ref", "Application number")),
        FieldSpec("applicant", "Applicant", ("Name of applicant", "Applicant name", "Nominee", "Applicant email")),
        FieldSpec("assessor", "Assessor", ("Name of assessor", "Assessor name", "Marker", "Marked by", "Scored by")),
        FieldSpec("assessor_email", _("Assessor’s email"), ("Assessor email", "Assessor's email", "Marker email")),
    ]
    for c in criteria:
        said = (c.name, f"{c.name} points", f"{c.name} score", f"{c.name} mark")
        fields.append(FieldSpec(points_key(c), points_heading(c), said))
        fields.append(FieldSpec(comment_key(c), comment_heading(c), (f"{c.name} comment", f"{c.name} comments")))
    return fields


def recognise(table: Table, criteria: Sequence[Criterion]) -> Mapping:
    """The columns that are certain enough to read without asking; headings of the portal's own sheet first."""
    exact = {heading.casefold(): key for key, heading in labels(criteria).items()}
    found = {key: n for n, head in enumerate(table.header) if (key := exact.get(head.strip().casefold()))}
    taken = set(found.values())
    rest = [spec for spec in specs(criteria) if spec.key not in found]
    header = ["" if n in taken else head for n, head in enumerate(table.header)]
    return found | {
        key: match.column for key, match in match_columns(header, rest).items() if match.column not in taken
    }


def missing(mapping: Collection[str], criteria: Sequence[Criterion]) -> list[str]:
    """Fields that no row can do without and that no column was found for."""
    absent = [points_key(c) for c in criteria if points_key(c) not in mapping]
    if "assessor" not in mapping and "assessor_email" not in mapping:
        absent.insert(0, "assessor")
    if "reference" not in mapping and "applicant" not in mapping:
        absent.insert(0, "reference")
    return absent
