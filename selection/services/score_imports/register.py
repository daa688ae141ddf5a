"""What the portal knows at this moment of a round's applications, assessors and their work; seven statements, whatever the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from engine.names import clean_email, sort_key
from selection.models import Application, AssessorAllocation, Criterion, SelectionRound
from selection.selectors.assessment import Bars, bars, round_assessors, suspended
from selection.states import ApplicationState
from tenancy.models import Person

Row = TypeVar("Row", Application, Person)


@dataclass
class Register:
    criteria: list[Criterion]
    applications: dict[int, Application]
    assessors: dict[int, Person]
    allocations: dict[tuple[int, int], AssessorAllocation]
    barred: Bars
    # the words a row may use → the rows they may mean
    by_word: dict[str, list[int]] = field(default_factory=dict)
    assessor_by_word: dict[str, list[int]] = field(default_factory=dict)

    def application(self, words: list[str]) -> Application | str:
        """The one application that all of these words name, or why there is none."""
        return _one(words, self.by_word, self.applications, _("We don’t know an application “%(text)s” in this round."))

    def assessor(self, words: list[str]) -> Person | str:
        unknown = _("We don’t know an assessor “%(text)s” of this round.")
        return _one(words, self.assessor_by_word, self.assessors, unknown)

    def conflict(self, application: Application, person: Person) -> str:
        """Why the two must not meet, in words; '' when nothing is known."""
        row = self.allocations.get((application.pk, person.pk))
        why = [sentence for _kind, sentence in self.barred.get((application.pk, person.pk), ())]
        taken = row is not None and row.withdrawn_because == AssessorAllocation.Withdrawn.CONFLICT
        if taken or (row is not None and row.suspended):  # type: ignore[attr-defined]
            return why[0] if why else _("a conflict was declared")
        return why[0] if why else ""


def _one(words: list[str], known: dict[str, list[int]], rows: dict[int, Row], unknown: str) -> Row | str:
    found: set[int] | None = None
    for word in words:
        meant = set(known.get(key_of(word), ()))
        if not meant:
            return unknown % {"text": word}
        found = meant if found is None else found & meant
    if not found:
        return _("“%(text)s” aren’t the same.") % {"text": str(_("” and “")).join(words)}
    if len(found) > 1:
        return _("“%(text)s” could be several. Use the reference or the email address.") % {"text": words[0]}
    return rows[found.pop()]


def key_of(word: str) -> str:
    return clean_email(word) or sort_key(word)


def read_register(round_: SelectionRound) -> Register:
    applications = {
        a.pk: a
        for a in Application.objects.filter(round=round_)
        .exclude(state__in=(ApplicationState.INVITED, ApplicationState.DRAFT))
        .select_related("applicant")
    }
    allocations = list(
        AssessorAllocation.objects.filter(application__round=round_)
        .annotate(suspended=suspended("assessor", "application__applicant"))
        .select_related("assessor__organisation")
        .order_by("pk")
    )
    assessors = {p.pk: p for p in round_assessors(round_)} | {row.assessor_id: row.assessor for row in allocations}
    assessed = [a for a in applications.values() if a.state == ApplicationState.ELIGIBLE]
    register = Register(
        criteria=list(round_.criteria.all()),
        applications=applications,
        assessors=assessors,
        allocations={(row.application_id, row.assessor_id): row for row in allocations},
        barred=bars(assessed, list(assessors.values())),
    )
    for a in applications.values():
        for word in {a.reference, a.applicant.name, a.applicant.email} - {""}:
            register.by_word.setdefault(key_of(word), []).append(a.pk)
    for person in assessors.values():
        for word in {person.name, person.email} - {""}:
            register.assessor_by_word.setdefault(key_of(word), []).append(person.pk)
    return register
