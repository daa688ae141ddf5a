"""What one person keeps for themselves while on a cohort, and the one row of it that the portal may count."""

from __future__ import annotations

from django.db import models

from cohorts.models.cohort import Cohort
from cohorts.models.set_room import COUNTED
from tenancy.models import Person, TenantModel, Wall


class Notebook(TenantModel):
    """That somebody has begun to keep something in a cohort, and when they last did. All they keep hangs on it and goes with it:
    portal_sys, which can't read any of that, deletes this row when its time is over."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notebooks")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()
    used_at = models.DateTimeField()

    wall = Wall(writable="owner_id = {me}", sys=COUNTED)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "cohort", "owner"], name="notebook_once"),
            # what the composite keys of its pages point at: nobody writes into another's
            models.UniqueConstraint(fields=["tenant", "id", "owner"], name="notebook_of_owner"),
        ]


def of_owner(table: str, column: str = "owner_id") -> tuple[str, ...]:
    """SQL beside a wall: the row's owner is its notebook's."""
    name = f"{table.removeprefix('cohorts_')}_in_own_notebook"
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, notebook_id, {column})"
        " REFERENCES cohorts_notebook (tenant_id, id, owner_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
    )
