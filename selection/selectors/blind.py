"""Blind marking: what an assessor reads, without what would say who wrote it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

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


class Redactor:
    """Takes the names, employer and addresses of one applicant out of a text, and leaves the rest as it was written."""

    def __init__(self, people: Iterable[Person | None], organisations: Iterable[Organisation | None]) -> None:
        whole: set[str] = set()
        parts: set[str] = set()
        hosts: set[str] = set()
        for person in people:
            if person is not None:
                whole.add(person.name)
                parts |= name_parts(person.name)
                hosts |= {person.email.rpartition("@")[2].lower()} - {""}
        employers: set[str] = set()
        acronyms: set[str] = set()
        for organisation in organisations:
            if organisation is not None:
                employers |= {organisation.name, *organisation.aliases}
                acronyms |= {organisation.short_name} - {""}
        # Acronyms and single names as they are written: 'Mark' the person, not 'mark' the verb.
        self.steps = [
            (EMAIL, _("[e-mail]")),
            (any_of(hosts, re.IGNORECASE), _("[employer]")),
            (any_of(employers, re.IGNORECASE), _("[employer]")),
            (any_of(whole, re.IGNORECASE), _("[name]")),
            (any_of(acronyms), _("[employer]")),
            (any_of(parts | {part.upper() for part in parts}), _("[name]")),
        ]

    def __call__(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        for pattern, label in self.steps:
            if pattern is not None:
                text = pattern.sub(label, text)
        return text


def name_parts(name: str) -> set[str]:
    """The words of a name that could name somebody by themselves; hyphenated ones also in one piece."""
    words = unicodedata.normalize("NFC", name).split()
    pieces = {piece for word in words for piece in (word, *re.split(r"[-‐]", word))}
    return {piece for piece in pieces if len(piece) > 1 and piece.lower().strip(".") not in PARTICLES}


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
