from __future__ import annotations

from django.db.models import F, Q, QuerySet

from cohorts.models import Event, EventGuest, Participation, SetCoFacilitator, SetMembership
from cohorts.states import GuestState, ParticipationState, PlanState
from tenancy.models import Person


def own_ids(event: Event) -> QuerySet:
    """Ids of the people an event is for: those now taking part in its cohort, or the members of its set."""
    active = Participation.objects.filter(cohort_id=event.cohort_id, state=ParticipationState.ACTIVE)
    if event.learning_set_id is None:
        return active.values("person_id")
    return SetMembership.objects.filter(
        learning_set_id=event.learning_set_id, person__in=active.values("person_id")
    ).values("person_id")


def guest_ids(event: Event) -> QuerySet:
    """Ids of those who come to an event as guests."""
    return EventGuest.objects.filter(event=event, state=GuestState.COMING).values("person_id")


def expected_ids(event: Event) -> QuerySet:
    """Ids of everybody who is expected at an event, as one of its own or as a guest."""
    who = Q(pk__in=own_ids(event)) | Q(pk__in=guest_ids(event))
    return Person.objects.filter(who).order_by().annotate(person_id=F("pk")).values("person_id")


def expected_people(event: Event, *, with_facilitator: bool = False) -> list[Person]:
    """Everybody expected at an event, guests included, by name; those whose attendance is known stay listed when they leave the cohort."""
    who = Q(pk__in=expected_ids(event)) | Q(attendances__event=event)
    if with_facilitator and event.learning_set and event.learning_set.facilitator_id:
        who |= Q(pk=event.learning_set.facilitator_id)
        who |= Q(pk__in=event.learning_set.co_facilitators.values("person_id"))
    return list(Person.objects.filter(who).select_related("organisation").distinct())


def is_expected(event: Event, person_id: int | None) -> bool:
    return expected_ids(event).filter(person_id=person_id).exists()


def my_events(person_id: int) -> QuerySet[Event]:
    """Every event this person is expected at or facilitates, cancelled ones included: the twin of `event_reader` for people
    who aren't staff."""
    cohorts = Participation.objects.filter(person_id=person_id, state=ParticipationState.ACTIVE).values("cohort_id")
    sets = SetMembership.objects.filter(person_id=person_id, plan__state=PlanState.PUBLISHED).values("learning_set_id")
    return (
        Event.objects.filter(
            Q(cohort_id__in=cohorts, learning_set__isnull=True)
            | Q(cohort_id__in=cohorts, learning_set_id__in=sets)
            | Q(learning_set__facilitator_id=person_id)
            | Q(learning_set__in=SetCoFacilitator.objects.filter(person_id=person_id).values("learning_set_id"))
            | Q(owner_id=person_id)
            | Q(pk__in=EventGuest.objects.filter(person_id=person_id, state=GuestState.COMING).values("event_id"))
        )
        .select_related("cohort__programme", "learning_set", "venue")
        .distinct()
    )
