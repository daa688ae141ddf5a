"""How people and organisations sort: a stored key, since collations differ between builds of PostgreSQL.

And what a name mustn't have in it that anybody may type."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_APOSTROPHES = re.compile("['’‘ʼ`´′]")
_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def sort_key(name: str) -> str:
    """Case-folded, without accents or apostrophes, hyphens as spaces: the same order in every database build."""
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", name).casefold()).translate(_LATIN)
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not "\u0300" <= char <= "\u036f")
    # Vowel signs of Indic scripts are marks, neither letters nor punctuation: they stay.
    kept = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in plain)
    return " ".join(unicodedata.normalize("NFC", kept).split()) or " ".join(text.split())


# What mail programs make a link of. No domain ends in one letter, so initials written together are none.
_LINK = re.compile(r"[/@:\u2044\u2215]|www\.|\w\.\w{2}", re.IGNORECASE)


def reads_as_link(name: str) -> bool:
    """Whether a mail program could make a link or an address of it. A dot before a space is none, and neither is one between initials."""
    # as browsers read addresses: wide forms and ideographic full stops too, and nothing that has no width of its own
    text = unicodedata.normalize("NFKD", name).replace("\u3002", ".")
    plain = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn", "Mc", "Me"))
    return _LINK.search(plain) is not None


def no_link(name: str) -> None:
    """A validator, for names that others get by mail."""
    if reads_as_link(name):
        raise ValidationError(
            _(
                "A name can’t have a web or email address in it, or a “/”, “@” or “:”."
                " Put a space after a dot, as in “St. John”"
            )
        )
