"""The lists of selection as spreadsheets: the columns of their pages, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from cohorts.models import Cohort
from engine.dates import uk_datetime
from engine.views.downloads import Column, Sheet, read
from selection.models import Criterion, Question, SelectionRound
from selection.selectors.withheld import CONFLICT
from selection.services.chasing import EndorsementChase
from selection.services.score_imports.columns import comment_heading, points_heading
from selection.states import CentreState


def of_round(title: str, round_: SelectionRound) -> str:
    return f"{title}, {round_.cohort.name}"


def applications_sheet(
    round_: SelectionRound,
    rows: Iterable[dict[str, Any]],
    *,
    scored: bool,
    closed: bool,
    files: tuple[Sequence[Question], Mapping[str, Mapping[int, str]]] = ((), {}),
) -> Sheet:
    """`files` as file_names() has them: a column with the file’s name for each question that asks for one."""
    columns = [
        Column(_("Name"), "applicant__name"),
        Column(_("Reference"), "reference"),
        Column(_("Organisation"), "organisation__name"),
        Column(_("Sector"), "organisation__sector__name"),
        Column(_("State"), "state_text"),
        Column(_("To settle"), lambda row: ", ".join(row["check_text"])),
        Column(_("Line manager"), "manager_text"),
        Column(_("Chief officer"), "officer_text"),
    ]
    questions, names = files
    for question in questions:
        text = _("File: %(question)s") % {"question": question.text}
        columns.append(Column(text, lambda row, asked=question.pk: names.get(row["public_id"], {}).get(asked)))
    if scored:
        columns += [
            Column(_("Assessors"), "allocated", "number"),
            Column(_("Scored"), "finished", "number"),
            Column(_("Points"), "score_points", "number"),
            Column(_("Gap"), "score_gap", "number"),
        ]
    if closed:
        columns.append(Column(_("Conflict of interest"), lambda row: CONFLICT if row["closed"] else ""))
    return Sheet(of_round(_("Applications"), round_), columns, rows)


def endorsements_sheet(round_: SelectionRound, rows: Iterable[dict[str, Any]]) -> Sheet:
    columns = (
        Column(_("Applicant"), "application__applicant__name"),
        Column(_("Reference"), "application__reference"),
        Column(_("Endorser"), "endorser__name"),
        Column(_("Email"), "endorser__email"),
        Column(_("As"), "kind_text"),
        Column(_("State"), "state_text"),
        Column(_("What they wrote"), "comment"),
        Column(_("Days released"), "days_released", "number"),
        Column(_("Cover"), "cover"),
        Column(_("Pays what taking part costs"), "will_fund", "yes"),
        Column(_("Project"), "project_idea"),
        Column(_("Asked"), "asked_at", "day"),
        Column(_("Late"), "late", "yes"),
        Column(_("Reminders"), lambda row: row["written"].times if row["written"] else 0, "number"),
        Column(_("Answered"), "answered_at", "day"),
    )
    return Sheet(of_round(_("Endorsements"), round_), columns, rows)


def nominations_sheet(round_: SelectionRound, rows: Iterable[dict[str, Any]]) -> Sheet:
    columns = (
        Column(_("Nominee"), "who"),
        Column(_("Email"), "address"),
        Column(_("Job title"), "job"),
        Column(_("Organisation"), "employer"),
        Column(_("Where from"), "source"),
        Column(_("State"), "stands"),
        Column(_("When"), "at", "day"),
    )
    return Sheet(of_round(_("Nominations"), round_), columns, rows)


def nominators_sheet(round_: SelectionRound, rows: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Senior leader"), "named"),
        Column(_("Email"), "person.email"),
        Column(_("Asked"), "asked_at", "day"),
        Column(_("Link taken back"), "withdrawn_at", "day"),
        Column(_("Nominations"), "sent", "number"),
        Column(_("To confirm"), "waiting", "number"),
        Column(_("Nominees told"), "passed", "number"),
    )
    return Sheet(of_round(_("Who was asked to nominate"), round_), columns, rows)


def chase_sheet(round_: SelectionRound, plan: EndorsementChase) -> Sheet:
    """All that the preview says, as one list: who gets a message, who gets none, and about whom there’s nothing to write."""
    rows = [
        *(
            {
                "who": r.person,
                "what": "; ".join(str(o.label) for o in r.items),
                "gets": not r.obstacle,
                "why": r.obstacle,
            }
            for r in (*plan.chase.reminders, *plan.chase.left_out)
        ),
        *(
            {"who": row.endorser, "what": row.application.applicant.name, "gets": False, "why": why}
            for row, why in plan.nothing_to_ask
        ),
    ]
    columns = (
        Column(_("Who"), lambda row: row["who"].name),
        Column(_("Email"), lambda row: row["who"].email),
        Column(_("Of what"), "what"),
        Column(_("Gets a reminder"), "gets", "yes"),
        Column(_("Why not"), "why"),
    )
    return Sheet(of_round(_("Reminders to endorsers"), round_), columns, rows)


def sponsors_sheet(round_: SelectionRound, sponsors: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Chief officer"), "name"),
        Column(_("Email"), "email"),
        Column(_("Organisations"), lambda row: ", ".join(row.organisations)),
        Column(_("Signal"), lambda row: row.signal.label),
        Column(_("Asked"), "asked", "number"),
        Column(_("Endorsed"), "given", "number"),
        Column(_("Declined"), "declined", "number"),
        Column(_("Waiting"), "waiting", "number"),
        Column(_("Late"), "late", "number"),
        Column(_("Days to answer"), "usual_days", "number"),
        Column(_("Reminders"), "reminders", "number"),
        Column(_("Pays costs"), "pays", "number"),
        Column(_("Projects named"), "ideas", "number"),
    )
    return Sheet(of_round(_("Sponsors"), round_), columns, sponsors)


def assessors_sheet(round_: SelectionRound, loads: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Assessor"), "person.name"),
        Column(_("Organisation"), "person.organisation.name"),
        Column(_("In the pile"), "allocated", "number"),
        Column(_("Finished"), "finished", "number"),
        Column(_("Left"), "left", "number"),
    )
    return Sheet(of_round(_("Assessors"), round_), columns, loads)


def minutes_sheet(round_: SelectionRound, rows: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Application"), "reference"),
        Column(_("Finished by"), "finished", "number"),
        Column(_("Minutes"), "minutes", "number"),
    )
    return Sheet(of_round(_("Minutes"), round_), columns, rows)


def hindsight_sheet(round_: SelectionRound, groups: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Points from"), "least", "number"),
        Column(_("Points to"), "most", "number"),
        Column(_("People"), "people", "number"),
        Column(_("Events they were at, %"), "attended", "number"),
        Column(_("Left the cohort"), "left", "number"),
    )
    return Sheet(of_round(_("Scores and what came later"), round_), columns, groups)


def pile_sheet(round_: SelectionRound, rows: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Application"), "application.reference"),
        Column(_("Opened"), "opened_at", "moment"),
        Column(_("Finished"), "finished_at", "moment"),
    )
    return Sheet(of_round(_("My pile"), round_), columns, rows)


def moderation_sheet(round_: SelectionRound, lines: Sequence[dict[str, Any]], criteria: Sequence[Criterion]) -> Sheet:
    """Blind rounds have no names here either."""
    columns = [Column(_("Application"), lambda line: line["row"].reference)]
    if not round_.blind:
        columns.append(Column(_("Name"), lambda line: line["row"].name))
    columns.append(Column(_("Assessors"), "assessors"))
    for place, criterion in enumerate(criteria):
        columns.append(Column(criterion.name, lambda line, place=place: line["cells"][place][1]))
    columns += [
        Column(_("Means"), "totals"),
        Column(_("Widest gap"), lambda line: None if line["row"].closed else line["row"].gap, "number"),
        *(seen_columns() if any(line["row"].centre_state == CentreState.HELD for line in lines) else ()),
        Column(_("Points"), lambda line: line["row"].points, "number"),
        Column(_("Rank"), lambda line: line["row"].rank, "number"),
        Column(_("Moderated"), lambda line: None if line["row"].closed else line["row"].moderated is not None, "yes"),
    ]
    if any(line["row"].closed for line in lines):
        columns.append(Column(_("Conflict of interest"), lambda line: CONFLICT if line["row"].closed else ""))
    return Sheet(of_round(_("Moderation"), round_), columns, lines)


def centre_sheet(round_: SelectionRound, rows: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Reference"), "reference"),
        Column(_("Name"), "name"),
        Column(_("Organisation"), "place.application.organisation.name"),
        Column(_("State"), lambda row: row.place.get_state_display()),
        Column(_("From"), lambda row: row.place.slot.starts_at if row.place.slot else None, "moment"),
        Column(_("Where"), lambda row: row.place.slot.where if row.place.slot else ""),
        Column(_("Observers"), "named", "number"),
        Column(_("Marks finished"), "finished", "number"),
    )
    return Sheet(of_round(_("Assessment centre"), round_), columns, rows)


def rota_sheet(round_: SelectionRound, parts: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("From"), "starts_at", "moment"),
        Column(_("To"), "ends_at", "moment"),
        Column(_("Where"), "place.slot.where"),
        Column(_("Exercise"), "exercise.name"),
        Column(_("Reference"), "place.application.reference"),
        Column(_("Name"), "place.application.applicant.name"),
        Column(_("Observers"), lambda part: ", ".join(o.person.name for o in part.observers)),
        Column(_("Still missing"), "missing", "number"),
    )
    return Sheet(of_round(_("Observers"), round_), columns, parts)


def seen_columns() -> tuple[Column, ...]:
    """Where a round had an assessment centre: what paper and centre came to, each alone, before the points of both."""
    return (
        Column(_("Paper"), lambda line: line["row"].paper, "number"),
        Column(_("Assessment centre"), lambda line: line["row"].centre, "number"),
        Column(_("Seen there"), lambda line: None if line["row"].closed else line["row"].was_seen, "yes"),
    )


def standing(line: dict[str, Any], *, decided: bool) -> str:
    """In, out or which reserve, as the board's tag says."""
    if line["row"].closed:
        return str(CONFLICT)
    if decided or not line["open"]:
        return str(line["state_text"])
    if line["chosen"]:
        return _("In")
    return _("Reserve %(n)d") % {"n": line["reserve"]} if line["reserve"] else _("Not in")


