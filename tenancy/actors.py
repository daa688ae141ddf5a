"""Who does a thing: the `by` of every service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenancy.models import Person


@dataclass(frozen=True)
class Grant:
    """One role row as the actor holds it: a role in the whole tenant, one programme or one cohort."""

    role: str
    programme_id: int | None = None
    cohort_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """A person, a link-holder (a person known by a link's purpose) or a named system job."""

    kind: str  # 'person', 'link' or 'system'
    person: Person | None = None
    grants: tuple[Grant, ...] = ()
    purpose: str = ""
    name: str = ""
    link_id: int | None = None

    @classmethod
    def for_person(cls, person: Person, grants: Iterable[Grant] = ()) -> Actor:
        return cls("person", person=person, grants=tuple(grants))

    @classmethod
    def for_link(cls, person: Person | None, purpose: str, link_id: int | None = None) -> Actor:
        return cls("link", person=person, purpose=purpose, link_id=link_id)

    @classmethod
    def system(cls, name: str) -> Actor:
        """A job acting by itself, such as Actor.system('lapse offers')."""
        return cls("system", name=name)

    def has_role(self, role: str, *, cohort_id: int | None = None, programme_id: int | None = None) -> bool:
        """Whether a role row reaches the cohort (or programme) asked about; a tenant-wide row reaches everything."""
        for g in self.grants:
            if g.role != role:
                continue
            if g.cohort_id is None and g.programme_id is None:
                return True
            if cohort_id is not None and g.cohort_id == cohort_id:
                return True
            if programme_id is not None and g.programme_id == programme_id:
                return True
        return False

    def holds(self, role: str) -> bool:
        """Whether any row of this role exists, however narrow: for navigation and home pages, never to open an object."""
        return any(g.role == role for g in self.grants)

    @property
    def person_id(self) -> int | None:
        return self.person.pk if self.person else None

    @property
    def label(self) -> str:
        """How records name the actor."""
        if self.person is not None:
            return self.person.name if self.kind == "person" else f"{self.person.name} (by link)"
        return self.name or "system"
