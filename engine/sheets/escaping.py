"""Text that a spreadsheet program would run as a formula, and the apostrophe that stops it."""

import re
import unicodedata

DANGEROUS = frozenset("=+-@\t\r\0＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)")


def is_dangerous(text: str) -> bool:
    """Whether the first character that shows (or a leading tab, return or NUL) could start a formula."""
    for char in text:
        if char in DANGEROUS:
            return _PLAIN_NUMBER.fullmatch(text) is None
        if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"):
            return False
    return False


def escape_formula(text: str) -> str:
    return f"'{text}" if is_dangerous(text) else text


def strip_escape(text: str) -> str:
    """Undo `escape_formula`, so that a file of ours comes back as it was."""
    return text[1:] if text.startswith("'") and is_dangerous(text[1:]) else text
