"""The files of an application: given, replaced and taken out again until it's sent."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.attachments import FILE_KINDS, check_attachment, safe_name
from engine.models import StoredFile
from selection.models import Application, ApplicationFile, Question
from selection.services.applications import begin, require_writable
from tenancy.actors import Actor
from tenancy.errors import AlreadySaved, Refused, StaleEdit


@transaction.atomic
def save_application_file(
    *, application: Application, question: Question, version: int, name: str, content: bytes, by: Actor
) -> ApplicationFile:
    """Give a file, or put another in its place. `version` is that of the row the page showed, 0 where there was none. FileError
    when it isn't what the question asks for."""
    require_writable(application, by)
    if not question.is_file:
        raise Refused(_("This question asks for words, not for a file."))
    kind = check_attachment(content, kinds=question.file_kinds, max_megabytes=question.max_megabytes)
    digest = hashlib.sha256(content).hexdigest()
    row = _row(application, question)
    if row.version != version:
        _refuse_stale(row, digest)
    begin(application, by)
    old = row.file
    row.file = StoredFile.objects.create(
        name=safe_name(name, kind),
        content_type=FILE_KINDS[kind].content_type,
        content=content,
        sha256=digest,
        confidential=True,
        created_by=by.person,
    )
    row.size = len(content)
    return _save(row, old)


@transaction.atomic
def remove_application_file(*, application: Application, question: Question, version: int, by: Actor) -> None:
    """Take the file out again. Taken out twice, it's taken out once."""
    require_writable(application, by)
    row = _row(application, question)
    if row.file is None:
        return
    if row.version != version:
        _refuse_stale(row, "")
    old, row.file, row.size = row.file, None, 0
    _save(row, old)


def _row(application: Application, question: Question) -> ApplicationFile:
    """The question's row, not yet kept where nothing was given. Whoever asks has the application's turn."""
    rows = ApplicationFile.objects.select_related("file").defer("file__content")
    found = rows.filter(application=application, question=question).first()
    return found or ApplicationFile(application=application, question=question, version=0)


def _save(row: ApplicationFile, old: StoredFile | None) -> ApplicationFile:
    row.version += 1
    row.saved_at = timezone.now()
    row.save()
    if old is not None:
        StoredFile.objects.filter(pk=old.pk).delete()
    return row


def _refuse_stale(row: ApplicationFile, digest: str) -> None:
    if row.file is not None and row.file.sha256 == digest:
        raise AlreadySaved(_("This file has been saved already."))
    raise StaleEdit(
        _("Another file was saved here, or taken out, while this page was open. Look at it, then choose yours again."),
        theirs={"file": row.file.name if row.file else ""},
    )
