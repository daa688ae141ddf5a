"""Writing down who read what: a page opened, a list taken away."""

from __future__ import annotations

from django.utils import timezone

from tenancy.actors import Actor
from tenancy.models import Access, Role, TenantModel


def record_opening(*, what: str, subject: TenantModel | None, role: str, by: Actor) -> None:
    """One row a person, page and hour, however often they look. One statement."""
    now = timezone.now()
    row = Access(
        **_who(by, role),
        **_subject(subject),
        act=Access.Act.OPENED,
        what=str(what)[:80],
        at=now,
        hour=now.replace(minute=0, second=0, microsecond=0),
    )
    Access.objects.bulk_create([row], ignore_conflicts=True)


def record_download(
    *, what: str, subject: TenantModel | None, role: str, filters: str, form: str, rows: int, by: Actor
) -> Access:
    """Every download counts, also the second of the same list."""
    return Access.objects.create(
        **_who(by, role),
        **_subject(subject),
        act=Access.Act.DOWNLOADED,
        what=str(what)[:80],
        at=timezone.now(),
        filters=filters,
        form=form,
        rows=rows,
    )


def roles_in_words(by: Actor) -> str:
    """The roles the actor holds anywhere; staff need no other."""
    held = {grant.role for grant in by.grants}
    held = {Role.STAFF} if Role.STAFF in held else held
    return ", ".join(str(role.label) for role in Role if role in held)


def _who(by: Actor, role: str) -> dict[str, object]:
    return {"by_person": by.person, "by_label": by.label[:200], "by_role": str(role)[:40]}


def _subject(subject: TenantModel | None) -> dict[str, str]:
    if subject is None:
        return {}
    return {"subject_kind": subject._meta.label, "subject_id": subject.public_id}
