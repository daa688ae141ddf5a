"""Where in a file the list is, and what its columns are called: by Microsoft Teams, by Zoom, or by whoever made it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.sheets import FieldSpec, Row, SheetError, Table, looks_like_email, match_columns

# field -> index of its column
Mapping = dict[str, int]

LABELS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "given": gettext_lazy("First name"),
    "family": gettext_lazy("Last name"),
    "email": gettext_lazy("Email"),
    "account": gettext_lazy("Account they joined with"),
    "joined": gettext_lazy("Joined"),
    "left": gettext_lazy("Left"),
    "duration": gettext_lazy("Time there"),
}
# As the tools write them, without what stands in brackets.
HEADINGS = {
    "name": ("name", "full name", "participant", "attendee", "display name"),
    "given": ("first name", "forename", "given name"),
    "family": ("last name", "surname", "family name"),
    "email": ("email", "e-mail", "user email", "email address", "attendee email"),
    "account": ("participant id", "upn", "user principal name"),
    "joined": ("first join", "join time", "first join time", "joined", "joined at"),
    "left": ("last leave", "leave time", "last leave time", "left", "left at"),
    "duration": ("in-meeting duration", "duration", "total duration", "time in meeting", "time in session"),
}
FIELD_OF = {heading: key for key, headings in HEADINGS.items() for heading in headings}
SPECS = (
    FieldSpec("name", "Name", ("Full name", "Who was there", "Who came", "Attended by", "Participant name")),
    FieldSpec("given", "First name", ("Forename", "Given name")),
    FieldSpec("family", "Last name", ("Surname", "Family name")),
    FieldSpec("email", "Email", ("Email address", "Work email", "Participant email"), value_hint=looks_like_email),
    FieldSpec("account", "User principal name", ("Participant id",)),
    FieldSpec("joined", "Joined", ("Join time", "Joined at", "Arrived", "Time in")),
    FieldSpec("left", "Left", ("Leave time", "Left at", "Time out")),
    FieldSpec("duration", "Duration", ("Minutes", "Time there", "Time in meeting")),
)
WHO = ("name", "given", "family", "email", "account")
TIMES = {"joined", "left", "duration"}
# A report's own numbering: “3. In-Meeting Activities”.
SECTION = re.compile(r"\d+\. ?\S.*")
_BRACKETS = re.compile(r"\([^)]*\)")
# The list stands near the top of a report; further down a heading would be a row.
NEAR = 40


def field_of(heading: object) -> str:
    """The field that a heading of the tools stands for; '' for any other."""
    return FIELD_OF.get(" ".join(_BRACKETS.sub(" ", str(heading or "")).casefold().split()), "")


def is_heading(row: Row) -> bool:
    found = {field_of(cell) for cell in row.cells}
    return "name" in found and bool(found & TIMES)


def list_in(table: Table) -> Table:
    """The participants of a report, without the summary above and the activities below; any other table as it is."""
    rows = [Row(table.header_row, list(table.header)), *table.rows]
    start = next((n for n, row in enumerate(rows[:NEAR]) if is_heading(row)), None)
    if start is None:
        return table
    head, body, notices = rows[start], rows[start + 1 :], list(table.notices)
    end = next(
        (n for n, row in enumerate(body) if row.filled == 1 and SECTION.fullmatch(str(row.cells[0] or ""))), None
    )
    if end is not None:
        words = {"number": body[end].number}
        notices.append(_("We read the list of participants, and left out what stands from row %(number)d on.") % words)
    if not body[:end]:
        raise SheetError(_("The report names nobody: the list of participants in it is empty."))
    header = ["" if cell is None else str(cell) for cell in head.cells]
    return replace(table, header=header, rows=body[:end], notices=notices, header_row=head.number)


def recognise(table: Table) -> Mapping:
    """The columns that are certain enough to read without asking; headings of the tools first."""
    found: Mapping = {}
    for index, heading in enumerate(table.header):
        if key := field_of(heading):
            found.setdefault(key, index)
    taken = set(found.values())
    header = ["" if index in taken else heading for index, heading in enumerate(table.header)]
    matches = match_columns(header, [spec for spec in SPECS if spec.key not in found], table.rows)
    return found | {key: match.column for key, match in matches.items() if match.column not in taken}


def missing(mapping: Collection[str]) -> list[str]:
    return [] if set(WHO) & set(mapping) else ["name"]
