"""The files of applications: facts without bytes, but for the one that is handed out."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from selection.models import Application, ApplicationFile, Question, SelectionRound


def files_by_question(application: Application) -> dict[int, ApplicationFile]:
    """Question id → the file given, as far as whoever asks may read them. Asked once an object; no statement where the framework asks
    for none."""
    if not any(question.is_file for question in application.round.questions.all()):
        return {}
    prefetch_related_objects([application], Prefetch("files", kept_files()))
    return {row.question_id: row for row in application.files.all()}  # type: ignore[attr-defined]


def file_names(round_: SelectionRound) -> tuple[list[Question], dict[str, dict[int, str]]]:
    """For staff: the questions of the round that ask for a file, and application (public id) → question → the name of what was given."""
    questions = [question for question in round_.questions.all() if question.is_file]
    if not questions:
        return [], {}
    rows = ApplicationFile.objects.filter(application__round=round_, file__isnull=False, question__in=questions)
    found: dict[str, dict[int, str]] = {}
    for application, question, name in rows.values_list("application__public_id", "question_id", "file__name"):
        found.setdefault(application, {})[question] = name
    return questions, found


def kept_files() -> QuerySet[ApplicationFile]:
    return ApplicationFile.objects.filter(file__isnull=False).select_related("file").defer("file__content")


def assessor_reads(application: Application, question: Question, person_id: int | None) -> bool:
    """Whether an assessor may open a file now: the wall of ApplicationFile says the same in the database."""
    from selection.selectors.assessment import open_allocations

    if application.round.blind or not question.for_assessors:
        return False
    return open_allocations().filter(application=application, assessor_id=person_id).exists()
