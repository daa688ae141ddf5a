"""The equality questions a tenant starts with, in the wording of the Government Statistical Service's harmonised standards.

Ethnic group and the others are asked by their main groups: in rounds of some dozens, finer ones would all be withheld.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tenancy.words import Words


@dataclass(frozen=True)
class EqualitySpec:
    key: str
    name: Words
    text: Words
    options: tuple[Words, ...]
    hint: Words = ""


PREFER_NOT = _("Prefer not to say")
QUESTIONS = (
    EqualitySpec(
        "age",
        _("Age"),
        _("What is your age group?"),
        (_("24 or under"), _("25 to 34"), _("35 to 44"), _("45 to 54"), _("55 to 64"), _("65 or over")),
    ),
    EqualitySpec("sex", _("Sex"), _("What is your sex?"), (_("Female"), _("Male"))),
    EqualitySpec(
        "ethnic-group",
        _("Ethnic group"),
        _("What is your ethnic group?"),
        (
            _("White"),
            _("Mixed or Multiple ethnic groups"),
            _("Asian or Asian British"),
            _("Black, Black British, Caribbean or African"),
            _("Other ethnic group"),
        ),
        _("Choose the one that best describes your ethnic group or background."),
    ),
    EqualitySpec(
        "disability",
        _("Disability"),
        _(
            "Do any physical or mental health conditions or illnesses reduce your ability to carry out day-to-day activities?"
        ),
        (_("Yes, a lot"), _("Yes, a little"), _("Not at all"), _("I don’t have such a condition or illness")),
        _("Those that last, or are expected to last, 12 months or more."),
    ),
    EqualitySpec(
        "religion",
        _("Religion or belief"),
        _("What is your religion?"),
        (
            _("No religion"),
            _("Christian"),
            _("Buddhist"),
            _("Hindu"),
            _("Jewish"),
            _("Muslim"),
            _("Sikh"),
            _("Any other religion or belief"),
        ),
        _("Christian includes Church of England, Catholic, Protestant and all other Christian denominations."),
    ),
    EqualitySpec(
        "sexual-orientation",
        _("Sexual orientation"),
        _("Which of the following best describes your sexual orientation?"),
        (_("Straight or Heterosexual"), _("Gay or Lesbian"), _("Bisexual"), _("Other sexual orientation")),
    ),
    EqualitySpec(
        "caring",
        _("Caring responsibilities"),
        _("Do you look after anyone, outside paid work?"),
        (
            _("No"),
            _("Yes, children under 18"),
            _("Yes, somebody with a long-term condition or illness, or problems of old age"),
            _("Yes, both"),
        ),
    ),
)
