"""What learning sets are mixed by: the traits staff choose among, and how much each counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import Person
from tenancy.words import Words


class Aim(models.TextChoices):
    MORE = "more", _("Mix, above all")
    MIX = "mix", _("Mix")
    ALIKE = "alike", _("Bring like together")
    LEAVE = "leave", _("Leave out of account")


# Points to a pair of people who differ, or with ALIKE are alike, in a trait.
POINTS = {Aim.MORE: 20, Aim.MIX: 10, Aim.ALIKE: 10, Aim.LEAVE: 0}


@dataclass(frozen=True)
class Trait:
    """`of` gives what a person has of it; None is unknown, and like nobody's. Protected characteristics are no traits: nobody
    has agreed to being placed by them."""

    label: Words
    of: Callable[[Person], str | None]
    default: Aim


def sector_of(person: Person) -> str | None:
    return str(person.organisation.sector) if person.organisation else None


TRAITS: Mapping[str, Trait] = {
    "sector": Trait(_("Sector"), sector_of, Aim.MORE),
    "service_area": Trait(_("Area of work"), lambda person: person.service_area.casefold() or None, Aim.MIX),
    "district": Trait(_("Place"), lambda person: person.district.casefold() or None, Aim.MIX),
    # Peers learn best from peers.
    "grade": Trait(_("Grade"), lambda person: person.grade.casefold() or None, Aim.ALIKE),
}
DEFAULT_AIMS: Mapping[str, str] = {name: trait.default.value for name, trait in TRAITS.items()}


def aims_of(stored: Mapping[str, str]) -> dict[str, Aim]:
    """The aims of a plan; those it doesn't name are the usual ones."""
    return {name: Aim(stored.get(name, trait.default)) for name, trait in TRAITS.items()}
