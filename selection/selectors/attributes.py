"""What applications are balanced by, as they were when they were written: sector, organisation, place and
what kind of place, seniority, function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selection.models import Attribute
from tenancy.models import Deprivation, Rurality, band_of

# (attribute, value): a row's key as text, or words in one spelling.
Value = tuple[str, str]
SECTOR, ORGANISATION, PLACE = Attribute.SECTOR.value, Attribute.ORGANISATION.value, Attribute.PLACE.value
SENIORITY, FUNCTION = Attribute.SENIORITY.value, Attribute.FUNCTION.value
RURALITY, DEPRIVATION = Attribute.RURALITY.value, Attribute.DEPRIVATION.value
# In this order on every page.
ATTRIBUTES = (SECTOR, ORGANISATION, PLACE, RURALITY, DEPRIVATION, SENIORITY, FUNCTION)
# Columns of an application, for `values_list`.
COLUMNS = (
    "organisation__sector_id",
    "organisation__sector__name",
    "organisation__sector__position",
    "organisation_id",
    "organisation__name",
    "organisation__place",
    "applicant__district",
    "band_id",
    "band__name",
    "band__position",
    "service_area",
    "organisation__rurality",
    "organisation__district__rurality",
    "organisation__decile",
    "organisation__district__decile",
)
CLASSES = {RURALITY: Rurality, DEPRIVATION: Deprivation}


@dataclass(frozen=True, slots=True)
class Kind:
    """One value of an attribute: what it's called, and where it comes in a list."""

    name: str
    position: int = 0

    @property
    def order(self) -> tuple[int, str]:
        return (self.position, self.name.casefold())


def kinds_from(row: Sequence[Any]) -> dict[Value, Kind]:
    """The values one application has, from COLUMNS. What isn't known about it is left out."""
    sector, sector_name, sector_position, organisation, organisation_name, its_place, district, band, *rest = row
    band_name, band_position, service, *there = rest
    found = {
        (SECTOR, str(sector)): Kind(sector_name, sector_position),
        (ORGANISATION, str(organisation)): Kind(organisation_name),
    }
    if place := one_spelling(its_place or district):
        found[(PLACE, place)] = Kind(" ".join((its_place or district).split()))
    if band is not None:
        found[(SENIORITY, str(band))] = Kind(band_name, band_position)
    if function := one_spelling(service):
        found[(FUNCTION, function)] = Kind(" ".join(service.split()))
    rurality, of_district, decile, decile_of_district = there
    for attribute, key in (
        (RURALITY, rurality or of_district),
        (DEPRIVATION, band_of(decile_of_district if decile is None else decile)),
    ):
        if key:
            found[(attribute, str(key))] = class_kind(attribute, str(key))
    return found


def class_kind(attribute: str, key: str) -> Kind:
    """The name and the place in a list of a class of rurality or a band of deprivation."""
    classes = CLASSES[attribute]
    return Kind(str(classes(key).label), classes.values.index(key)) if key in classes.values else Kind(key)


def values_of(kinds: Mapping[Value, Kind]) -> dict[str, str]:
    """As the composition wants them: value by attribute."""
    return dict(kinds.keys())


def one_spelling(words: str) -> str:
    return " ".join(words.casefold().split())
