"""Names of people and organisations: how they sort, split and are recognised when people type them their own way."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product
from typing import Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tenancy.names import sort_key

Reason = Literal["exact", "alias", "abbreviation", "similar", "none"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DOTTED = re.compile(r"\b((?:[^\W\d_]\.\s?){2,}|(?:[^\W\d_]\.){1,}[^\W\d_]\b)")

_TITLES = _set(
    "mr mrs ms miss mx dr doctor prof professor cllr councillor sir dame lord lady baroness rev revd reverend"
)
_LETTERS = _set("obe mbe cbe bem qpm kpm qfsm phd md frcp jr snr jnr esq jp")
_PARTICLES = _set("al bin binti da de del della den der di dos du el ibn la le ní nic ó ter van von zu")

# One short form may stand for several; each is tried, and the names decide.
_SHORT = {
    "bc": ("borough council",),
    "cc": ("county council", "city council"),
    "cf": ("community foundation",),
    "dc": ("district council",),
    "dept": ("department",),
    "ft": ("foundation trust",),
    "govt": ("government",),
    "hosp": ("hospital",),
    "hospitals": ("hospital",),
    "icb": ("integrated care board",),
    "inst": ("institute",),
    "mbc": ("metropolitan borough council",),
    "nhsft": ("nhs foundation trust",),
    "nhst": ("nhs trust",),
    "univ": ("university",),
    "uni": ("university",),
}
# Words of administration say of what kind an organisation is, not which one; the second group tells apart
# organisations of one place; the third are ranks that a council may have changed since the list was typed.
_ADMIN = _set(
    "board borough care city council county department district foundation integrated nhs office sea "
    "service services trust upon"
)
_TRADES = _set("ambulance college fire hospital institute partnership police rescue university")
_RANKS = _set("borough city district")
_SILENT = _set("a an and for in of on the")
_LEAST = 0.68
_MARGIN = 0.12
_ALTERNATIVE = 0.45
_MOST_SIMILAR = 0.85
_MAX_TRIES = 16


@dataclass(frozen=True, slots=True)
class Known:
    """An organisation on record, with the short names people use for it."""

    id: object
    name: str
    aliases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """`best` is an id or None. Only 'exact' and 'alias' are certain (1.0); the rest is for a person to confirm."""

    best: object | None
    confidence: float
    reason: Reason
    alternatives: list[object] = field(default_factory=list)


def split_name(full: str) -> tuple[str, str]:
    """Given and family name by the usual order ("Smith, Jane" too); a guess that a person must be able to correct."""
    text = " ".join(full.split())
    head, comma, tail = text.partition(",")
    if comma and tail.strip() and not _all_in(tail.split(), _LETTERS):
        return _bare(tail), _bare(head)
    words = _bare(head).split()
    if len(words) < 2:
        return " ".join(words), ""
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def clean_email(raw: object) -> str | None:
    """The one address in a cell in lower case, out of "Name <a@b>" and "mailto:" too; None unless it's valid."""
    if not isinstance(raw, str):
        return None
    text = unicodedata.normalize("NFKC", raw).strip()
    if found := re.fullmatch(r"[^<>]*<([^<>]+)>", text):
        text = found[1]
    text = re.sub(r"^mailto:", "", text.strip(), flags=re.IGNORECASE).strip(" \t\r\n\u200b\ufeff.,;'\"").lower()
    if len(text) > 254:
        return None
    try:
        validate_email(text)
    except ValidationError:
        return None
    return text


def guess(name: str, known: Iterable[Known]) -> Guess:
    """Which organisation on record a name means. Two near candidates give no best, only alternatives."""
    records = list(known)
    wanted = _words(name)
    if not wanted:
        return Guess(None, 0.0, "none")
    for reason, confidence, ids in _certain(wanted, records):
        if len(ids) == 1:
            return Guess(ids[0], confidence, reason)
        if ids:
            return Guess(None, 0.0, "none", ids)
    return _similar(wanted, records)


def _certain(wanted: tuple[str, ...], records: list[Known]) -> Iterable[tuple[Reason, float, list[object]]]:
    """Each way of being sure, best first, with all whom it fits."""
    whole = " ".join(wanted)
    joined = "".join(wanted)  # "Castlepoint" and "Castle Point" are one name
    yield "exact", 1.0, [record.id for record in records if "".join(_words(record.name)) == joined]
    yield "alias", 1.0, [record.id for record in records if any("".join(_words(a)) == joined for a in record.aliases)]
    forms = _expansions(wanted)
    yield "abbreviation", 0.95, [record.id for record in records if forms & _record_forms(record)]
    if len(wanted) == 1 and 3 <= len(whole) <= 8:
        yield "abbreviation", 0.9, [record.id for record in records if whole in _initials(record.name)]


