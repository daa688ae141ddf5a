"""Floors and ceilings by every attribute a cohort is balanced by: tried out, or kept with the round."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, VersionField
from selection.models import Attribute
from selection.selectors.attributes import (
    CLASSES,
    DEPRIVATION,
    FUNCTION,
    ORGANISATION,
    PLACE,
    RURALITY,
    SECTOR,
    SENIORITY,
    Value,
)
from selection.selectors.board import BalanceLine, BalanceSection
from selection.selectors.limits import Limits
from tenancy.words import Words

# Values that only one application has are no use to a limit; there may be hundreds of them.
AT_LEAST = 2


LETTERS = {SECTOR: "s", ORGANISATION: "o", PLACE: "p", SENIORITY: "b", FUNCTION: "f", RURALITY: "r", DEPRIVATION: "d"}


def token_of(value: Value) -> str:
    """Short and stable, for the names of boxes: an address holds many of them."""
    attribute, key = value
    return LETTERS[attribute] + (key if key.isdecimal() else hashlib.sha256(key.encode()).hexdigest()[:8])


def number_of_places(label: Words, whose: Words, least: int, most: int) -> forms.IntegerField:
    """A box for a limit, which may stay empty."""
    wrong = gettext("%(whose)s: enter a whole number from %(least)d to %(most)d") % {
        "whose": whose,
        "least": least,
        "most": most,
    }
    errors = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most, error_messages=errors)


@dataclass(frozen=True)
class Row:
    """A line of the page's table: one value, how many applied, and two bound boxes."""

    line: BalanceLine
    floor: forms.BoundField
    ceiling: forms.BoundField


@dataclass(frozen=True)
class Group:
    """The lines of one attribute. `each` is the box for any one organisation; `hidden` counts values that too few have."""

    label: str
    rows: Sequence[Row]
    each: forms.BoundField | None
    hidden: int

    @property
    def boxes(self) -> list[forms.BoundField]:
        each = [] if self.each is None else [self.each]
        return [box for row in self.rows for box in (row.floor, row.ceiling)] + each

    @property
    def is_open(self) -> bool:
        return any(box.errors or box.value() not in (None, "") for box in self.boxes)


class LimitsForm(BatonForm):
    """Empty boxes ask for nothing."""

    def __init__(self, *args: Any, sections: Sequence[BalanceSection], places: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.shown: Mapping[str, list[BalanceLine]] = {
            section.attribute: [line for line in section.lines if is_shown(line)] for section in sections
        }
        for line in self.lines():
            token = token_of(line.value)
            for kind, label in (("floor", _("%(group)s, at least")), ("ceiling", _("%(group)s, at most"))):
                box = number_of_places(label % {"group": line.name}, line.name, 0, places)
                self.fields[f"{kind}_{token}"] = box
        if ORGANISATION in self.shown:
            self.fields["organisation"] = number_of_places(
                _("From any one organisation, at most"), _("Any one organisation"), 1, places
            )

    def lines(self) -> list[BalanceLine]:
        return [line for lines in self.shown.values() for line in lines]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for line in self.lines():
            token = token_of(line.value)
            floor, ceiling = data.get(f"floor_{token}"), data.get(f"ceiling_{token}")
            if floor is not None and ceiling is not None and floor > ceiling:
                self.add_error(
                    f"ceiling_{token}", _("The most of %(group)s can’t be fewer than the least") % {"group": line.name}
                )
        return data

    def limits(self) -> Limits:
        data = self.cleaned_data
        tokens = {line.value: token_of(line.value) for line in self.lines()}
        return Limits(
            floors={value: n for value, token in tokens.items() if (n := data.get(f"floor_{token}"))},
            ceilings={value: n for value, token in tokens.items() if (n := data.get(f"ceiling_{token}")) is not None},
            each_organisation=data.get("organisation"),
        )

    @staticmethod
    def initial_of(limits: Limits) -> dict[str, int]:
        found = {f"floor_{token_of(value)}": n for value, n in limits.floors.items() if n}
        found |= {f"ceiling_{token_of(value)}": n for value, n in limits.ceilings.items()}
        return found if limits.each_organisation is None else {**found, "organisation": limits.each_organisation}

    def groups(self) -> list[Group]:
        return [
            Group(
                label=str(Attribute(section.attribute).label),
                rows=[
                    Row(line, self[f"floor_{token_of(line.value)}"], self[f"ceiling_{token_of(line.value)}"])
                    for line in self.shown[section.attribute]
                ],
                each=self["organisation"] if section.attribute == ORGANISATION else None,
                hidden=len(section.lines) - len(self.shown[section.attribute]),
            )
            for section in self.sections
        ]


def is_shown(line: BalanceLine) -> bool:
    """Of sectors and bands all, of the others those that a limit could be about."""
    few = line.value[0] in (Attribute.SECTOR, Attribute.SENIORITY, *CLASSES)
    return few or line.applied >= AT_LEAST or bool(line.promised or line.limit_text or line.target)


class RoundLimitsForm(LimitsForm):
    """Those that are kept with the round."""

    submit_label = _("Keep these limits")
    version = VersionField()
