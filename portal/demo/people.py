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

ESSEX, HSMC = "essex", "aspirant-dph"
SIGN_INS: tuple[SignIn, ...] = (
    SignIn(
        ESSEX,
        "Sunita Rao",
        "sunita.rao@essex-partners.example",
        "Programme staff",
        "every cohort, who owes what, moderation",
    ),
    SignIn(
        ESSEX,
        "Marguerite Achterberg",
        "marguerite.achterberg@essex-partners.example",
        "Programme staff, one cohort",
        "the coastal cohort and nothing of the others",
    ),
    SignIn(ESSEX, "Melissa Campbell", "melissa.campbell@ecc.example", "Applicant", "an application half written"),
    SignIn(
        ESSEX,
        "Nadia Kerr-Whitfield",
        "nadia.kerr-whitfield@mseft.example",
        "Participant",
        "her set, her project, her mentor, her reflections",
    ),
    SignIn(
        ESSEX,
        "Alison Dixon",
        "alison.dixon@essexpolice.example",
        "Sponsor",
        "a proposal to decide and a project that needs her",
    ),
    SignIn(
        ESSEX,
        "Tobias Fairweather",
        "tobias.fairweather@assessors.example",
        "Assessor",
        "a pile of applications, some scored",
    ),
    SignIn(
        ESSEX,
        "Ingrid Maldonado",
        "ingrid.maldonado@mentors.example",
        "Mentor",
        "the people she mentors, booked sessions, free times",
    ),
    SignIn(
        ESSEX,
        "Kit Sorrell",
        "kit.sorrell@facilitators.example",
        "Facilitator, in both programmes",
        "two learning sets and a register",
    ),
    SignIn(ESSEX, "Joel Hartnoll", "joel.hartnoll@ecc.example", "Alumnus", "what he wrote, and the people he met"),
    SignIn(
        ESSEX,
        "Perpetua Nkemelu",
        "perpetua.nkemelu@frontline.example",
        "Supplier",
        "the classes she delivers and the registers she keeps",
    ),
    SignIn(
        HSMC,
        "Helen Ashworth-Bell",
        "helen.ashworth-bell@hsmc.example",
        "Programme staff",
        "seven cohorts, one in moderation, two with an assessment centre",
    ),
    SignIn(
        HSMC,
        "Rosalind Thackeray-Owusu",
        "rosalind.thackeray-owusu@hsmc.example",
        "Programme staff, one cohort",
        "a cohort in moderation, and nothing of how her relative was marked",
    ),
    SignIn(
        HSMC,
        "Priyanka Deshmukh",
        "priyanka.deshmukh@walsall.example",
        "Participant",
        "an action learning set and a project",
    ),
)
