"""What the demo's learning sets agree, take on and say of how they worked. Nobody here is real, and nothing says what anybody brought."""

from __future__ import annotations

RULES = (
    "What is said here stays here.\n"
    "We ask before we advise.\n"
    "Whoever has the floor decides what happens with it.\n"
    "We share the time, and nobody has to use theirs.\n"
    "Phones away, except for gold command."
)
RULES_AGAIN = RULES + "\nWe start on time, with whoever is there.\nWho can’t come says so the day before."
ACTIONS = (
    "Ask the two newest people in my team what they’d stop doing, and only listen.",
    "Hand over the chair of the Tuesday meeting for a month.",
    "Spend half a day in the contact centre with a headset on.",
    "Say no to the next request that isn’t mine, and notice what happens.",
    "Ring my opposite number at the council before the board, not after it.",
    "Write down what I’d need to see to trust it, on one page.",
    "Ask three people what they think I’m avoiding.",
    "Take the figures to the ward and ask what they mean there.",
    "Have the conversation I’ve put off since Easter. Forty minutes, with coffee.",
    "Block two hours on Friday to think, and keep them.",
    "Ask my director one question whose answer I don’t know.",
    "Visit the community shop without an agenda.",
    "Let the deputy present the budget, and sit at the back.",
    "Draw the map of who decides, and show it to somebody who isn’t on it.",
    "Invite the practice manager to the next alliance board.",
    "Try the five-minute rule: no solutions in the first five minutes.",
    "Find out who did this before me, and ask them what they’d do again.",
    "Tell the team why it was decided, not only what.",
)
REVIEWS = (
    "We slid into advice twice and noticed it ourselves. The silence after the second question was the best part.",
    "Two long turns and nobody else: next time we agree the minutes first and keep to them.",
    "Better questions than last time. Starting with what came of the actions helped us to trust each other.",
    "Tired room, after a hard week for two of us. We did the check-in slowly and it was worth it.",
    "Somebody new today. We read the ground rules aloud before we began.",
    "We forgot the round at the end last time; today we kept fifteen minutes for it.",
)
