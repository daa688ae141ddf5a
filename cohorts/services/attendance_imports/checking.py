"""The dry run: what would become of each row of a list, and why. Reads nothing and writes nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import Attendance
from cohorts.services.attendance_imports.columns import WHO, Mapping
from cohorts.services.attendance_imports.reading import cell_text, minutes_covered, minutes_of, moment_of, names_in
from cohorts.services.attendance_imports.register import Register
from engine.dates import uk_date, uk_time
from engine.imports import Draft, refuse_unreadable, with_blank_rows
from engine.names import clean_email
from engine.sheets import Row, Table

State = Attendance.State
# Reasons that a person choosing somebody does away with.
WHO_IS_IT = {"unknown", "several", "same_name"}


class Outcome(models.TextChoices):
    """What becomes of a row. The values stand in the command's JSON."""

    GOOD = "good", gettext_lazy("Present")
    LATE = "late", gettext_lazy("Present, but late or not for long")
    DIFFERS = "differs", gettext_lazy("The register says otherwise")
    UNKNOWN = "unknown", gettext_lazy("We don’t know who this is")
    OTHER = "not expected", gettext_lazy("Not expected")
    WRONG = "wrong", gettext_lazy("Wrong: won’t be written")
    THERE = "already there", gettext_lazy("Marked present already")
    AGAIN = "again", gettext_lazy("Joined again: added up")
    LEFT_OUT = "left out", gettext_lazy("Left out by you")
    EMPTY = "empty", gettext_lazy("Empty row")


@dataclass
class Rule:
    """From when on somebody is shown as late; both are said on the page."""

    late_after: int
    least_share: int
    zone: ZoneInfo


@dataclass
class ListDraft(Draft):
    person: str = ""
    # by choice of staff, by an address, by a name
    how: str = ""
    other: str = ""
    address: str = ""
    overwrite: str = ""
    joined: datetime | None = None
    left: datetime | None = None
    minutes: float | None = None
    # the row of the same person to which this one was added
    added_to: int = 0
    mark: str = ""
    shown: dict[str, Any] = field(default_factory=dict)


