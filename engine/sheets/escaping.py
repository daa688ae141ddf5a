"""Text that a spreadsheet program would run as a formula, and the apostrophe that stops it."""

import re
import unicodedata

DANGEROUS = frozenset("=+-@\t\r\0")
# Programs that read loosely take these off the front of a cell before they look at it.
_QUOTES = frozenset("'\"‘’“”")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)")


def is_dangerous(text: str) -> bool:
    """Whether the first character that shows (or a leading tab, return or NUL), quotes aside, could start a formula. Full-width and
    small forms count as what they stand for."""
    for char in text:
        if char in DANGEROUS or unicodedata.normalize("NFKC", char) in DANGEROUS:
            return _PLAIN_NUMBER.fullmatch(text) is None
        if not char.isspace() and char not in _QUOTES and unicodedata.category(char) not in ("Cc", "Cf"):
            return False
    return False


def escape_formula(text: str) -> str:
    return f"'{text}" if is_dangerous(text) else text


def strip_escape(text: str) -> str:
    """Undo `escape_formula`, so that a file of ours comes back as it was."""
    return text[1:] if text.startswith("'") and is_dangerous(text[1:]) else text
