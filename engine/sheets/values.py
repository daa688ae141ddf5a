"""Reading one cell as a date or an address, and guessing whether it's one."""

import re
from datetime import date, datetime

_EMAIL = re.compile(r"(?:mailto:)?[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]{2,}", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_WORDS = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ -](?:of )?([a-z]{3,9})\.?,?[ -](\d{4}|\d{2})", re.IGNORECASE
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}


def as_date(cell: object) -> date | None:
    """The date a cell means, day before month as in Britain; None when it's no date or no such day exists."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        return None
    text = " ".join(cell.split())
    if found := _ISO.fullmatch(text):
        return _day(found[1], int(found[2]), found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return _day(found[3], int(found[2]), found[1])
    if found := _WORDS.fullmatch(text):
        return _day(found[3], _MONTHS.get(found[2].lower(), 0), found[1])
    return None


def looks_like_email(cell: object) -> bool:
    return isinstance(cell, str) and _EMAIL.fullmatch(cell.strip()) is not None


def looks_like_date(cell: object) -> bool:
    """True for anything written as a date, even one that doesn't exist such as 31/02/2026."""
    if isinstance(cell, date):
        return True
    if not isinstance(cell, str):
        return False
    text = " ".join(cell.split())
    found = _WORDS.fullmatch(text)
    return bool(_ISO.fullmatch(text) or _DAY_FIRST.fullmatch(text) or (found and found[2].lower() in _MONTHS))


def looks_like_person_name(cell: object) -> bool:
    """Two to five words, no digit and no @: a full name, though a job title may look the same."""
    if not isinstance(cell, str) or "@" in cell or any(char.isdigit() for char in cell):
        return False
    return 2 <= len(cell.replace(",", " ").split()) <= 5


def _day(year: str, month: int, day: str) -> date | None:
    number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(number, month, int(day))
    except ValueError:
        return None
