"""Programmes and cohorts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Participation, Programme, SectorTarget
from cohorts.readiness import go_live_list
from cohorts.states import NEXT_STAGES, CohortStage, ParticipationState
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Sector, Tenant
from tenancy.rules import staff
from tenancy.scope import current_scope
from tenancy.turns import take_turns, take_turns_at

# A name, and the slug made of it, must be free in the whole tenant: whoever takes one takes turns.
NAMES = "names of programmes and cohorts"


def may_run(by: Actor, obj: Any) -> None:
    if by.kind != "system" and not staff(by, obj):
        raise NotAllowed(_("You can’t do this."))


# Until when people may be asked something before their sets are made.
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=60)


def check_until(until: datetime) -> None:
    """Refuses a moment too near to answer by, or too far to be remembered."""
    now = timezone.now()
    if not now + SHORTEST <= until <= now + LONGEST:
        raise Refused(_("Choose a day within the next two months."), field="until")


def free_slug(model: Any, text: str, *, field: str) -> str:
    """A slug of the text that is free in the open tenant: 'cohort-2', 'cohort-2-2'."""
    stem = slugify(text)[:34]
    if not stem:
        raise Refused(_("Use at least one letter or digit in the name."), field=field)
    taken = set(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if s not in taken)


@transaction.atomic
def create_programme(*, name: str, summary: str = "", by: Actor) -> Programme:
    """A new programme of the tenant; only staff of the whole tenant open one."""
    may_run(by, None)
    name = " ".join(name.split())
    take_turns_at(NAMES)
    if Programme.objects.filter(name__iexact=name).exists():
        raise Refused(_("There is already a programme of this name."), field="name")
    programme = Programme.objects.create(name=name, slug=free_slug(Programme, name, field="name"), summary=summary)
    record_change(programme, "create", by=by)
    return programme


def check_cohort(*, places: int, starts_on: date, ends_on: date, targets: Mapping[int, int]) -> None:
    if ends_on <= starts_on:
        raise Refused(_("The cohort must end after it starts."), field="ends_on")
    wanted = sum(targets.values())
    if wanted > places:
        raise Refused(
            _("The sectors’ places add up to %(sum)d, but the cohort has %(places)d.")
            % {"sum": wanted, "places": places},
            field="places",
        )


def write_targets(cohort: Cohort, targets: Mapping[int, int]) -> None:
    """`targets` maps sector ids to places; a sector without places has no target."""
    wanted = {sector: places for sector, places in targets.items() if places}
    known = set(Sector.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if known != set(wanted):
        raise Refused(_("One of these sectors no longer exists. Load the page again."))
    SectorTarget.objects.filter(cohort=cohort).exclude(sector__in=wanted).delete()
    for sector_id, places in wanted.items():
        SectorTarget.objects.update_or_create(cohort=cohort, sector_id=sector_id, defaults={"places": places})


@transaction.atomic
def create_cohort(
    *,
    programme: Programme,
    name: str,
    places: int,
    starts_on: date,
    ends_on: date,
    by: Actor,
    targets: Mapping[int, int] | None = None,
    budget_pounds: int | None = None,
    slug: str = "",
) -> Cohort:
    """A new cohort of a programme, being planned. `targets` maps sector ids to places, together no more than `places`."""
    may_run(by, programme)
    targets = targets or {}
    check_cohort(places=places, starts_on=starts_on, ends_on=ends_on, targets=targets)
    name = " ".join(name.split())
    take_turns_at(NAMES)
    if Cohort.objects.filter(programme=programme, name__iexact=name).exists():
        raise Refused(_("This programme already has a cohort of this name."), field="name")
    try:
        with transaction.atomic():
            cohort = Cohort.objects.create(
                programme=programme,
                name=name,
                slug=slug or free_slug(Cohort, name, field="name"),
                places=places,
                starts_on=starts_on,
                ends_on=ends_on,
                budget_pounds=budget_pounds,
            )
    except IntegrityError as error:
        raise Refused(_("Another cohort was just given this name. Choose another one."), field="name") from error
    write_targets(cohort, targets)
    record_change(cohort, "create", by=by, target=cohort.stage)
    return cohort


@transaction.atomic
def edit_cohort(
    *,
    cohort: Cohort,
    version: int,
    name: str,
    places: int,
    starts_on: date,
    ends_on: date,
    by: Actor,
    targets: Mapping[int, int],
    budget_pounds: int | None = None,
) -> Cohort:
    """Change a cohort's frame. Fewer places than people taking part is refused."""
    may_run(by, cohort)
    check_cohort(places=places, starts_on=starts_on, ends_on=ends_on, targets=targets)
    take_turns_at(NAMES)
    take_turns(cohort)
    taking_part = Participation.objects.filter(cohort=cohort, state=ParticipationState.ACTIVE).count()
    if places < taking_part:
        raise Refused(
            _("%(n)d people already take part, so there must be at least that many places.") % {"n": taking_part},
            field="places",
        )
    name = " ".join(name.split())
    twins = Cohort.objects.filter(programme=cohort.programme_id, name__iexact=name).exclude(pk=cohort.pk)
    if twins.exists():
        raise Refused(_("This programme already has a cohort of this name."), field="name")
    save_if_unchanged(
        cohort,
        version=version,
        name=name,
        places=places,
        starts_on=starts_on,
        ends_on=ends_on,
        budget_pounds=budget_pounds,
    )
    write_targets(cohort, targets)
    record_change(cohort, "edit", by=by)
    return cohort


def is_ready(cohort: Cohort) -> bool:
    tenant = Tenant.objects.get(pk=current_scope().tenant_id)
    return all(line.is_true for line in go_live_list(cohort, tenant))


@transaction.atomic
def move_cohort(*, cohort: Cohort, stage: str, by: Actor, reason: str = "") -> Cohort:
    """Move a cohort to its next stage. Finishing is close_cohort(). A cohort that isn't ready (cohorts.readiness) opens only with a
    reason, which stands in its history."""
    may_run(by, cohort)
    locked = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
    if stage not in NEXT_STAGES[CohortStage(locked.stage)]:
        raise WrongState(
            _("This cohort is now at the stage “%(stage)s”. Load the page again.")
            % {"stage": locked.get_stage_display()}
        )
    if stage == CohortStage.RUNNING and by.kind != "system" and not reason.strip() and not is_ready(locked):
        raise Refused(_("Something on its list is still missing. Say why it opens all the same."), field="reason")
    record_change(locked, "move", by=by, source=locked.stage, target=stage, reason=reason.strip())
    locked.stage = stage
    locked.version += 1
    locked.save(update_fields=["stage", "version"])
    return locked
