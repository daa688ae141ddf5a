"""What a cohort report says of attendance, learning sets and reflections."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.face_people import help_figures
from cohorts.face_returning import return_figures
from cohorts.face_room import room_figures
from cohorts.face_seating import seating_figure
from cohorts.face_where import where_figures
from cohorts.models import ActionTieFact, Attendance, EventKind, Presence, SetAction, SetMembership
from cohorts.models.issue_tag import FEWEST_MEETINGS
from cohorts.selectors import reflection_counts
from cohorts.selectors.alumni import reached_director
from cohorts.selectors.issue_tags import tag_counts
from cohorts.selectors.methods import tried_in
from cohorts.states import EventState, PlanState
from engine.reports import ReportSection, report_sections
from engine.suppression import suppress_counts, thresholds_of_tenant
from tenancy.vocabulary import in_own_words

# Fewer writers than this and the count might point at someone.
FEWEST_WRITERS = 5


def attendance_figure(cohort_id: int) -> dict[str, Any] | None:
    """Share present, by kind of event, over the registers that were kept."""
    rows = (
        Attendance.objects.filter(
            event__cohort_id=cohort_id,
            event__registered_at__isnull=False,
            event__state=EventState.PLANNED,
            is_guest=False,
        )
        .values("event__kind")
        .annotate(
            expected=Count("pk"),
            present=Count("pk", filter=Q(state=Attendance.State.PRESENT)),
            events=Count("event", distinct=True),
        )
        .order_by("event__kind")
    )
    found = list(rows)
    if not found:
        return None
    present, expected = sum(r["present"] for r in found), sum(r["expected"] for r in found)
    return {
        "key": "attendance",
        "title": _("%(share)d%% of places at events were taken up") % {"share": round(100 * present / expected)},
        "definition": _(
            "Marked present, of all marked in the registers of %(n)d events; one person at one event counts once."
            " Events without a register aren’t counted."
        )
        % {"n": sum(r["events"] for r in found)},
        "kind": "attendance",
        "data": [[str(EventKind(r["event__kind"]).label), r["present"], r["expected"]] for r in found],
    }


def guests_figure(cohort_id: int) -> dict[str, Any] | None:
    """Guests in the registers that were kept, beside the cohort's own people and never among them."""
    counts = Attendance.objects.filter(
        event__cohort_id=cohort_id,
        event__registered_at__isnull=False,
        event__state=EventState.PLANNED,
        is_guest=True,
    ).aggregate(
        expected=Count("pk"),
        present=Count("pk", filter=Q(state=Attendance.State.PRESENT)),
        events=Count("event", distinct=True),
    )
    if not counts["expected"]:
        return None
    return {
        "key": "guests",
        "title": _("%(n)d places at events were taken up by guests") % {"n": counts["present"]},
        "definition": _(
            "Marked present, of the guests marked in the registers of %(n)d events; one person at one event counts once. Guests count in"
            " no other figure. A year after an event they are deleted, and counted no more."
        )
        % {"n": counts["events"]},
        "kind": "number",
        "data": {"value": counts["present"], "of": counts["expected"]},
    }


def presence_figure(cohort_id: int) -> dict[str, Any] | None:
    """Of the chief officers' promises of which somebody wrote down afterwards whether they came: how many were kept."""
    rows = Presence.objects.filter(
        event__cohort_id=cohort_id,
        event__state=EventState.PLANNED,
        answer=Presence.Answer.YES,
        came__isnull=False,
    )
    of, kept = rows.count(), rows.filter(came=True).count()
    if not of:
        return None
    return {
        "key": "presence",
        "title": _("Chief officers kept %(kept)d of %(of)d promises to be there") % {"kept": kept, "of": of},
        "definition": _(
            "Promises to be at an event, of those of whom it was written down afterwards whether they were there. One chief officer"
            " at one event counts once."
        ),
        "kind": "number",
        "data": {"value": kept, "of": of},
    }