def check_rows(
    table: Table, mapping: Mapping, register: Register, rule: Rule, corrections: dict[str, dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """One plain entry per row of the sheet, in order, blank rows included."""
    corrections = corrections or {}
    drafts = []
    for row in table.rows:
        correction = corrections.get(str(row.number), {})
        draft = _draft(row, mapping, correction)
        _find(draft, register, str(correction.get("person", "")))
        _read_times(draft, register, rule)
        drafts.append(draft)
    _refuse_shared_names(drafts)
    for rows in _by_person(drafts).values():
        _weigh(rows, register, rule)
    entries = [_entry(draft, register, rule) for draft in drafts]
    return with_blank_rows(table, entries, lambda number: _entry(ListDraft(number, {}), register, rule))


def _draft(row: Row, mapping: Mapping, correction: dict[str, Any]) -> ListDraft:
    texts = {key: cell_text(row.cells[index]) for key, index in mapping.items()}
    corrected = {key: str(correction[key]) for key in texts if key in correction}
    draft = ListDraft(row.number, texts | corrected, corrected, bool(correction.get("leave_out")))
    draft.overwrite = str(correction.get("overwrite", ""))
    refuse_unreadable(draft, row, mapping)
    return draft


def said_name(texts: dict[str, str]) -> str:
    return texts.get("name") or " ".join(filter(None, (texts.get("given"), texts.get("family"))))


def _find(draft: ListDraft, register: Register, chosen: str) -> None:
    """Who it is: whom staff chose, whose address it is, whose whole name."""
    addresses = [address for key in ("email", "account") if (address := clean_email(draft.texts.get(key, "")))]
    draft.address = addresses[0] if addresses else ""
    if chosen in register.people:
        draft.person, draft.how = chosen, "choice"
        return
    if draft.unreadable & set(WHO):
        return
    name = said_name(draft.texts)
    # Some type their address where the tool asks for a name.
    addresses += [address for each in names_in(name) if (address := clean_email(each))]
    known = next((register.by_email[address] for address in addresses if address in register.by_email), "")
    if known:
        _take(draft, register, known, "address")
        return
    found = register.named(names_in(name))
    if expected := found & set(register.people):
        found = expected
    words = {"name": (name or draft.address)[:80]}
    if len(found) == 1:
        _take(draft, register, found.pop(), "name")
    elif found:
        draft.refuse("several", _("Several people are called “%(name)s”. Choose who it is.") % words, "name")
    elif words["name"]:
        text = _("We don’t know “%(name)s”. Choose who of those expected it is, or leave the row out.")
        draft.refuse("unknown", text % words, "name")
    else:
        draft.refuse("nobody", _("The row names nobody."), "name")


def _take(draft: ListDraft, register: Register, key: str, how: str) -> None:
    if key in register.people:
        draft.person, draft.how = key, how
    else:
        draft.other = register.others[key].name


def _read_times(draft: ListDraft, register: Register, rule: Rule) -> None:
    """What can't be read isn't compared, and says so; a row from another day isn't of this event."""
    event, unreadable = register.event, draft.unreadable
    for key in ("joined", "left"):
        text = draft.texts.get(key, "")
        if not text or key in unreadable:
            continue
        moment = moment_of(text, near=event.starts_at, zone=rule.zone)
        if moment is None:
            words = {"text": text[:40]}
            draft.assume("time_unreadable", _("We can’t read the time “%(text)s”, so we left it out.") % words, key)
        setattr(draft, key, moment)
    if draft.joined is not None:
        day, first, last = (
            moment.astimezone(rule.zone).date() for moment in (draft.joined, event.starts_at, event.ends_at)
        )
        if not first <= day <= last:
            words = {"day": uk_date(day), "event": uk_date(first)}
            text = _("This is from %(day)s. The event was on %(event)s.")
            draft.refuse("other_day", text % words, "joined")
    if (text := draft.texts.get("duration", "")) and "duration" not in unreadable:
        draft.minutes = minutes_of(text)
        if draft.minutes is None:
            words = {"text": text[:40]}
            draft.assume("time_unreadable", _("We can’t read “%(text)s” as a time, so we left it out.") % words, key)


def _counts(draft: ListDraft) -> bool:
    return bool(draft.person) and not draft.left_out and not draft.wrong


def _by_person(drafts: list[ListDraft]) -> dict[str, list[ListDraft]]:
    found: dict[str, list[ListDraft]] = {}
    for draft in drafts:
        if _counts(draft):
            found.setdefault(draft.person, []).append(draft)
    return found


def _refuse_shared_names(drafts: list[ListDraft]) -> None:
    """One name with several addresses may be several people: those told by the name alone aren't guessed."""
    for rows in _by_person(drafts).values():
        if len({row.address for row in rows if row.address}) < 2:
            continue
        for row in rows:
            if row.how != "name":
                continue
            others = ", ".join(str(other.number) for other in rows if other.address != row.address)
            text = _("Row %(rows)s has this name with another address. Choose who this is, or leave the row out.")
            row.refuse("same_name", text % {"rows": others}, "name")
            row.person = ""


def _weigh(rows: list[ListDraft], register: Register, rule: Rule) -> None:
    """All rows of one person are one: the first of them says what becomes of it."""
    lead, event = rows[0], register.event
    for row in rows[1:]:
        row.added_to = lead.number
    lead.mark = register.marks.get(lead.person, "")
    joined = min((row.joined for row in rows if row.joined), default=None)
    minutes = _minutes(rows, event.starts_at, event.ends_at)
    lead.shown = {"joined": joined, "minutes": minutes}
    length = (event.ends_at - event.starts_at).total_seconds() / 60
    if joined is not None and joined > event.starts_at + timedelta(minutes=rule.late_after):
        late = int((joined - event.starts_at).total_seconds() // 60)
        words = {"clock": clock(joined, rule), "n": late}
        text = ngettext(
            "Joined at %(clock)s, %(n)d minute after the start.",
            "Joined at %(clock)s, %(n)d minutes after the start.",
            late,
        )
        lead.assume("late", text % words, "joined")
    if minutes is not None and minutes < length * rule.least_share / 100:
        words = {"minutes": round(minutes), "all": round(length)}
        lead.assume("short", _("Was there for %(minutes)d of %(all)d minutes.") % words, "duration")
    if lead.mark == State.PRESENT or not lead.mark:
        return
    words = {"mark": State(lead.mark).label}
    if lead.overwrite == lead.mark:
        lead.assume("overwritten", _("The register says “%(mark)s”. You chose to overwrite that.") % words)
    else:
        text = _("The register says “%(mark)s”. That stays, unless you tick on this row’s page to overwrite it.")
        lead.refuse("differs", text % words)


def _minutes(rows: list[ListDraft], start: datetime, end: datetime) -> float | None:
    """How long they were there during the event, as far as the list says so: what the tool counted, and no more than lies between
    joining and leaving."""
    spans = [(row.joined, row.left) for row in rows if row.joined and row.left]
    covered = minutes_covered(spans, start, end) if len(spans) == len(rows) else None
    counted = sum(row.minutes or 0 for row in rows) if all(row.minutes is not None for row in rows) else None
    known = [value for value in (covered, counted) if value is not None]
    return min(known) if known else None


def _outcome(draft: ListDraft) -> Outcome:
    codes, wrong = {reason.code for reason in draft.reasons}, {reason.code for reason in draft.wrong}
    if not any(draft.texts.values()):
        return Outcome.EMPTY
    if draft.left_out:
        return Outcome.LEFT_OUT
    if draft.other:
        return Outcome.OTHER
    if wrong - WHO_IS_IT - {"differs"}:
        return Outcome.WRONG
    if wrong & WHO_IS_IT:
        return Outcome.UNKNOWN
    if draft.added_to:
        return Outcome.AGAIN
    if draft.mark == State.PRESENT:
        return Outcome.THERE
    if wrong:
        return Outcome.DIFFERS
    return Outcome.LATE if codes & {"late", "short"} else Outcome.GOOD


def clock(moment: datetime, rule: Rule) -> str:
    """To the minute, as it was where the event is."""
    return uk_time(moment.astimezone(rule.zone).time().replace(second=0))


def _entry(draft: ListDraft, register: Register, rule: Rule) -> dict[str, Any]:
    outcome = _outcome(draft)
    reasons = [] if outcome == Outcome.LEFT_OUT else [reason.as_entry() for reason in draft.reasons]
    if draft.added_to:
        text = _("Added to row %(row)d.") % {"row": draft.added_to}
        reasons.append({"code": "added", "field": "", "text": text})
    if outcome == Outcome.OTHER:
        text = _("%(name)s belongs to the cohort, but isn’t expected at this event.") % {"name": draft.other}
        reasons.append({"code": "not_expected", "field": "", "text": text})
    joined, minutes = draft.shown.get("joined"), draft.shown.get("minutes")
    return {
        "row": draft.number,
        "said": said_name(draft.texts) or draft.texts.get("email", "") or draft.texts.get("account", ""),
        "name": register.people[draft.person].name if draft.person else draft.other,
        "person": draft.person,
        "chosen": draft.person if draft.how == "choice" else "",
        "mark": draft.mark if draft.mark != State.PRESENT else "",
        "overwrite": draft.overwrite,
        "joined": clock(joined, rule) if joined else "",
        "minutes": None if minutes is None else round(minutes),
        "outcome": outcome.value,
        "reasons": reasons,
        "texts": draft.texts if outcome != Outcome.EMPTY else {},
    }