def _record_forms(record: Known) -> frozenset[frozenset[str]]:
    return _expansions(_words(record.name)).union(*(_expansions(_words(alias)) for alias in record.aliases))


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[str, ...]:
    """Words for comparing: "Essex C.C." and "essex cc" are the same; small words are left out."""
    text = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", unicodedata.normalize("NFKC", text))
    words = sort_key(text.replace("&", " and ")).split()
    return tuple([word for word in words if word not in _SILENT] or words)


@lru_cache(maxsize=8192)
def _expansions(words: tuple[str, ...]) -> frozenset[frozenset[str]]:
    """Every reading of the short forms in a name, as sets of words: word order is left to people."""
    choices = [_SHORT.get(word, (word,)) for word in words]
    forms: set[frozenset[str]] = set()
    for number, reading in enumerate(product(*choices)):
        if number == _MAX_TRIES:
            break
        forms.add(frozenset(" ".join(reading).split()))
    return frozenset(forms)


def _initials(name: str) -> set[str]:
    """First letters with and without the small words and "NHS": ECC, EEAST needs an alias, UoE and UE both count."""
    all_words = sort_key(name.replace("&", " and ")).split()
    short = [word for word in all_words if word not in _SILENT]
    variants = (all_words, short, [word for word in short if word != "nhs"])
    return {"".join(word[0] for word in words) for words in variants if len(words) > 1}


def _similar(wanted: tuple[str, ...], records: list[Known]) -> Guess:
    rarity = Counter(word for record in records for word in set(_words(record.name)))
    common = {word for word, count in rarity.items() if count >= max(3, len(records) // 10)}
    scored = sorted(
        ((_record_likeness(wanted, record, common), number) for number, record in enumerate(records)),
        key=lambda item: (-item[0], item[1]),
    )
    near = [records[number].id for score, number in scored[:5] if score >= _ALTERNATIVE]
    if not near:
        return Guess(None, 0.0, "none")
    best, second = scored[0][0], scored[1][0] if len(scored) > 1 else 0.0
    if best < _LEAST or best - second < _MARGIN:
        return Guess(None, 0.0, "none", near)
    return Guess(near[0], round(min(best, _MOST_SIMILAR), 2), "similar", near[1:])


def _record_likeness(wanted: tuple[str, ...], record: Known, common: set[str]) -> float:
    own = frozenset().union(*_record_forms(record))
    return max(_likeness(one, other, own, common) for one in _expansions(wanted) for other in _record_forms(record))


def _likeness(one: frozenset[str], other: frozenset[str], own: frozenset[str], common: set[str]) -> float:
    """Shared words by all words, where a word that many names have weighs less and a typo costs little.

    `own` holds every word of the record: after an alias ("EPUT NHS FT") words of the full name do no harm.
    """
    rest = set(other)
    shared = missing = 0.0
    for word in sorted(one, key=lambda word: (word not in other, word)):
        best = (
            word if word in rest else max(rest, key=lambda candidate: (_typo(word, candidate), candidate), default="")
        )
        alike = _typo(word, best)
        if alike:
            rest.discard(best)
            shared += alike * _weight(best, common)
            missing += (1 - alike) * _weight(best, common)
        elif word in own:
            shared += _weight(word, common)
        else:
            # "Southend Hospital" isn't the council: a kind of organisation that the record is not counts against it.
            missing += _weight(word, common) if word in _RANKS else max(_weight(word, common), 0.8)
    total = shared + missing + sum(_weight(word, common) for word in rest)
    return shared / total if total else 0.0


def _weight(word: str, common: set[str]) -> float:
    if word in _ADMIN:
        return 0.3
    if word in _TRADES:
        return 0.6
    return 0.5 if word in common else 1.0


@lru_cache(maxsize=65536)
def _typo(word: str, other: str) -> float:
    """1 for equal words, a little less for a slip of the finger or an initial, 0 for different ones."""
    if word == other:
        return 1.0
    if len(word) == 1 and other.startswith(word):
        return 0.8
    if min(len(word), len(other)) < 4:
        return 0.0
    ratio = SequenceMatcher(None, word, other, autojunk=False).ratio()
    return ratio if ratio >= 0.8 else 0.0


def _all_in(words: Iterable[str], allowed: frozenset[str]) -> bool:
    return all(word.casefold().strip(".,()") in allowed for word in words)


def _bare(name: str) -> str:
    """The name without the titles before it and the letters after it."""
    words = name.split()
    while len(words) > 1 and _all_in(words[:1], _TITLES):
        words = words[1:]
    while len(words) > 1 and _all_in(words[-1:], _LETTERS):
        words = words[:-1]
    return " ".join(words)
