"""What somebody shows of themselves: written by them alone, each line to whom they pick, taken back at once."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort, DirectoryLine, LineKind, Readiness, ShownTo
from cohorts.models.directory import SHOWN_TO
from cohorts.selectors.directory import cohorts_of, profile_of
from cohorts.services.notebooks import notebook_of
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Person
from tenancy.seen import digest_of, refuse_stale
from tenancy.turns import take_turns

LONGEST = {LineKind.TARGET: 160, LineKind.CONTACT: 200}
LONGEST_LINE = 600
ONE_LINE = (LineKind.TARGET, LineKind.CONTACT)


def own_cohort(by: Actor) -> tuple[Person, Cohort]:
    """Whoever has a place, and the latest of their cohorts."""
    cohort = cohorts_of(by.person_id).first() if by.kind == "person" else None
    if by.person is None or cohort is None:
        raise NotAllowed(_("This is for people who take part in a cohort, or did."))
    return by.person, cohort


def tidied(said: dict[str, Any]) -> dict[str, Any]:
    """As it's stored: no blanks around, and what has no words is for nobody."""
    kept: dict[str, Any] = {}
    for kind in LineKind:
        to = said.get(f"{kind}_to") or ShownTo.NOBODY.value
        if to not in [audience.value for audience in SHOWN_TO]:
            raise Refused(_("Choose from the list"), field=f"{kind}_to")
        if kind == LineKind.LISTED:
            kept[f"{kind}_to"] = to if to == ShownTo.PROGRAMME else ShownTo.NOBODY.value
            continue
        body = str(said.get(kind) or "").strip()
        body = " ".join(body.split()) if kind in ONE_LINE else body
        longest = LONGEST.get(kind, LONGEST_LINE)
        if len(body) > longest:
            raise Refused(_("Use %(n)d characters or fewer") % {"n": longest}, field=kind.value)
        kept[kind.value], kept[f"{kind}_to"] = body, to if body else ShownTo.NOBODY.value
    readiness = said.get("readiness") or ""
    if readiness and readiness not in Readiness.values:
        raise Refused(_("Choose from the list"), field="readiness")
    kept["readiness"] = readiness if kept[LineKind.TARGET.value] else ""
    return kept


@transaction.atomic
def save_profile(*, seen: str, by: Actor, **said: Any) -> None:
    """Their lines as said now. A line without words goes; one for nobody stays, and is read by nobody else from this moment."""
    owner, cohort = own_cohort(by)
    wanted = tidied(said)
    take_turns(owner)
    stored = profile_of(owner.pk)
    if seen and seen != digest_of(stored):
        refuse_stale(stored, wanted)
    notebook, now = notebook_of(owner=owner, cohort=cohort), timezone.now()
    lines = {line.kind: line for line in DirectoryLine.objects.filter(owner=owner)}
    for kind in LineKind:
        body, audience = wanted.get(kind.value, ""), wanted[f"{kind}_to"]
        line = lines.get(kind.value)
        if not body and (kind != LineKind.LISTED or audience == ShownTo.NOBODY):
            if line is not None:
                line.delete()
            continue
        readiness = wanted["readiness"] if kind == LineKind.TARGET else ""
        if line is None:
            DirectoryLine.objects.create(
                notebook=notebook,
                owner=owner,
                kind=kind,
                body=body,
                readiness=readiness,
                audience=audience,
                audience_at=now,
                changed_at=now,
            )
        elif (line.body, line.readiness, line.audience) != (body, readiness, audience):
            if line.audience != audience:
                line.audience_at = now
            line.body, line.readiness, line.audience, line.changed_at = body, readiness, audience, now
            line.save()


@transaction.atomic
def hide_profile(*, by: Actor) -> int:
    """Nobody but themselves reads any of it from this moment; the words stay theirs. How many lines somebody could read before."""
    if by.kind != "person" or by.person is None:
        raise NotAllowed(_("You hide what is yours."))
    take_turns(by.person)
    shown = DirectoryLine.objects.filter(owner=by.person).exclude(audience=ShownTo.NOBODY)
    hidden = shown.exclude(kind=LineKind.LISTED).update(audience=ShownTo.NOBODY, audience_at=timezone.now())
    return hidden + shown.filter(kind=LineKind.LISTED).delete()[0]
