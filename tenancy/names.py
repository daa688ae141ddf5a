"""How people and organisations sort: a stored key, since collations differ between builds of PostgreSQL."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile("['’‘ʼ`´′]")
_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def sort_key(name: str) -> str:
    """Case-folded, without accents or apostrophes, hyphens as spaces: the same order in every database build."""
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", name).casefold()).translate(_LATIN)
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not "\u0300" <= char <= "\u036f")
    # Vowel signs of Indic scripts are marks, neither letters nor punctuation: they stay.
    kept = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in plain)
    return " ".join(unicodedata.normalize("NFC", kept).split()) or " ".join(text.split())
