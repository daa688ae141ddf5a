"""What the portal knows at this moment of an event's people; a fixed number of statements, whatever the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from cohorts.models import Attendance, Event
from cohorts.selectors.events import expected_people
from cohorts.services.attendance_imports.reading import keys_of_name
from engine.names import clean_email
from tenancy.models import Person, Role
from tenancy.selectors import people_with_role


@dataclass
class Register:
    """People by their public ids. `others` belong to the cohort and aren't expected: of anybody else a list says nothing to its keeper,
    who might try addresses to learn whom the tenant knows."""

    event: Event
    people: dict[str, Person]
    marks: dict[str, str]
    others: dict[str, Person]
    by_email: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=dict)

    def named(self, names: list[str]) -> set[str]:
        return {key for name in names for word in keys_of_name(name) for key in self.by_name.get(word, ())}


def read_register(event: Event) -> Register:
    people = {person.public_id: person for person in expected_people(event)}
    held = Attendance.objects.filter(event=event).values_list("person__public_id", "state")
    around = list(Person.objects.filter(participations__cohort_id=event.cohort_id).distinct())
    for role in (Role.STAFF, Role.FACILITATOR, Role.SPONSOR):
        around += people_with_role(role, cohort_id=event.cohort_id)
    others = {person.public_id: person for person in around if person.public_id not in people}
    register = Register(event, people, dict(held), others)
    for key, person in (others | people).items():
        if address := clean_email(person.email):
            register.by_email[address] = key
        for word in keys_of_name(person.name):
            register.by_name.setdefault(word, set()).add(key)
    return register
