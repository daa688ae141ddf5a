"""Celery's side of cohorts: what is due is asked of the database."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cohorts.models import Cohort, EngagementSignal, Event, EventGuest, Seating
from cohorts.states import CohortStage, EventState, GuestState, SeatingState
from tenancy.actors import Actor
from tenancy.scope import tenant_context

AT_ONCE = 200
log = logging.getLogger("baton.cohorts")


@shared_task(name="cohorts.tasks.settle_waiting_lists")
def settle_waiting_lists() -> int:
    """Places that nobody answered for go on, and whoever waits is asked where a place has become free, each event in a transaction of its
    own. Returns how many rows moved."""
    from cohorts.services.guests import settle_places

    now = timezone.now()
    # whoever still waited when an event began waits for nothing: such rows would come first for ever
    ahead = Q(state=GuestState.WAITING, event__state=EventState.PLANNED, event__starts_at__gt=now)
    due = (
        EventGuest.unscoped("sys")  # all tenants -- portal_sys finds what is due; the places move inside each tenant
        .filter(Q(state=GuestState.ASKED, answer_by__lt=now) | ahead)
        .order_by("event_id")
        .values_list("tenant_id", "event_id")
        .distinct()[:AT_ONCE]
    )
    moved = 0
    for tenant_id, event_id in list(due):
        try:
            with tenant_context(tenant_id):
                event = Event.objects.select_related("cohort__programme").get(pk=event_id)
                moved += settle_places(event=event)
        except Exception:
            # one event's trouble must not keep the others waiting; the next tick tries again
            log.exception("places of event %s not settled", event_id)
    return moved


@shared_task(name="cohorts.tasks.tell_tables")
def tell_tables() -> int:
    """The day before an event, those who have a table at it are told which; until it starts, whoever is moved is told anew. Each event in
    a transaction of its own. Returns how many messages are new."""
    from cohorts.services.seating import tell_seats

    now = timezone.now()
    due = (
        Seating.unscoped(
            "sys"
        )  # all tenants -- portal_sys finds whose events are near; messages are written inside each tenant
        .filter(
            state=SeatingState.SHOWN,
            event__state=EventState.PLANNED,
            event__starts_at__gt=now,
            event__starts_at__lte=now + timedelta(days=1),
        )
        .order_by("event_id")
        .values_list("tenant_id", "event_id")
        .distinct()
    )
    told = 0
    for tenant_id, event_id in list(due):
        try:
            with tenant_context(tenant_id):
                event = Event.objects.select_related("cohort__programme", "venue").get(pk=event_id)
                told += tell_seats(event=event, by=Actor.system("seating"))
        except Exception:
            # one event's trouble must not keep the others waiting; the next tick tries again
            log.exception("tables of event %s not told", event_id)
    return told


@shared_task(name="cohorts.tasks.forget_settled_vetoes")
def forget_settled_vetoes() -> int:
    """What was left when a deletion was cut off: publishing deletes as soon as it has committed."""
    from cohorts.services.vetoes import forget_vetoes

    return forget_vetoes()


@shared_task(name="cohorts.tasks.refresh_engagement")
def refresh_engagement() -> int:
    """Who may need a word, worked out anew for every cohort that goes on, each in a transaction of its own and in nobody's scope. Returns
    how many signals were opened or closed."""
    from cohorts.services.engagement import refresh_signals

    left = EngagementSignal.unscoped("sys").filter(cohort=OuterRef("pk"), closed_at__isnull=True)
    due = (
        Cohort.unscoped("sys")  # all tenants -- portal_sys finds the cohorts; each is worked out inside its tenant
        .filter(~Q(stage=CohortStage.FINISHED) | Exists(left))
        .order_by("pk")
        .values_list("tenant_id", "pk")
    )
    moved = 0
    for tenant_id, cohort_id in list(due):
        try:
            with tenant_context(tenant_id):
                cohort = Cohort.objects.select_related("programme").get(pk=cohort_id)
                moved += refresh_signals(cohort=cohort, by=Actor.system("engagement"))
        except Exception:
            # one cohort's trouble must not keep the others waiting; the next tick tries again
            log.exception("signals of cohort %s not worked out", cohort_id)
    return moved
