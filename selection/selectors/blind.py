"""Blind marking: what an assessor reads, without what would say who wrote it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from selection.models import Application, AssessorAllocation
from tenancy.models import Organisation, Person

EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# Titles and particles that say nothing about who somebody is.
PARTICLES = frozenset(
    {"de", "la", "van", "von", "der", "den", "al", "el", "bin", "dr", "mr", "mrs", "ms", "sir", "prof", "the", "and"}
)
APOSTROPHES = "'’ʼ"
ANY_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
HYPHENS = "-‐‑"
ANY_HYPHEN = re.compile(f"[{HYPHENS}]")
# Names that are words of the language too. With a capital inside a sentence they're names; at its beginning, or where the words
# around say otherwise, they're left: a text full of holes says nothing.
WORDS_TOO = frozenset(
    """art august bill bishop black bliss brown chance chase dale dean drew earl faith field fields frank grace grant gray green grey
    guy hope hunter joy june king knight lane law long major mark marsh may mercy miles noble olive page park pat patience price
    prior read reader reed rich rob rose ruby sage stone street sue summer sunny victor wade ward way west white will wise wood
    young""".split()
)
# What stands before or after the ordinary word, whatever the capital: 'in May', 'May 2024', 'Grant funding', 'Will we'.
ORDINARY_BEFORE = re.compile(
    r"(?:\b(?:in|by|until|till|since|last|next|early|late|mid|from|to|of|and|or|early in|during|between)|\d(?:st|nd|rd|th)?|[-–])\s*$",
    re.I,
)
ORDINARY_AFTER = {
    "may": re.compile(r"\s+(?:\d|to\b|and\s+(?:june|july)\b|half|elections?\b)", re.I),
    "grant": re.compile(r"\s+(?:fund|income|money|programme|scheme|agreement|giving|making|applic|aid)", re.I),
}
MONTHS = frozenset({"may", "june", "august"})
# At the beginning of a sentence: the name does something, or owns something.
AS_A_NAME = re.compile(
    rf"(?:[{APOSTROPHES}]s\b|\s+(?:and\s+I|was|is|has|had|said|led|made|asked|told|took|gave|wrote|joined|became|\w+ed)\b)"
)
SENTENCE_BEGINS = re.compile(r"(?:^|[.!?]\s+|\n\s*|[\"“”‘(•*–-]\s*)$")
# Letters that mean something to every reader, and nothing about the one who wrote.
KNOWN_TO_ALL = frozenset(
    "NHS CEO CFO COO CIO DPH DASS DCS GP HR ICB ICS ICP IT KPI MBA MP NGO PCC PCN PFI PHE SEN SMT SRO UK USA VCS VCSE AI BBC".split()
)
SMALL_WORDS = frozenset({"and", "of", "the", "for", "in", "with", "&", "on", "de"})
COMPANY = re.compile(r"[\s,]+(?:ltd|limited|plc|cic|llp|cio)\.?$", re.I)


class Redactor:
    """Takes the names, employer and addresses of one applicant out of a text, and leaves the rest as it was written."""

    def __init__(self, people: Iterable[Person | None], organisations: Iterable[Organisation | None]) -> None:
        whole: set[str] = set()
        parts: set[str] = set()
        hosts: set[str] = set()
        initials: set[str] = set()
        for person in people:
            if person is not None:
                whole |= {person.name, *shortened(person.name)}
                parts |= name_parts(person.name)
                initials |= initials_of(person.name)
                hosts |= {person.email.rpartition("@")[2].lower()} - {""}
        employers: set[str] = set()
        acronyms: set[str] = set()
        for organisation in organisations:
            if organisation is not None:
                employers |= {
                    form for name in (organisation.name, *organisation.aliases) for form in company_forms(name)
                }
                acronyms |= {organisation.short_name, *acronyms_of(organisation.name)} - {""}
        plain = {part for part in parts if part.lower() not in WORDS_TOO}
        # Acronyms and single names as they are written: 'Mark' the person, not 'mark' the verb.
        self.steps: list[tuple[re.Pattern[str] | None, str | Callable[[re.Match[str]], str]]] = [
            (EMAIL, _("[e-mail]")),
            (any_of(hosts, re.IGNORECASE), _("[employer]")),
            (any_of(employers, re.IGNORECASE), _("[employer]")),
            (any_of({name for name in whole if not only_words(name)}, re.IGNORECASE), _("[name]")),
            (any_of(form for name in whole if only_words(name) for form in (name, name.upper())), _("[name]")),
            (any_of(acronyms), _("[employer]")),
            (any_of(plain | {part.upper() for part in plain}), _("[name]")),
            (any_of(parts - plain), named_or_meant),
            (any_of(initials), _("[name]")),
        ]

    def __call__(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        for pattern, label in self.steps:
            if pattern is not None:
                text = pattern.sub(label, text)
        return text


def only_words(name: str) -> bool:
    """Whether every word of it is a word of the language: 'Will Grant' is somebody, 'will grant' isn't."""
    return all(word.lower().strip(".,") in WORDS_TOO or len(word.strip(".,")) == 1 for word in name.split())


