"""On what ground may somebody read another's private row? Pieces of SQL that walls are built from.

A wall in a lower app can't know the tables of a higher one. The app that knows the relation registers it from its face; a wall
names it with the column that holds the row's owner: `{mentor:author_id}`. Walls are made after all faces have registered.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from tenancy.registry import Registry


@dataclass(frozen=True)
class Ground:
    """A condition on `{me}`, the person of the request, and `{owner}`, the person whose row it is."""

    sql: str


grounds: Registry[Ground] = Registry("On what ground does somebody read another's private row?")
grounds.register(
    "manager",
    Ground(
        "EXISTS (SELECT 1 FROM tenancy_person led LEFT JOIN tenancy_person above ON above.id = led.line_manager_id"
        " WHERE led.id = {owner} AND {me} IN (led.line_manager_id, above.line_manager_id))"
    ),
)


class GroundOf:
    """What a wall's text formats: `{mentor:column}`."""

    def __init__(self, ground: Ground, me: str) -> None:
        self.ground, self.me = ground, me

    def __format__(self, owner: str) -> str:
        return f"({self.ground.sql.format(me=self.me, owner=owner)})"


def stands_on(key: str, owner_id: int) -> RawSQL:
    """The ground as a condition on rows of Person: those for whom it holds towards this owner. For lists of whom to choose from."""
    sql = grounds[key].sql.format(me='"tenancy_person"."id"', owner="%s")
    return RawSQL(f"({sql})", [owner_id] * sql.count("%s"), output_field=BooleanField())  # noqa: S611 -- registered pieces, no input
