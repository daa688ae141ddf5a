"""Celery's side of retention: what is due is asked of the database."""

from __future__ import annotations

import logging

from celery import shared_task

from tenancy.models import Tenant
from tenancy.services.retention import delete_accounts, delete_due

log = logging.getLogger("baton.retention")


@shared_task(name="tenancy.tasks.delete_what_is_due")
def delete_what_is_due() -> None:
    for tenant in Tenant.objects.order_by("pk"):
        try:
            if done := delete_due(tenant=tenant):
                log.info("deleted in tenant %s: %s", tenant.pk, done)
        except Exception:
            # one tenant's trouble must not keep the others' records beyond their time
            log.exception("retention of tenant %s", tenant.pk)
    # last, so that the sign-in of somebody deleted tonight is seen at once
    try:
        if gone := delete_accounts():
            log.info("deleted of sign-ins: %s", gone)
    except Exception:
        log.exception("retention of sign-ins")
