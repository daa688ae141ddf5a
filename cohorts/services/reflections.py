"""Reflections: written, shared and taken back by their author alone."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_reflection_shared
from cohorts.models import Cohort, Reflection, ReflectionFact, ReflectionShare
from cohorts.rules import author
from cohorts.selectors.reflections import readers_for
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Person
from tenancy.turns import just_now, take_turns
from tenancy.vocabulary import in_own_words


def check_author(by: Actor, reflection: Reflection) -> None:
    if not author(by, reflection):
        raise NotAllowed(_("Only its author may do this."))


@transaction.atomic
def write_reflection(*, cohort: Cohort, kind: str, title: str, body: str, by: Actor) -> Reflection:
    """A new entry, private to its author, and the fact beside it that counts are made of. The same words again within a
    minute, as by a double click, are one entry."""
    if by.kind != "person" or not cohort.participations.filter(person_id=by.person_id).exists():
        raise NotAllowed(_("You write reflections in a cohort you take part in."))
    now, said = timezone.now(), {"kind": kind, "title": " ".join(title.split()), "body": body.strip()}
    assert by.person is not None
    take_turns(by.person)
    same = Reflection.objects.filter(author=by.person, cohort=cohort, written_at__gt=just_now(), **said)
    if (written := same.first()) is not None:
        return written
    reflection = Reflection.objects.create(author=by.person, cohort=cohort, written_at=now, changed_at=now, **said)
    ReflectionFact.objects.create(reflection=reflection, author=by.person, cohort=cohort, kind=kind, written_at=now)
    return reflection


@transaction.atomic
def edit_reflection(*, reflection: Reflection, version: int, kind: str, title: str, body: str, by: Actor) -> Reflection:
    check_author(by, reflection)
    save_if_unchanged(
        reflection,
        version=version,
        kind=kind,
        title=" ".join(title.split()),
        body=body.strip(),
        stamps={"changed_at": timezone.now()},
    )
    ReflectionFact.objects.filter(reflection=reflection).update(kind=kind)
    return reflection


@transaction.atomic
def delete_reflection(*, reflection: Reflection, by: Actor) -> None:
    """Gone for everyone it was shared with, too; no copy is kept."""
    check_author(by, reflection)
    reflection.delete()


@transaction.atomic
def share_reflection(*, reflection: Reflection, with_person: Person, by: Actor) -> ReflectionShare:
    """Show one entry to one person, who is told that there is something to read. Sharing it twice changes nothing."""
    check_author(by, reflection)
    if not readers_for(reflection.author_id, reflection.cohort_id).filter(pk=with_person.pk).exists():
        raise Refused(
            in_own_words(_("You can share with people of your own %(set)s, and with mentors and sponsors.")),
            field="person",
        )
    share, created = ReflectionShare.objects.get_or_create(
        reflection=reflection,
        with_person=with_person,
        defaults={"author_id": reflection.author_id, "shared_at": timezone.now()},
    )
    if created:
        send_reflection_shared(about=reflection.public_id, to=with_person, by=by)
    return share


@transaction.atomic
def take_back_reflection(*, reflection: Reflection, with_person: Person, by: Actor) -> int:
    """The person can't read the entry any more, from this moment."""
    check_author(by, reflection)
    return ReflectionShare.objects.filter(reflection=reflection, with_person=with_person).delete()[0]
