"""What ONS and MHCLG publish of districts, read from the files as they publish them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from engine.sheets import Cell, Table, read_table
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import District, Rurality
from tenancy.services.districts import NAMES, put_organisations
from tenancy.services.settings import check_staff
from tenancy.turns import take_turns_at

# Headings as the publishers have written them over the years: LAD24CD, LTLA21NM, “Local Authority District code (2019)”,
# “Rural Urban Classification 2011 (3 fold)”, RUC21NM, “IMD - Rank of average score”.
HEADINGS = {
    "code": re.compile(r"(lad|ltla|la)\d*cd|.*district code.*|.*authority code.*|code", re.I),
    "name": re.compile(r"(lad|ltla|la)\d*nm|.*district name.*|.*authority name.*|name|district", re.I),
    "rurality": re.compile(r".*rural.?urban.*classification.*|ruc\d*nm.*|broad ruc.*|rurality|.*\bruc\b.*", re.I),
    "rank": re.compile(r"imd\b.*rank of average score.*", re.I),
    "decile": re.compile(r".*decile.*", re.I),
    "latitude": re.compile(r"lat|latitude", re.I),
    "longitude": re.compile(r"long?|longitude", re.I),
}
VALUES = ("rurality", "decile", "latitude", "longitude")


@dataclass(frozen=True)
class Found:
    """What a file says of one district; None or '' where it says nothing."""

    name: str
    code: str = ""
    rurality: str = ""
    decile: int | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None

    @property
    def values(self) -> dict[str, object]:
        said = {name: getattr(self, name) for name in ("code", *VALUES)}
        return {name: value for name, value in said.items() if value not in (None, "")}


@dataclass(frozen=True)
class Taken:
    """What came of an import: how many districts of the list were filled in, added, and what the file had for nobody; `placed` are the
    organisations that have a district by their place now."""

    filled: int
    added: int
    left: int
    placed: int


def read_lookup(file: BinaryIO, filename: str) -> list[Found]:
    """A file with a heading for names and at least one of classes, ranks or deciles, and coordinates; Refused for any other."""
    table = read_table(file, filename)
    at = columns_of(table)
    if "name" not in at:
        raise Refused(
            _("There is no column with names of districts. Its heading should be like LAD24NM, or “name”."),
            field="file",
        )
    if not {"rurality", "rank", "decile", "latitude"} & set(at):
        raise Refused(
            _(
                "There is no column with a rural-urban class, a decile or rank of deprivation, or a latitude and longitude."
            ),
            field="file",
        )
    ranks: dict[str, int] = {}
    found = []
    for row in table.rows:
        said = {name: row.cells[index] for name, index in at.items()}
        if not (name := " ".join(str(said["name"] or "").split())):
            continue
        if (rank := whole(said.get("rank"))) is not None:
            ranks[name] = rank
        found.append(
            Found(
                name=name[:80],
                code=str(said.get("code") or "").strip()[:9],
                rurality=class_of(said.get("rurality")),
                decile=within(whole(said.get("decile")), 10),
                **coordinates(said.get("latitude"), said.get("longitude")),
            )
        )
    # Ranks are over the whole file: 1 is the most deprived, and the first tenth of them is decile 1.
    highest = max(ranks.values(), default=0)
    return [
        replace(row, decile=math.ceil(10 * ranks[row.name] / highest))
        if row.name in ranks and row.decile is None
        else row
        for row in found
    ]


def columns_of(table: Table) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, heading in HEADINGS.items():
        for index, text in enumerate(table.header):
            if index not in found.values() and heading.fullmatch(" ".join(str(text).split())):
                found[name] = index
                break
    if "latitude" not in found or "longitude" not in found:
        found.pop("latitude", None)
        found.pop("longitude", None)
    return found


def class_of(cell: Cell) -> str:
    """The broad class of whatever the publisher calls it: three, six or eight folds."""
    text = str(cell or "").casefold()
    if "significant rural" in text or "intermediate" in text:
        return Rurality.MIXED
    if ("rural" in text and "urban" not in text) or "mainly rural" in text or "largely rural" in text:
        return Rurality.RURAL
    return Rurality.URBAN if "urban" in text else ""


def whole(cell: Cell) -> int | None:
    try:
        number = float(str(cell).replace(",", ""))
    except ValueError:
        return None
    return int(number) if number.is_integer() and 0 < number < 100_000 else None


def within(number: int | None, most: int) -> int | None:
    return number if number is not None and number <= most else None


def coordinates(latitude: Cell, longitude: Cell) -> dict[str, Decimal | None]:
    try:
        lat, long = (Decimal(str(cell)).quantize(Decimal("0.00001")) for cell in (latitude, longitude))
    except InvalidOperation:
        return {}
    return {"latitude": lat, "longitude": long} if abs(lat) <= 90 and abs(long) <= 180 else {}


@transaction.atomic
def take_lookup(*, rows: list[Found], source: str, add: bool, by: Actor) -> Taken:
    """Fill in the districts of the list, by code or by name, with what the file says; what it doesn't say stays. With `add` districts that
    aren't on the list yet are put there. Done twice it's as done once."""
    check_staff(by)
    if not (source := " ".join(source.split())):
        raise Refused(_("Say where the figures are from."), field="source")
    take_turns_at(NAMES)
    known = list(District.objects.all())
    by_code = {row.code.casefold(): row for row in known if row.code}
    by_name = {row.name.casefold(): row for row in known}
    filled = added = left = placed = 0
    for said in rows:
        row = by_code.get(said.code.casefold()) if said.code else None
        row = row or by_name.get(said.name.casefold())
        if row is None and not add:
            left += 1
            continue
        if row is None:
            row = District(name=said.name)
            by_name[said.name.casefold()] = row
            added += 1
        elif any(getattr(row, name) != value for name, value in said.values.items()):
            row.version += 1
            filled += 1
        for name, value in said.values.items():
            setattr(row, name, value)
        row.source = source[:200]
        row.save()
        placed += put_organisations(row)
    return Taken(filled, added, left, placed)
