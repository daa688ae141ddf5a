"""Cohorts with people on them, and surveys answered through the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from django.utils import timezone

from cohorts.models import Cohort, Participation, Programme
from outcomes.models import NetworkWave, Survey, SurveyInvitation, SurveyWave
from outcomes.services.answers import save_answers, send_answers
from outcomes.services.networks import close_network_wave, open_network_wave, save_ties
from outcomes.services.surveys import close_wave, create_survey, open_wave
from outcomes.tasks import count_networks
from tenancy.actors import Actor
from tenancy.models import Person, Role, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.people import give_role
from tests.factories.tenancy import make_organisation

SYSTEM = Actor.system("test set-up")
# What a person answers to the n-th statement (from 0), by their place in the list.
Answering = Callable[[int, int], int]


def make_cohort(name: str = "Cohort 1", places: int = 50) -> Cohort:
    """In the open tenant; one programme for all."""
    programme, _ = Programme.objects.get_or_create(slug="leading", defaults={"name": "Leading across Essex"})
    return Cohort.objects.create(
        programme=programme,
        name=name,
        slug=name.lower().replace(" ", "-"),
        places=places,
        starts_on=date(2026, 1, 5),
        ends_on=date(2026, 10, 2),
        stage="running",
    )


def add_people(cohort: Cohort, count: int, *, sector: str = "local government", prefix: str = "Person") -> list[Person]:
    organisation = make_organisation(f"{sector} body", sector)
    people = []
    for n in range(count):
        person = Person.objects.create(
            name=f"{prefix} {n:02}", email=f"{prefix}{n:02}@{cohort.slug}.example".lower(), organisation=organisation
        )
        place(cohort, person)
        people.append(person)
    return people


def place(cohort: Cohort, person: Person) -> None:
    Participation.objects.create(
        cohort=cohort, person=person, organisation=person.organisation, joined_at=timezone.now()
    )
    give_role(person=person, role=Role.PARTICIPANT, by=SYSTEM, cohort_id=cohort.pk)


def make_survey(cohort: Cohort, name: str = "Where I am now") -> Survey:
    return create_survey(cohort=cohort, name=name, by=SYSTEM)


def ask(survey: Survey, kind: str, days: int = 14) -> SurveyWave:
    return open_wave(survey=survey, kind=kind, closes_at=timezone.now() + timedelta(days=days), by=SYSTEM)


def answer(tenant: Tenant, wave: SurveyWave, person: Person, values: Sequence[int], *, send: bool = True) -> None:
    """As the person themselves: nobody else could write it."""
    with tenant_context(tenant, person):
        by = actor_of(person)
        indicators = list(wave.survey.indicators.all())
        save_answers(wave=wave, values={i.public_id: v for i, v in zip(indicators, values, strict=True)}, by=by)
        if send:
            send_answers(wave=wave, by=by)


def answer_all(
    tenant: Tenant, wave: SurveyWave, people: Sequence[Person], answering: Answering, *, close: bool = True
) -> None:
    statements = wave.survey.indicators.count()
    for n, person in enumerate(people):
        answer(tenant, wave, person, [answering(n, i) for i in range(statements)])
    wave.refresh_from_db()
    if close and not wave.is_closed:
        close_wave(wave=wave, by=SYSTEM)
        wave.refresh_from_db()


def answered_survey(
    tenant: Tenant,
    cohort: Cohort,
    people: Sequence[Person],
    before: Answering,
    after: Answering,
    *,
    only_before: int = 0,
) -> Survey:
    """Both waves asked, answered and closed; the last `only_before` people answer the first alone."""
    survey = make_survey(cohort)
    answer_all(tenant, ask(survey, "before"), people, before)
    both = people[: len(people) - only_before] if only_before else people
    answer_all(tenant, ask(survey, "after"), both, after)
    return survey


def invitation(wave: SurveyWave, person: Person) -> SurveyInvitation:
    return SurveyInvitation.objects.get(wave=wave, person=person)


def ask_network(cohort: Cohort, kind: str = "before", days: int = 14) -> NetworkWave:
    return open_network_wave(
        cohort=cohort,
        kind=kind,
        purpose="To see who gets to know whom.",
        closes_at=timezone.now() + timedelta(days=days),
        by=SYSTEM,
    )


def name_people(
    tenant: Tenant, wave: NetworkWave, person: Person, named: Mapping[Person, Sequence[str]], *, send: bool = True
) -> None:
    """As the person themselves, shown everybody on the list."""
    with tenant_context(tenant, person):
        shown = list(wave.places.exclude(person=person).values_list("person__public_id", flat=True))
        said = {other.public_id: list(relations) for other, relations in named.items()}
        save_ties(wave=wave, shown=shown, named=said, send=send, by=actor_of(person))


def answered_network(
    tenant: Tenant,
    cohort: Cohort,
    people: Sequence[Person],
    named: Mapping[int, Mapping[int, Sequence[str]]],
    kind: str = "before",
) -> NetworkWave:
    """Asked, answered by those in `named` (by number), closed and counted as the worker counts."""
    with tenant_context(tenant):
        wave = ask_network(cohort, kind)
    for n, ties in named.items():
        name_people(tenant, wave, people[n], {people[m]: relations for m, relations in ties.items()})
    with tenant_context(tenant):
        close_network_wave(wave=wave, by=SYSTEM)
    count_networks()
    with tenant_context(tenant):
        return NetworkWave.objects.get(pk=wave.pk)
