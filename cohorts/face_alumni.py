"""What alumni and their careers answer when the lower floors ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cohorts.models import AlumniMembership, CareerConsent, CareerStep
from reminders.kinds import name_kinds
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds


def export_memberships(person: Person) -> list[dict[str, Any]]:
    rows = AlumniMembership.objects.filter(person=person).select_related("programme")
    return [
        {"programme": r.programme.name, "joined": r.joined_at, "hears": r.state, "since": r.state_since} for r in rows
    ]


def export_careers(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words; as anybody else what they agreed to."""
    agreed = CareerConsent.objects.filter(person=person)
    return [
        *(
            {"role": s.role, "at": s.employer, "level": s.level, "since": s.since, "written": s.written_at}
            for s in CareerStep.objects.filter(person=person)
        ),
        *({"agreed to": c.purpose, "given": c.given_at, "taken back": c.withdrawn_at} for c in agreed),
    ]


def old_steps(before: datetime) -> QuerySet[CareerStep]:
    return CareerStep.objects.filter(written_at__lt=before).order_by("pk")


def delete_steps(rows: Sequence[CareerStep]) -> None:
    delete_rows(CareerStep, [row.pk for row in rows])


holdings.register(
    "cohorts.alumni",
    Holding(
        label=_("That you’re an alumnus"),
        models=(AlumniMembership._meta.label,),
        export=export_memberships,
        keep_days=None,
    ),
)
holdings.register(
    "cohorts.careers",
    Holding(
        label=_("Your career since your cohort"),
        models=(CareerStep._meta.label, CareerConsent._meta.label),
        export=export_careers,
        kind="cohorts.careers",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "cohorts.careers",
    RetentionKind(
        label=_("Careers of alumni"),
        after=_("after it was last written"),
        days=2192,
        least=366,
        most=3653,
        due=old_steps,
        delete=delete_steps,
    ),
)
name_kinds("cohorts", {"alumni_welcome": _("Added to the alumni")})
