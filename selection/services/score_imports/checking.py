"""The dry run: what would become of each row of a sheet of scores, and why. Reads nothing and writes nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.forms import count_words
from engine.imports import Draft, refuse_unreadable, text_of, with_blank_rows
from engine.sheets import Row, Table
from selection.models import Application, AssessorAllocation
from selection.services.score_imports.columns import Mapping, comment_key, points_key
from selection.services.score_imports.register import Register
from selection.states import ApplicationState
from tenancy.models import Person

COMMENT_WORDS = 150
WHO = ("reference", "applicant", "assessor", "assessor_email")


class Outcome(models.TextChoices):
    """What becomes of a row. The values stand in the command's JSON."""

    GOOD = "good", gettext_lazy("Good")
    WRONG = "wrong", gettext_lazy("Wrong: won’t be written")
    THERE = "already there", gettext_lazy("Written from a sheet before")
    LEFT_OUT = "left out", gettext_lazy("Left out by you")
    EMPTY = "empty", gettext_lazy("Empty row")


@dataclass
class ScoreDraft(Draft):
    allocation: AssessorAllocation | None = None
    application: Application | None = None
    assessor: Person | None = None
    points: dict[str, int] = field(default_factory=dict)


def check_rows(
    table: Table, mapping: Mapping, register: Register, corrections: dict[str, dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """One plain entry per row of the sheet, in order, blank rows included."""
    corrections = corrections or {}
    drafts = [_draft(row, mapping, corrections.get(str(row.number), {})) for row in table.rows]
    for draft in drafts:
        _find(draft, register)
        _read_marks(draft, register)
    _mark_repeats(drafts)
    return with_blank_rows(table, [_entry(draft) for draft in drafts], lambda n: _entry(ScoreDraft(n, {})))


def _draft(row: Row, mapping: Mapping, correction: dict[str, Any]) -> ScoreDraft:
    texts = {key: text_of(row.cells[index]) for key, index in mapping.items()}
    corrected = {key: str(correction[key]) for key in texts if key in correction}
    draft = ScoreDraft(row.number, texts | corrected, corrected, bool(correction.get("leave_out")))
    refuse_unreadable(draft, row, mapping)
    return draft


def _find(draft: ScoreDraft, register: Register) -> None:
    """Whose scores of what they are, and whether they may be written."""
    if draft.unreadable & set(WHO):
        return
    application = person = None
    if words := _said(draft, "reference", "applicant"):
        found = register.application(words)
        if isinstance(found, Application):
            application = draft.application = found
        else:
            draft.refuse("application_unknown", found, "reference")
    else:
        draft.refuse("application_missing", _("The application is missing: give its reference."), "reference")
    if words := _said(draft, "assessor", "assessor_email"):
        somebody = register.assessor(words)
        if isinstance(somebody, Person):
            person = draft.assessor = somebody
        else:
            draft.refuse("assessor_unknown", somebody, "assessor")
    else:
        draft.refuse("assessor_missing", _("The assessor is missing."), "assessor")
    if application is not None and person is not None:
        _may_write(draft, application, person, register)


def _said(draft: ScoreDraft, *keys: str) -> list[str]:
    return [draft.texts[key] for key in keys if draft.texts.get(key)]


def _may_write(draft: ScoreDraft, application: Application, person: Person, register: Register) -> None:
    row = register.allocations.get((application.pk, person.pk))
    words = {"reference": application.reference, "name": person.name}
    if application.state != ApplicationState.ELIGIBLE:
        draft.refuse("not_assessed", _("%(reference)s isn’t being assessed.") % words, "reference")
    elif why := register.conflict(application, person):
        text = _("%(name)s has a conflict of interest with %(reference)s: %(why)s.")
        draft.refuse("conflict", text % (words | {"why": why}), "assessor")
    elif row is None:
        draft.refuse("not_given_out", _("%(reference)s wasn’t given to %(name)s to assess.") % words, "assessor")
    elif row.withdrawn_at is not None:
        draft.refuse("withdrawn", _("%(reference)s was taken from %(name)s again.") % words, "assessor")
    elif row.finished_at is not None and row.imported_at is not None:
        draft.there = True
    elif row.finished_at is not None:
        text = _("%(name)s has finished %(reference)s in the portal. That is never overwritten.")
        draft.refuse("finished", text % words, "assessor")
    elif row.drafted_at is not None:
        text = _(
            "%(name)s has begun to mark %(reference)s in the portal, and finishes it there. That is never overwritten."
        )
        draft.refuse("begun", text % words, "assessor")
    draft.allocation = row


def _read_marks(draft: ScoreDraft, register: Register) -> None:
    unreadable = draft.unreadable
    for criterion in register.criteria:
        key, words = points_key(criterion), {"name": criterion.name, "most": criterion.max_points}
        text = draft.texts.get(key, "")
        if key in unreadable:
            continue
        if not text:
            draft.refuse("points_missing", _("Points for “%(name)s” are missing.") % words, key)
        elif not (text.isascii() and text.lstrip("-").isdecimal() and len(text) < 6):
            text = _("“%(text)s” isn’t a whole number of points for “%(name)s”.") % (words | {"text": text[:40]})
            draft.refuse("not_a_number", text, key)
        elif not 1 <= int(text) <= criterion.max_points:
            text = _("%(points)s is out of range: “%(name)s” has 1 to %(most)d points.") % (words | {"points": text})
            draft.refuse("out_of_range", text, key)
        else:
            draft.points[key] = int(text)
        comment = comment_key(criterion)
        if count_words(draft.texts.get(comment, "")) > COMMENT_WORDS:
            text = _("The comment on “%(name)s” has more than %(limit)d words.") % (words | {"limit": COMMENT_WORDS})
            draft.refuse("too_long", text, comment)


def _mark_repeats(drafts: list[ScoreDraft]) -> None:
    """The same assessor's scores of the same application twice: neither counts, since nobody says which."""
    seen: dict[tuple[int, int], list[ScoreDraft]] = {}
    for draft in drafts:
        if draft.application is not None and draft.assessor is not None and not draft.left_out and not draft.there:
            seen.setdefault((draft.application.pk, draft.assessor.pk), []).append(draft)
    for same in seen.values():
        for draft in same if len(same) > 1 else ():
            others = ", ".join(str(other.number) for other in same if other is not draft)
            draft.refuse(
                "duplicate", _("The same application and assessor are in row %(rows)s too.") % {"rows": others}
            )


def _entry(draft: ScoreDraft) -> dict[str, Any]:
    outcome = Outcome.GOOD
    if not draft.texts:
        outcome = Outcome.EMPTY
    elif draft.left_out:
        outcome = Outcome.LEFT_OUT
    elif draft.there:
        outcome = Outcome.THERE
    elif draft.reasons:
        outcome = Outcome.WRONG
    return {
        "row": draft.number,
        "reference": draft.application.reference if draft.application else draft.texts.get("reference", ""),
        "assessor": draft.assessor.name if draft.assessor else " ".join(_said(draft, "assessor", "assessor_email")),
        "allocation": draft.allocation.pk if draft.allocation and outcome == Outcome.GOOD else None,
        "outcome": outcome.value,
        "reasons": []
        if outcome in (Outcome.THERE, Outcome.LEFT_OUT)
        else [reason.as_entry() for reason in draft.reasons],
        "texts": draft.texts,
        "points": draft.points if outcome == Outcome.GOOD else {},
    }
