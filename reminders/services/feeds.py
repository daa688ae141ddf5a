"""A person's secret calendar address: made, made anew, withdrawn."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import NotAllowed
from tenancy.links import mint_link
from tenancy.models import Link
from tenancy.turns import take_turns

PURPOSE = "calendar"


def live_feed(person_id: int | None) -> Link | None:
    return (
        Link.objects.filter(person_id=person_id, purpose=PURPOSE, used_at__isnull=True, revoked_at__isnull=True)
        .order_by("-pk")
        .first()
    )


@transaction.atomic
def open_feed(*, by: Actor) -> str:
    """The token of a new address; whatever address the person had stops working. It can't be shown again."""
    if by.kind != "person" or by.person is None:
        raise NotAllowed(_("Only you can open your calendar feed."))
    take_turns(by.person)
    close_feed(by=by)
    return mint_link(person=by.person, purpose=PURPOSE)


@transaction.atomic
def close_feed(*, by: Actor) -> int:
    """Withdraw the person's addresses; returns how many there were."""
    if by.kind != "person" or by.person is None:
        raise NotAllowed(_("Only you can close your calendar feed."))
    return Link.objects.filter(person=by.person, purpose=PURPOSE, used_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
