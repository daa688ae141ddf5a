"""Celery's side of selection: what is due is asked of the database."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from selection.models import Deferral, Offer
from selection.states import DeferralState
from tenancy.actors import Actor
from tenancy.scope import tenant_context

AT_ONCE = 200
log = logging.getLogger("baton.selection")


@shared_task(name="selection.tasks.lapse_overdue_offers")
def lapse_overdue_offers() -> int:
    """End every offer whose deadline has passed, in every tenant, each in a transaction of its own. Returns how many."""
    from selection.services.offers import lapse_offer

    now = timezone.now()
    due = (
        Offer.unscoped("sys")  # all tenants -- portal_sys finds what is due; lapsing runs inside each tenant
        .filter(answered_at__isnull=True, deadline__lt=now)
        .exclude(
            application__in=Deferral.unscoped("sys").filter(state=DeferralState.ASKED).values("application")
        )  # all tenants -- offers that wait for staff to decide stay
        .order_by("deadline")
        .values_list("tenant_id", "pk")[:AT_ONCE]
    )
    lapsed = 0
    for tenant_id, offer_id in list(due):
        try:
            with tenant_context(tenant_id):
                offer = Offer.objects.select_related("application__round").get(pk=offer_id)
                lapsed += lapse_offer(offer=offer, by=Actor.system("lapse offers"), now=now)
        except Exception:
            # one offer that can't be ended must not keep the others; the next tick tries again
            log.exception("offer %s not lapsed", offer_id)
    return lapsed


@shared_task(name="selection.tasks.expire_kept_places")
def expire_kept_places() -> int:
    """End every place kept until a day that has passed, in every tenant. Returns how many."""
    from selection.selectors.deferrals import deferrals
    from selection.services.deferrals import expire_deferral

    today = timezone.localdate()
    due = (
        Deferral.unscoped("sys")  # all tenants -- portal_sys finds what is due; ending it runs inside each tenant
        .filter(state=DeferralState.AGREED, keep_until__lt=today)
        .order_by("keep_until")
        .values_list("tenant_id", "pk")[:AT_ONCE]
    )
    ended = 0
    for tenant_id, deferral_id in list(due):
        try:
            with tenant_context(tenant_id):
                deferral = deferrals().get(pk=deferral_id)
                ended += expire_deferral(deferral=deferral, by=Actor.system("kept places"), today=today)
        except Exception:
            log.exception("deferral %s not ended", deferral_id)
    return ended
