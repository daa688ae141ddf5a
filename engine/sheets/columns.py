"""Recognising columns by what they mean: their words first, then the values under them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.names import split_name

from .heading_words import bare_words, is_generic, likeness, means_full_name, words
from .table import Cell, Row
from .values import looks_like_person_name

ACCEPT = 0.62
_TIE = 0.02
_SAMPLE = 200
_SYNONYM = 0.97
_COMPOSED = 0.92
_BY_VALUES = 0.65
_FULL_NAME = 0.85


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a field is called and looks like. `part` ('given' or 'family') lets a full-name column fill it."""

    key: str
    label: str
    synonyms: Sequence[str] = ()
    required: bool = False
    value_hint: Callable[[Cell], bool] | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A column for a field. With `part` set the column holds full names, and `read` gives that part of one."""

    column: int
    header: str
    confidence: float
    part: str | None = None

    def read(self, row: Row) -> Cell:
        cell = row.cells[self.column]
        if self.part is None or not isinstance(cell, str):
            return cell
        given, family = split_name(cell)
        return (given if self.part == "given" else family) or None


@dataclass(frozen=True, slots=True)
class _Column:
    index: int
    header: str
    before: str
    sample: list[Cell]

    def share(self, hint: Callable[[Cell], bool]) -> float | None:
        """Share of filled cells that look right; None when there are none."""
        return sum(map(hint, self.sample)) / len(self.sample) if self.sample else None


def match_columns(header: Sequence[str], fields: Sequence[FieldSpec], rows: Iterable[Row] = ()) -> dict[str, Match]:
    """The best column for each field it's sure of; no column serves two fields, and what's ambiguous is left out.

    One exception is meant: a full-name column serves both the field with part 'given' and the one with 'family'.
    """
    columns = _columns(header, list(rows)[:_SAMPLE])
    scores = _scores(columns, fields)
    found = _assign(scores, columns)
    _match_full_name(found, columns, fields)
    _match_by_values(found, columns, fields)
    return found


def _columns(header: Sequence[str], rows: list[Row]) -> list[_Column]:
    columns: list[_Column] = []
    before = ""
    for index, text in enumerate(header):
        sample = [row.cells[index] for row in rows if index < len(row.cells) and row.cells[index] is not None]
        columns.append(_Column(index, text, before, sample))
        # "Manager, Email, Phone": the phone is the manager's too.
        before = before if is_generic(text) and before else text
    return columns


def _scores(columns: list[_Column], fields: Sequence[FieldSpec]) -> dict[tuple[str, int], float]:
    plain = {(f.key, c.index): _word_score(c.header, f) for f in fields for c in columns}
    composed = {(f.key, c.index): _composed_score(c, f) for f in fields for c in columns}
    scores: dict[tuple[str, int], float] = {}
    for field in fields:
        for column in columns:
            place = (field.key, column.index)
            score = plain[place]
            elsewhere = max((composed[o.key, column.index] for o in fields if o.key != field.key), default=0)
            rival = any(plain[field.key, o.index] >= ACCEPT for o in columns if o.index != column.index)
            if elsewhere > ACCEPT and elsewhere > composed[place] and is_generic(column.header) and rival:
                # Read together with the column before it, it says more: it's that person's address.
                score *= 0.6
            scores[place] = _weighed(max(score, composed[place]), field, column)
    return scores


def _word_score(text: str, field: FieldSpec) -> float:
    by_synonym = max((likeness(text, synonym) for synonym in field.synonyms), default=0.0)
    return max(likeness(text, field.label), _SYNONYM * by_synonym)


def _composed_score(column: _Column, field: FieldSpec) -> float:
    """Score of a bare "Email" or an empty heading read as "<heading before> email"."""
    if not column.before or not is_generic(column.header):
        return 0.0
    own = column.header
    if not words(own):
        kinds = [kind for kind in bare_words(field.label) if field.value_hint and column.share(field.value_hint) == 1]
        own = kinds[0] if kinds else ""
    return _COMPOSED * _word_score(f"{column.before} {own}", field) if own else 0.0


def _weighed(score: float, field: FieldSpec, column: _Column) -> float:
    if not score or field.value_hint is None:
        return score
    share = column.share(field.value_hint)
    if share is None:
        return score
    if share < 0.3:
        return score * 0.5
    return score + (1 - score) * 0.3 * share


def _assign(scores: dict[tuple[str, int], float], columns: list[_Column]) -> dict[str, Match]:
    """Best pairs first. A field torn between two columns, or a column between two fields, gets nothing."""
    found: dict[str, Match] = {}
    taken: set[int] = set()
    undecided: set[str] = set()
    for (key, index), score in sorted(scores.items(), key=lambda item: (-item[1], item[0][1])):
        if score < ACCEPT:
            break
        if key in found or key in undecided or index in taken:
            continue
        near = {
            place
            for place, other in scores.items()
            if place != (key, index) and score - other <= _TIE and place[0] not in found and place[1] not in taken
        }
        if any(place[0] == key and not _better_elsewhere(place, scores) for place in near):
            undecided.add(key)
        elif rivals := {place[0] for place in near if place[1] == index}:
            undecided |= rivals | {key}
        else:
            found[key] = Match(index, columns[index].header, round(score, 2))
            taken.add(index)
    return found


def _better_elsewhere(place: tuple[str, int], scores: dict[tuple[str, int], float]) -> bool:
    """Whether the column is clearly another field's, so that it doesn't stand in this one's way."""
    own = scores[place]
    return any(score > own + _TIE for other, score in scores.items() if other[1] == place[1] and other != place)


def _match_full_name(found: dict[str, Match], columns: list[_Column], fields: Sequence[FieldSpec]) -> None:
    parts = [field for field in fields if field.part]
    if len(parts) < 2 or any(field.key in found for field in parts):
        return
    taken = {match.column for match in found.values()}
    named = [column for column in columns if column.index not in taken and means_full_name(column.header)]
    likely = [column for column in named if (column.share(looks_like_person_name) or 0) >= 0.5 or not column.sample]
    if len(likely) == 1:
        for field in parts:
            found[field.key] = Match(likely[0].index, likely[0].header, _FULL_NAME, field.part)


def _match_by_values(found: dict[str, Match], columns: list[_Column], fields: Sequence[FieldSpec]) -> None:
    """Headings that say nothing ("Contact", "Column 3"): only where one field and one column are left for a kind."""
    taken = {match.column for match in found.values()}
    open_fields = [field for field in fields if field.key not in found and field.value_hint]
    open_columns = [column for column in columns if column.index not in taken and is_generic(column.header)]
    for field in open_fields:
        hint = field.value_hint
        fitting = [column for column in open_columns if hint and (column.share(hint) or 0) >= 0.8]
        same_kind = [other for other in open_fields if other.value_hint is hint]
        if len(fitting) == 1 and len(same_kind) == 1:
            found[field.key] = Match(fitting[0].index, fitting[0].header, _BY_VALUES)
            open_columns.remove(fitting[0])
