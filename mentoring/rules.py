"""Who may, in mentoring. A match is the pair's; staff arrange it and never read what is said in it."""

from __future__ import annotations

from typing import Any

from tenancy.actors import Actor
from tenancy.rules import any_staff, has_role, holds_role, rule, staff


@rule
def mentor_of(actor: Actor, obj: Any) -> bool:
    """Signed in as the mentor of this match, session or slot."""
    return actor.kind == "person" and obj is not None and getattr(obj, "mentor_id", None) == actor.person_id


@rule
def mentee_of(actor: Actor, obj: Any) -> bool:
    """Signed in as the mentee of this match or session."""
    if actor.kind != "person" or obj is None:
        return False
    return getattr(getattr(obj, "match", obj), "mentee_id", None) == actor.person_id


@rule
def note_author(actor: Actor, obj: Any) -> bool:
    return actor.kind == "person" and obj is not None and obj.author_id == actor.person_id


participant = has_role("participant")
mentor = holds_role("mentor")
participant_anywhere = holds_role("participant")
pair = mentor_of | mentee_of
pair_or_staff = pair | staff

__all__ = [
    "any_staff",
    "mentee_of",
    "mentor",
    "mentor_of",
    "note_author",
    "pair",
    "pair_or_staff",
    "participant",
    "participant_anywhere",
    "staff",
]
