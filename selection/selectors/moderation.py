"""Who may chair a round's moderation, and which applications are closed to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from selection.models import Application, SelectionRound
from selection.rules import staff
from selection.selectors.assessment import Placed, bars, closed_among, ties_in_round
from tenancy.actors import Actor
from tenancy.models import Membership, Person

JUDGED = ("applicant_id", "line_manager_id", "sponsor_id")


def chair_candidates(round_: SelectionRound) -> QuerySet[Person]:
    """People who can sign in and haven't applied in the round, by name."""
    return Person.objects.filter(pk__in=Membership.objects.filter(ended_at__isnull=True).values("person_id")).exclude(
        pk__in=Application.objects.filter(round=round_).values("applicant_id")
    )


def conflicts_of_moderator(
    round_: SelectionRound, actor: Actor, applications: Iterable[Placed] | None = None
) -> dict[int, str]:
    """Application id → why it's closed to somebody who moderates or chooses, as it would be to an assessor: they neither read its scores
    nor agree its points nor decide about it. Somebody else does. All the round's applications, or those given (rows of a ranking
    do); one statement for staff, two for a chair, and one more where none are given.

    Staff often work for the organisation that hosts the programme and sends applicants: that alone bars a chair, but not them.
    """
    if actor.kind != "person" or actor.person is None:
        return {}
    if staff(actor, round_):
        ties = ties_in_round(round_, actor.person.pk)
        rows = Application.objects.filter(round=round_).only(*JUDGED) if applications is None else applications
        return closed_among(rows, ties, actor.person.pk)
    judged = Application.objects.filter(round=round_) if applications is None else applications
    found = bars(list(judged), [actor.person])
    return {application_id: why[0][1] for (application_id, _person), why in found.items()}


def closed_in_sql(round_: SelectionRound, actor: Actor) -> Q | None:
    """The same as a condition on applications, for staff's lists that are computed in SQL; one statement. None where nothing is closed."""
    if actor.kind != "person" or actor.person is None:
        return None
    return _closed_to(actor.person.pk, ties_in_round(round_, actor.person.pk))


def _closed_to(person_id: int, ties: Mapping[int, str]) -> Q:
    return Q(applicant__in=[person_id, *ties]) | Q(line_manager=person_id) | Q(sponsor=person_id)


def closed_here(application: Application, actor: Actor) -> tuple[str, Q | None]:
    """Both for staff who read one application: why it's closed to them, or '', and the condition on all of its round; one statement."""
    if actor.kind != "person" or actor.person is None:
        return "", None
    me = actor.person.pk
    ties = ties_in_round(application.round, me)
    return closed_among([application], ties, me).get(application.pk, ""), _closed_to(me, ties)


def is_closed(application: Application, actor: Actor) -> str:
    """Why one application is closed to this actor, or ''."""
    return conflicts_of_moderator(application.round, actor, [application]).get(application.pk, "")