def choosing_sheet(round_: SelectionRound, lines: Iterable[dict[str, Any]], *, decided: bool) -> Sheet:
    columns = (
        Column(_("Rank"), lambda line: line["row"].rank, "number"),
        Column(_("Applicant"), lambda line: line["row"].name),
        Column(_("Reference"), lambda line: line["row"].reference),
        Column(_("Organisation"), lambda line: line["row"].organisation),
        Column(_("Sector"), lambda line: line["row"].sector),
        Column(_("Points"), lambda line: line["row"].points, "number"),
        Column(_("Standing"), lambda line: standing(line, decided=decided)),
        Column(_("Why away from rank"), lambda line: line["row"].departure_reason if line.get("effect") else ""),
        Column(
            _("Why in or out"),
            lambda line: line.get("why") or ("" if line["row"].closed else line["row"].departure_sentence),
        ),
    )
    return Sheet(of_round(_("Choosing"), round_), columns, lines)


def what_if_sheet(round_: SelectionRound, lines: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Rank"), "row.rank", "number"),
        Column(_("Applicant"), "row.name"),
        Column(_("Reference"), "row.reference"),
        Column(_("Organisation"), "row.organisation"),
        Column(_("Sector"), "row.sector"),
        Column(_("Points"), "row.points", "number"),
        Column(
            _("Within these limits"),
            lambda line: CONFLICT if line.row.closed else _("In") if line.is_in else _("Not in"),
        ),
        Column(
            _("Against the choice that stands"),
            lambda line: {"in": _("Comes in"), "out": _("Goes out")}.get(line.moves, ""),
        ),
        Column(_("Why"), "why"),
    )
    return Sheet(of_round(_("What if"), round_), columns, lines)


