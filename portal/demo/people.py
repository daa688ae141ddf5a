"""The demo's sign-ins: fictional people, with passwords that are public because the demo is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SignIn:
    """One person one can sign in as. `sees` says in a few words what their home shows."""

    tenant: str
    name: str
    email: str
    role: str
    sees: str = ""


# One for all: a visitor types it a dozen times. It is as long as the portal asks of everybody.
DEMO_PASSWORD = "baton-demo-2026"  # noqa: S105 -- public on purpose, and refused outside the demo

SIGN_INS: tuple[SignIn, ...] = (
    SignIn(
        "essex",
        "Sunita Rao",
        "sunita.rao@essex-partners.example",
        "Programme staff",
        "every cohort, who owes what, moderation",
    ),
)
