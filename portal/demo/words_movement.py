"""Who joined the movement around the Essex programme, through whom, and in which words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Newcomer:
    """`told_by` is a participant's number, a member's name, or nothing for whoever found the page. `day` is counted from today."""

    name: str
    day: int
    organisation: str
    place: str
    interests: str = ""
    told_by: int | str | None = None
    says: str = "yes"

    @property
    def email(self) -> str:
        first, last = self.name.split()[0], self.name.split()[-1]
        host = "".join(c for c in self.organisation.lower() if c.isalnum())[:24] or "home"
        return f"{first}.{last}@{host}.example".lower()


PURPOSE = (
    "You needn’t be a director, or on a cohort, to change how services work together in Essex. If you’ve ever had to ring five numbers"
    " to get one family help, you’re who we mean. Pledge one small thing, come to what’s open, and bring somebody along."
)
NEWCOMERS = (
    Newcomer("Philippa Okonjo", -132, "Tendring District Council", "Clacton", "Housing and hospital discharge", 0),
    Newcomer("Gareth Pinnock", -128, "Mid Essex Hospital", "Chelmsford", "Getting people home before the weekend", 1),
    Newcomer("Wilhelmina Darko", -123, "Harlow food network", "Harlow", "Whoever else feeds people on Fridays"),
    Newcomer("Tobias Renshaw", -112, "Essex Police", "Colchester", "Neighbourhood policing and mental health", 2),
    Newcomer("Sangeeta Mistry", -107, "Tendring District Council", "Clacton", "", "Philippa Okonjo"),
    Newcomer(
        "Leofric Adeyemi-Bond", -98, "A primary school", "Jaywick", "Families who move every term", "Philippa Okonjo"
    ),
    Newcomer("Constance Villiers", -88, "Mid Essex Hospital", "Braintree", "Pharmacy", "Gareth Pinnock"),
    Newcomer("Ruaridh Macleod-Ansah", -78, "Colchester bus company", "Colchester", "Timetables and clinics", 2),
    Newcomer("Bronwen Castellane", -72, "", "Maldon", "I’m a carer, and nobody’s manager. I hope that counts."),
    Newcomer("Isaac Thornbury", -63, "A primary school", "Jaywick", "", "Leofric Adeyemi-Bond"),
    Newcomer(
        "Marisol Whitcombe",
        -57,
        "Library service",
        "Harlow",
        "Places where nobody asks why you’re there",
        "Wilhelmina Darko",
    ),
    Newcomer(
        "Dilwyn Prosser", -46, "Essex Fire and Rescue", "Basildon", "Home visits that do more than fit an alarm", 3
    ),
    Newcomer("Anneliese Quartey", -41, "A GP surgery", "Clacton", "Social prescribing", "Sangeeta Mistry"),
    Newcomer("Hamish Ferreira", -30, "Library service", "Basildon", "", "Marisol Whitcombe"),
    Newcomer(
        "Oluwaseun Pettifer", -24, "A housing association", "Basildon", "Damp, and who’s told of it", "Dilwyn Prosser"
    ),
    Newcomer("Cordelia Nakamura", -19, "A GP surgery", "Clacton", "", "Anneliese Quartey"),
    Newcomer("Benedict Ashcombe", -14, "A housing association", "Basildon", "", "Oluwaseun Pettifer", says="no"),
    Newcomer("Roisin Abara", -9, "Essex Police", "Colchester", "Custody and what comes after", "Tobias Renshaw"),
    Newcomer("Emrys Holloway", -4, "A parish council", "Frinton", "", None, says=""),
    Newcomer("Saoirse Lindqvist", -3, "Essex Police", "Colchester", "", 1, says=""),
)


@dataclass(frozen=True)
class Promise:
    """A pledge: whose (a participant's number or a member's name), made on which day, due how many days later; what came of it."""

    who: int | str
    day: int
    what: str
    due: int
    audience: str = "movement"
    signs: str = "name"
    outcome: str = ""
    came_of_it: str = ""
    me_too: tuple[int | str, ...] = ()


PROMISES = (
    Promise(
        0,
        -120,
        "Sit in the waiting room of another service for an hour, and write down what I see",
        30,
        "public",
        outcome="done",
        came_of_it="Two hours in the end. The sign says “take a ticket” and there is no ticket machine. It’s gone now.",
        me_too=(1, "Philippa Okonjo", "Constance Villiers"),
    ),
    Promise(
        "Philippa Okonjo",
        -115,
        "Answer every referral from the hospital with a name and a number",
        45,
        "public",
        "work",
        "partly",
        "With a name, yes. The number is the switchboard’s until IT says otherwise.",
        ("Gareth Pinnock", "Anneliese Quartey"),
    ),
    Promise(2, -101, "Ask the person who complained most to chair the next review", 40, "public", outcome="done"),
    Promise(
        "Gareth Pinnock", -96, "Stop the Friday form nobody reads", 21, "public", "work", "done", "Nobody noticed."
    ),
    Promise(
        "Wilhelmina Darko",
        -90,
        "Bring the councillor to a Friday",
        30,
        "movement",
        outcome="not",
        came_of_it="She was ill twice. I’ll ask again.",
    ),
    Promise(
        3,
        -80,
        "Give my deputy the chair for a month",
        50,
        "cohort",
        outcome="changed",
        came_of_it="For good, as it turned out.",
    ),
    Promise(
        "Bronwen Castellane",
        -70,
        "Tell the board what a hospital day looks like from the other chair",
        60,
        "public",
        outcome="done",
        came_of_it="They were quiet for a while, and then asked me back.",
    ),
    Promise(
        5,
        -52,
        "Share our repairs list with the health visitors, with consent",
        75,
        "public",
        "work",
        me_too=("Oluwaseun Pettifer",),
    ),
    Promise("Leofric Adeyemi-Bond", -44, "Ring the next school before a family moves", 50, "public"),
    Promise("Tobias Renshaw", -30, "One shift a month with the mental health nurse", 90, "movement"),
    Promise(0, -20, "Ask first in every partnership meeting this quarter", 24, "me"),
    Promise("Dilwyn Prosser", -15, "Leave a card of who else can help at each home visit", 45, "public", "work"),
    Promise("Cordelia Nakamura", -8, "Tell our manager, by name, which street she forgot", 30, "public"),
)
HIDDEN = (
    "Cordelia Nakamura",
    "It points at one person who hasn’t agreed to that. Tell us what you’ll do, and we’ll show it again.",
)
OPEN_PLACES = 4
TAKES_PLACE = ("Philippa Okonjo", "Bronwen Castellane", "Isaac Thornbury", "Marisol Whitcombe", "Roisin Abara")
