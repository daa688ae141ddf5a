"""The tenant's list of districts."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import District, Organisation
from tenancy.seen import refuse_stale
from tenancy.services.settings import check_staff
from tenancy.turns import take_turns_at

NAMES = "names of districts"
FIELDS = ("name", "code", "rurality", "decile", "latitude", "longitude", "source")


def tidy(fields: dict[str, Any]) -> dict[str, Any]:
    name = " ".join(fields["name"].split())
    if not name:
        raise Refused(_("Enter the name of the district"), field="name")
    if (fields.get("latitude") is None) != (fields.get("longitude") is None):
        raise Refused(_("Enter both the latitude and the longitude, or neither."), field="longitude")
    return {**fields, "name": name}


@transaction.atomic
def save_district(*, district: District | None, by: Actor, version: int = 0, **fields: Any) -> District:
    """Add a district (None), or change one; `version` is that of the page. Added twice in the same words it is one. Organisations whose
    place is its name, and that have no district yet, lie in it from then on."""
    check_staff(by)
    fields = tidy(fields)
    take_turns_at(NAMES)
    same = District.objects.filter(name__iexact=fields["name"]).exclude(pk=district.pk if district else None).first()
    if same is not None:
        if district is None and all(getattr(same, name) == value for name, value in fields.items()):
            return same
        raise Refused(_("%(name)s is already on the list.") % {"name": same.name}, field="name")
    if district is None:
        row = District.objects.create(**fields)
    else:
        rows = District.objects.filter(pk=district.pk, version=version)
        if not rows.update(**fields, version=F("version") + 1):
            refuse_stale(District.objects.filter(pk=district.pk).values(*fields).first() or {}, fields)
        row = District.objects.get(pk=district.pk)
    put_organisations(row)
    return row


def put_organisations(district: District) -> int:
    """Organisations that name this district as their place and have none yet. Returns how many."""
    rows = Organisation.objects.filter(district__isnull=True, place__iexact=district.name)
    return rows.update(district=district)


def district_called(name: str) -> District | None:
    """By its name, however it's written."""
    return District.objects.filter(name__iexact=" ".join(name.split())).first() if name.strip() else None
