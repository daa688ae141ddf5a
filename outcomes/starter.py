"""The statements a new survey begins with: our own wording in the three outcome domains of the programmes; staff change them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from outcomes.models import Domain

STATEMENTS = {
    Domain.CONFIDENCE: (
        _("I can lead where I have no formal authority."),
        _("I speak up when a decision serves one organisation but not the place."),
        _("I stay steady when things are uncertain and nobody has the answer."),
    ),
    Domain.SKILLS: (
        _("I can bring people with different interests to a shared purpose."),
        _("I look at a problem across the whole system before I act on my part of it."),
        _("I try something small, learn from it and change course."),
        _("I involve the people who use a service in changing it."),
    ),
    Domain.RELATIONSHIPS: (
        _("I know whom to ask in the other organisations of this area."),
        _("I have people outside my organisation who tell me when I’m wrong."),
        _("I work with other sectors as a matter of course, not only in a crisis."),
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
