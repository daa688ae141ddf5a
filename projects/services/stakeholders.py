"""Keeping a project's stakeholder map: any of its team may, until the project is over; then it can only be read and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import (
    Project,
    ProjectMembership,
    Stakeholder,
    StakeholderEntry,
    StakeholderMove,
    StakeholderShare,
)
from projects.rules import lead as leads_project
from projects.rules import team_member
from projects.states import ENDED, SEEN_BY_SPONSOR
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Organisation
from tenancy.seen import digest_of, refuse_stale, stored_values
from tenancy.turns import just_now

# More than this and nobody looks at the map.
MOST = 60
# What the page about sharing names, and whoever presses its button has seen.
SHOWN_TO = ("sponsor",)
PRIVATE = ("name", "role", "organisation_name", "impact", "wanted", "cares_about", "next_step")


def hold_map(project: Project | int, by: Actor, *, even_ended: bool = False) -> Project:
    """The project, locked, if this actor keeps its map now. Whoever changes team or state waits."""
    pk = project if isinstance(project, int) else project.pk
    locked = Project.objects.select_for_update().get(pk=pk)
    if not team_member(by, locked):
        raise NotAllowed(_("Only the team keeps its stakeholder map."))
    if locked.state in ENDED and not even_ended:
        raise WrongState(_("The project is over, so its stakeholder map can’t be changed any more."))
    return locked


def hold_stakeholder(stakeholder: Stakeholder, by: Actor) -> tuple[Stakeholder, StakeholderEntry]:
    project = hold_map(stakeholder.project_id, by)
    row = Stakeholder.objects.filter(pk=stakeholder.pk, project=project).select_related("entry").first()
    if row is None:
        raise WrongState(_("This stakeholder has been deleted from the map. Load the map again."))
    return row, row.entry


def checked_lead(project_id: int, member: ProjectMembership) -> ProjectMembership:
    if not ProjectMembership.objects.filter(pk=member.pk, project=project_id).exists():
        raise Refused(_("Choose somebody who is on the team."), field="lead")
    return member


def checked_step(next_step: str, step_due: date | None, *, was: date | None = None) -> str:
    """A step has a day and a day has a step. A day already past is refused, unless it stood there before."""
    step = " ".join(next_step.split())
    if step and step_due is None:
        raise Refused(_("Say by when, so that whoever leads is reminded."), field="step_due")
    if step_due is not None and not step:
        raise Refused(_("Say what the next step is, or take the day away."), field="next_step")
    if step_due is not None and step_due != was and step_due < timezone.localdate():
        raise Refused(_("Give today or a day to come."), field="step_due")
    return step


def known_organisation(name: str) -> Organisation | None:
    return Organisation.objects.filter(name__iexact=name).first() if name else None


def line(text: str) -> str:
    return " ".join(text.split())


def of_that_name(project_id: int, name: str, organisation_name: str) -> QuerySet[StakeholderEntry]:
    rows = StakeholderEntry.objects.filter(project=project_id, organisation_name__iexact=organisation_name)
    return rows.filter(name__iexact=name).select_related("stakeholder")


def refuse_twice(held: StakeholderEntry) -> NoReturn:
    raise Refused(_("“%(name)s” is on the map already.") % {"name": held.name}, field="name")


def same_click(
    row: Stakeholder, values: Mapping[str, Any], entry: StakeholderEntry, said: Mapping[str, Any], by: Actor
) -> bool:
    """Whether this actor put them on the map a moment ago, and it still says what they say now."""
    first = row.moves.filter(was__isnull=True).first()
    return (
        first is not None
        and first.by_id == by.person_id
        and first.at > just_now()
        and all(getattr(row, key) == value for key, value in values.items())
        and all(getattr(entry, key) == value for key, value in said.items())
    )


@transaction.atomic
def add_stakeholder(
    *,
    project: Project,
    name: str,
    influence: int,
    impact: int,
    stance: int,
    wanted: int,
    lead: ProjectMembership,
    role: str = "",
    organisation_name: str = "",
    cares_about: str = "",
    next_step: str = "",
    step_due: date | None = None,
    by: Actor,
) -> Stakeholder:
    """Put somebody on the map. One's second click finds the first; the same name and organisation otherwise is Refused."""
    locked = hold_map(project, by)
    name, organisation_name = line(name), line(organisation_name)
    if not name:
        raise Refused(_("Enter a name or a role."), field="name")
    checked_lead(locked.pk, lead)
    step = checked_step(next_step, step_due)
    values = {"lead": lead, "influence": influence, "there": stance >= wanted, "step_due": step_due}
    said = {
        "name": name,
        "role": line(role),
        "organisation_name": organisation_name,
        "impact": impact,
        "stance": stance,
        "wanted": wanted,
        "cares_about": cares_about.strip(),
        "next_step": step,
    }
    if (held := of_that_name(locked.pk, name, organisation_name).first()) is not None:
        if same_click(held.stakeholder, values, held, said, by):
            return held.stakeholder
        refuse_twice(held)
    if Stakeholder.objects.filter(project=locked).count() >= MOST:
        raise Refused(_("A map has room for %(n)d. Take somebody off first.") % {"n": MOST})
    now = timezone.now()
    row = Stakeholder.objects.create(project=locked, step_set_at=now if step_due else None, added_at=now, **values)
    StakeholderEntry.objects.create(
        stakeholder=row, project=locked, organisation=known_organisation(organisation_name), **said
    )
    StakeholderMove.objects.create(
        stakeholder=row, project=locked, now=stance, on=timezone.localdate(), by=by.person, at=now
    )
    return row


