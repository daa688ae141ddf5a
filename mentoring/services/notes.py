"""Notes that only their author, or the pair, can read. Nothing here records or sends what they say."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.versions import save_if_unchanged
from mentoring.models import MentoringNote, MentoringNoteFact, MentorMatch
from mentoring.rules import pair
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.turns import just_now, take_turns


@transaction.atomic
def write_note(*, match: MentorMatch, body: str, shared: bool, by: Actor) -> MentoringNote:
    """Keep a note for oneself, or for the pair when `shared`. The same words again within a minute, as by a double
    click, are one note."""
    if not pair(by, match):
        raise NotAllowed(_("Only the two of you keep notes here."))
    if not body.strip():
        raise Refused(_("Write something to keep."), field="body")
    now, said = timezone.now(), {"match": match, "author": by.person, "body": body.strip(), "shared": shared}
    assert by.person is not None
    take_turns(by.person)
    if (written := MentoringNote.objects.filter(written_at__gt=just_now(), **said).first()) is not None:
        return written
    note = MentoringNote.objects.create(written_at=now, **said)
    MentoringNoteFact.objects.create(note=note, match=match, author=by.person, written_at=now)
    return note


@transaction.atomic
def edit_note(*, note: MentoringNote, version: int, body: str, shared: bool, by: Actor) -> MentoringNote:
    """Change one's own note, or who may read it."""
    if by.person_id != note.author_id:
        raise NotAllowed(_("Only its author changes a note."))
    if not body.strip():
        raise Refused(_("Write something to keep, or delete the note."), field="body")
    save_if_unchanged(note, version=version, body=body.strip(), shared=shared)
    return note


@transaction.atomic
def delete_note(*, note: MentoringNote, by: Actor) -> None:
    """Gone for good, and from the counts."""
    if by.person_id != note.author_id:
        raise NotAllowed(_("Only its author deletes a note."))
    note.delete()
