"""How engaged each chief officer of a round is, told by what they've done with what they were asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from selection.models import Endorsement, SelectionRound
from selection.selectors.endorsements import ANSWERABLE, endorsements_of_round, reminders_of
from selection.states import EndorsementState

State = EndorsementState
# So often reminded, somebody should ring them up.
OFTEN = 2


class Signal(models.TextChoices):
    """In the order in which staff should look at them."""

    TALK = "talk", _("Worth a call")
    WAITS = "waits", _("Asked")
    ANSWERED = "answered", _("Answered")
    ENGAGED = "engaged", _("Engaged")


@dataclass
class Sponsor:
    """One chief officer and all they were asked in the round."""

    name: str
    email: str
    organisations: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    late: int = 0
    reminders: int = 0
    days: list[int] = field(default_factory=list)
    pays: int = 0
    ideas: int = 0
    # of the signal's tag, filled where it's shown
    colour: str = ""

    @property
    def asked(self) -> int:
        return len(self.states)

    @property
    def given(self) -> int:
        return self.states.count(State.GIVEN)

    @property
    def declined(self) -> int:
        return self.states.count(State.DECLINED)

    @property
    def waiting(self) -> int:
        return self.states.count(State.ASKED)

    @property
    def usual_days(self) -> int | None:
        """The middle one of the days from asking to answer."""
        return round(median(self.days)) if self.days else None

    @cached_property
    def signal(self) -> Signal:
        """Worth a call: something is late, was declined, or needed two reminders for each request. Engaged: all is answered, costs are
        paid for everybody, and an idea of a project was named."""
        if self.late or self.declined or self.reminders >= OFTEN * self.asked:
            return Signal.TALK
        if self.waiting:
            return Signal.WAITS
        return Signal.ENGAGED if self.pays == self.given and self.ideas else Signal.ANSWERED


def sponsors_of_round(round_: SelectionRound) -> list[Sponsor]:
    """Those worth a call first, then by name; two statements. Whoever passed a request on counts no more: whoever has it does."""
    asked: QuerySet = (
        endorsements_of_round(round_)
        .filter(kind=Endorsement.Kind.CHIEF_OFFICER)
        .exclude(state=State.WAITING)
        .order_by("asked_at", "id")
        .values(
            "public_id",
            "state",
            "asked_at",
            "answered_at",
            "will_fund",
            "project_idea",
            "endorser_id",
            "endorser__name",
            "endorser__email",
            "application__state",
            "application__organisation__name",
        )
    )
    rows: list[dict[str, Any]] = list(asked)
    written, past = reminders_of(rows), round_.endorse_by < timezone.now()
    found: dict[int, Sponsor] = {}
    for row in rows:
        one = found.setdefault(row["endorser_id"], Sponsor(row["endorser__name"], row["endorser__email"]))
        if row["application__organisation__name"] not in one.organisations:
            one.organisations.append(row["application__organisation__name"])
        one.states.append(row["state"])
        one.late += past and row["state"] == State.ASKED and row["application__state"] in ANSWERABLE
        one.reminders += written[row["public_id"]].times if row["public_id"] in written else 0
        if row["asked_at"] and row["answered_at"]:
            one.days.append((row["answered_at"] - row["asked_at"]).days)
        if row["state"] == State.GIVEN:
            one.pays += bool(row["will_fund"])
            one.ideas += bool(row["project_idea"])
    order = {signal: place for place, signal in enumerate(Signal)}
    return sorted(found.values(), key=lambda one: (order[one.signal], one.name.casefold(), one.email))
