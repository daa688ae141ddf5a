"""A tenant's seniority bands: one list across all kinds of organisation, the most senior first."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import SeniorityBand
from tenancy.seen import check_seen
from tenancy.services.settings import check_staff
from tenancy.turns import take_turns_at

# Names and positions are compared with all others, so changes take turns.
BANDS = "seniority bands"
BAND = frozenset({"name", "reads_as"})
# What a tenant begins with. Posts, not pay: what somebody decides differs less between sectors than what their grade is called.
DEFAULT_BANDS = (
    (
        "Chief officer",
        "Council chief executive; NHS chief executive or executive director; chief or deputy chief constable; chief fire officer; "
        "vice-chancellor; chief executive of a large charity",
    ),
    (
        "Director",
        "Council director; NHS very senior manager; assistant chief constable or chief superintendent; assistant chief fire officer; "
        "deputy vice-chancellor; charity chief executive; civil service SCS 1",
    ),
    (
        "Assistant director",
        "Council assistant director; NHS band 8d to 9; superintendent; area manager; dean; charity director; civil service grade 6",
    ),
    (
        "Head of service",
        "Council head of service; NHS band 8b to 8c; chief inspector; group manager; head of department; charity deputy director; "
        "civil service grade 7",
    ),
    (
        "Service manager",
        "Council service manager; NHS band 8a; inspector; station manager; charity service manager; senior executive officer",
    ),
)


@transaction.atomic
def ensure_bands(*, by: Actor) -> None:
    """The usual bands, where the tenant has none. For other services: it asks nobody's leave, since what it makes is the same for all."""
    take_turns_at(BANDS)
    if not SeniorityBand.objects.exists():
        SeniorityBand.objects.bulk_create(
            SeniorityBand(name=name, reads_as=reads_as, position=position)
            for position, (name, reads_as) in enumerate(DEFAULT_BANDS, start=1)
        )


@transaction.atomic
def save_band(*, band: SeniorityBand | None, name: str, by: Actor, reads_as: str = "", seen: str = "") -> SeniorityBand:
    """Add a band below all others (`band` None), or change its words. `seen` is the digest of what the page showed."""
    check_staff(by)
    take_turns_at(BANDS)
    wanted = {"name": " ".join(name.split()), "reads_as": " ".join(reads_as.split())}
    others = SeniorityBand.objects.all()
    if band is None:
        last = others.order_by("-position").values_list("position", flat=True).first()
        band = SeniorityBand(position=(last or 0) + 1)
    else:
        band = SeniorityBand.objects.select_for_update(of=("self",)).get(pk=band.pk)
        others = others.exclude(pk=band.pk)
    check_seen(band, BAND, seen, wanted=wanted)
    if others.filter(name__iexact=wanted["name"]).exists():
        raise Refused(_("There is already a band of this name."), field="name")
    band.name, band.reads_as = wanted["name"], wanted["reads_as"]
    band.save()
    return band


@transaction.atomic
def move_band_up(*, band: SeniorityBand, by: Actor) -> None:
    """One step more senior. The first stays where it is."""
    check_staff(by)
    take_turns_at(BANDS)
    bands = list(SeniorityBand.objects.order_by("position", "name"))
    place = next(n for n, each in enumerate(bands) if each.pk == band.pk)
    if place:
        bands[place - 1], bands[place] = bands[place], bands[place - 1]
    for position, each in enumerate(bands, start=1):
        each.position = position
    SeniorityBand.objects.bulk_update(bands, ["position"])


@transaction.atomic
def remove_band(*, band: SeniorityBand, by: Actor) -> None:
    """Take a band off the list: only one that nobody has chosen and no round names."""
    check_staff(by)
    take_turns_at(BANDS)
    try:
        with transaction.atomic():
            band.delete()
    except ProtectedError as error:
        raise Refused(_("%(name)s is in use, so it stays on the list.") % {"name": band.name}) from error
