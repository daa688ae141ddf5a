"""Mentors, matches and times for tests, through the services."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.utils import timezone

from cohorts.models import Cohort
from mentoring.models import AvailabilitySlot, MentorMatch
from mentoring.services.matches import accept_match, make_mentor, propose_match
from mentoring.services.slots import offer_slots
from tenancy.actors import Actor
from tenancy.models import Organisation, Person
from tenancy.selectors import actor_of
from tests.factories.tenancy import make_organisation

SYSTEM = Actor.system("test set-up")


def employ(person: Person, name: str, sector: str) -> Organisation:
    organisation = make_organisation(name, sector)
    Person.objects.filter(pk=person.pk).update(organisation=organisation)
    person.organisation = organisation
    return organisation


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def make_match(mentor: Person, mentee: Person, cohort: Cohort, *, active: bool = True) -> MentorMatch:
    """Of a mentor already in the pool and a participant of the cohort."""
    make_mentor(person=mentor, pool="outside", by=SYSTEM)
    match = propose_match(cohort=cohort, mentor=mentor, mentee=mentee, reason="Both know housing", by=SYSTEM)
    return accept_match(match=match, by=actor_of(mentor)) if active else match


def make_slots(
    mentor: Person, *, days: int = 3, starts: time = time(9), ends: time = time(11)
) -> list[AvailabilitySlot]:
    """Sessions of an hour on one day ahead."""
    return offer_slots(
        on=in_days(days), starts=starts, ends=ends, minutes=60, place="Room 4, County Hall", by=actor_of(mentor)
    )
