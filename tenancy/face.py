"""Tenancy's own answer to 'what do we hold about this person?'."""

from __future__ import annotations

from typing import Any

from tenancy.models import Change, ConflictDeclaration, Employment, Link, Membership, Person, RoleAssignment
from tenancy.privacy import Holding, holdings


def export_profile(person: Person) -> list[dict[str, Any]]:
    jobs = Employment.objects.filter(person=person).select_related("organisation")
    roles = RoleAssignment.objects.filter(person=person)
    return [
        {
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "job title": person.job_title,
            "grade": person.grade,
            "service area": person.service_area,
            "district": person.district,
            "employers": [
                {"organisation": j.organisation.name, "job title": j.job_title, "from": j.from_date, "to": j.to_date}
                for j in jobs
            ],
            "roles": [{"role": r.role, "from": r.valid_from, "to": r.valid_to} for r in roles],
            "conflicts declared": ConflictDeclaration.objects.filter(declared_by=person).count(),
            "links held": Link.objects.filter(person=person).count(),
            "steps recorded": Change.objects.filter(by_person=person).count(),
        }
    ]


holdings.register(
    "tenancy",
    Holding(
        label="Profile, employers and roles",
        models=tuple(
            m._meta.label for m in (Person, Employment, Membership, RoleAssignment, Link, ConflictDeclaration, Change)
        ),
        export=export_profile,
        keep_days=None,
    ),
)
