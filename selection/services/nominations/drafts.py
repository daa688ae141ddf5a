"""One row of the log as it was read, with staff's corrections in place, before it's compared with anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from engine.dates import uk_date
from engine.names import clean_email, sort_key, split_name
from engine.sheets import Row, Table, as_date, cell_ref
from selection.services.nominations import columns

# The fields of a row as staff see and correct them: first and last name are one.
EDITABLE = (
    "name",
    "email",
    "organisation",
    "job_title",
    "grade",
    "service_area",
    "district",
    "manager_name",
    "manager_email",
    "sponsor_name",
    "sponsor_email",
    "route",
    "received",
)
NAME_LENGTH = 160


@dataclass
class Reason:
    """Why a row isn't simply good. `wrong` reasons keep it from being written; the others say what was assumed."""

    code: str
    text: str
    field: str = ""
    wrong: bool = False


@dataclass
class Draft:
    """`texts` hold what the sheet (or staff) say; `values` what they mean."""

    number: int
    texts: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    corrected: dict[str, str] = field(default_factory=dict)
    left_out: bool = False
    confirmed: bool = False
    organisation: str = ""  # public id
    organisation_is_certain: bool = False
    there: bool = False

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    @property
    def email(self) -> str:
        return str(self.values.get("email", ""))

    @property
    def name_key(self) -> str:
        return sort_key(self.name)

    def refuse(self, code: str, text: str, field_name: str = "") -> None:
        self.reasons.append(Reason(code, text, field_name, wrong=True))

    def assume(self, code: str, text: str, field_name: str = "") -> None:
        self.reasons.append(Reason(code, text, field_name))


def read_drafts(table: Table, mapping: columns.Mapping, corrections: dict[str, dict[str, Any]]) -> list[Draft]:
    return [_draft(row, mapping, corrections.get(str(row.number), {})) for row in table.rows]


def _draft(row: Row, mapping: columns.Mapping, correction: dict[str, Any]) -> Draft:
    texts = {key: _text(columns.read(row, choice)) for key, choice in mapping.items()}
    if columns.is_full_name(mapping):
        texts["name"] = _full_name(row, mapping["given"]["column"])
    else:
        texts["name"] = " ".join(filter(None, (texts.get("given", ""), texts.get("family", ""))))
    corrected = {key: str(correction[key]) for key in EDITABLE if key in correction}
    draft = Draft(
        row.number,
        {key: texts.get(key, "") for key in EDITABLE} | corrected,
        corrected=corrected,
        left_out=bool(correction.get("leave_out")),
        confirmed=bool(correction.get("confirmed")),
    )
    _refuse_unreadable_cells(draft, row, mapping)
    _clean(draft, {key: columns.read(row, choice) for key, choice in mapping.items()})
    return draft


def _full_name(row: Row, column: int) -> str:
    """As people write it; only 'Smith, Jane' is turned round."""
    text = _text(row.cells[column])
    return " ".join(filter(None, split_name(text))) if "," in text else text


def _text(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return uk_date(cell)
    return "" if cell is None else " ".join(str(cell).split())


def _refuse_unreadable_cells(draft: Draft, row: Row, mapping: columns.Mapping) -> None:
    for key, choice in mapping.items():
        shown = "name" if key in ("given", "family") else key
        index = choice["column"]
        if shown in draft.corrected:
            continue
        cell = cell_ref(index, row.number)
        if index in row.formulas:
            draft.refuse(
                "formula",
                _("Cell %(cell)s holds a formula, which we don’t run. Type its value instead.") % {"cell": cell},
                shown,
            )
        elif index in row.errors:
            draft.refuse("cell_error", _("Cell %(cell)s holds an error of the spreadsheet.") % {"cell": cell}, shown)
        elif index in row.bidi:
            draft.assume(
                "hidden_marks",
                _("Cell %(cell)s had hidden marks that change how text shows. We left them out.") % {"cell": cell},
                shown,
            )
    _drop_repeats(draft)


def _drop_repeats(draft: Draft) -> None:
    seen: dict[tuple[str, str], Reason] = {}
    for reason in draft.reasons:
        seen.setdefault((reason.code, reason.text), reason)
    draft.reasons = list(seen.values())


def _clean(draft: Draft, cells: dict[str, Any]) -> None:
    values = draft.values
    unreadable = {reason.field for reason in draft.reasons if reason.wrong}
    for key in EDITABLE:
        values[key] = draft.texts[key]
    if not values["name"] and "name" not in unreadable:
        draft.refuse("name_missing", _("The name is missing."), "name")
    elif len(values["name"]) > NAME_LENGTH:
        draft.refuse("too_long", _too_long(_("Name"), values["name"], NAME_LENGTH), "name")
    values["email"] = _clean_address(draft, "email", unreadable)
    for key in ("manager_email", "sponsor_email"):
        values[key] = _clean_address(draft, key, unreadable)
    if not values["organisation"] and "organisation" in unreadable:
        values["organisation"] = ""
    for key, longest in columns.LONGEST.items():
        if len(values[key]) > longest:
            draft.refuse("too_long", _too_long(str(columns.LABELS[key]), values[key], longest), key)
    values["route"] = _route(draft)
    values["received"] = _received(draft, cells.get("received"), unreadable)


def _too_long(label: str, text: str, longest: int) -> str:
    return _("%(label)s is %(length)d characters long. Use %(longest)d or fewer.") % {
        "label": label,
        "length": len(text),
        "longest": longest,
    }


def _clean_address(draft: Draft, key: str, unreadable: set[str]) -> str:
    text = draft.texts[key]
    if not text:
        if key == "email" and key not in unreadable:
            draft.refuse("email_missing", _("The work email is missing."), key)
        return ""
    address = clean_email(text)
    if address is None:
        code = "email_invalid" if key == "email" else "endorser_email_invalid"
        words = {"label": columns.LABELS[key], "text": text}
        draft.refuse(code, _("%(label)s: “%(text)s” isn’t an email address.") % words, key)
        return ""
    return address


def _route(draft: Draft) -> str:
    text = draft.texts["route"].casefold()
    if not text or "nominat" in text:
        return "nominated"
    if "own" in text.split() or "self" in text or "application" in text:
        return "own"
    draft.assume(
        "route_unknown", _("We took the route “%(text)s” as “Nominated”.") % {"text": draft.texts["route"]}, "route"
    )
    return "nominated"


def _received(draft: Draft, cell: Any, unreadable: set[str]) -> str:
    """An ISO date or ''."""
    text = draft.texts["received"]
    if not text or "received" in unreadable:
        return ""
    day = as_date(text) if "received" in draft.corrected else as_date(cell)
    if day is None:
        draft.refuse("date_invalid", _("Received: “%(text)s” isn’t a real date.") % {"text": text}, "received")
        return ""
    return day.isoformat()
