"""Who may see and stop long work."""

from __future__ import annotations

from engine.models import Job
from tenancy.actors import Actor
from tenancy.rules import rule, staff


@rule
def asked_for_job(actor: Actor, obj: Job | None) -> bool:
    """The person who asked for it."""
    return obj is not None and actor.kind == "person" and obj.requested_by_id == actor.person_id


# A job belongs to no cohort: besides the person who asked, only staff of the whole tenant reach it.
may_see_job = asked_for_job | staff
may_stop_job = asked_for_job | staff
