"""The side navigation of a cohort: its own pages, then those the higher floors add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from engine.home import NavigationItem
from tenancy.actors import Actor
from tenancy.models import Tenant
from tenancy.registry import Registry
from tenancy.rules import staff
from tenancy.vocabulary import term

CohortNavigationSource = Callable[[Cohort, Actor, Tenant], list[NavigationItem]]
cohort_navigation_sources: Registry[CohortNavigationSource] = Registry("Which pages has a cohort?")


def own_items(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    if not staff(actor, cohort):
        return []
    at = {"tenant": tenant.slug, "public_id": cohort.public_id}
    return [
        NavigationItem(_("Overview"), reverse("cohorts:cohort-detail", kwargs=at), 0),
        NavigationItem(_("Participants"), reverse("cohorts:participation-list", kwargs=at), 30),
        NavigationItem(_("Events"), reverse("cohorts:event-list", kwargs=at), 32),
        NavigationItem(_("All events in order"), reverse("cohorts:cohort-programme", kwargs=at), 33),
        NavigationItem(term(tenant, "learning set", 2).capitalize(), reverse("cohorts:set-list", kwargs=at), 34),
        NavigationItem(_("Who may need a word"), reverse("cohorts:engagement-list", kwargs=at), 35),
        NavigationItem(_("Going back to work"), reverse("cohorts:return-staff", kwargs=at), 40),
        NavigationItem(_("Reviews and lessons"), reverse("cohorts:review-list", kwargs=at), 39),
        NavigationItem(_("Where we come from and meet"), reverse("cohorts:cohort-where", kwargs=at), 33),
        NavigationItem(_("Noticeboard"), reverse("cohorts:notice-list", kwargs=at), 37),
        NavigationItem(_("Introductions"), reverse("cohorts:introduction-list-staff", kwargs=at), 38),
        NavigationItem(_("Groups with alumni"), reverse("cohorts:group-list", kwargs=at), 37),
        NavigationItem(_("Reflection questions"), reverse("cohorts:reflection-prompts", kwargs=at), 36),
        NavigationItem(
            _("Invitations"),
            f"{reverse('cohorts:invitation-list', kwargs={'tenant': tenant.slug})}?cohort={cohort.public_id}",
            60,
        ),
    ]


def cohort_side_navigation(cohort: Cohort, actor: Actor, tenant: Tenant, path: str = "") -> list[dict[str, Any]]:
    """What layouts/staff.html shows as `side_navigation`; `path` is the page's own address, to mark where one is.

    Costs no query when the cohort was loaded with its programme.
    """
    items = own_items(cohort, actor, tenant)
    items += [item for source in cohort_navigation_sources for item in source(cohort, actor, tenant)]
    links = [
        {"text": item.text, "href": item.href, "current": item.href == path}
        for item in sorted(items, key=lambda item: item.position)
    ]
    return [{"heading": cohort.name, "links": links}] if links else []
