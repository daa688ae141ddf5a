"""What people of the demo's cohorts show of themselves, ask, offer and say of each other's help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """Who asks or offers what, of whom; who answers how; and what came of it: the one who helped, and with what."""

    who: int
    kind: str
    title: str
    body: str
    audience: str
    answers: tuple[tuple[int, str], ...] = ()
    helper: int | None = None
    helped: str = ""
    weeks: int = 12


# By number of participant; of each line the words, and who may see it.
SHOWN: tuple[dict[str, Any], ...] = (
    {
        "working_on": "Bringing two housing teams under one roof without losing the tenants’ trust in either.",
        "working_on_to": "programme",
        "helps_with": "Consultations that people come to. Working with unions early. Reading a balance sheet without fear.",
        "helps_with_to": "programme",
        "challenges": "A budget that halves in April, and a team that doesn’t know yet.",
        "challenges_to": "set",
        "target": "Director of communities",
        "readiness": "two",
        "target_to": "cohort",
        "listed_to": "programme",
    },
    {
        "working_on": "One front door for families who know four of our services and none of our names.",
        "working_on_to": "cohort",
        "helps_with": "Sharing data between a trust and a council: what the agreement must say, and whom to ring.",
        "helps_with_to": "programme",
        "priorities": "Getting health visitors and housing officers into one room each week.",
        "priorities_to": "cohort",
    },
    {
        "helps_with": "Recruiting in places where nobody applies.",
        "helps_with_to": "cohort",
        "challenges": "Night shifts that nobody wants, and a rota from 1998.",
        "challenges_to": "cohort",
        "target": "Assistant chief officer",
        "readiness": "year",
        "target_to": "nobody",
    },
    {
        "working_on": "Why the same forty addresses call us every winter.",
        "working_on_to": "programme",
        "priorities": "Prevention that a finance director can count.",
        "priorities_to": "programme",
    },
    {"helps_with": "Speaking to a scrutiny committee and coming out well.", "helps_with_to": "cohort"},
    {
        "working_on": "A carers’ strategy written by carers.",
        "working_on_to": "cohort",
        "challenges": "Everybody agrees, and nothing moves.",
        "challenges_to": "nobody",
    },
    {"helps_with": "Maps and simple statistics; I like other people’s spreadsheets.", "helps_with_to": "programme"},
)
ALUMNI_SHOWN: tuple[dict[str, Any], ...] = (
    {
        "helps_with": "The first hundred days in a new post. What I’d do again, and what I’d leave.",
        "helps_with_to": "programme",
        "working_on": "A neighbourhood team that four organisations pay for.",
        "working_on_to": "programme",
    },
    {
        "helps_with": "Making the case for prevention to a board.",
        "helps_with_to": "programme",
        "listed_to": "programme",
    },
)
ASKED = (
    Asked(
        1,
        "ask",
        "Has anybody shared care records with a housing association?",
        "We have the will and the software. What we lack is an agreement that our information governance lead will sign. Half an hour on"
        " the telephone with somebody who has got one through would save us a month.",
        "programme",
        (
            (0, "We did it last year; I’ll send you ours and tell you what it cost us."),
            (3, "Ours is stuck too, but I know where."),
        ),
        0,
        "Their data sharing agreement, and an hour on what to say to our lead.",
    ),
    Asked(
        2,
        "ask",
        "Who has changed a night rota and lived to tell the tale?",
        "Three unions, one depot, and a promise made before my time.",
        "cohort",
        ((4, "I’ve done two. Bring the depot manager."),),
    ),
    Asked(
        0, "offer", "Two places in our consultation training in May", "Half a day, at our place or by video.", "cohort"
    ),
    Asked(5, "ask", "A reader for six pages on carers", "By the end of the month; frank is fine.", "set"),
)
OFFERED = Asked(
    0,
    "offer",
    "An hour with whoever starts in a new post",
    "I was glad of somebody who had done it a year before me. By telephone, in the evening if you like.",
    "later",
)
THANKS = (
    (0, 1, "Two names at the hospital who answer their telephones.", True),
    (2, 0, "How to begin with the unions: before there’s anything to tell.", True),
    (3, 6, "A map of the forty addresses that made my chief stop and look.", True),
    (4, 2, "Whom to ask for a job advert that people read.", True),
    (5, 4, "Two questions before the committee that I’d have been asked.", True),
    (6, 3, "A day with their crew. I see the figures otherwise now.", True),
    (1, 5, "Listening.", False),
)
INTRODUCED = (
    (0, 2, 5, "You both wait for the same decision, from opposite ends. You’d like each other.", "both"),
    (1, 0, 3, "Forty addresses and one front door: that’s the same family, I think.", "first"),
)
WISH = "Somebody in the police who has run a joint team with social workers. It needn’t be anybody senior."
STAFF_NOTICE = (
    "The residential: rooms and trains",
    "Rooms are booked for everybody who is expected. The train at 16.32 is met by a minibus; tell us if you come by car.",
)
NOTICES = (
    (2, "Two seats to the next workshop", "Leaving at half past seven from the station. Quiet until coffee."),
    (4, "The book I talked about", "It’s in my bag until it finds a reader. First come."),
)
TAKEN_DOWN = (
    6,
    "My sister’s holiday flat",
    "Sleeps six, near the sea.",
    "Kind of you, but the board is for the programme.",
)