def sets_figure(cohort_id: int) -> dict[str, Any] | None:
    """The published sets: sizes, and how mixed they are. No names: a report outlives its people."""
    rows = SetMembership.objects.filter(plan__cohort_id=cohort_id, plan__state=PlanState.PUBLISHED).values_list(
        "learning_set__name", "learning_set__position", "person__organisation_id", "person__organisation__sector_id"
    )
    sets: dict[tuple[int, str], list[tuple[int | None, int | None]]] = {}
    for name, position, organisation, sector in rows:
        sets.setdefault((position, name), []).append((organisation, sector))
    if not sets:
        return None
    table, unmixed = [], 0
    for (_position, name), members in sorted(sets.items()):
        organisations = Counter(o for o, _sector in members if o)
        unmixed += any(n > 1 for n in organisations.values())
        table.append([name, len(members), len(organisations), len({s for _o, s in members if s})])
    title = (
        in_own_words(_("%(n)d %(sets)s, none with two people from one organisation"), n=len(sets))
        if not unmixed
        else in_own_words(
            _("%(n)d %(sets)s, %(m)d of them with two people from one organisation"), n=len(sets), m=unmixed
        )
    )
    return {
        "key": "learning-sets",
        "title": str(title),
        "definition": str(
            in_own_words(
                _(
                    "The %(sets)s in force when the report was made, by the members’ present employers and their sectors."
                )
            )
        ),
        "kind": "table",
        "data": {
            "header": [str(in_own_words(_("%(Set)s"))), _("People"), _("Organisations"), _("Sectors")],
            "rows": table,
        },
    }


def reflections_figure(cohort_id: int) -> dict[str, Any] | None:
    counts = reflection_counts(cohort_id)
    if counts["writers"] < FEWEST_WRITERS:
        return None
    return {
        "key": "reflections",
        "title": _("%(n)d participants kept reflections") % {"n": counts["writers"]},
        "definition": _(
            "People of the cohort who wrote at least one entry and haven’t deleted it. Nobody but its author can read an entry."
        ),
        "kind": "number",
        "data": {"value": counts["writers"]},
    }


def tried_figure(cohort_id: int) -> dict[str, Any] | None:
    """How much of what was learned is tried at work: numbers of the facts, withheld while few have written of it."""
    counts = reflection_counts(cohort_id)
    if counts["tryers"] < FEWEST_WRITERS:
        return None
    return {
        "key": "tried-at-work",
        "title": _("%(n)d of %(of)d entries are about something tried at work")
        % {"n": counts["tried"], "of": counts["entries"]},
        "definition": _(
            "Reflections that their authors kept as “Something I tried at work”, of all that participants wrote and haven’t deleted."
            " Nobody but its author can read an entry."
        ),
        "kind": "number",
        "data": {"value": counts["tried"], "of": counts["entries"]},
    }


def objectives_figure(cohort_id: int) -> dict[str, Any] | None:
    """The share of entries that are tied to people's own work, withheld while few have tied one."""
    counts = reflection_counts(cohort_id)
    if counts["with_objective"] < FEWEST_WRITERS:
        return None
    return {
        "key": "on-objectives",
        "title": _("%(n)d of %(of)d entries are about an objective of people’s work")
        % {"n": counts["about_work"], "of": counts["entries"]},
        "definition": _(
            "Reflections that their authors tied to a work objective of their own, of all that participants wrote and haven’t deleted."
            " Nobody but its author can read an entry or an objective."
        ),
        "kind": "number",
        "data": {"value": counts["about_work"], "of": counts["entries"]},
    }