@transaction.atomic
def change_stakeholder(
    *,
    stakeholder: Stakeholder,
    version: int,
    name: str,
    influence: int,
    impact: int,
    wanted: int,
    lead: ProjectMembership,
    role: str = "",
    organisation_name: str = "",
    cares_about: str = "",
    next_step: str = "",
    step_due: date | None = None,
    by: Actor,
) -> Stakeholder:
    """Put right what the map says of somebody, name where they need to be, and hand the relationship on. Where they stand moves by
    record_move() alone. StaleEdit when somebody else of the team was first."""
    row, entry = hold_stakeholder(stakeholder, by)
    wish: dict[str, Any] = {
        "name": line(name),
        "role": line(role),
        "organisation_name": line(organisation_name),
        "influence": influence,
        "impact": impact,
        "wanted": wanted,
        "lead": lead,
        "cares_about": cares_about.strip(),
        "next_step": line(next_step),
        "step_due": step_due,
    }
    if row.version != version:
        theirs = {key: getattr(entry if key in PRIVATE else row, key) for key in wish}
        refuse_stale(theirs, wish)
    if not wish["name"]:
        raise Refused(_("Enter a name or a role."), field="name")
    others = of_that_name(row.project_id, wish["name"], wish["organisation_name"]).exclude(pk=entry.pk)
    if (held := others.first()) is not None:
        refuse_twice(held)
    checked_lead(row.project_id, lead)
    checked_step(next_step, step_due, was=row.step_due)
    set_step(row, step_due, anew=step_due != row.step_due or wish["next_step"] != entry.next_step)
    for key, value in wish.items():
        setattr(entry if key in PRIVATE else row, key, value)
    entry.organisation = known_organisation(entry.organisation_name)
    entry.save(update_fields=[*PRIVATE, "organisation"])
    row.there = entry.is_there
    row.version += 1
    row.save(update_fields=["lead", "influence", "there", "step_due", "step_set_at", "version"])
    return row


def set_step(row: Stakeholder, due: date | None, *, anew: bool) -> None:
    row.step_due = due
    if due is None:
        row.step_set_at = None
    elif anew or row.step_set_at is None:
        row.step_set_at = timezone.now()


