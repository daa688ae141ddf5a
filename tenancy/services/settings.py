"""A tenant's own settings, its organisations and sectors."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import District, Organisation, Sector, Tenant
from tenancy.rules import staff
from tenancy.seen import check_seen
from tenancy.turns import take_turns_at

SETTINGS = frozenset(
    {
        "name",
        "colour",
        "reply_to",
        "nation",
        "work_starts",
        "work_ends",
        "require_mfa_for_staff",
        "accepts_password",
        "accepts_code",
        "vocabulary",
    }
)

# What the page of an organisation shows and changes.
ORGANISATION = frozenset({"name", "short_name", "sector_id", "place", "aliases", "district_id", "rurality", "decile"})


def check_staff(by: Actor) -> None:
    if by.kind != "system" and not staff(by, None):
        raise NotAllowed(_("Only staff of the whole portal may do this."))


@transaction.atomic
def update_tenant(*, tenant: Tenant, by: Actor, seen: str = "", **fields: Any) -> Tenant:
    """Change a tenant's look, hours or sign-in trust. Its slug is its address and never changes here.

    `seen` is the digest of the settings that the page showed; StaleEdit when they are others by now."""
    check_staff(by)
    if unknown := set(fields) - SETTINGS:
        raise ValueError(f"not settings of a tenant: {sorted(unknown)}")
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    check_seen(tenant, SETTINGS, seen, wanted=fields)
    for name, value in fields.items():
        setattr(tenant, name, value)
    if tenant.work_ends <= tenant.work_starts:
        raise Refused(_("Working hours must end after they start."), field="work_ends")
    if not (tenant.accepts_password or tenant.accepts_code or tenant.openid_provider):
        raise Refused(_("Leave at least one way to sign in."), field="ways")
    tenant.save(update_fields=sorted(fields))
    return tenant


# Names are compared with all others, so two additions take turns.
NAMES = "names of sectors and organisations"


@transaction.atomic
def add_sector(*, name: str, by: Actor) -> Sector:
    check_staff(by)
    take_turns_at(NAMES)
    name = " ".join(name.split())
    if Sector.objects.filter(name__iexact=name).exists():
        raise Refused(_("There is already a sector of this name."), field="name")
    last = Sector.objects.order_by("-position").values_list("position", flat=True).first()
    return Sector.objects.create(name=name, position=(last or 0) + 1)


def check_spellings(organisation: Organisation | None, name: str, aliases: list[str]) -> None:
    """No spelling may stand for two organisations, or an import couldn't tell them apart."""
    wanted = {spelling.casefold() for spelling in [name, *aliases]}
    others = Organisation.objects.all()
    if organisation is not None:
        others = others.exclude(pk=organisation.pk)
    for other in others:
        taken = {s.casefold() for s in [other.name, *other.aliases]} & wanted
        if name.casefold() in taken:
            raise Refused(_("%(name)s is already listed.") % {"name": other.name}, field="name")
        if taken:
            raise Refused(
                _("“%(spelling)s” is already a spelling of %(name)s.") % {"spelling": min(taken), "name": other.name},
                field="aliases",
            )


@transaction.atomic
def save_organisation(
    *,
    organisation: Organisation | None,
    name: str,
    sector: Sector,
    by: Actor,
    short_name: str = "",
    place: str = "",
    aliases: list[str] | None = None,
    district: District | None = None,
    rurality: str = "",
    decile: int | None = None,
    seen: str = "",
) -> Organisation:
    """Add an organisation (`organisation` None) or change one; `aliases` are other spellings that imports will know. It's as rural and as
    deprived as its district unless `rurality` or `decile` say otherwise; a new one whose place is a district lies in it. `seen` is the
    digest of what the page showed."""
    check_staff(by)
    take_turns_at(NAMES)
    if organisation is not None:
        organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    name = " ".join(name.split())
    spellings = list(dict.fromkeys(" ".join(a.split()) for a in aliases or [] if a.strip()))
    check_spellings(organisation, name, spellings)
    if organisation is None and district is None and place.strip():
        district = District.objects.filter(name__iexact=" ".join(place.split())).first()
    wanted = {
        "name": name,
        "sector_id": sector.pk,
        "short_name": short_name.strip(),
        "place": place.strip(),
        "aliases": spellings,
        "district_id": district.pk if district else None,
        "rurality": rurality,
        "decile": decile,
    }
    organisation = organisation or Organisation()
    check_seen(organisation, ORGANISATION, seen, wanted=wanted)
    for field, value in wanted.items():
        setattr(organisation, field, value)
    # Whoever gets the answer may read the sector after the tenant is closed.
    organisation.sector, organisation.district = sector, district
    organisation.save()
    return organisation
