"""What the demo's participants tell of how they came to lead, and what they plan. Nobody here is real."""

from __future__ import annotations

# Years before today, how it was, what happened, what it made of them, who may see it.
HISTORIES = (
    (
        (
            34,
            "turn",
            "My mother’s shop",
            "I did the books at eleven. I learned to read a room before I could read a balance sheet.",
            "cohort",
        ),
        (
            24,
            "high",
            "Ward sister at twenty-six",
            "Nineteen people who knew more than I did. I asked a lot. It turned out to be the job.",
            "cohort",
        ),
        (
            17,
            "hard",
            "The inquiry",
            "Two years of being asked what I should have known. I still write things down the same day.",
            "peers",
        ),
        (
            11,
            "turn",
            "Left the trust",
            "I’d stopped sleeping. Nobody at work knew. A friend drove me to the coast and said nothing for an hour.",
            "nobody",
        ),
        (
            6,
            "high",
            "First board paper that changed",
            "A parent came and spoke for four minutes. I’d written forty pages.",
            "mentor",
        ),
        (2, "turn", "Acting up, then up", "I kept waiting for somebody to tell me I could.", "peers"),
    ),
    (
        (
            29,
            "hard",
            "Redundant at nineteen",
            "The whole depot, on a Friday. I’ve never let anybody hear it by letter since.",
            "cohort",
        ),
        (
            21,
            "turn",
            "Night shifts and a degree",
            "Twelve years of evenings. My daughter learned to read on my lecture notes.",
            "cohort",
        ),
        (
            9,
            "high",
            "Ran the control room on the night of the surge",
            "I did very little. I’d picked the right people in the autumn.",
            "peers",
        ),
        (4, "hard", "The merger", "I defended the old way for a year too long.", "peers"),
    ),
    (
        (
            26,
            "turn",
            "Came here",
            "With two suitcases and a degree nobody would count. The librarian found me the form.",
            "cohort",
        ),
        (15, "high", "Head of service", "The youngest, and the only one who had been a client of it.", "cohort"),
        (
            8,
            "hard",
            "Lost a member of my team",
            "I hadn’t asked how she was. I ask now, and wait for the second answer.",
            "nobody",
        ),
        (3, "turn", "Said no to the bigger job", "Best decision I have made at work.", "mentor"),
    ),
)

# A work objective and why, a goal and how they'll know, then what they said of it: days after the start, where they were with it, words.
PLANS = (
    (
        (
            "Bring delayed discharges under twenty a week",
            "Every day in a bed that somebody no longer needs costs them strength.",
        ),
        ("Asking before I tell", "My team brings me three options before I’ve said what I think."),
        (
            (64, "not_yet", "Lasted until the second agenda item. The card in my pocket helped."),
            (132, "nearer", "Two meetings running. Somebody noticed and said so."),
        ),
    ),
    (
        ("One front door for young people at risk", "Four services, four forms, and the same Tuesday evening."),
        ("Handing on before I’m ready to", "Somebody else chairs, and I don’t mend it afterwards."),
        ((88, "nearer", "Handed over the task group. The ceiling hasn’t fallen in."),),
    ),
    (
        ("A winter plan that three organisations sign", "Last year each of us had one."),
        ("Saying no early", "People hear it from me before they hear it from the minutes."),
        ((70, "not_yet", "Said maybe, twice."),),
    ),
)
