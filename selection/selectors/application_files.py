"""The files of applications: facts without bytes, but for the one that is handed out."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from selection.models import Application, ApplicationFile, Question


def files_by_question(application: Application) -> dict[int, ApplicationFile]:
    """Question id → the file given, as far as whoever asks may read them. Asked once an object; no statement where the framework asks
    for none."""
    if not any(question.is_file for question in application.round.questions.all()):
        return {}
    prefetch_related_objects([application], Prefetch("files", kept_files()))
    return {row.question_id: row for row in application.files.all()}  # type: ignore[attr-defined]


def kept_files() -> QuerySet[ApplicationFile]:
    return ApplicationFile.objects.filter(file__isnull=False).select_related("file").defer("file__content")


def assessor_reads(application: Application, question: Question, person_id: int | None) -> bool:
    """Whether an assessor may open a file now: the wall of ApplicationFile says the same in the database."""
    from selection.selectors.assessment import open_allocations

    if application.round.blind or not question.for_assessors:
        return False
    return open_allocations().filter(application=application, assessor_id=person_id).exists()
