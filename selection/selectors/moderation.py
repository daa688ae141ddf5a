"""Who may chair a round's moderation, and which applications are closed to them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from selection.models import Application, SelectionRound
from selection.rules import staff
from selection.selectors.assessment import bars
from tenancy.actors import Actor
from tenancy.models import Membership, Person


def chair_candidates(round_: SelectionRound) -> QuerySet[Person]:
    """People who can sign in and haven't applied in the round, by name."""
    return Person.objects.filter(pk__in=Membership.objects.filter(ended_at__isnull=True).values("person_id")).exclude(
        pk__in=Application.objects.filter(round=round_).values("applicant_id")
    )


def conflicts_of_moderator(
    round_: SelectionRound, actor: Actor, applications: Collection[Application] | None = None
) -> dict[int, str]:
    """Application id → why it's closed to somebody who moderates, as it would be to an assessor: they neither read its scores nor agree
    its points. Somebody else does. All the round's applications, or those given; at most four statements.

    Staff often work for the organisation that hosts the programme and sends applicants: that alone bars a chair, but not them.
    """
    if actor.kind != "person" or actor.person is None:
        return {}
    rows = list(Application.objects.filter(round=round_)) if applications is None else applications
    found = bars(rows, [actor.person], employers=not staff(actor, round_))
    return {application_id: why[0][1] for (application_id, _person), why in found.items()}
