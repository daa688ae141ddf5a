"""Loading the demo: each tenant's story from its first day to today, through the services, on a stepped clock."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connections
from django.utils.translation import gettext as _

from cohorts.models import Programme
from engine.collecting import SELDOM
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


def load_demo(say: Say, *, as_of: datetime | None = None, only: str | None = None) -> bool:
    """Load what isn't there yet (of one tenant, where `only` names it), up to now or an earlier moment; True when there was
    something to load.

    A tenant whose load was cut off is told anew; one of the same address that isn't the demo's is left alone (Refused).
    """
    missing = [tale for tale in TALES if only in (None, tale.slug) and not is_loaded(tale.slug)]
    if not missing:
        return False
    for tale in missing:
        clear(tale.slug, say)
    worker = HereAndNow()
    with stepped_clock() as clock, worker.instead_of_celery(), seldom_collecting():
        begun = [begin(tale, Timeline(clock, worker, now=as_of or PYTHON_NOW()), say) for tale in missing]
        in_processes([lambda told=told: tell(told, clock, worker, say) for told in begun])
    return True


def clear(slug: str, say: Say) -> None:
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        return
    if not is_ours(tenant):
        raise Refused(
            _("There is a tenant at /%(slug)s/ that isn’t the demo’s, so the demo can’t be loaded.") % {"slug": slug}
        )
    say(f"{slug}: taking away what an earlier load left unfinished")
    remove_tenant(slug)


@dataclass
class Begun:
    slug: str
    world: World
    stories: list[Story]


def begin(tale: Tale, timeline: Timeline, say: Say) -> Begun:
    """The tenant is opened and everything planned. One after the other: who has a part in both has one account."""
    say(f"{tale.slug}: opening the tenant")
    world = tale.open(timeline)
    return Begun(tale.slug, world, tale.plan(world))


def tell(begun: Begun, clock: Clock, worker: HereAndNow, say: Say) -> None:
    """Run the story up to today; only then does the tenant count as loaded."""
    began, world = time.monotonic(), begun.world
    clock.attach(world.tenant.pk)
    world.timeline.run(say=lambda text: say(f"{begun.slug}: {text}"))
    clock.set(world.timeline.end)
    worker.work()
    give_passwords(begun.slug)
    programme = begun.stories[0].programme
    assert programme is not None
    with tenant_context(world.tenant):
        record_change(Programme.objects.get(pk=programme.pk), LOADED, by=Actor.system("demo"))
    say(f"{begun.slug}: loaded in {time.monotonic() - began:.0f} s")


def in_processes(stories: Sequence[Callable[[], None]]) -> None:
    """Each in a process of its own, forked with everything planned; RuntimeError when one of them fails. They end with this one,
    even if it's killed: the next load would clear away what they still write."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=outlive_nobody, args=(story,)) for story in stories]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError("A story of the demo couldn't be told to its end; what went wrong stands above.")


def outlive_nobody(story: Callable[[], None]) -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    story()


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """A load makes millions of short-lived objects; looking for cycles among them every 700 is a tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
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
