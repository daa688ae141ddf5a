"""Leaving a cohort, and coming back to it: what higher floors do in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from cohorts.models import Participation
from tenancy.actors import Actor
from tenancy.registry import Registry

# Entered before the place changes, so that locks are taken in their order; left after it has.
Step = Callable[[Participation, Actor, str], AbstractContextManager[None]]

leaving_steps: Registry[Step] = Registry("What follows when somebody leaves a cohort?")
returning_steps: Registry[Step] = Registry("What must be right before somebody is taken back?")


def around(steps: Registry[Step], participation: Participation, by: Actor, reason: str = "") -> ExitStack:
    """All of the steps around one change of a place."""
    with ExitStack() as stack:
        for step in steps:
            stack.enter_context(step(participation, by, reason))
        return stack.pop_all()
