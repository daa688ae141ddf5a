"""The words of a heading: how alike two headings are, whoever wrote them."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_PHRASES = (
    (re.compile(r"\be[- ]?mail(?: address(?:es)?| addr| id)?\b"), "email"),
    (re.compile(r"\bemailaddress\b|\bmail\b"), "email"),
    (re.compile(r"\b(?:tel|telephone|phone|mobile|mob)(?: (?:number|num|no))?\b"), "phone"),
    (re.compile(r"\b(?:fore|first|given|christian)[- ]?name(?:\(s\)|s)?\b"), "forename"),
    (re.compile(r"\b(?:sur|last|family|second)[- ]?names?\b"), "surname"),
    (re.compile(r"\bf(?:irst)?name\b|\bf name\b"), "forename"),
    (re.compile(r"\b(?:s|l|last)name\b|\b[sl] name\b"), "surname"),
    (re.compile(r"\borganiz"), "organis"),
    (re.compile(r"\borg\b"), "organisation"),
    (re.compile(r"\bmgr\b"), "manager"),
    (re.compile(r"\bexec\b"), "executive"),
    (re.compile(r"\bdept\b"), "department"),
    (re.compile(r"\b(?:dt|dte)\b"), "date"),
    (re.compile(r"\bsignature|signed by\b"), "signature"),
)
_SILENT = _set("a an and by for in is of on or please s the their them they to what which who whose you your")
# Words that say little: they may be missing on one side.
_WEAK = _set(
    "emp employee name work current full details detail if known applicant nominee candidate participant person"
)
_GENERIC = _set("email phone name contact column field information title")
_KINDS = frozenset(("email", "phone"))
_WHOLE_NAME = _set("name full nominee applicant candidate participant person delegate")
_WEAK_WEIGHT = 0.12
_LEAST_ALIKE = 0.8


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Stemmed words in order, without brackets, punctuation, accents and words that carry no meaning."""
    text = _CAMEL.sub(" ", _BRACKETS.sub(" ", text)).replace("’", "'").replace("'s", " ")
    text = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    text = re.sub(r"[_/&+.:*#?]+", " ", text)
    for pattern, plain in _PHRASES:
        text = pattern.sub(plain, text)
    found = (_stem(word) for word in _WORD.findall(text) if word not in _SILENT and not word.isdigit())
    return tuple(dict.fromkeys(found))


def bare_words(text: str) -> list[str]:
    """Words that name a kind of value, such as 'email'."""
    return [word for word in words(text) if word in _KINDS]


def is_generic(text: str) -> bool:
    """Whether a heading leaves open whose value it holds: empty, or nothing but "Email", "Contact details"…"""
    return all(word in _GENERIC or word in _WEAK for word in words(text))


def means_full_name(text: str) -> bool:
    """Whether a heading stands for a person's whole name: "Name", "Nominee", "Forename and surname"."""
    found = set(words(text))
    return bool(found) and (found <= _WHOLE_NAME or found - {"name"} == {"forename", "surname"})


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """0 to 1: shared words, weighed, by all words; spelling may differ a little."""
    left, right = words(one), words(other)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    shared = 0.0
    rest = list(right)
    for word in left:
        best = max(rest, key=lambda candidate: _alike(word, candidate), default=None)
        if best is None or _alike(word, best) < _LEAST_ALIKE:
            continue
        rest.remove(best)
        shared += _alike(word, best) * max(_weight(word), _weight(best))
    total = sum(map(_weight, left)) + sum(map(_weight, rest))
    # Only equal words in the same order are worth 1.
    return min(shared / total, 0.99)


def _weight(word: str) -> float:
    return _WEAK_WEIGHT if word in _WEAK else 1.0


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) < 5:
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _stem(word: str) -> str:
    """'Sponsoring', 'sponsors' and 'sponsor' are one word in a heading."""
    for ending in ("ing", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 5 and not word.endswith("ss"):
            return word[: -len(ending)]
    return word
