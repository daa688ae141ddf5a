"""The statements a new survey begins with, each with its kind: our own wording in the three domains of the programmes; staff change it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from outcomes.models import Domain, IndicatorKind

STATEMENTS = {
    Domain.CONFIDENCE: (
        (IndicatorKind.SKILL, _("I can lead where I have no formal authority.")),
        (IndicatorKind.BEHAVIOUR, _("I speak up when a decision serves one organisation but not the place.")),
        (IndicatorKind.BEHAVIOUR, _("I stay steady when things are uncertain and nobody has the answer.")),
    ),
    Domain.SKILLS: (
        (IndicatorKind.SKILL, _("I can bring people with different interests to a shared purpose.")),
        (IndicatorKind.BEHAVIOUR, _("I look at a problem across the whole system before I act on my part of it.")),
        (IndicatorKind.BEHAVIOUR, _("I try something small, learn from it and change course.")),
        (IndicatorKind.BEHAVIOUR, _("I involve the people who use a service in changing it.")),
    ),
    Domain.RELATIONSHIPS: (
        (IndicatorKind.KNOWLEDGE, _("I know whom to ask in the other organisations of this area.")),
        (IndicatorKind.KNOWLEDGE, _("I have people outside my organisation who tell me when I’m wrong.")),
        (IndicatorKind.BEHAVIOUR, _("I work with other sectors as a matter of course, not only in a crisis.")),
    ),
}

# What the ends and steps of the scale mean, in the order of the scale.
SCALE = (
    _("Not yet true of me"),
    _("A little"),
    _("Partly"),
    _("Mostly"),
    _("Completely true of me"),
)
