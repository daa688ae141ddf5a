"""Who applies: fictional people with an employer, a post and a fate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.demo.world import World, address

# By sector, as the nominations log writes posts.
JOBS = {
    "local government": (
        "Assistant Director, Adult Social Care",
        "Head of Housing Options",
        "Head of Planning Policy",
        "Service Manager, Early Help",
        "Head of Community Safety",
        "Director of Place",
        "Head of Customer and Digital",
        "Head of Finance (Deputy s151)",
        "Strategic Lead, SEND",
        "Assistant Director, Waste and Streets",
    ),
    "health": (
        "Associate Director of Nursing",
        "General Manager, Urgent Care",
        "Head of Mental Health Partnerships",
        "Deputy Chief Operating Officer",
        "Clinical Lead, Frailty",
        "Associate Director of Transformation",
        "Head of Discharge and Flow",
    ),
    "police and fire": (
        "Superintendent, Local Policing",
        "Group Manager, Prevention",
        "Detective Superintendent, Public Protection",
        "Head of Partnerships and Delivery",
        "Area Commander",
    ),
    "higher and further education": (
        "Head of Civic Engagement",
        "Associate Dean, Health and Social Care",
        "Director of Student Services",
    ),
    "voluntary and community": ("Development Manager", "Director of Services", "Head of Volunteering"),
    "business": ("Head of Skills Partnerships",),
    "central government": ("Head of Probation Delivery Unit", "District Operations Leader"),
}
GRADES = ("Head of service", "Assistant director", "Head of service", "Director", "Service manager")
AREAS = (
    "Adult social care",
    "Housing",
    "Public health",
    "Children and families",
    "Community safety",
    "Planning and environment",
    "Finance",
    "People and HR",
    "Strategy and commissioning",
    "Digital and data",
    "Clinical operations",
    "Economic growth",
)
DISTRICTS = (
    "Tendring",
    "Colchester",
    "Basildon",
    "Chelmsford",
    "Harlow",
    "Maldon",
    "Southend-on-Sea",
    "Braintree",
    "Thurrock",
    "Uttlesford",
    "Castle Point",
    "Epping Forest",
    "Rochford",
    "Brentwood",
)


@dataclass
class Nominee:
    """`strength` is what assessors see in the answers, 1 to 7; `fate` how the story treats them where it isn't the usual way."""

    name: str
    email: str
    employer: str
    job_title: str
    grade: str
    area: str
    district: str
    own: bool
    manager: tuple[str, str]
    officer: tuple[str, str]
    strength: float = 5.0
    fate: str = ""


def nominees(
    world: World,
    *,
    names: Iterator[str],
    employers: Sequence[str],
    sector_of: dict[str, str],
    start: int = 0,
    jobs: Mapping[str, Sequence[str]] = JOBS,
) -> list[Nominee]:
    """One for each employer named, in that order; the same call makes the same people."""
    found = []
    for number, employer in enumerate(employers, start=start):
        name = next(names)
        posts, known = jobs[sector_of[employer]], world.endorsers[employer]
        managers = known.managers or [known.officer]
        found.append(
            Nominee(
                name=name,
                email=address(name, employer),
                employer=employer,
                job_title=posts[number % len(posts)],
                grade=GRADES[number % len(GRADES)],
                area=AREAS[number * 5 % len(AREAS)],
                district=DISTRICTS[number * 3 % len(DISTRICTS)],
                own=number % 3 == 0,
                manager=managers[number % len(managers)],
                officer=known.officer,
                strength=3.4 + (number * 29 % 32) / 10,
            )
        )
    return found


HEADINGS = (
    "First name",
    "Surname",
    "Work email",
    "Organisation",
    "Job title",
    "Grade",
    "Service area",
    "District",
    "Line manager",
    "Line manager email",
    "Chief officer sponsor",
    "Sponsor email",
    "Route",
    "Received",
)


def nominations_log(world: World, people: Sequence[Nominee], received: str) -> bytes:
    """The log as staff keep it, one row a person."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(HEADINGS)
    for p in people:
        given, _space, family = p.name.rpartition(" ")
        rows.writerow(
            (
                given,
                family,
                p.email,
                world.organisations[p.employer].name,
                p.job_title,
                p.grade,
                p.area,
                p.district,
                *p.manager,
                *p.officer,
                "Own application" if p.own else "Nominated",
                received,
            )
        )
    return text.getvalue().encode()
