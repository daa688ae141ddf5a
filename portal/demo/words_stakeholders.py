"""Whom three teams have on their stakeholder maps, in words they'd use to anybody's face."""

from __future__ import annotations

from dataclasses import dataclass

AGAINST, NEUTRAL, SUPPORTIVE, CHAMPION = 1, 2, 3, 4
LOW, MEDIUM, HIGH = 1, 2, 3


@dataclass(frozen=True)
class Held:
    """One on a map. `leads` is a place on the team; `moves` are (days from today, where they stand then, what happened); `step` is what
    comes next and in how many days."""

    name: str
    role: str
    organisation: str
    influence: int
    impact: int
    stands: int
    wanted: int
    cares: str
    leads: int
    moves: tuple[tuple[int, int, str], ...] = ()
    step: tuple[str, int] | None = None


FRIDAY_DOORS = (
    Held(
        "Gareth Pymm",
        "Head of resettlement",
        "The county’s prison",
        HIGH,
        HIGH,
        NEUTRAL,
        CHAMPION,
        "Fewer people back through his gate within a fortnight, and not being blamed for a Friday that a court chose.",
        0,
        (
            (-40, SUPPORTIVE, "Went through one Friday’s list with him. He knew four of the nine by name."),
            (-12, CHAMPION, "Rang the other governors himself and offered us ten minutes of their Monday call."),
        ),
        ("Ten minutes on the governors’ Monday call", 6),
    ),
    Held(
        "Councillor Maureen Stubley",
        "Cabinet member for housing",
        "Colchester",
        HIGH,
        MEDIUM,
        AGAINST,
        SUPPORTIVE,
        "Local people at the top of the list. She was promised eight rooms once before and they went to another town.",
        1,
        (
            (-33, AGAINST, "She said no, and told us about the eight rooms of 2019. We hadn’t known."),
            (-9, NEUTRAL, "Showed her who would have slept where, street by street. She asked for it in writing."),
        ),
        ("Breakfast with her and two of last month’s tenants", 4),
    ),
    Held(
        "Discharge coordinators, both hospitals",
        "",
        "MSEFT",
        MEDIUM,
        HIGH,
        AGAINST,
        SUPPORTIVE,
        "A bed by noon. One more form on a Friday is one too many.",
        2,
        ((-20, NEUTRAL, "The form is gone: they ring, we type. They’ll try it for four Fridays."),),
        ("Read the four Fridays together", 11),
    ),
    Held(
        "Landlords of the eight rooms",
        "",
        "",
        HIGH,
        HIGH,
        SUPPORTIVE,
        SUPPORTIVE,
        "Rent on the day, and somebody who picks up the phone at the weekend.",
        3,
    ),
    Held(
        "Custody sergeants on the Friday late turn",
        "",
        "Essex Police",
        LOW,
        MEDIUM,
        NEUTRAL,
        SUPPORTIVE,
        "Not keeping somebody in a cell because there is nowhere else.",
        0,
        ((-27, SUPPORTIVE, "Sat through a late turn. They had our number on the wall before I left."),),
    ),
)
HOARDING = (
    Held(
        "Director of adult social care",
        "",
        "ECC",
        HIGH,
        MEDIUM,
        NEUTRAL,
        SUPPORTIVE,
        "No new duty without the people to meet it.",
        0,
        ((-16, NEUTRAL, "Twenty minutes at the end of her day. She’d like to see what seven visits cost us now."),),
        ("Bring the cost of seven visits, case by case", 8),
    ),
    Held(
        "The tenants’ panel of the three landlords",
        "",
        "",
        MEDIUM,
        HIGH,
        SUPPORTIVE,
        CHAMPION,
        "Being asked before the skip arrives.",
        1,
        ((-24, CHAMPION, "They wrote the letter that goes out before the first visit. It is better than ours."),),
    ),
    Held(
        "Pest control contractor",
        "Area manager",
        "",
        LOW,
        HIGH,
        AGAINST,
        NEUTRAL,
        "Paid by the visit, so fewer visits is less pay. He said so plainly, which helped.",
        2,
        (),
        ("Ask the three landlords whether a yearly fee is possible", 13),
    ),
)
OFF_LICENCES = (
    Held(
        "Hamid Raufi",
        "Keeps the largest shop of the eleven",
        "",
        HIGH,
        HIGH,
        AGAINST,
        SUPPORTIVE,
        "His customers, and not being the one shop that keeps the rules.",
        0,
        (
            (-30, NEUTRAL, "Stood behind the till with him from six to eight. He’d sign if all eleven do."),
            (-8, SUPPORTIVE, "Nine of eleven have signed, so he has."),
        ),
        ("Visit the last two shops with him", 5),
    ),
    Held(
        "Chair of the licensing sub-committee",
        "",
        "Walsall",
        HIGH,
        LOW,
        NEUTRAL,
        SUPPORTIVE,
        "Nothing that loses on appeal.",
        1,
        ((-18, NEUTRAL, "Wants the legal advice in writing before she says anything."),),
        ("Send the legal advice", 3),
    ),
    Held(
        "Liver unit, nurse specialists",
        "",
        "",
        MEDIUM,
        HIGH,
        SUPPORTIVE,
        CHAMPION,
        "The same eleven faces on Monday morning.",
        2,
    ),
)