@transaction.atomic
def record_move(
    *,
    stakeholder: Stakeholder,
    version: int,
    stance: int,
    on: date,
    note: str = "",
    next_step: str = "",
    step_due: date | None = None,
    by: Actor,
) -> StakeholderMove:
    """Write down what came of a step, where they stand since, and what is next: none, and nothing is owed any more."""
    row, entry = hold_stakeholder(stakeholder, by)
    last = row.moves.order_by("on", "id").last()
    wish = {"stance": stance, "on": on, "note": note.strip(), "next_step": line(next_step), "step_due": step_due}
    if row.version != version:
        theirs = {"stance": entry.stance, "next_step": entry.next_step, "step_due": row.step_due}
        refuse_stale(theirs | {"on": last.on if last else None, "note": last.note if last else ""}, wish)
    if on > timezone.localdate():
        raise Refused(_("Give today or a day before it."), field="on")
    if last is not None and on < last.on:
        raise Refused(
            _("The last entry is of %(day)s. Give that day or a later one.") % {"day": last.on.strftime("%-d %B %Y")},
            field="on",
        )
    if stance == entry.stance and not note.strip():
        raise Refused(_("Say what happened, or where they stand now."), field="note")
    checked_step(next_step, step_due)
    move = StakeholderMove.objects.create(
        stakeholder=row,
        project_id=row.project_id,
        was=entry.stance,
        now=stance,
        on=on,
        note=note.strip(),
        by=by.person,
        at=timezone.now(),
    )
    entry.stance, entry.next_step = stance, line(next_step)
    entry.save(update_fields=["stance", "next_step"])
    set_step(row, step_due, anew=True)
    row.there = entry.is_there
    row.version += 1
    row.save(update_fields=["there", "step_due", "step_set_at", "version"])
    return move


@transaction.atomic
def take_back_move(*, stakeholder: Stakeholder, move: str, by: Actor) -> None:
    """Undo the latest entry, named by its public id: they stand where they stood before. Again, or of an older one, is nothing."""
    row, entry = hold_stakeholder(stakeholder, by)
    last = row.moves.order_by("on", "id").last()
    if last is None or last.was is None or last.public_id != move:
        return
    entry.stance = last.was
    entry.save(update_fields=["stance"])
    last.delete()
    row.there = entry.is_there
    row.version += 1
    row.save(update_fields=["there", "version"])


@transaction.atomic
def delete_stakeholder(*, stakeholder: Stakeholder, by: Actor) -> None:
    """Take somebody off the map with everything written of them, as they may ask; also once the project is over. Twice is once."""
    project = hold_map(stakeholder.project_id, by, even_ended=True)
    Stakeholder.objects.filter(pk=stakeholder.pk, project=project).delete()


@transaction.atomic
def share_map(*, project: Project, share: bool, seen: str = "", by: Actor) -> None:
    """Show the map to the sponsor of now, or to nobody but the team again: the project's lead decides. Twice is once. `seen` is the
    digest of the sponsor whom the page named; StaleEdit when it's another by now."""
    locked = hold_map(project, by, even_ended=not share)
    if not leads_project(by, locked):
        raise NotAllowed(_("Only the person who leads the project can show its stakeholder map to the sponsor."))
    rows = StakeholderShare.objects.filter(project=locked)
    if not share:
        rows.delete()
        return
    if locked.sponsor_id is None or locked.state not in SEEN_BY_SPONSOR:
        raise WrongState(_("There’s nobody to show it to before the proposal has been sent to its sponsor."))
    theirs = stored_values(locked, SHOWN_TO)
    if seen and seen != digest_of(theirs):
        said = _("The project has another sponsor by now: %(name)s. Nobody has been shown the map.")
        raise StaleEdit(said % {"name": theirs["sponsor"].name}, theirs=theirs)
    if rows.filter(sponsor=locked.sponsor_id).exists():
        return
    rows.delete()
    StakeholderShare.objects.create(
        project=locked, sponsor_id=locked.sponsor_id, shared_by=by.person, shared_at=timezone.now()
    )
