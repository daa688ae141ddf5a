"""One row of the log as it was read, with staff's corrections in place, before it's compared with anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from engine.imports import Draft, Reason, refuse_unreadable, text_of
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
class NominationDraft(Draft):
    """`values` are what the texts mean."""

    values: dict[str, Any] = field(default_factory=dict)
    confirmed: bool = False
    organisation: str = ""  # public id
    organisation_is_certain: bool = False

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    @property
    def email(self) -> str:
        return str(self.values.get("email", ""))

    @property
    def name_key(self) -> str:
        return sort_key(self.name)


def read_drafts(
    table: Table, mapping: columns.Mapping, corrections: dict[str, dict[str, Any]]
) -> list[NominationDraft]:
    return [_draft(row, mapping, corrections.get(str(row.number), {})) for row in table.rows]


def _draft(row: Row, mapping: columns.Mapping, correction: dict[str, Any]) -> NominationDraft:
    texts = {key: text_of(columns.read(row, choice)) for key, choice in mapping.items()}
    if columns.is_full_name(mapping):
        texts["name"] = _full_name(row, mapping["given"]["column"])
    else:
        texts["name"] = " ".join(filter(None, (texts.get("given", ""), texts.get("family", ""))))
    corrected = {key: str(correction[key]) for key in EDITABLE if key in correction}
    draft = NominationDraft(
        row.number,
        {key: texts.get(key, "") for key in EDITABLE} | corrected,
        corrected=corrected,
        left_out=bool(correction.get("leave_out")),
        confirmed=bool(correction.get("confirmed")),
    )
    _note_unreadable_cells(draft, row, mapping)
    _clean(draft, {key: columns.read(row, choice) for key, choice in mapping.items()})
    return draft


def _full_name(row: Row, column: int) -> str:
    """As people write it; only 'Smith, Jane' is turned round."""
    text = text_of(row.cells[column])
    return " ".join(filter(None, split_name(text))) if "," in text else text


def _note_unreadable_cells(draft: NominationDraft, row: Row, mapping: columns.Mapping) -> None:
    for key, choice in mapping.items():
        shown, index = "name" if key in ("given", "family") else key, choice["column"]
        refuse_unreadable(draft, row, {shown: index})
        if index in row.bidi and shown not in draft.corrected and shown not in draft.unreadable:
            cell = {"cell": cell_ref(index, row.number)}
            text = _("Cell %(cell)s had hidden marks that change how text shows. We left them out.")
            draft.assume("hidden_marks", text % cell, shown)
    _drop_repeats(draft)


def _drop_repeats(draft: NominationDraft) -> None:
    seen: dict[tuple[str, str], Reason] = {}
    for reason in draft.reasons:
        seen.setdefault((reason.code, reason.text), reason)
    draft.reasons = list(seen.values())


def _clean(draft: NominationDraft, cells: dict[str, Any]) -> None:
    values = draft.values
    unreadable = draft.unreadable
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


def _clean_address(draft: NominationDraft, key: str, unreadable: set[str]) -> str:
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


def _route(draft: NominationDraft) -> str:
    text = draft.texts["route"].casefold()
    if not text or "nominat" in text:
        return "nominated"
    if "own" in text.split() or "self" in text or "application" in text:
        return "own"
    draft.assume(
        "route_unknown", _("We took the route “%(text)s” as “Nominated”.") % {"text": draft.texts["route"]}, "route"
    )
    return "nominated"


def _received(draft: NominationDraft, cell: Any, unreadable: set[str]) -> str:
    """An ISO date or ''."""
    text = draft.texts["received"]
    if not text or "received" in unreadable:
        return ""
    day = as_date(text) if "received" in draft.corrected else as_date(cell)
    if day is None:
        draft.refuse("date_invalid", _("Received: “%(text)s” isn’t a real date.") % {"text": text}, "received")
        return ""
    return day.isoformat()