def experiments_figure(cohort_id: int) -> dict[str, Any] | None:
    counts = tried_in(cohort_id)
    if counts is None:
        return None
    return {
        "key": "experiments",
        "title": _("%(n)d experiments at work; of %(ended)d that are over, %(kept)d were kept")
        % {"n": counts.tried, "ended": counts.ended, "kept": counts.kept},
        "definition": _(
            "Small things that participants tried at work and haven’t deleted. Kept: their owners say that they go on with it, as it was or"
            " changed. Withheld while there are fewer than five. Staff read none of them."
        ),
        "kind": "number",
        "data": {"value": counts.kept, "of": counts.ended},
    }


def action_objectives_figure(cohort_id: int) -> dict[str, Any] | None:
    """The share of actions that are for people's own work, withheld while few have tied one."""
    counts = ActionTieFact.objects.filter(cohort_id=cohort_id).aggregate(
        tied=Count("pk"), owners=Count("owner", distinct=True)
    )
    if counts["owners"] < FEWEST_WRITERS:
        return None
    made = SetAction.objects.filter(learning_set__cohort_id=cohort_id).count()
    words = _("%(n)d of %(of)d actions from %(sets)s are for an objective of people’s work")
    return {
        "key": "actions-on-objectives",
        "title": str(in_own_words(words, n=counts["tied"], of=made)),
        "definition": str(
            in_own_words(
                _(
                    "Actions that members of %(sets)s took on and tied to an objective of their own work, of all they took on. Nobody but"
                    " their owner can read the objective, nor which action is tied to it."
                )
            )
        ),
        "kind": "number",
        "data": {"value": counts["tied"], "of": made},
    }


def issues_figure(cohort_id: int) -> dict[str, Any] | None:
    """Kinds of issue that came up at enough meetings to be told."""
    shown = [row for row in tag_counts(cohort_id) if row.meetings is not None]
    if not shown:
        return None
    return {
        "key": "issues-in-sets",
        "title": str(in_own_words(_("What came up in the %(sets)s"))),
        "definition": str(
            in_own_words(
                _(
                    "At how many meetings of %(sets)s facilitators ticked that something of the kind came up; never whose it was."
                    " Kinds that came up at fewer than %(n)d meetings aren’t told."
                ),
                n=FEWEST_MEETINGS,
            )
        ),
        "kind": "table",
        "data": {
            "header": [_("Kind of issue"), _("Meetings")],
            "rows": [[row.name, row.meetings] for row in sorted(shown, key=lambda row: -(row.meetings or 0))],
        },
    }


def careers_figure(cohort_id: int) -> dict[str, Any] | None:
    """How many reached director level since they joined: of those who let it be counted, and none of it while they are few."""
    least = thresholds_of_tenant().count
    if (counts := reached_director(cohort_id, least=least)) is None:
        return None
    reached, said = counts
    if said < least or None in suppress_counts([reached, said - reached], least=least).cells:
        return None
    return {
        "key": "careers",
        "title": _("%(n)d of %(of)d alumni reached director level") % {"n": reached, "of": said},
        "definition": _(
            "Alumni of the cohort who let it be counted and wrote down the roles they took up: those with a role as director,"
            " chief officer or chief executive that began after they joined the cohort."
        ),
        "kind": "number",
        "data": {"value": reached, "of": said},
    }


def figures(cohort_id: int) -> list[dict[str, Any]]:
    made = (
        attendance_figure(cohort_id),
        guests_figure(cohort_id),
        presence_figure(cohort_id),
        seating_figure(cohort_id),
        *where_figures(cohort_id),
        sets_figure(cohort_id),
        reflections_figure(cohort_id),
        tried_figure(cohort_id),
        objectives_figure(cohort_id),
        experiments_figure(cohort_id),
        action_objectives_figure(cohort_id),
        issues_figure(cohort_id),
        careers_figure(cohort_id),
    )
    return [
        *(figure for figure in made if figure is not None),
        *room_figures(cohort_id),
        *help_figures(cohort_id),
        *return_figures(cohort_id),
    ]


report_sections.register("cohorts", ReportSection(title=gettext_lazy("Taking part"), position=30, figures=figures))
