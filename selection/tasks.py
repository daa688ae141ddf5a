"""Celery's side of selection: what is due is asked of the database."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db.models import Count
from django.utils import timezone

from selection.models import Deferral, Offer, ReasonsDue, SelectionRound
from selection.states import DeferralState, RoundState
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


@shared_task(name="selection.tasks.write_due_reasons")
def write_due_reasons() -> int:
    """Put on record why everybody is in or out of each choice whose reasons are due, in every tenant. Returns of how many rounds."""
    from selection.services.reasons import write_reasons_due

    due = (
        ReasonsDue.unscoped("sys")  # all tenants -- portal_sys finds what is due; writing runs inside each tenant
        .order_by("due_since")
        .values_list("tenant_id", "pk")[:AT_ONCE]
    )
    written = 0
    for tenant_id, due_id in list(due):
        try:
            written += write_reasons_due(tenant_id=tenant_id, due_id=due_id)
        except Exception:
            log.exception("reasons %s not written", due_id)
    return written


@shared_task(name="selection.tasks.make_equality_figures")
def make_due_equality_figures() -> int:
    """Count what is settled of every round's funnel by equality answer and wasn't counted yet. Returns how many stages."""
    from selection.services.equality_figures import STAGES, make_equality_figures

    made = 0
    rounds = (
        SelectionRound.unscoped(
            "sys"
        )  # all tenants -- portal_sys finds what may be due; counting runs inside each tenant
        .filter(state__in=(RoundState.ASSESSING, RoundState.MODERATING, RoundState.DECIDED))
        .annotate(stages=Count("equality_stages"))
        .filter(stages__lt=len(STAGES))
    )
    for tenant_id, pk in list(rounds.values_list("tenant_id", "pk")):
        try:
            with tenant_context(tenant_id):
                round_ = SelectionRound.objects.select_related("cohort__programme").get(pk=pk)
                made += len(make_equality_figures(round=round_, by=Actor.system("equality figures")))
        except Exception:
            # one round that can't be counted must not keep the others; the next tick tries again
            log.exception("equality figures of round %s not made", pk)
    return made
