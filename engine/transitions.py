"""States as plain data, and the one service that changes them.

A stateful model has a `state` field and `machine`: a tuple of Transition from its app's states.py. Buttons, tests and the
documentation are generated from the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, TenantModel
from tenancy.rules import Rule
from tenancy.words import Words

Model = TypeVar("Model", bound=TenantModel)


@dataclass(frozen=True)
class Transition:
    """`name` is the verb; `source` the states it may start from; `label` the button's words; `rule` who may."""

    name: str
    source: tuple[str, ...]
    target: str
    rule: Rule
    label: Words = ""
    needs_reason: bool = False


def transition_named(model: type[TenantModel] | TenantModel, name: str) -> Transition:
    for t in model.machine:  # type: ignore[union-attr]
        if t.name == name:
            return t
    raise LookupError(f"{model} has no transition {name!r}")


def possible(obj: TenantModel, actor: Actor) -> list[Transition]:
    """What this actor may do to this object now, in the table's order."""
    return [t for t in obj.machine if obj.state in t.source and t.rule(actor, obj)]  # type: ignore[attr-defined]


@transaction.atomic
def transition(obj: Model, name: str, *, by: Actor, reason: str = "", **fields: Any) -> Model:
    """Lock the row, check source and rule, save state and `fields`, append the Change. Updates `obj` in place and returns it.

    WrongState when the row has moved on meanwhile, NotAllowed when the rule says no, Refused when a reason is missing.
    Named system jobs pass every rule: they run only what the code gives them.
    """
    t = transition_named(obj, name)
    model = type(obj)
    locked = model.objects.select_for_update(of=("self",)).get(pk=obj.pk)  # type: ignore[attr-defined]
    if by.kind != "system" and not t.rule(by, locked):
        raise NotAllowed(_("You can't do this."))
    if locked.state not in t.source:
        raise WrongState(
            _("This has changed since you opened the page: it's now “%(state)s”.")
            % {"state": locked.get_state_display()}
        )
    if t.needs_reason and not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    source = locked.state
    for key, value in {**fields, "state": t.target}.items():
        setattr(locked, key, value)
        setattr(obj, key, value)
    locked.save(update_fields=["state", *fields])
    record_change(obj, name, by=by, reason=reason, source=source, target=t.target)
    return obj


@transaction.atomic
def transition_all(objs: Iterable[Model], name: str, *, by: Actor, reason: str = "") -> list[Model]:
    """The same transition of many rows of one model in three statements: all of them or none.

    Locks in key order, so that two of these never wait for each other. Errors name no row: say which in the message above.
    """
    wanted = {obj.pk: obj for obj in objs}
    if not wanted:
        return []
    model = type(next(iter(wanted.values())))
    t = transition_named(model, name)
    if t.needs_reason and not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    rows = model.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")  # type: ignore[attr-defined]
    locked = list(rows)
    if by.kind != "system" and not all(t.rule(by, row) for row in locked):
        raise NotAllowed(_("You can't do this."))
    if len(locked) != len(wanted) or any(row.state not in t.source for row in locked):
        raise WrongState(_("Some of these have changed since you opened the page. Look again before you go on."))
    rows.update(state=t.target)
    now = timezone.now()
    Change.objects.bulk_create(
        Change(
            subject_kind=row._meta.label,
            subject_id=row.public_id,
            name=name,
            source=row.state,
            target=t.target,
            reason=reason.strip(),
            by_person=by.person,
            by_label=by.label[:200],
            by_kind=by.kind,
            at=now,
        )
        for row in locked
    )
    for row in locked:
        wanted[row.pk].state = t.target  # type: ignore[attr-defined]
    return list(wanted.values())


def record_change(
    obj: TenantModel, name: str, *, by: Actor, reason: str = "", source: str = "", target: str = ""
) -> Change:
    """Append a step to the history people read; also for steps that move no state, such as a departure from rank."""
    return Change.objects.create(
        subject_kind=obj._meta.label,
        subject_id=obj.public_id,
        name=name,
        source=source,
        target=target,
        reason=reason.strip(),
        by_person=by.person,
        by_label=by.label[:200],
        by_kind=by.kind,
        at=timezone.now(),
    )


def record_changes(model: type[TenantModel], name: str, *, by: Actor, reasons: Mapping[str, str]) -> None:
    """The same step of many rows of a model, each by its public id with a reason of its own: one statement."""
    now = timezone.now()
    Change.objects.bulk_create(
        Change(
            subject_kind=model._meta.label,
            subject_id=public_id,
            name=name,
            reason=reason.strip(),
            by_person=by.person,
            by_label=by.label[:200],
            by_kind=by.kind,
            at=now,
        )
        for public_id, reason in reasons.items()
    )


def history(obj: TenantModel) -> list[Change]:
    return list(Change.objects.filter(subject_kind=obj._meta.label, subject_id=obj.public_id))
