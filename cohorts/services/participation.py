"""People's places on a cohort."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_welcome
from cohorts.leaving import around, leaving_steps, returning_steps
from cohorts.models import Cohort, Participation
from cohorts.services.alumni import admit_alumnus
from cohorts.states import CohortStage, ParticipationState
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Organisation, Person, Role
from tenancy.rules import staff
from tenancy.services.people import end_role, give_role


@transaction.atomic
def join_cohort(*, cohort: Cohort, person: Person, organisation: Organisation | None, by: Actor) -> Participation:
    """Give the person their place: participant from now on, applicant no longer, welcomed once. Safe to call again.

    Called by whoever has just accepted their own offer, by staff, or by a named system job.
    """
    if not (by.kind == "system" or by.person_id == person.pk or staff(by, cohort)):
        raise NotAllowed(_("You can’t give this place."))
    participation, created = Participation.objects.select_for_update(of=("self",)).get_or_create(
        cohort=cohort, person=person, defaults={"organisation": organisation, "joined_at": timezone.now()}
    )
    if participation.state == ParticipationState.WITHDRAWN:
        transition(participation, "rejoin", by=Actor.system(by.label))
    elif participation.state == ParticipationState.ALUMNUS:
        raise WrongState(_("%(name)s has already finished this cohort.") % {"name": person.name})
    give_role(person=person, role=Role.PARTICIPANT, by=by, cohort_id=cohort.pk)
    end_role(person=person, role=Role.APPLICANT, by=by, cohort_id=cohort.pk)
    if created:
        record_change(participation, "join", by=by, target=ParticipationState.ACTIVE)
        send_welcome(participation, by=by)
    return participation


@transaction.atomic
def withdraw_participant(*, participation: Participation, by: Actor, reason: str) -> Participation:
    """The person leaves the cohort: their role ends, what they wrote stays theirs."""
    with around(leaving_steps, participation, by, reason):
        transition(participation, "withdraw", by=by, reason=reason)
        end_role(person=participation.person, role=Role.PARTICIPANT, by=by, cohort_id=participation.cohort_id)
    return participation


@transaction.atomic
def graduate_participant(*, participation: Participation, by: Actor) -> Participation:
    """The person has finished: alumnus of the cohort, and of its programme, from now on."""
    transition(participation, "graduate", by=by)
    end_role(person=participation.person, role=Role.PARTICIPANT, by=by, cohort_id=participation.cohort_id)
    give_role(person=participation.person, role=Role.ALUMNUS, by=by, cohort_id=participation.cohort_id)
    admit_alumnus(person=participation.person, programme=participation.cohort.programme, by=by)
    return participation


@transaction.atomic
def rejoin_participant(*, participation: Participation, by: Actor) -> Participation:
    """A withdrawal is taken back."""
    with around(returning_steps, participation, by):
        transition(participation, "rejoin", by=by)
    give_role(person=participation.person, role=Role.PARTICIPANT, by=by, cohort_id=participation.cohort_id)
    return participation


@transaction.atomic
def close_cohort(*, cohort: Cohort, by: Actor) -> int:
    """Finish the cohort: everybody still taking part becomes an alumnus. Returns how many did."""
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if by.kind != "system" and not staff(by, cohort):
        raise NotAllowed(_("You can’t finish this cohort."))
    if cohort.stage == CohortStage.FINISHED:
        raise WrongState(_("This cohort has already finished."))
    places = list(
        Participation.objects.filter(cohort=cohort, state=ParticipationState.ACTIVE).select_related(
            "person", "cohort__programme"
        )
    )
    if not places:
        raise Refused(_("Nobody is taking part in this cohort, so there is nothing to finish."))
    for participation in places:
        graduate_participant(participation=participation, by=by)
    record_change(cohort, "finish", by=by, source=cohort.stage, target=CohortStage.FINISHED)
    cohort.stage = CohortStage.FINISHED
    cohort.version += 1
    cohort.save(update_fields=["stage", "version"])
    return len(places)
