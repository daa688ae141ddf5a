"""What alumni of the demo's finished cohorts say."""

from __future__ import annotations

from dataclasses import dataclass

BOTH = ("staff", "report")


@dataclass(frozen=True)
class Career:
    """A role that somebody took up, so many days before they wrote it down, and what they agree to."""

    role: str
    employer: str
    level: str
    days: int
    agrees: tuple[str, ...] = BOTH


ESSEX_CAREERS = (
    Career("Head of neighbourhood services", "Colchester City Council", "service", 40),
    Career("Director of communities", "Tendring District Council", "director", 55),
    Career("Director of operations", "East of England Ambulance Service", "director", 110),
    Career("Deputy director of strategy", "Mid and South Essex", "deputy", 20, ("report",)),
    Career("Chief executive", "A coastal community trust", "chief", 75),
    Career("Head of prevention", "Essex County Fire and Rescue Service", "service", 90),
    Career("Director of place", "Braintree District Council", "director", 31, ("report",)),
    Career("Assistant director, adult social care", "Essex County Council", "deputy", 140),
    Career("Director of people", "Basildon Council", "director", 12),
    Career("Head of safeguarding", "Essex Police", "service", 64, ("report",)),
    Career("Head of digital", "Chelmsford City Council", "service", 28, ()),
    Career("Head of skills", "A college on the coast", "service", 50),
)
ESSEX_EARLIER = ("Winifred Abara-Holt", "winifred.abaraholt@estuarytrust.example", "Programme lead, estuary trust")
HEALTH_CAREERS = (
    Career("Director of Public Health", "Walsall Council", "director", 80),
    Career("Consultant in Public Health", "UK Health Security Agency", "deputy", 45, ("staff",)),
)
HEALTH_EARLIER = ("Cormac Adeyinka-Shaw", "cormac.adeyinkashaw@publichealth.example", "Consultant in Public Health")
