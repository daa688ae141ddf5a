"""Somebody who was selected leaves the cohort before it has started, or is taken back: their place is selection's business."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from cohorts.models import Participation
from engine.transitions import transition
from selection.models import Application
from selection.selectors.offers import free_places, still_selecting
from selection.services.assessment import locked_round
from selection.services.offers import locked_application, pass_on
from selection.states import ApplicationState
from tenancy.actors import Actor
from tenancy.errors import Refused


def application_of(participation: Participation, state: str) -> Application | None:
    rows = Application.objects.filter(cohort=participation.cohort_id, applicant=participation.person_id, state=state)
    return rows.select_related("round__cohort").first()


@contextmanager
def free_the_place(participation: Participation, by: Actor, reason: str) -> Iterator[None]:
    """Staff record that somebody leaves before the start: the place goes to the reserve list. Later on staff decide."""
    application = application_of(participation, ApplicationState.ACCEPTED)
    if application is None or not still_selecting(application.round.cohort):
        yield
        return
    round_ = locked_round(application.round, by)
    held = locked_application(application)
    yield
    # given up by the person themselves, at this very moment
    if held.state == ApplicationState.ACCEPTED:
        transition(held, "give_up", by=by, reason=reason)
        pass_on(round_, held, by=by)


@contextmanager
def take_the_place(participation: Participation, by: Actor, _reason: str) -> Iterator[None]:
    """Whoever gave their place up gets it back only while there is one."""
    application = application_of(participation, ApplicationState.GAVE_UP)
    if application is None:
        yield
        return
    round_ = locked_round(application.round, by)
    held = locked_application(application)
    if not free_places(round_.cohort):
        raise Refused(_("There’s no free place: it went to somebody on the reserve list."))
    yield
    transition(held, "take_back", by=by)