def offers_sheet(round_: SelectionRound, rows: Iterable[dict[str, Any]]) -> Sheet:
    columns = (
        Column(_("Applicant"), lambda row: row["application"].applicant.name),
        Column(_("Reference"), lambda row: row["application"].reference),
        Column(_("Organisation"), lambda row: row["application"].organisation.name),
        Column(_("Sector"), lambda row: row["application"].organisation.sector.name),
        Column(_("State"), lambda row: row["application"].get_state_display()),
        Column(_("Answer by"), lambda row: row["offer"].deadline, "day"),
        Column(_("Answered"), lambda row: row["offer"].answered_at, "day"),
        Column(_("In place of"), "in_place_of"),
        Column(_("Why"), "why"),
    )
    return Sheet(of_round(_("Offers"), round_), columns, rows)


def reserves_sheet(round_: SelectionRound, rows: Sequence[dict[str, Any]]) -> Sheet:
    columns = [
        Column(_("Place on the list"), "position", "number"),
        Column(_("Applicant"), lambda row: row["application"].applicant.name),
        Column(_("Reference"), lambda row: row["application"].reference),
        Column(_("Organisation"), lambda row: row["application"].organisation.name),
        Column(_("Sector"), lambda row: row["application"].organisation.sector.name),
        Column(_("Why"), "why"),
    ]
    if any(row["closed"] for row in rows):
        columns.append(Column(_("Conflict of interest"), lambda row: CONFLICT if row["closed"] else ""))
    return Sheet(of_round(_("Reserve list"), round_), columns, rows)


