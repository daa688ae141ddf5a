"""The tick asks the database what is due; Celery remembers nothing."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import connections

from reminders.dispatch import dispatch_due
from reminders.services.reminding import queue_due_reminders as queue_reminders_of
from tenancy.models import Tenant
from tenancy.scope import tenant_context

# Tenants a tick considers: with more than these, each gets its turn every few minutes instead of every minute.
TENANTS_A_TICK = 50
log = logging.getLogger("baton.mail")


@shared_task(name="reminders.tasks.dispatch_due_messages")
def dispatch_due_messages() -> None:
    dispatch_due()


@shared_task(name="reminders.tasks.queue_due_reminders")
def queue_due_reminders() -> None:
    """Work out the reminders of the tenants that have waited longest, each in a transaction of its own."""
    for tenant_id in tenants_to_consider():
        try:
            with tenant_context(tenant_id):
                queue_reminders_of(tenant=Tenant.objects.get(pk=tenant_id))
        except Exception:
            # One tenant's trouble must not keep the others waiting; it's tried again at its next turn.
            log.exception("reminders of tenant %s could not be worked out", tenant_id)


def tenants_to_consider() -> list[int]:
    with connections["sys"].cursor() as cursor:
        cursor.execute(
            "SELECT t.id FROM tenancy_tenant t LEFT JOIN reminders_reminderround r ON r.tenant_id = t.id"
            " WHERE r.considered_at IS NULL OR r.considered_at < now() - interval '50 seconds'"
            " ORDER BY r.considered_at NULLS FIRST, t.id LIMIT %s",
            [TENANTS_A_TICK],
        )
        return [row[0] for row in cursor.fetchall()]
