"""Who may chair a round's moderation, and which applications are closed to them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from selection.models import Application, SelectionRound
from selection.rules import staff
from selection.selectors.assessment import barred_pairs
from tenancy.actors import Actor
from tenancy.models import Membership, Person


def chair_candidates(round_: SelectionRound) -> QuerySet[Person]:
    """People who can sign in and haven't applied in the round, by name."""
    return Person.objects.filter(pk__in=Membership.objects.filter(ended_at__isnull=True).values("person_id")).exclude(
        pk__in=Application.objects.filter(round=round_).values("applicant_id")
    )


def _only_chair(round_: SelectionRound, actor: Actor) -> bool:
    return actor.kind == "person" and actor.person_id == round_.chair_id and not staff(actor, round_)


def conflicts_of_chair(round_: SelectionRound, actor: Actor) -> dict[int, str]:
    """Application id → why it's closed to the chair, as it would be to an assessor; staff moderate those. Empty for staff, who
    see to the whole round. Four statements for a chair, none for staff."""
    if not _only_chair(round_, actor):
        return {}
    rows = Application.objects.filter(round=round_)
    return _conflicts(list(rows.only("applicant", "organisation")), actor)


def conflict_of_chair(round_: SelectionRound, application: Application, actor: Actor) -> str:
    """Why this one application is closed to the chair; '' when it isn't."""
    return _conflicts([application], actor).get(application.pk, "") if _only_chair(round_, actor) else ""


def _conflicts(applications: list[Any], actor: Actor) -> dict[int, str]:
    person = Person.objects.get(pk=actor.person_id)
    return {application_id: why for (application_id, _chair), why in barred_pairs(applications, [person]).items()}
