"""Celery's side of outcomes: what is due is asked of the database."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from outcomes.models import NetworkWave
from tenancy.scope import tenant_context

log = logging.getLogger("baton.outcomes")


@shared_task(name="outcomes.tasks.count_networks")
def count_networks() -> int:
    """Count the network surveys that have closed, each in a transaction of its own and in nobody's scope. Returns how many."""
    from outcomes.services.network_counts import count_wave

    due = (
        NetworkWave.unscoped(
            "sys"
        )  # all tenants -- portal_sys finds what has closed; each is counted inside its tenant
        .filter(counted_at__isnull=True, closes_at__lte=timezone.now())
        .order_by("closes_at", "pk")
        .values_list("tenant_id", "pk")
    )
    counted = 0
    for tenant_id, wave_id in list(due):
        try:
            with tenant_context(tenant_id):
                counted += count_wave(wave=NetworkWave.objects.get(pk=wave_id))
        except Exception:
            # one wave's trouble must not keep the others waiting; the next tick tries again
            log.exception("network wave %s not counted", wave_id)
    return counted
