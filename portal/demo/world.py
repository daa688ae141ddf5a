"""What every part of the story works with: the tenant, who acts, and the people it knows by name."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from portal.demo.people import DEMO_PASSWORD, SIGN_INS
from portal.demo.timeline import Timeline
from tenancy.actors import Actor
from tenancy.models import Organisation, Person, Sector, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.districts import save_district
from tenancy.services.people import ensure_account, ensure_person
from tenancy.services.settings import add_sector, save_organisation

DATA = Path(__file__).parent / "data"


@dataclass
class Endorsers:
    """Who is asked for an organisation's applicants: line managers in turn, and its chief officer; (name, address)."""

    managers: list[tuple[str, str]] = field(default_factory=list)
    officer: tuple[str, str] = ("", "")


@dataclass
class World:
    tenant: Tenant
    timeline: Timeline
    staff: Person
    random: Random
    organisations: dict[str, Organisation] = field(default_factory=dict)
    endorsers: dict[str, Endorsers] = field(default_factory=dict)
    named: dict[str, Person] = field(default_factory=dict)

    @contextmanager
    def acting(self, person: Person) -> Iterator[Actor]:
        """One transaction as this person, with the roles they hold by then."""
        with tenant_context(self.tenant, person):
            yield actor_of(person)

    @contextmanager
    def by_link(self, person: Person, purpose: str) -> Iterator[Actor]:
        """One transaction as the holder of a signed link."""
        with tenant_context(self.tenant, person):
            yield Actor.for_link(person, purpose)

    @contextmanager
    def reading(self) -> Iterator[None]:
        with tenant_context(self.tenant):
            yield

    def person(self, name: str, short_name: str = "", job_title: str = "", email: str = "", **details: str) -> Person:
        """Staff put somebody on record; whoever is among the demo's sign-ins gets an account with the demo's password."""
        with self.acting(self.staff) as by:
            person, _made = ensure_person(
                name=name,
                email=email or address(name, short_name),
                organisation=self.organisations.get(short_name),
                job_title=job_title,
                by=by,
                **details,  # type: ignore[arg-type]
            )
            if person.email in WITH_PASSWORD:
                ensure_account(person=person, password=DEMO_PASSWORD)
        self.named[name] = person
        return person

    def found(self, name: str) -> Person:
        if name not in self.named:
            with self.reading():
                self.named[name] = Person.objects.select_related("organisation").get(name=name)
        return self.named[name]


WITH_PASSWORD = frozenset(sign_in.email for sign_in in SIGN_INS)


def address(name: str, short_name: str) -> str:
    """first.last@organisation.example, as the nominations log has them; 'example' is nobody's."""
    return f"{local_part(name)}@{host(short_name)}"


def local_part(name: str) -> str:
    known = SPELT.get(name)
    if known:
        return known
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d")).encode("ascii", "ignore").decode().lower()
    words = [re.sub(r"[^a-z-]", "", word) for word in plain.split()]
    return ".".join(word for word in (words[0], words[-1]) if word)


def host(short_name: str) -> str:
    return f"{re.sub('[^a-z0-9]', '', short_name.lower()) or 'outside'}.example"


# Names that no letters of an address spell by themselves.
SPELT = {"ليلى الزهراني": "layla.alzahrani", "𐐀𐐯𐑌 𐐜𐐲𐑉𐑌": "een.thurn"}


# Of the places that a list of organisations names, those that are districts or unitary authorities: by name only, since what is known of
# them is brought in from what ONS and MHCLG publish.
DISTRICTS = {
    "Basildon",
    "Braintree",
    "Brentwood",
    "Castle Point",
    "Chelmsford",
    "Colchester",
    "Epping Forest",
    "Harlow",
    "Maldon",
    "Rochford",
    "Southend-on-Sea",
    "Tendring",
    "Thurrock",
    "Uttlesford",
}


def read_organisations(world: World, file: str, short_names: bool = True) -> None:
    """Staff enter sectors and organisations as the file lists them."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with world.acting(world.staff) as by:
        for name in sorted({row["place"] for row in rows} & DISTRICTS):
            save_district(district=None, name=name, by=by)
        sectors: dict[str, Sector] = {}
        for row in rows:
            name = row["sector"]
            if name not in sectors:
                sectors[name] = add_sector(name=name[:1].upper() + name[1:], by=by)
            world.organisations[row["short_name"]] = save_organisation(
                organisation=None,
                name=row["name"],
                sector=sectors[name],
                short_name=row["short_name"],
                place=row["place"],
                by=by,
            )


def read_endorsers(world: World, file: str) -> None:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            known = world.endorsers.setdefault(row["short_name"], Endorsers())
            if row["part"] == "chief officer":
                known.officer = (row["name"], row["email"])
            else:
                known.managers.append((row["name"], row["email"]))
