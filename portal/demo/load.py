"""Loading the demo: each tenant's story from its first day to today, through the services, on a stepped clock."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cohorts.models import Programme
from engine.transitions import record_change
from portal.demo.clock import PYTHON_NOW, Clock, stepped_clock
from portal.demo.essex import open_essex, plan_essex
from portal.demo.hsmc import open_hsmc, plan_hsmc
from portal.demo.people import DEMO_PASSWORD, ESSEX, HSMC, SIGN_INS
from portal.demo.removing import is_ours, remove_tenant
from portal.demo.story import Story
from portal.demo.timeline import HereAndNow, Timeline
from portal.demo.world import World
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Account, Change, Tenant
from tenancy.scope import tenant_context

LOADED = "demo loaded"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Tale:
    """One tenant's story: how it opens, and what is planned from there."""

    slug: str
    open: Callable[[Timeline], World]
    plan: Callable[[World], list[Story]]


TALES = (Tale(ESSEX, open_essex, plan_essex), Tale(HSMC, open_hsmc, plan_hsmc))


def is_loaded(slug: str) -> bool:
    """Whether the tenant's story was told to its end."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        return False
    with tenant_context(tenant):
        return Change.objects.filter(name=LOADED).exists()


def load_demo(say: Say) -> bool:
    """Load what isn't there yet; True when there was something to load. A tenant whose load was cut off is told anew; one of
    the same address that isn't the demo's is left alone (Refused)."""
    missing = [tale for tale in TALES if not is_loaded(tale.slug)]
    if not missing:
        return False
    for tale in missing:
        clear(tale.slug, say)
    worker = HereAndNow()
    with stepped_clock() as clock, worker.instead_of_celery(), seldom_collecting():
        for tale in missing:
            began = time.monotonic()
            tell(tale, clock, worker, say)
            say(f"{tale.slug}: loaded in {time.monotonic() - began:.0f} s")
    return True


def clear(slug: str, say: Say) -> None:
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        return
    if not is_ours(tenant):
        raise Refused(_("There is a tenant at /%(slug)s/ that isn’t the demo’s, so the demo can’t be loaded.") % {"slug": slug})
    say(f"{slug}: taking away what an earlier load left unfinished")
    remove_tenant(slug)


def tell(tale: Tale, clock: Clock, worker: HereAndNow, say: Say) -> None:
    now = PYTHON_NOW()
    timeline = Timeline(clock, worker, now=now)
    say(f"{tale.slug}: opening the tenant")
    world = tale.open(timeline)
    stories = tale.plan(world)
    timeline.run(say=lambda text: say(f"{tale.slug}: {text}"))
    clock.set(now)
    worker.work()
    give_passwords(tale.slug)
    with tenant_context(world.tenant):
        assert stories[0].programme is not None
        record_change(Programme.objects.get(pk=stories[0].programme.pk), LOADED, by=Actor.system("demo"))


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """A load makes millions of short-lived objects; looking for cycles among them every 700 is a tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def give_passwords(slug: str) -> None:
    """Whoever came in by nomination or by link signs in with a code; those among the demo's sign-ins get its password too."""
    for account in Account.objects.filter(email__in=[s.email for s in SIGN_INS if s.tenant == slug]):
        if not account.has_usable_password():
            account.set_password(DEMO_PASSWORD)
            account.save(update_fields=["password"])
