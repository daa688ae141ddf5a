"""What people who join a movement agree to, in the words they read: each version stays as it was."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenancy.words import Words

# A change of the words is a new number: what somebody agreed to is the text of theirs.
MOVEMENT_CONSENT: dict[int, Words] = {
    1: _(
        "The programme team reads my name, where I work, where I am and what interests me, and writes to me about the movement: its open"
        " events, and pledges that I make. Whoever told me of it reads how many people joined through them, not who. Others read what I"
        " pledge as far as I choose. I can read, change and delete all of it by the link in every message, without saying why."
    ),
    2: _(
        "The programme team reads my name, where I work, where I am and what interests me, and writes to me about the movement: its open"
        " events, and pledges that I make. Staff of the whole portal see my name and address too. Whoever told me of it reads how many"
        " people joined through them, not who. Others read what I pledge as far as I choose. By the link in every message I can read what"
        " the movement keeps of me, change it and have it deleted, without saying why; my name and address go some weeks later, once"
        " nothing else here needs them."
    ),
}
CURRENT_CONSENT = max(MOVEMENT_CONSENT)
