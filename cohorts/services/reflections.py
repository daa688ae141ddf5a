"""Reflections: written, shared and taken back by their author alone."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.attaching import attach_all
from cohorts.emails import send_reflection_shared
from cohorts.models import (
    Cohort,
    Reflection,
    ReflectionDraft,
    ReflectionFact,
    ReflectionKind,
    ReflectionPrompts,
    ReflectionShare,
)
from cohorts.prompts import OWN, prompts_of
from cohorts.rules import author, staff
from cohorts.selectors.reflections import readers_for
from cohorts.selectors.sets import people_in
from cohorts.services.notebooks import notebook_of
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import Person
from tenancy.seen import digest_of, refuse_stale, stale_text
from tenancy.turns import just_now, take_turns
from tenancy.vocabulary import in_own_words

TITLE_LENGTH, BODY_LENGTH = 120, 20000
MOST_QUESTIONS, QUESTION_LENGTH = 8, 200


def check_author(by: Actor, reflection: Reflection) -> None:
    if not author(by, reflection):
        raise NotAllowed(_("Only its author may do this."))


def check_writes(by: Actor, cohort: Cohort) -> Person:
    if by.kind != "person" or not cohort.participations.filter(person_id=by.person_id).exists():
        raise NotAllowed(_("You write reflections in a cohort you take part in."))
    assert by.person is not None
    return by.person


@transaction.atomic
def write_reflection(
    *, cohort: Cohort, kind: str, title: str, body: str, by: Actor, attached: Mapping[str, str] | None = None
) -> Reflection:
    """A new entry, private to its author, and the fact beside it that counts are made of. The same words again within a
    minute, as by a double click, are one entry. What was kept as a draft is done with."""
    person = check_writes(by, cohort)
    now, said = timezone.now(), {"kind": kind, "title": " ".join(title.split()), "body": body.strip()}
    take_turns(person)
    same = Reflection.objects.filter(author=person, cohort=cohort, written_at__gt=just_now(), **said)
    if (written := same.first()) is not None:
        return written
    notebook = notebook_of(owner=person, cohort=cohort)
    reflection = Reflection.objects.create(
        notebook=notebook, author=person, cohort=cohort, written_at=now, changed_at=now, **said
    )
    attach_all(reflection, attached or {}, person_id=person.pk)
    ReflectionFact.objects.create(
        reflection=reflection,
        author=person,
        cohort=cohort,
        kind=kind,
        on_objective=reflection.objective_id is not None,
        written_at=now,
    )
    ReflectionDraft.objects.filter(author=person).delete()
    return reflection


@transaction.atomic
def keep_draft(*, cohort: Cohort, version: int, kind: str, title: str, body: str, by: Actor) -> ReflectionDraft:
    """What the page has of a new entry so far, whole or not; `version` is 0 for the first. StaleEdit when another page kept one."""
    person = check_writes(by, cohort)
    take_turns(person)
    said = {
        "kind": kind if kind in ReflectionKind.values else ReflectionKind.LEARNED,
        "title": " ".join(title.split())[:TITLE_LENGTH],
        "body": body[:BODY_LENGTH],
    }
    now, notebook = timezone.now(), notebook_of(owner=person, cohort=cohort)
    draft = ReflectionDraft.objects.filter(author=person).first()
    if draft is None:
        return ReflectionDraft.objects.create(notebook=notebook, author=person, kept_at=now, **said)
    if draft.version != version:
        raise StaleEdit(stale_text(), theirs={name: getattr(draft, name) for name in said})
    save_if_unchanged(draft, version=version, stamps={"kept_at": now, "notebook": notebook}, **said)
    return draft


@transaction.atomic
def drop_draft(*, by: Actor) -> int:
    if by.kind != "person":
        raise NotAllowed(_("Only its author may do this."))
    return ReflectionDraft.objects.filter(author=by.person).delete()[0]


@transaction.atomic
def edit_reflection(
    *,
    reflection: Reflection,
    version: int,
    kind: str,
    title: str,
    body: str,
    by: Actor,
    attached: Mapping[str, str] | None = None,
) -> Reflection:
    check_author(by, reflection)
    save_if_unchanged(
        reflection,
        version=version,
        kind=kind,
        title=" ".join(title.split()),
        body=body.strip(),
        stamps={"changed_at": timezone.now()},
    )
    attach_all(reflection, attached or {}, person_id=reflection.author_id)
    ReflectionFact.objects.filter(reflection=reflection).update(
        kind=kind, on_objective=reflection.objective_id is not None
    )
    notebook_of(owner=reflection.author, cohort=reflection.cohort)
    return reflection


@transaction.atomic
def delete_reflection(*, reflection: Reflection, by: Actor) -> None:
    """Gone for everyone it was shared with, too; no copy is kept."""
    check_author(by, reflection)
    reflection.delete()


@transaction.atomic
def share_reflection(*, reflection: Reflection, by: Actor, with_person: Person | None = None) -> ReflectionShare:
    """Show one entry to one person, or to all of the author's set, who are told that there is something to read. Sharing it twice
    changes nothing."""
    check_author(by, reflection)
    take_turns(reflection.author)
    for reader in readers_for(reflection.author_id, reflection.cohort_id):
        if (reader.person and reader.person.pk) == (with_person and with_person.pk):
            break
    else:
        raise Refused(
            in_own_words(_("You can share with people of your own %(set)s, and with mentors and sponsors.")),
            field="reader",
        )
    kept = {
        "author_id": reflection.author_id,
        "ground": reader.ground,
        "learning_set": reader.learning_set,
        "shared_at": timezone.now(),
    }
    shares = ReflectionShare.objects.filter(reflection=reflection, with_person=with_person)
    share = shares.first()
    if share is not None and (share.ground, share.learning_set_id) == (
        reader.ground,
        reader.learning_set and reader.learning_set.pk,
    ):
        return share
    # shown before on a ground that may be gone
    shares.delete()
    share = ReflectionShare.objects.create(reflection=reflection, with_person=with_person, **kept)
    told = [with_person] if with_person else set_mates(share)
    for person in told:
        send_reflection_shared(about=reflection.public_id, to=person, by=by)
    return share


def set_mates(share: ReflectionShare) -> list[Person]:
    assert share.learning_set is not None
    mates = [m.person for m in people_in(share.learning_set).exclude(person_id=share.author_id)]
    beside = [c.person for c in share.learning_set.co_facilitators.select_related("person")]
    return [*mates, *beside, *([share.learning_set.facilitator] if share.learning_set.facilitator else [])]


@transaction.atomic
def take_back_reflection(*, reflection: Reflection, by: Actor, share: ReflectionShare | None = None) -> int:
    """Whoever it was shown to by this share, or by any, can't read the entry any more, from this moment."""
    check_author(by, reflection)
    shares = ReflectionShare.objects.filter(reflection=reflection)
    return (shares.filter(pk=share.pk) if share else shares).delete()[0]


