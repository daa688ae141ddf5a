"""What people of a finished cohort of the demo plan for the time after it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Return:
    """One participant, by number: what they keep doing, what they need for it, what has changed, and what they said later."""

    who: int
    keep: str
    time: str = ""
    backing: str = ""
    place: str = ""
    kinds: tuple[str, ...] = ()
    changed: str = ""
    later: str = ""


RETURNS = (
    Return(
        0,
        "Asking what the person in front of us would say before we agree anything. I open every partnership meeting with one"
        " story from somebody who uses the service.",
        "Half a day a month with the housing and health leads, away from the agenda.",
        "Somebody on the corporate board who asks how it’s going, out loud.",
        "The hospital discharge meeting: it’s mine to chair from April.",
        ("reorganisation", "savings"),
        "Local government reorganisation is in every room. Nobody knows whose job it will be in two years, so nobody wants to start"
        " anything that needs three councils. I think that’s the reason to start small.",
        "The story at the beginning has stuck, and two other meetings have copied it. The half day hasn’t: I gave it away to the budget"
        " round twice. Third time I’ll say no.",
    ),
    Return(
        1,
        "Going to see for myself, once a month, with somebody from another organisation.",
        "One morning a month that nobody books over.",
        "",
        "Start with the front desk at the town hall.",
        ("restructure", "savings", "own_job"),
        "My directorate was split while I was at the second workshop. I’ve a new boss who hasn’t heard of the programme.",
        "Four visits of six. My new boss came to the last one, and asked to come again.",
    ),
    Return(
        2,
        "Sets for my own team: six people, an hour and a half, no agenda but theirs.",
        "Cover for the helpdesk, every other Thursday.",
        "Our chief operating officer to say that it’s allowed.",
        "",
        ("chief", "savings"),
        "New chief executive since June, who likes dashboards.",
        "",
    ),
    Return(
        3,
        "Writing down what we’d stop doing, before we write down what we’d start.",
        "",
        "",
        "The winter plan.",
        ("inspection", "savings"),
        "The inspectors come in spring and everything is about that.",
        "We stopped two reports. Nobody has missed them.",
    ),
    Return(
        4,
        "Ringing the four people from the project every month, project or not.",
        kinds=("savings", "restructure"),
    ),
    Return(
        6,
        "Saying in public what I don’t know.",
        backing="My deputy, who is better at it than I am.",
        kinds=("savings", "own_job"),
        changed="I act up as head of service until somebody is appointed.",
    ),
)


@dataclass(frozen=True)
class Briefed:
    """A brief of one participant: what they picked, how they began, and what their manager, by name and address, did with it."""

    who: int
    picked: tuple[str, ...]
    words: str
    manager: tuple[str, str]
    agreed: tuple[str, ...] = ()
    answer: str = ""
    talked: bool = True


BRIEFS = (
    Briefed(
        0,
        ("p-keep", "n-time", "n-sponsor", "n-place", "c-kinds"),
        "You let me go for a day a month for a year. This is what I’d like to do with what came of it.",
        ("Harriet Quayle-Osei", "harriet.quayleosei@ecc.example"),
        ("n-time", "n-place"),
        "Half a day and the discharge meeting: yes to both. I’m not the right person to ask out loud on the board, but I’ll find you one.",
    ),
    Briefed(
        1,
        ("p-keep", "n-time"),
        "We haven’t worked together before, so this says where I’ve been.",
        ("Desmond Achterop", "desmond.achterop@tendring.example"),
        ("n-time",),
        "",
    ),
    Briefed(3, ("p-keep", "n-place"), "", ("Noor Fairweather", "noor.fairweather@mse.example"), (), "", False),
)

# Alumni by number who offer to be a buddy: for how many at a time, and what they say of themselves.
OFFERS = (
    (
        0,
        2,
        "I went back to a council that was being reorganised around me. What helped was one person who rang every fortnight and didn’t"
        " let me talk about the reorganisation for the first ten minutes.",
    ),
    (2, 1, "Health, mostly acute. I came back to a new chief executive and no diary."),
    (4, 3, "I’ve changed employer since, and started again twice. Happy to talk early or late; not on Wednesdays."),
)
# Of the running cohort: who asks which alumnus, with what words, and whether they've said yes.
ASKED = (
    (
        8,
        4,
        "I go back full time in the spring, to a team that has been doing fine without me. I’d like to know how you did the first month.",
        True,
    ),
    (
        0,
        0,
        "Our set thinks I should find somebody outside it before I go back. You wrote that you came back into a reorganisation: so shall I."
        " Three calls would be plenty.",
        False,
    ),
)
# Whom staff bring together: of the running cohort, and the alumnus.
SUGGESTED = (10, 2)
