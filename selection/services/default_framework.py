"""What a round starts with: three criteria with published descriptors and the questions that give evidence for them.

Data in the programme's words; staff change it for their round before it opens.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class CriterionSpec:
    name: Text
    description: Text
    descriptors: tuple[tuple[int, Text, Text], ...]
    kind: str = "behaviour"
    weight: int = 1


@dataclass(frozen=True)
class QuestionSpec:
    """`criterion` is the position of the criterion, from 1, that the answer is evidence for."""

    text: Text
    hint: Text
    criterion: int
    word_limit: int = 250


CRITERIA = (
    CriterionSpec(
        _("Leadership potential"),
        _("How you lead when you have to bring people with you, and what you learn when it doesn’t work."),
        (
            (1, _("Not shown"), _("The answer says what a team did, or what leadership is in general.")),
            (2, _("Slight"), _("Names a situation but not what the applicant did in it.")),
            (3, _("Some"), _("Describes own actions within their own authority; little on how others took it.")),
            (4, _("Acceptable"), _("Led others through a real difficulty and says what came of it.")),
            (5, _("Good"), _("Led people who didn’t report to them; says what they’d do differently.")),
            (6, _("Strong"), _("Changed how others lead, shared the credit and learned from a setback.")),
            (7, _("Outstanding"), _("Led beyond their authority with lasting results that others still own.")),
        ),
    ),
    CriterionSpec(
        _("Understanding of working across the system"),
        _("How well you see the whole system that people live in, not only your own organisation’s part of it."),
        (
            (1, _("Not shown"), _("Speaks of the applicant’s own organisation only.")),
            (2, _("Slight"), _("Other organisations appear as customers or obstacles.")),
            (3, _("Some"), _("Works with partners in meetings; their pressures aren’t described.")),
            (4, _("Acceptable"), _("Explains what partners needed and adapted their own service to it.")),
            (5, _("Good"), _("Worked with several sectors on a shared problem and names the trade-offs.")),
            (6, _("Strong"), _("Gave something up for the whole; brought in people who use services.")),
            (7, _("Outstanding"), _("Shifted how organisations in the place work together, and can say why it held.")),
        ),
    ),
    CriterionSpec(
        _("Personal commitment to development"),
        _("What you want to learn, why now, and how you’ll make room for it."),
        (
            (1, _("Not shown"), _("Asks what the programme offers, not what the applicant brings.")),
            (2, _("Slight"), _("Wants to learn, without saying what.")),
            (3, _("Some"), _("Names skills to gain; no example of learning so far.")),
            (4, _("Acceptable"), _("Clear about strengths and gaps; has a plan for the time.")),
            (5, _("Good"), _("Has asked for feedback and acted on it; ties learning to a real piece of work.")),
            (6, _("Strong"), _("Open about something they found hard; will share what they learn.")),
            (
                7,
                _("Outstanding"),
                _("Learns in public and helps others to; says what they’ll stop doing to make room."),
            ),
        ),
    ),
)
QUESTIONS = (
    QuestionSpec(
        _("Tell us about a time you led people who didn’t report to you"),
        _("Say what the situation was, what you did, and what came of it."),
        1,
    ),
    QuestionSpec(
        _("Tell us about something you led that didn’t go as you hoped"),
        _("Say what you learned and what you’ve done differently since."),
        1,
    ),
    QuestionSpec(
        _("Describe a problem in your place that no organisation can solve alone"),
        _("Say who is part of it, what each of them needs, and what you’ve done about it together."),
        2,
    ),
    QuestionSpec(
        _("What do you want to learn on this programme, and how will you make room for it?"),
        _("Say why now, and what you’ll do less of."),
        3,
    ),
)