def named_or_meant(found: re.Match[str]) -> str:
    """[name] for a name that is a word too, unless the words around it say that the word is meant."""
    word = found.group()
    before, after = found.string[: found.start()][-40:], found.string[found.end() :][:40]
    if SENTENCE_BEGINS.search(before):
        spoken_of = AS_A_NAME.match(after) or (after.startswith(",") and word.lower() not in MONTHS)
        return _("[name]") if spoken_of else word
    ordinary = ORDINARY_AFTER.get(word.lower())
    if ordinary is not None and ordinary.match(after):
        return word
    if word.lower() in MONTHS and ORDINARY_BEFORE.search(before):
        return word
    return _("[name]")


def words_of_name(name: str) -> list[str]:
    """The words that could name somebody: without titles and particles."""
    words = unicodedata.normalize("NFC", name).split()
    return [word for word in words if word.lower().strip(".,") not in PARTICLES]


def name_parts(name: str) -> set[str]:
    """The words of a name that could name somebody by themselves; hyphenated ones also in one piece, and apart."""
    pieces = {piece for word in words_of_name(name) for piece in (word, *ANY_HYPHEN.split(word))}
    apart = {ANY_HYPHEN.sub(" ", word) for word in words_of_name(name) if ANY_HYPHEN.search(word)}
    return {piece for piece in pieces | apart if len(piece) > 1 and piece.lower().strip(".") not in PARTICLES}


def shortened(name: str) -> set[str]:
    """'N. Kerr-Whitfield', 'N Kerr-Whitfield', 'Kerr-Whitfield, Nadia', and first and last without what is between."""
    words = words_of_name(name)
    if len(words) < 2:
        return set()
    first, last, initials = words[0], words[-1], [word[0] for word in words[:-1]]
    forms = {
        f"{last}, {' '.join(words[:-1])}",
        f"{last}, {first}",
        f"{first} {last}",
        f"{first[0]}. {last}",
        f"{first[0]} {last}",
    }
    forms |= {f"{''.join(f'{i}.' for i in initials)} {last}", f"{' '.join(f'{i}.' for i in initials)} {last}"}
    forms |= {f"{''.join(initials)} {last}", f"{' '.join(words[:-1])} {last[0]}.", f"{first} {last[0]}."}
    return forms


def initials_of(name: str) -> set[str]:
    """Standing alone: with points from two letters on, without from three on (two could be anything)."""
    letters = [piece[0] for word in words_of_name(name) for piece in ANY_HYPHEN.split(word) if piece[:1].isalpha()]
    if len(letters) < 2 or not all(letter.isupper() for letter in letters):
        return set()
    plain = "".join(letters)
    forms = {".".join(letters) + ".", ". ".join(letters) + ".", ".".join(letters)}
    return forms | ({plain} if len(plain) > 2 and plain not in KNOWN_TO_ALL else set())


def company_forms(name: str) -> set[str]:
    """A name with and without its legal form and its article, 'and' for '&'."""
    name = " ".join(name.split())
    forms = {name, COMPANY.sub("", name)}
    forms |= {form.replace(" & ", " and ") for form in forms} | {form.replace(" and ", " & ") for form in forms}
    return forms | {form[4:] for form in forms if form.lower().startswith("the ")}


def acronyms_of(name: str) -> set[str]:
    """What a name of three words and more is called for short, the small words left out or taken in, with and without NHS."""
    words = [word for word in re.findall(r"[\w&]+", COMPANY.sub("", name)) if word.lower() != "the"]
    found = set()
    for chosen in (words, [word for word in words if word.upper() != "NHS"]):
        large = [word for word in chosen if word.lower() not in SMALL_WORDS]
        for some in (large, chosen):
            short = "".join(word if word.isupper() and len(word) > 1 else word[0].upper() for word in some)
            mixed = "".join(word[0].lower() if word.lower() in SMALL_WORDS else word[0].upper() for word in some)
            found |= {form for form in (short, mixed) if len(large) > 2}
    return found - KNOWN_TO_ALL


def any_of(phrases: Iterable[str], flags: int = 0) -> re.Pattern[str] | None:
    """A pattern for any of these as whole words, the longest first, with or without accents; None when there are none."""
    forms = {form for phrase in phrases if phrase.strip() for form in (phrase.strip(), without_accents(phrase.strip()))}
    if not forms:
        return None
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(whole_word(unicodedata.normalize("NFC", form)) for form in ordered), flags)


def whole_word(form: str) -> str:
    pattern = r"\s+".join(re.escape(word) for word in form.split())
    pattern = ANY_APOSTROPHE.sub(lambda _mark: f"[{APOSTROPHES}]", pattern)
    pattern = re.sub(rf"\\?[{HYPHENS}]", lambda _mark: f"[{HYPHENS}]", pattern)
    if any(unicodedata.east_asian_width(char) in "WF" for char in form):
        return pattern  # scripts that put no space between words
    return rf"(?<!\w){pattern}(?!\w)"


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def redactor_for(application: Application) -> Redactor:
    """Removes the applicant, whom they report to and who sponsors them, and their employers then and now.

    `application` comes with applicant__organisation, organisation, line_manager and sponsor selected.
    """
    return Redactor(
        (application.applicant, application.line_manager, application.sponsor),
        (application.organisation, application.applicant.organisation),
    )


def references_for(person_id: int) -> dict[int, str]:
    """Applicant id → reference: those whom an assessor has declared to know from what they read blind. The guess may be wrong, so
    what they see of the declaration is what they saw then."""
    rows = AssessorAllocation.objects.filter(
        assessor_id=person_id,
        withdrawn_because=AssessorAllocation.Withdrawn.CONFLICT,
        application__round__blind=True,
    )
    return dict(rows.values_list("application__applicant_id", "application__reference"))
