"""Signed links: minted when a message leaves, found by digest, spent once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import Q
from django.utils import timezone

from tenancy.models import Link, Person


@dataclass(frozen=True)
class FoundLink:
    tenant_id: int
    person_id: int
    purpose: str
    link_id: int


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def mint_link(
    *,
    person: Person | int,
    purpose: str,
    about: str = "",
    tenant_id: int | None = None,
    expires_at: datetime | None = None,
    days: int | None = None,
    using: str = "default",
) -> str:
    """A new link's token (256 random bits). Only its digest is stored; the token can't be shown again."""
    token = secrets.token_urlsafe(32)
    keep_link(
        token,
        person=person,
        purpose=purpose,
        about=about,
        tenant_id=tenant_id,
        expires_at=expires_at,
        days=days,
        using=using,
    )
    return token


def keep_link(
    token: str,
    *,
    person: Person | int,
    purpose: str,
    about: str = "",
    tenant_id: int | None = None,
    expires_at: datetime | None = None,
    days: int | None = None,
    using: str = "default",
) -> Link:
    """Store the link that a token made beforehand opens, for a mail that is composed before the link becomes live."""
    if days is not None:
        expires_at = timezone.now() + timedelta(days=days)
    link = Link(
        person_id=person if isinstance(person, int) else person.pk,
        purpose=purpose,
        about=about,
        token_sha256=digest(token),
        expires_at=expires_at,
        tenant_id=tenant_id,
    )
    if using == "default":
        link.save()
    else:
        # portal_sys works across tenants: no scope is open, so the tenant must be named, and save() would ask the manager.
        Link.unscoped(using).bulk_create([link])
    return link


def find_link(token: str) -> FoundLink | None:
    """The live link this token opens, in whichever tenant it is; None if unknown, used, expired or withdrawn."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT tenant_id, person_id, purpose, link_id FROM tenancy_find_link(%s)", [digest(token)])
        row = cursor.fetchone()
    return FoundLink(*row) if row else None


def spent_link(token: str, *, purpose: str) -> Link | None:
    """The answered link of the open tenant that this token once opened: whoever holds it may read what was answered, and nothing
    more. None once it was withdrawn or has run out, and for a token that nobody was given."""
    return Link.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()),
        token_sha256=digest(token),
        purpose=purpose,
        used_at__isnull=False,
        revoked_at__isnull=True,
    ).first()


def held_link(token: str, *, purpose: str) -> Link | None:
    """The link of the open tenant that this token opens or once opened, whatever became of it: for the page that says so."""
    return Link.objects.filter(token_sha256=digest(token), purpose=purpose).first()


def spend_links(*, purpose: str, about: str) -> int:
    """Mark every live link for this purpose and row as used: an answer was given. Returns how many there were."""
    return Link.objects.filter(purpose=purpose, about=about, used_at__isnull=True, revoked_at__isnull=True).update(
        used_at=timezone.now()
    )


def revoke_links(*, purpose: str, about: str) -> int:
    return Link.objects.filter(purpose=purpose, about=about, used_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
