"""The library of methods is staff's and facilitators' to keep; an experiment is its owner's."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Experiment, ExperimentFact, Method
from cohorts.models.method import Outcome
from cohorts.rules import keeps_methods
from cohorts.services.development import check_owns, check_plans, line
from cohorts.services.notebooks import notebook_of
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.turns import just_now, take_turns, take_turns_at


def _said(by: Actor, name: str, use: str, how: str, source: str) -> dict[str, Any]:
    if by.kind != "system" and not keeps_methods(by):
        raise NotAllowed(_("Programme staff and facilitators keep the library of methods."))
    said = {"name": line(name), "use": use.strip(), "how": how.strip(), "source": line(source)}
    for key, words in (
        ("name", _("Enter a name")),
        ("use", _("Say what it helps with")),
        ("how", _("Say how to begin")),
    ):
        if not said[key]:
            raise Refused(words, field=key)
    return said


def _refuse_taken(name: str, but: int | None = None) -> None:
    take_turns_at("method")
    if Method.objects.filter(name__iexact=name).exclude(pk=but).exists():
        raise Refused(_("There’s a method of this name already"), field="name")


@transaction.atomic
def add_method(*, name: str, use: str, how: str, source: str, by: Actor) -> Method:
    """Into the library. The same in the same words, as by a double click, is there once; another one of that name is refused."""
    said = _said(by, name, use, how, source)
    if (same := Method.objects.filter(**said).first()) is not None:
        return same
    _refuse_taken(said["name"])
    method = Method.objects.create(**said)
    record_change(method, "create", by=by)
    return method


@transaction.atomic
def edit_method(
    *, method: Method, version: int, name: str, use: str, how: str, source: str, offered: bool, by: Actor
) -> Method:
    """What isn't offered any more stays where people already try it."""
    said = _said(by, name, use, how, source)
    _refuse_taken(said["name"], but=method.pk)
    save_if_unchanged(method, version=version, offered=offered, **said)
    record_change(method, "change", by=by)
    return method


def _tried(title: str, expects: str, look_on: date, audience: str, method: Method | None) -> dict[str, Any]:
    if not line(title):
        raise Refused(_("Say what you’ll try"), field="title")
    if not expects.strip():
        raise Refused(_("Say what you expect"), field="expects")
    return {
        "title": line(title),
        "expects": expects.strip(),
        "look_on": look_on,
        "audience": audience,
        "method": method,
    }


@transaction.atomic
def add_experiment(
    *, cohort: Cohort, title: str, expects: str, look_on: date, audience: str, method: Method | None, by: Actor
) -> Experiment:
    """Begun by somebody who has a place on the cohort, with a method of the library that is offered or with none."""
    person = check_plans(by, cohort)
    said = _tried(title, expects, look_on, audience, method)
    if look_on < timezone.localdate():
        raise Refused(_("The day must be today or later"), field="look_on")
    if method is not None and not method.offered:
        raise Refused(_("This method isn’t offered any more"), field="method")
    take_turns(person)
    if (same := Experiment.objects.filter(owner=person, written_at__gt=just_now(), **said).first()) is not None:
        return same
    notebook = notebook_of(owner=person, cohort=cohort)
    experiment = Experiment.objects.create(notebook=notebook, owner=person, written_at=timezone.now(), **said)
    ExperimentFact.objects.create(experiment=experiment, cohort=cohort, method=method, outcome=experiment.outcome)
    return experiment


@transaction.atomic
def edit_experiment(
    *,
    experiment: Experiment,
    version: int,
    title: str,
    expects: str,
    look_on: date,
    audience: str,
    method: Method | None,
    by: Actor,
) -> Experiment:
    check_owns(by, experiment)
    save_if_unchanged(experiment, version=version, **_tried(title, expects, look_on, audience, method))
    ExperimentFact.objects.filter(experiment=experiment).update(method=method)
    notebook_of(owner=experiment.owner, cohort=experiment.notebook.cohort)
    return experiment


@transaction.atomic
def end_experiment(*, experiment: Experiment, version: int, outcome: str, result: str, by: Actor) -> Experiment:
    """What came of it. It can be said anew, and an experiment can go on."""
    check_owns(by, experiment)
    if outcome != Outcome.TRYING and not result.strip():
        raise Refused(_("Say what came of it"), field="result")
    save_if_unchanged(experiment, version=version, outcome=outcome, result=result.strip())
    ExperimentFact.objects.filter(experiment=experiment).update(outcome=outcome)
    notebook_of(owner=experiment.owner, cohort=experiment.notebook.cohort)
    return experiment


@transaction.atomic
def delete_experiment(*, experiment: Experiment, by: Actor) -> None:
    """Gone for good, and counted no longer."""
    check_owns(by, experiment)
    experiment.delete()