def questions_seen(cohort: Cohort) -> dict[str, str]:
    return {kind: "\n".join(questions) for kind, questions in prompts_of(cohort).items()}


@transaction.atomic
def save_prompts(*, cohort: Cohort, seen: str, questions: Mapping[str, str], by: Actor) -> None:
    """The questions beside each kind of entry, one a line; none, or the portal's own again, is the portal's own."""
    if not staff(by, cohort):
        raise NotAllowed(_("Only staff of the cohort may change its questions."))
    take_turns(cohort)
    wanted = {}
    for kind, own in OWN.items():
        lines = [" ".join(line.split()) for line in questions.get(kind, "").splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_QUESTIONS:
            raise Refused(_("Enter at most %(n)d questions.") % {"n": MOST_QUESTIONS}, field=kind)
        if any(len(line) > QUESTION_LENGTH for line in lines):
            raise Refused(_("Each question can have up to %(n)d characters.") % {"n": QUESTION_LENGTH}, field=kind)
        wanted[kind] = "\n".join(lines or [str(question) for question in own])
    theirs = questions_seen(cohort)
    if seen != digest_of(theirs):
        refuse_stale(theirs, wanted)
    if wanted == theirs:
        return
    ReflectionPrompts.objects.filter(cohort=cohort).delete()
    changed = {kind: text for kind, text in wanted.items() if text != "\n".join(str(q) for q in OWN[kind])}
    ReflectionPrompts.objects.bulk_create(
        ReflectionPrompts(cohort=cohort, kind=kind, questions=text) for kind, text in changed.items()
    )
    record_change(cohort, "prompts", by=by)
