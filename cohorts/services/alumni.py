"""Alumni: who belongs to a programme since they finished, how much they want to hear, and what they let be known of their careers."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_alumni_welcome
from cohorts.models import (
    AlumniMembership,
    CareerConsent,
    CareerPurpose,
    CareerStep,
    Cohort,
    Participation,
    Programme,
)
from cohorts.rules import about_oneself, an_alumnus, staff
from cohorts.states import AlumniState, CohortStage, ParticipationState
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Organisation, Person, Role
from tenancy.services.people import ensure_account, ensure_person, give_role
from tenancy.turns import just_now, take_turns

# The transition that leads to a standing.
STEP_TO = {AlumniState.AWAY: "pause", AlumniState.ACTIVE: "resume", AlumniState.LEFT: "leave"}


@transaction.atomic
def admit_alumnus(*, person: Person, programme: Programme, by: Actor) -> AlumniMembership:
    """They belong to the programme from now on. Of somebody who does already, or has left, nothing changes."""
    now = timezone.now()
    membership, made = AlumniMembership.objects.get_or_create(
        programme=programme, person=person, defaults={"joined_at": now, "state_since": now}
    )
    if made:
        record_change(membership, "join", by=by, target=membership.state)
    return membership


@transaction.atomic
def add_past_alumnus(
    *,
    cohort: Cohort,
    name: str,
    email: str,
    by: Actor,
    organisation: Organisation | None = None,
    job_title: str = "",
) -> AlumniMembership:
    """Somebody who finished the cohort before the portal knew of it: a finished place, the role, a sign-in and one message. Added twice, as
    by a double click, it is once."""
    if by.kind != "system" and not staff(by, cohort):
        raise NotAllowed(_("Only staff of the cohort add its alumni."))
    take_turns(cohort)
    cohort.refresh_from_db(fields=["stage"])
    if cohort.stage != CohortStage.FINISHED:
        raise Refused(_("This cohort hasn’t finished, so it has no alumni yet."))
    person, _made = ensure_person(name=name, email=email, organisation=organisation, job_title=job_title, by=by)
    place, made = Participation.objects.get_or_create(
        cohort=cohort,
        person=person,
        defaults={
            "organisation": organisation or person.organisation,
            "joined_at": timezone.now(),
            "state": ParticipationState.ALUMNUS,
        },
    )
    if place.state != ParticipationState.ALUMNUS:
        raise Refused(_("%(name)s has a place on this cohort already.") % {"name": person.name}, field="email")
    if made:
        record_change(place, "join", by=by, target=place.state)
    give_role(person=person, role=Role.ALUMNUS, by=by, cohort_id=cohort.pk)
    ensure_account(person=person)
    membership = admit_alumnus(person=person, programme=cohort.programme, by=by)
    if made:
        send_alumni_welcome(membership, cohort, by=by)
    return membership


@transaction.atomic
def change_standing(*, membership: AlumniMembership, state: str, by: Actor) -> AlumniMembership:
    """How much they want to hear from now on. Said twice, it is once."""
    if not about_oneself(by, membership):
        raise NotAllowed(_("Only the alumnus says this."))
    take_turns(membership)
    membership.refresh_from_db(fields=["state"])
    if membership.state == state:
        return membership
    return transition(membership, STEP_TO[AlumniState(state)], by=by, state_since=timezone.now())


def check_alumnus(by: Actor) -> Person:
    if not an_alumnus(by) or by.person is None:
        raise NotAllowed(_("Only alumni write down their careers."))
    return by.person


def check_own(by: Actor, row: CareerStep) -> None:
    if not about_oneself(by, row):
        raise NotAllowed(_("Only whose it is may do this."))


def one_line(text: str) -> str:
    return " ".join(text.split())


@transaction.atomic
def add_career_step(*, role: str, employer: str, level: str, since: date, by: Actor) -> CareerStep:
    person = check_alumnus(by)
    check_since(since)
    take_turns(person)
    said = {"role": one_line(role), "employer": one_line(employer), "level": level, "since": since}
    if (same := CareerStep.objects.filter(person=person, written_at__gt=just_now(), **said).first()) is not None:
        return same
    return CareerStep.objects.create(person=person, written_at=timezone.now(), **said)


@transaction.atomic
def edit_career_step(
    *, step: CareerStep, version: int, role: str, employer: str, level: str, since: date, by: Actor
) -> CareerStep:
    check_own(by, step)
    check_since(since)
    save_if_unchanged(
        step,
        version=version,
        stamps={"written_at": timezone.now()},
        role=one_line(role),
        employer=one_line(employer),
        level=level,
        since=since,
    )
    return step


def check_since(since: date) -> None:
    if since > timezone.localdate():
        raise Refused(_("Write it down once you’ve begun: that day is still to come."), field="since")


@transaction.atomic
def delete_career_step(*, step: CareerStep, by: Actor) -> None:
    check_own(by, step)
    CareerStep.objects.filter(pk=step.pk).delete()


@transaction.atomic
def agree_to_use(*, purpose: str, agreed: bool, by: Actor) -> bool:
    """They agree to one use of what they say of their career, or take that back: from this moment on. Returns whether that was new."""
    person = check_alumnus(by)
    take_turns(person)
    there = CareerConsent.objects.filter(person=person, purpose=CareerPurpose(purpose), withdrawn_at__isnull=True)
    if agreed == there.exists():
        return False
    if agreed:
        CareerConsent.objects.create(person=person, purpose=CareerPurpose(purpose), given_at=timezone.now())
    else:
        there.update(withdrawn_at=timezone.now())
    return True
