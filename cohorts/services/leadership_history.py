"""Leadership history: written by its owner, who picks who sees each entry; answered by a nod and nothing else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_history_nod
from cohorts.models import Cohort, LeadershipHistoryEntry, LeadershipHistoryNod
from cohorts.models.leadership_history import FIRST_YEAR
from cohorts.rules import history_owner
from cohorts.services.notebooks import notebook_of
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.turns import just_now, take_turns


def said(year: int, tone: str, title: str, body: str, audience: str) -> dict[str, Any]:
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Refused(_("Enter a year from %(first)s to this year.") % {"first": FIRST_YEAR}, field="year")
    title = " ".join(title.split())
    return {"year": year, "tone": tone, "title": title, "body": body.strip(), "audience": audience}


@transaction.atomic
def add_history_entry(
    *, cohort: Cohort, year: int, tone: str, title: str, body: str, audience: str, by: Actor
) -> LeadershipHistoryEntry:
    """By anybody with a place on the cohort, from the day they accepted it. The same words again within a minute are one entry."""
    if by.kind != "person" or not cohort.participations.filter(person_id=by.person_id).exists():
        raise NotAllowed(_("You tell your leadership history in a cohort you take part in."))
    assert by.person is not None
    words, now = said(year, tone, title, body, audience), timezone.now()
    take_turns(by.person)
    same = LeadershipHistoryEntry.objects.filter(owner=by.person, written_at__gt=just_now(), **words)
    if (written := same.first()) is not None:
        return written
    notebook = notebook_of(owner=by.person, cohort=cohort)
    return LeadershipHistoryEntry.objects.create(notebook=notebook, owner=by.person, written_at=now, **words)


def check_owner(by: Actor, entry: LeadershipHistoryEntry) -> None:
    if not history_owner(by, entry):
        raise NotAllowed(_("Only whose history it is may do this."))


@transaction.atomic
def edit_history_entry(
    *,
    entry: LeadershipHistoryEntry,
    version: int,
    year: int,
    tone: str,
    title: str,
    body: str,
    audience: str,
    by: Actor,
) -> LeadershipHistoryEntry:
    """Who may see it changes with the audience, at once."""
    check_owner(by, entry)
    save_if_unchanged(entry, version=version, **said(year, tone, title, body, audience))
    notebook_of(owner=entry.owner, cohort=entry.notebook.cohort)
    return entry


@transaction.atomic
def delete_history_entry(*, entry: LeadershipHistoryEntry, by: Actor) -> None:
    """Gone, with what others said of it; no copy is kept."""
    check_owner(by, entry)
    entry.delete()


@transaction.atomic
def give_nod(*, entry: LeadershipHistoryEntry, kind: str, by: Actor) -> LeadershipHistoryNod:
    """The owner is told by whom, in a message that says nothing of the entry. Given twice it's one."""
    if by.kind != "person" or by.person_id == entry.owner_id or kind not in LeadershipHistoryNod.Kind.values:
        raise NotAllowed(_("You can thank somebody else who shows you their history, and nobody for your own."))
    # The wall refuses whoever isn't shown the entry; asked here for a sentence instead of an error.
    if not LeadershipHistoryEntry.objects.filter(pk=entry.pk).exists():
        raise NotAllowed(_("You aren’t shown this."))
    nod, created = LeadershipHistoryNod.objects.get_or_create(
        entry=entry,
        by_person_id=by.person_id,
        kind=kind,
        defaults={"owner_id": entry.owner_id, "given_at": timezone.now()},
    )
    if created:
        send_history_nod(nod, to=entry.owner, by=by)
    return nod


@transaction.atomic
def take_back_nod(*, entry: LeadershipHistoryEntry, kind: str, by: Actor) -> int:
    if by.kind != "person":
        raise NotAllowed(_("Only who gave it may take it back."))
    return LeadershipHistoryNod.objects.filter(entry=entry, by_person_id=by.person_id, kind=kind).delete()[0]
