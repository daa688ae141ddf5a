"""Periods, holds, and the deleting of what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Account, Change, Hold, RetentionPeriod, Tenant, TenantModel
from tenancy.retention import SYS, periods, retention_kinds
from tenancy.rules import staff
from tenancy.scope import tenant_context
from tenancy.turns import take_turns_at
from tenancy.unneeded import unused_accounts

BATCH = 50
# After being made and after the last sign-in. No tenant's to say: a sign-in belongs to none.
ACCOUNT_DAYS = 90


@transaction.atomic
def set_periods(*, days: Mapping[str, int], by: Actor) -> None:
    """How long each kind named is kept; within its bounds. Staff of the whole tenant."""
    if not staff(by, None):
        raise NotAllowed(_("Only staff of the whole portal may do this."))
    take_turns_at("retention")
    for key, wanted in days.items():
        kind = retention_kinds[key]
        if not kind.least <= wanted <= kind.most:
            text = _("Give between %(least)s and %(most)s days") % {"least": kind.least, "most": kind.most}
            raise Refused(text, field=key.replace(".", "_"))
        RetentionPeriod.objects.update_or_create(kind=key, defaults={"days": wanted})


@transaction.atomic
def hold(*, subject: TenantModel, reason: str, by: Actor) -> Hold:
    """Keep it, whatever its period. Twice is once."""
    _check(subject, by)
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    take_turns_at("hold")
    about = {"subject_kind": subject._meta.label, "subject_id": subject.public_id}
    present = Hold.objects.filter(**about, lifted_at__isnull=True).first()
    if present:
        return present
    _record(subject, "hold", reason, by)
    return Hold.objects.create(**about, reason=reason.strip(), held_by=by.person, held_at=timezone.now())


@transaction.atomic
def lift_hold(*, subject: TenantModel, reason: str, by: Actor) -> None:
    """Its period counts again. Nothing happens to what isn't held."""
    _check(subject, by)
    take_turns_at("hold")
    rows = Hold.objects.filter(subject_kind=subject._meta.label, subject_id=subject.public_id, lifted_at__isnull=True)
    if rows.update(lifted_at=timezone.now()):
        _record(subject, "lift_hold", reason, by)


def _record(subject: TenantModel, name: str, reason: str, by: Actor) -> None:
    """As engine.transitions.record_change, which stands a floor above."""
    Change.objects.create(
        subject_kind=subject._meta.label,
        subject_id=subject.public_id,
        name=name,
        reason=reason.strip(),
        by_person=by.person,
        by_label=by.label[:200],
        by_kind=by.kind,
        at=timezone.now(),
    )


def _check(subject: TenantModel, by: Actor) -> None:
    if not staff(by, subject):
        raise NotAllowed(_("Only staff may do this."))


def delete_due(*, tenant: Tenant, now: datetime | None = None, most: int = 2000) -> dict[str, int]:
    """Delete what is due in one tenant, a batch a transaction, at most so many of each kind. Returns how many by kind."""
    now = now or timezone.now()
    with tenant_context(tenant, using=SYS):
        days = periods(SYS)
    done: dict[str, int] = {}
    for key, kind in retention_kinds.items():
        before = now - timedelta(days=days[key])
        while done.get(key, 0) < most:
            with tenant_context(tenant, using=kind.reads):
                rows = list(kind.due(before).using(kind.reads)[:BATCH])
            if not rows:
                break
            if kind.prepare is not None:
                with tenant_context(tenant):
                    kind.prepare(rows)
            with tenant_context(tenant, using=SYS):
                kind.delete(rows)
            done[key] = done.get(key, 0) + len(rows)
    return done


# All that hangs on a sign-in besides memberships.
OF_ACCOUNT = (EmailAddress, Authenticator, SocialAccount, UserSession)


def delete_accounts(*, now: datetime | None = None) -> int:
    """Delete sign-ins that no tenant's membership names any more and that nobody has used for ACCOUNT_DAYS, with their addresses, second
    factors and sessions, a batch a transaction. Returns how many. Whoever has used the operators' site stays: its log names them."""
    before = (now or timezone.now()) - timedelta(days=ACCOUNT_DAYS)
    done = last = 0
    while ids := list(unused_accounts(before).filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = ids[-1]
        done += _delete_accounts(ids, before)
    return done


@transaction.atomic
def _delete_accounts(ids: list[int], before: datetime) -> int:
    """Locked first, then looked at again: a membership made at this moment waits, and one made before keeps its account."""
    operator = Exists(LogEntry.objects.filter(user=OuterRef("pk")))
    rows = Account.objects.select_for_update(skip_locked=True).filter(~operator, pk__in=ids).order_by("pk")
    locked = list(rows.values_list("pk", flat=True))
    still = list(unused_accounts(before).filter(pk__in=locked).values_list("pk", flat=True))
    keys = list(UserSession.objects.filter(user__in=still).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    for model in OF_ACCOUNT:
        model._default_manager.filter(user__in=still).delete()
    # not delete(): that would look for memberships, which no tenant is open for; the database refuses where there is one
    Account.objects.filter(pk__in=still)._raw_delete("default")
    return len(still)
