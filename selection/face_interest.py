"""What selection tells of those who only said that they're interested."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.navigation import cohort_navigation_sources
from engine.home import NavigationItem
from reminders.kinds import name_kinds
from selection.models import ExpressionOfInterest
from selection.rules import staff
from tenancy.actors import Actor
from tenancy.models import Person, Tenant
from tenancy.privacy import Holding, holdings


def export_interests(person: Person) -> list[dict[str, Any]]:
    rows = ExpressionOfInterest.objects.filter(person=person)
    return [
        {
            "programme": i.programme.name,
            "employer": i.organisation.name if i.organisation else i.organisation_name,
            "job title": i.job_title,
            "registered": i.registered_at,
            "confirmed": i.confirmed_at,
            "told of": str(i.told_for.cohort) if i.told_for else "",
            "withdrawn": i.withdrawn_at,
        }
        for i in rows.select_related("programme", "organisation", "told_for__cohort__programme")
    ]


holdings.register(
    "selection.interests",
    Holding(
        label=gettext_lazy("Programmes you asked to hear from"),
        models=("selection.ExpressionOfInterest",),
        export=export_interests,
        kind="selection.interest",
    ),
)


def register_page(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    """The register of the cohort's programme, for those who are staff of all of it."""
    if not staff(actor, cohort.programme):
        return []
    href = reverse("selection:interest-list", kwargs={"tenant": tenant.slug})
    return [NavigationItem(_("Expressions of interest"), f"{href}?programme={cohort.programme.public_id}", 9)]


cohort_navigation_sources.register("selection.interest", register_page)

name_kinds(
    "selection",
    {
        "interest": gettext_lazy("Interest to confirm"),
        "interest_open": gettext_lazy("Applications open, to those interested"),
    },
)
