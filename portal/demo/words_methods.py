"""Methods of the library, and what people tried with them."""

from __future__ import annotations

# Name, what it helps with, how to begin, where it's from.
METHODS = (
    (
        "Walk the journey",
        "Seeing a service as whoever needs it does, when everybody in the room only knows their own part of it.",
        "Choose one real person’s way through it, with their leave. Two of you from different organisations go every step on one day: the "
        "phone call, the form, the waiting room. Write down where you waited and who told you what. Half a day, and an hour to compare.",
        "Service design; the Essex coastal teams have used it since 2024",
    ),
    (
        "Reciprocal shadowing",
        "Finding out what a partner’s day is like before asking anything of it.",
        "Ask one person of about your grade elsewhere. A day each, within a month. No slides. At the end each says one thing they’d "
        "take home and one they didn’t understand.",
        "",
    ),
    (
        "Minimum specification",
        "A plan that grows longer at every meeting because each partner adds a condition.",
        "List every rule that anybody thinks is needed. Then ask of each: if we broke this one and kept all others, would it "
        "still work? Take out what passes. Forty minutes with eight people.",
        "Liberating Structures, “Min specs”",
    ),
    (
        "The pre-mortem",
        "A decision that everybody agrees with too quickly.",
        "Before you decide: it’s a year from now and it has failed. Everybody writes for five minutes why. Read them out one at a time, "
        "least senior first. Change the plan or change nothing, and say which.",
        "Gary Klein, Harvard Business Review, September 2007",
    ),
    (
        "Who isn’t here?",
        "Meetings about people at which those people aren’t present.",
        "First item of every agenda, two minutes: who is affected and isn’t in the room, and who’ll ask them before we "
        "decide? Write the name beside the decision.",
        "",
    ),
)
# Which participant, which method (None: their own), how many weeks in, weeks until they look; what, what they expect, who sees it; what
# came of it, or None while it goes on.
EXPERIMENTS = (
    (
        0,
        4,
        3,
        5,
        "Ask who isn’t here at the discharge board",
        "Somebody rings the care home before we set the date. I’ll know when a date moves because of what they said.",
        "cohort",
        (
            "keep",
            "Three dates moved in five weeks. The matron at the second home now rings us first. I’d been afraid it would take ten minutes; "
            "it takes two.",
        ),
    ),
    (
        1,
        3,
        5,
        4,
        "A pre-mortem on the front-door merger",
        "At least one reason that isn’t in the risk register.",
        "peers",
        (
            "adapt",
            "Eleven reasons, nine of them about IT. I’ll ask next time for one that has nothing to do with systems.",
        ),
    ),
    (
        2,
        1,
        8,
        6,
        "A day with the neighbourhood inspector, and one for her with me",
        "I stop writing “police to lead” in our plans without asking what that means on a Friday night.",
        "cohort",
        ("keep", "She saw our panel turn down two families she knew. We changed the form that week."),
    ),
    (
        3,
        2,
        11,
        3,
        "Minimum specification for the winter plan",
        "Under two pages.",
        "nobody",
        (
            "drop",
            "It got shorter and nobody would sign it. The length had been a comfort. Not with this group, not in October.",
        ),
    ),
    (
        4,
        None,
        13,
        4,
        "No papers for the Monday meeting",
        "People talk to each other instead of to the paper.",
        "cohort",
        ("adapt", "The first was awful. Now there’s one page, and it’s read in silence at the start."),
    ),
    (
        5,
        0,
        15,
        5,
        "Walk the blue-badge journey with a customer",
        "We find the week that goes missing between the form and the assessment.",
        "peers",
        ("keep", "It wasn’t a week, it was nineteen days, in a tray with my own service’s name on it."),
    ),
    (0, 3, 20, 9, "A pre-mortem before the consultation", "We hear it from ourselves first.", "nobody", None),
    (6, 4, 21, 6, "“Who isn’t here?” at the safeguarding board", "The school nurse is asked once.", "cohort", None),
)