def interest_sheet(programme: Any, rows: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Name"), "person.name"),
        Column(_("Job title"), "job_title"),
        Column(_("Organisation"), lambda row: row.organisation.name if row.organisation else row.organisation_name),
        Column(_("Sector"), "organisation.sector.name"),
        Column(_("Registered"), "registered_at", "day"),
        Column(_("Last told of"), "told_for.cohort.name"),
    )
    return Sheet(f"{_('Expressions of interest')}, {programme.name}", columns, rows)


def rounds_sheet(rounds: Iterable[SelectionRound]) -> Sheet:
    columns = (
        Column(_("Programme"), "cohort.programme.name"),
        Column(_("Cohort"), "cohort.name"),
        Column(_("State"), lambda row: row.get_state_display()),
        Column(_("Opens"), "opens_at", "day"),
        Column(_("Closes"), "closes_at", "day"),
    )
    return Sheet(_("Selection rounds"), columns, rounds)


def seats_sheet(cohort: Cohort, lines: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Who"), lambda line: str(line.commitment)),
        Column(_("By whose word"), "commitment.promised_by"),
        Column(_("On"), "commitment.promised_on", "day"),
        Column(_("Promised"), "promised", "number"),
        Column(_("Applied"), "applied", "number"),
        Column(_("Eligible"), "eligible", "number"),
        Column(_("Selected"), "selected", "number"),
        Column(_("Attending"), "attending", "number"),
        Column(_("Now"), "alert"),
    )
    return Sheet(f"{_('Seats promised')}, {cohort.name}", columns, lines)


def conflicts_sheet(round_: SelectionRound, rows: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Application"), "application.reference"),
        Column(_("Applicant"), "application.applicant.name"),
        Column(_("Who"), "person.name"),
        Column(_("What"), "what"),
        Column(_("In their words"), "reason"),
        Column(_("How it’s known"), lambda row: _("Found by the portal") if row.automatic else row.how),
        Column(_("Declared by"), "declared_by"),
        Column(_("Since"), "since", "moment"),
        Column(
            _("What it suspended"),
            lambda row: "; ".join([*map(suspended_in_words, row.suspensions), *map(observed_in_words, row.observed)]),
        ),
        Column(_("Ended"), "ended", "moment"),
        Column(_("Lifted"), "declaration.lifted_at", "moment"),
        Column(_("Lifted by"), "declaration.lifted_by.name"),
        Column(_("Why lifted"), "declaration.lifted_reason"),
    )
    return Sheet(of_round(_("Conflicts of interest"), round_), columns, rows)


def suspended_in_words(row: Any) -> str:
    words = f"{row.get_work_display()}, {uk_datetime(row.at)}"
    if row.restored_at:
        words += ", " + _("given back on %(at)s") % {"at": uk_datetime(row.restored_at)}
    return words


def observed_in_words(row: Any) -> str:
    words = _("Observing: %(exercise)s, %(at)s") % {
        "exercise": row.exercise.name,
        "at": uk_datetime(row.suspended_at),
    }
    if row.restored_at:
        words += ", " + _("given back on %(at)s") % {"at": uk_datetime(row.restored_at)}
    return words


