"""Who came to what, one mark a person and event."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .canvas import INK, LINE, MAIN, QUIET, RULE, SMALL, WHITE, WIDTH, Canvas, FigureTable, nothing_yet, wrap

Person = tuple[str, Sequence[str | None]]
STATES = ("present", "part", "apologies", "absent")
_LABEL = 170
_MOST = 24


def attendance_grid(people: Sequence[Person], *, events: Sequence[str], title: str) -> SafeString:
    """Marks told apart by shape: 'present', 'part', 'apologies', 'absent', or None where nothing is recorded."""
    if not people or not events:
        return nothing_yet(title)
    canvas = Canvas()
    step = min((WIDTH - _LABEL) / len(events), _MOST)
    for index in range(len(events)):
        if step >= 16 or index % 2 == 0:
            x = _LABEL + step * (index + 0.5)
            canvas.text(x, 14, str(index + 1), size=SMALL, anchor="middle", fill=QUIET)
    canvas.y = LINE + 2
    for label, states in people:
        canvas.text(0, canvas.y + 14, wrap(label, _LABEL - 10, SMALL, lines=1)[0], size=SMALL)
        for index, state in enumerate(states[: len(events)]):
            _mark(canvas, state, _LABEL + step * (index + 0.5), canvas.y + 9.5, min(step - 4, 13))
        canvas.y += LINE
    canvas.y += 6
    for state in (*STATES, None):
        _mark(canvas, state, 8, canvas.y + 9.5, 13)
        canvas.text(22, canvas.y + 14, _name(state), size=SMALL)
        canvas.y += LINE
    return canvas.render(title, [_summary(people, events)])


def grid_table(people: Sequence[Person], *, events: Sequence[str]) -> FigureTable:
    rows = [[str(label), *(_name(state) for state in states[: len(events)])] for label, states in people]
    return FigureTable([_("Person"), *map(str, events)], rows)


def _mark(canvas: Canvas, state: str | None, x: float, y: float, size: float) -> None:
    left, top = x - size / 2, y - size / 2
    if state is None:
        canvas.circle(x, y, 1.5, fill=RULE, stroke=RULE, width=0)
        return
    if state not in STATES:
        raise ValueError(f"no such state of attendance: {state}")
    canvas.rect(left, top, size, size, MAIN if state == "present" else WHITE, stroke=INK)
    if state == "part":
        canvas.rect(left, top + size / 2, size, size / 2, MAIN, stroke=INK)
    elif state == "apologies":
        canvas.line(left, top + size, left + size, top, width=1.5)


def _name(state: str | None) -> str:
    if state is None:
        return _("Not recorded")
    return {
        "present": _("Present"),
        "part": _("Part of the time"),
        "apologies": _("Sent apologies"),
        "absent": _("Absent"),
    }[state]


def _summary(people: Sequence[Person], events: Sequence[str]) -> str:
    who = ngettext("%(count)s person", "%(count)s people", len(people)) % {"count": len(people)}
    what = ngettext("%(count)s event", "%(count)s events", len(events)) % {"count": len(events)}
    return _("%(people)s at %(events)s; the table gives each") % {"people": who, "events": what}
