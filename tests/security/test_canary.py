"""Words that must not travel: nothing Essex holds is in the other tenant's pages, and nothing private in anybody else's."""

from __future__ import annotations

import html

from django.apps import apps
from django.db import models
from django.http import HttpResponse
from django.urls import reverse

from engine.models import Job
from reminders.models import Message
from tenancy.models import TenantModel
from tenancy.scope import tenant_context
from tenancy.services.bands import DEFAULT_BANDS
from tests.access.rows import BY_LINK, MATRIX
from tests.access.shown import Shown, shown
from tests.access.small_world import PRIVATE, World, undone
from tests.access.test_every_url import GETS, address

SHORTEST = 8
# The portal's own examples and defaults, which the world's rows happen to be named after.
OWN_WORDS = {"Cohort 2", "Where I am now", *(name for name, _reads_as in DEFAULT_BANDS)}


def text_of(answer: HttpResponse | Shown) -> str:
    return html.unescape(answer.content.decode("utf-8", "replace"))


def words_of(tenant: object, readers: list[object]) -> set[str]:
    """Every text that any row of the tenant holds, as far as these people may read it."""
    found: set[str] = set()
    for reader in readers:
        with tenant_context(tenant, reader):  # type: ignore[arg-type]
            for model in apps.get_models():
                # a closed table is portal_sys's alone: nobody reads it, so no page can tell of it
                if not issubclass(model, TenantModel) or model.wall.closed:
                    continue
                columns = [
                    f.attname
                    for f in model._meta.concrete_fields
                    if isinstance(f, models.CharField | models.TextField) and not f.choices
                ]
                for row in model.objects.values_list(*columns) if columns else ():
                    found.update(value.strip() for value in row if value and len(value.strip()) >= SHORTEST)
    return found


def own_addresses(tenant: str) -> list[str]:
    """Every page of the tenant that needs no object."""
    rows = {name: MATRIX[name] for name in GETS if ":" in name and not name.startswith(("demo:", "help:"))}
    own = {name: row for name, row in rows.items() if row.about == "nothing"}
    return [reverse(name, kwargs={"tenant": tenant, **dict(row.more)}) for name, row in own.items()]


def own_pages(world: World, who: str, tenant: str) -> dict[str, str]:
    """What this one of the world is shown on each."""
    return {url: text_of(shown(world, who, url)) for url in own_addresses(tenant)}


def test_nothing_of_essex_in_the_other_tenants_pages(world: World) -> None:
    stranger = world.stranger
    essex = words_of(world.tenant, [None, world.person("participant"), world.person("staff")])
    hsmc = words_of(world.other, [stranger.person])
    telling = {word for word in essex - hsmc if " " in word or "@" in word}
    assert len(telling) > 150
    with undone():
        pages = own_pages(world, "stranger", "hsmc")
        # and what the other tenant answers when asked for Essex's own addresses, error pages included
        for name in GETS:
            if MATRIX[name].needs_sign_in:
                url = address(world, name)
                pages[url] = text_of(shown(world, "stranger", url))
        staffs = own_pages(world, "staff", "essex")
    assert len(pages) > 100
    # the same words are on Essex's own pages: the search finds what is there
    assert sum(any(word in text for text in staffs.values()) for word in telling) > 20
    # words of the portal's own, which both tenants' pages show
    portal = "".join(interface(world).values())
    common = OWN_WORDS | {word for word in telling if word in portal}
    leaks = {(url, word) for url, text in pages.items() for word in telling - common if word in text}
    assert leaks == set()


def interface(world: World) -> dict[str, str]:
    """Pages that show the portal's own words only: to somebody of neither tenant."""
    with undone():
        return own_pages(world, "visitor", "hsmc")


def test_nothing_private_in_anybody_elses_pages(world: World) -> None:
    """Staff on every page they may open, and everyone else on the pages they may."""
    leaks = set()
    with undone():
        own = "".join(
            text_of(shown(world, "participant", address(world, name)))
            for name in (
                "cohorts:reflection-detail",
                "mentoring:note-edit",
                "outcomes:answer-note",
                "cohorts:set-action-list",
                "cohorts:leadership-history",
                "cohorts:development-plan",
                "cohorts:day-job-word",
                "cohorts:directory-mine",
                "cohorts:thanks-list",
            )
        )
        assert all(word in own for word in PRIVATE.values())
        for role in ("staff", "cohort_staff", "mentor", "facilitator", "sponsor", "neighbour"):
            for name in GETS:
                if MATRIX[name].allowed == BY_LINK:
                    continue
                text = text_of(shown(world, role, address(world, name)))
                leaks |= {(role, name, what) for what, word in PRIVATE.items() if word in text}
    # the facilitator is in the room of the set
    room = {leak for leak in leaks if leak[0] == "facilitator" and leak[2] == "set room"}
    assert room and leaks - room == set()


def test_nothing_private_in_messages_jobs_or_reports(world: World) -> None:
    from outcomes.models import CohortReport

    with tenant_context(world.tenant, world.person("staff")):
        kept = [f"{m.subject} {m.body_text} {m.body_html}" for m in Message.objects.all()]
        kept += [f"{j.title} {j.params} {j.result} {j.error}" for j in Job.objects.all()]
        kept += [f"{r.narrative} {r.snapshot}" for r in CohortReport.objects.all()]
    assert len(kept) > 10
    assert [(what, text) for text in kept for what, word in PRIVATE.items() if word in text] == []
