"""Who may, in outcomes. Answers are their author's: the database holds to that, these rules only choose the page to show."""

from __future__ import annotations

from typing import Any

from tenancy.actors import Actor
from tenancy.rules import any_staff, holds_role, rule, staff


@rule
def asked_in_wave(actor: Actor, obj: Any) -> bool:
    """Was invited to answer this wave."""
    return actor.kind == "person" and obj is not None and obj.invitations.filter(person_id=actor.person_id).exists()


@rule
def asked_in_survey(actor: Actor, obj: Any) -> bool:
    """Was invited to answer some wave of this survey."""
    from outcomes.models import SurveyInvitation

    return (
        actor.kind == "person"
        and obj is not None
        and SurveyInvitation.objects.filter(wave__survey=obj, person_id=actor.person_id).exists()
    )


@rule
def asked_in_network(actor: Actor, obj: Any) -> bool:
    """Is on the list of this wave, and hasn't left the cohort."""
    from outcomes.selectors import on_list

    return actor.kind == "person" and obj is not None and on_list(obj).filter(person_id=actor.person_id).exists()


@rule
def in_a_network(actor: Actor, obj: Any) -> bool:
    """Is on the list of some wave of this cohort."""
    from outcomes.models import NetworkPlace

    return (
        actor.kind == "person"
        and obj is not None
        and NetworkPlace.objects.filter(wave__cohort=obj, person_id=actor.person_id).exists()
    )


# Surveys are for those taking part; alumni answer the last one.
answers_surveys = holds_role("participant") | holds_role("alumnus")

__all__ = [
    "answers_surveys",
    "any_staff",
    "asked_in_network",
    "asked_in_survey",
    "asked_in_wave",
    "in_a_network",
    "staff",
]