def kept_places_sheet(round_: SelectionRound, rows: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Who"), "application.applicant.name"),
        Column(_("Organisation"), "application.organisation.name"),
        Column(_("Sector"), "application.organisation.sector.name"),
        Column(_("Deferred from"), "application.cohort.name"),
        Column(_("Reference"), "application.reference"),
        Column(_("Kept until"), "keep_until", "day"),
    )
    return Sheet(of_round(_("Places kept"), round_), columns, rows)


def feedback_sheet(round_: SelectionRound, rows: Iterable[Any], told: Sequence[str]) -> Sheet:
    """How far it is, as the page says; what it says is read one by one."""
    columns = (
        Column(_("Applicant"), "applicant.name"),
        Column(_("Reference"), "reference"),
        Column(_("Organisation"), "organisation.name"),
        Column(_("Outcome"), lambda row: row.get_state_display() if row.state in told else _("Not told yet")),
        Column(_("Drafted"), lambda row: hasattr(row, "feedback"), "yes"),
        Column(_("Changed by"), lambda row: read(getattr(row, "feedback", None), "edited_by.name")),
        Column(_("Sent"), lambda row: read(getattr(row, "feedback", None), "sent_at"), "day"),
    )
    return Sheet(of_round(_("Feedback"), round_), columns, rows)


def severity_sheet(round_: SelectionRound, lines: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Application"), "after.reference"),
        Column(_("Mean"), lambda line: None if line.closed else line.before.mean, "number"),
        Column(_("Corrected"), lambda line: None if line.closed else line.after.corrected, "number"),
        Column(_("Standard error"), lambda line: None if line.closed else line.after.se, "number"),
        Column(_("Rank by means"), lambda line: None if line.closed else line.before.rank, "number"),
        Column(_("Rank corrected"), lambda line: None if line.closed else line.after.rank, "number"),
        Column(_("The line"), lambda line: CONFLICT if line.closed else line.crosses),
    )
    return Sheet(of_round(_("Scores before and after"), round_), columns, lines)


def deletion_sheet(round_: SelectionRound, rows: Iterable[Any]) -> Sheet:
    columns = (
        Column(_("Applicant"), "applicant.name"),
        Column(_("Reference"), "reference"),
        Column(_("Organisation"), "organisation.name"),
        Column(_("State"), lambda row: row.get_state_display()),
    )
    return Sheet(of_round(_("What will be deleted"), round_), columns, rows)


def import_sheet(rows: Iterable[dict[str, Any]], outcomes: Mapping[Any, Any]) -> Sheet:
    columns = (
        Column(_("Row"), "row", "number"),
        Column(_("Name"), "name"),
        Column(_("Email"), "email"),
        Column(_("Organisation"), lambda row: row["organisation"] or row["written_as"]),
        Column(_("The file says"), "written_as"),
        Column(_("Outcome"), lambda row: outcomes[row["outcome"]]),
        Column(_("Why"), lambda row: " ".join(reason["text"] for reason in row["reasons"])),
    )
    return Sheet(_("Rows of the import"), columns, rows)


def scores_to_fill_in(round_: SelectionRound, rows: Iterable[Any], criteria: Sequence[Criterion]) -> Sheet:
    """One row an open assessment, with empty cells for points and comments: filled in, it's what the import reads. Blind rounds have no
    names of applicants here either."""
    columns = [Column(_("Reference"), "application.reference")]
    if not round_.blind:
        columns.append(Column(_("Applicant"), "application.applicant.name"))
    columns += [Column(_("Assessor"), "assessor.name"), Column(_("Assessor’s email"), "assessor.email")]
    for criterion in criteria:
        columns.append(Column(points_heading(criterion), lambda row: None))
        columns.append(Column(comment_heading(criterion), lambda row: None))
    return Sheet(of_round(_("Scores to fill in"), round_), columns, rows)


def score_import_sheet(rows: Iterable[dict[str, Any]], outcomes: Mapping[Any, Any]) -> Sheet:
    columns = (
        Column(_("Row"), "row", "number"),
        Column(_("Reference"), "reference"),
        Column(_("Assessor"), "assessor"),
        Column(_("Outcome"), lambda row: outcomes[row["outcome"]]),
        Column(_("Why"), lambda row: " ".join(reason["text"] for reason in row["reasons"])),
    )
    return Sheet(_("Rows of the import"), columns, rows)
