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


@dataclass(frozen=True)
class Evening:
    """An hour online that took place, with its recording, and the next one."""

    title: str
    summary: str
    title_next: str
    summary_next: str
    join_url: str
    recording: str


@dataclass(frozen=True)
class Question:
    """What alumni are asked, and what some of them say."""

    title: str
    body: str
    answers: tuple[tuple[str, str], ...]


ESSEX_EVENING = Evening(
    "Leading through a merger of services",
    "Two of you who have just done it talk about the first hundred days. Twenty minutes each, then questions.",
    "What we’d tell ourselves on the first day",
    "Alumni talk with one another about what they’d do differently in a new director’s post. No slides.",
    "https://meet.example.org/essex-alumni",
    "https://video.example.org/essex/leading-through-a-merger",
)
ESSEX_QUESTION = Question(
    "What should suppliers hear before they bid for cohort 4?",
    "We’re about to talk with possible suppliers. What did the programme give you that must not get lost, and what would you"
    " have it do otherwise?",
    (
        ("yes", "Keep the learning sets exactly as they are. Nine months in, mine still meets."),
        ("yes", "Fewer slides, more time with somebody who actually runs a system. And pay carers for their day."),
        ("no", ""),
        ("yes", "Tell them that we could smell a recycled leadership course from the car park."),
    ),
)
ESSEX_STEPS = (
    ("Shadow the chief executive of a hospital trust for a day", "person"),
    ("Read what the county learned from the last devolution deal", "reading"),
)
HEALTH_EVENING = Evening(
    "The first winter as a director",
    "Three alumni on what they wish they’d known about the first winter in post.",
    "Public health and the integrated care board, a year on",
    "What works, what doesn’t, and what we’d say to the next cohort.",
    "https://meet.example.org/hsmc-alumni",
    "https://video.example.org/hsmc/first-winter",
)
HEALTH_QUESTION = Question(
    "Which session should the next cohort have that you didn’t?",
    "One session, in a sentence or two, and whom you’d ask to hold it.",
    (("yes", "Reading a council’s budget, with a finance director who enjoys questions."), ("no", "")),
)
HEALTH_STEPS = (("Sit in on a scrutiny committee before my first one", "work"),)

GROUP = (
    "Sharing data between services",
    "Those who have done it and those who want to: what we may share about a family, with whom, and who signs what.",
)
ASPIRE = {
    "name": "ASPIRE",
    "organisation": "Voluntary sector leadership network",
    "contact_name": "Bettina Oduya-Marsh",
    "contact_email": "bettina.oduyamarsh@aspire.example",
}
NAMED = ("Lorcan Fitzwilliam-Osei", "lorcan.fitzwilliamosei@familycharity.example", "A family charity in Harlow")
OFFERED = (
    "Trustees and chief executives: who decides what?",
    "An afternoon of cases from charities of every size. Bring one of your own.",
    "The Hythe Centre, Colchester",
)
