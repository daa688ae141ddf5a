"""Tenancy's own answer to 'what do we hold about this person?'."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import (
    Access,
    Change,
    ConflictDeclaration,
    Employment,
    Hold,
    Link,
    Membership,
    Person,
    RoleAssignment,
)
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds
from tenancy.unneeded import delete_people, release, unneeded


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
            # By the address they gave: under which name the tenant knows it isn't theirs to learn.
            "line manager": (person.line_manager.email or person.line_manager.name) if person.line_manager else "",
            "employers": [
                {"organisation": j.organisation.name, "job title": j.job_title, "from": j.from_date, "to": j.to_date}
                for j in jobs
            ],
            "roles": [{"role": r.role, "from": r.valid_from, "to": r.valid_to} for r in roles],
            "conflicts of interest": [
                # The other isn't named: an assessor declares one with somebody they know by a reference only.
                {"what": c.kind, "declared": c.declared_at, "lifted": c.lifted_at, "why lifted": c.lifted_reason}
                # Nor what became of names in an application: the copy has those as they were written.
                for c in ConflictDeclaration.objects.filter(Q(declared_by=person) | Q(person=person))
                .exclude(known=ConflictDeclaration.Known.APPLICATION)
                .distinct()
            ],
            "links held": [
                {"opens": link.purpose, "made": link.created_at, "ends": link.expires_at, "used": link.used_at}
                for link in Link.objects.filter(person=person)
            ],
            "kept beyond its period": [
                {"of": f"{h.subject_kind} {h.subject_id}", "why": h.reason, "from": h.held_at, "to": h.lifted_at}
                for h in Hold.objects.filter(held_by=person)
            ],
            "steps recorded": [
                {"at": c.at, "step": c.name, "of": c.subject_kind, "from": c.source, "to": c.target, "reason": c.reason}
                for c in Change.objects.filter(by_person=person)
            ],
        }
    ]


def export_accesses(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "at": a.at,
            "what": a.what,
            "of": f"{a.subject_kind} {a.subject_id}".strip(),
            "as": a.by_role,
            "act": a.act,
            "form": a.form,
            "filters": a.filters,
            "rows": a.rows,
            "by": a.by_label,
        }
        for a in Access.objects.filter(by_person=person)
    ]


holdings.register(
    "tenancy",
    Holding(
        label=_("Profile, employers and roles"),
        models=tuple(
            m._meta.label
            for m in (Person, Employment, Membership, RoleAssignment, Link, ConflictDeclaration, Change, Hold)
        ),
        export=export_profile,
        keep_days=None,
    ),
)
holdings.register(
    "tenancy.access",
    Holding(
        label=_("What you opened or downloaded"),
        models=(Access._meta.label,),
        export=export_accesses,
        kind="tenancy.access",
    ),
)
retention_kinds.register(
    "tenancy.access",
    RetentionKind(
        label=_("Records of who opened or downloaded what"),
        after=_("after it was read"),
        days=365,
        least=183,
        most=1096,
        due=lambda before: Access.objects.filter(at__lt=before).order_by("pk"),
        delete=lambda rows: delete_rows(Access, [row.pk for row in rows]),
    ),
)
retention_kinds.register(
    "tenancy.people",
    RetentionKind(
        label=_("People whom nothing needs any more, with what was written to them"),
        after=_("after they became known, once nothing names them"),
        days=90,
        least=30,
        most=365,
        due=unneeded,
        prepare=release,
        delete=delete_people,
        reads="default",
    ),
)
