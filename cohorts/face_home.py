"""What each role sees of cohorts on its home page, and where it can go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Presence
from cohorts.selectors import cohort_rows, my_events, sets_facilitated_by, staff_cohorts
from cohorts.selectors.absences import missed_in_a_row
from cohorts.selectors.alumni_events import opened_ahead
from cohorts.selectors.alumni_groups import my_groups
from cohorts.selectors.asks import open_to
from cohorts.selectors.directory import cohort_mates, places_of
from cohorts.selectors.introductions import fresh_notices
from cohorts.selectors.movement import movements_for
from cohorts.selectors.partners import offers_ahead
from cohorts.selectors.presence import for_officer, today_and_gaps
from cohorts.selectors.sets import live_sets_of
from cohorts.states import CohortStage, EventState
from engine.home import Line, Lines, NavigationItem, Panel, lines_of, navigation_sources, panel_sources
from tenancy.actors import Actor
from tenancy.models import Role, Tenant
from tenancy.vocabulary import term

ASKS_SHOWN = STRANGERS_SHOWN = 3
OFFERS_SHOWN = 10
NOTICES_NEW = timedelta(days=14)


def home_panels(actor: Actor, tenant: Tenant) -> list[Panel | Lines]:
    if actor.person_id is None:
        return []
    panels: list[Panel | Lines] = []
    if actor.holds(Role.PARTICIPANT):
        panels += participant_panels(actor.person_id)
    if actor.holds(Role.PARTICIPANT) or actor.holds(Role.ALUMNUS):
        panels += people_panels(actor)
    if actor.holds(Role.STAFF):
        panels += staff_panels(actor)
    if actor.holds(Role.SPONSOR):
        mine = Prefetch("presences", Presence.objects.filter(person_id=actor.person_id), to_attr="mine")
        events = list(for_officer(actor).prefetch_related(mine)[:3])
        panels.append(Panel("cohorts/panels/presence.html", {"events": events}, 35))
    if actor.holds(Role.FACILITATOR):
        sets = list(sets_facilitated_by(actor.person_id))
        panels.append(Panel("cohorts/panels/facilitator.html", {"sets": sets, "missed": missed_in_a_row(sets)}, 20))
    if actor.holds(Role.ALUMNUS) and not actor.holds(Role.PARTICIPANT):
        panels.append(Panel("cohorts/panels/alumnus.html", {"events": opened_ahead(actor.person_id)[:3]}, 16))
    return panels


def participant_panels(person_id: int) -> list[Panel | Lines]:
    """The next event, my set, my reflections; groups with alumni, and places elsewhere, where there are any."""
    events = my_events(person_id).filter(state=EventState.PLANNED, ends_at__gte=timezone.now())[:3]
    return [
        Panel("cohorts/panels/next_event.html", {"events": list(events)}, 15),
        Lines(set_lines(person_id), lambda lines: Panel("cohorts/panels/my_set.html", {"lines": lines}, 40), 1),
        Panel("cohorts/panels/reflections.html", {}, 45),
        Lines(group_lines(person_id), list_panel("groups", 46)),
        Lines(offer_lines(person_id), list_panel("places_elsewhere", 47), OFFERS_SHOWN),
    ]


def list_panel(name: str, position: int) -> Callable[[list[Line]], Panel | None]:
    """A panel of these lines; none where there are none."""
    return lambda lines: Panel(f"cohorts/panels/{name}.html", {"lines": lines}, position) if lines else None


def set_lines(person_id: int) -> QuerySet[Any]:
    return lines_of(live_sets_of(person_id), key="public_id", title="name", about="facilitator__name")


def group_lines(person_id: int) -> QuerySet[Any]:
    return lines_of(my_groups(person_id), key="public_id", title="name", about="cohort__name", mine=F("is_mine"))


def offer_lines(person_id: int) -> QuerySet[Any]:
    return lines_of(
        offers_ahead(person_id),
        key="public_id",
        title="title",
        at="starts_at",
        about="linked__name",
        note=F("left"),
        mine=F("is_mine"),
    )


def people_panels(actor: Actor) -> list[Panel | Lines]:
    """What others ask and offer now, and for participants whom they haven't worked with: each only where there is any."""
    assert actor.person_id is not None
    asks = lines_of(
        open_to(actor.person_id), key="public_id", title="words__title", at="ends_at", about="owner__name", note="kind"
    )
    fresh = fresh_notices(places_of(actor.person_id).order_by().values("cohort"), timezone.now() - NOTICES_NEW)
    notices = lines_of(
        fresh, key="public_id", title="title", at="posted_at", about="author__name", note="cohort__public_id"
    )
    movements = lines_of(movements_for(actor.person_id), key="programme__public_id", title="programme__name")
    panels: list[Panel | Lines] = [
        Lines(asks, list_panel("asks", 42), ASKS_SHOWN),
        Lines(notices, list_panel("notices", 43), ASKS_SHOWN),
        Lines(movements, list_panel("movement", 48)),
    ]
    if actor.holds(Role.PARTICIPANT) and (strangers := not_yet_met(actor)) is not None:
        panels.append(strangers)
    return panels


def not_yet_met(actor: Actor) -> Panel | None:
    """Whom of the cohort a participant shares no employer, learning set or project with, and three of them to look out for:
    others each week, and from other sectors first. None where there is nobody, or the sets are still to come."""
    assert actor.person_id is not None
    others = list(cohort_mates(actor.person_id))
    strangers = [row for row in others if not row["met"]]
    if not strangers or not any(row["in_a_set"] for row in others):
        return None
    week = timezone.localdate().isocalendar().week
    some = []
    for same_sector in (False, True):
        group = [row for row in strangers if (row["sector"] == row["own_sector"]) is same_sector]
        some += rotated(group, week * STRANGERS_SHOWN)
    context = {"people": some[:STRANGERS_SHOWN], "strangers": len(strangers), "cohort": strangers[0]["cohort"]}
    return Panel("cohorts/panels/not_yet_met.html", context, position=50)


def rotated(rows: list[dict[str, Any]], by: int) -> list[dict[str, Any]]:
    """The rows from another start, round the end."""
    start = by % len(rows) if rows else 0
    return rows[start:] + rows[:start]


def staff_panels(actor: Actor) -> list[Panel]:
    """Today's events and the cohorts with their stage and one figure each."""
    rows = [row for row in cohort_rows(actor) if row["stage"] != CohortStage.FINISHED]
    for row in rows:
        row["stage_label"] = CohortStage(row["stage"]).label
    today, gaps = today_and_gaps(staff_cohorts(actor))
    panels = [
        Panel("cohorts/panels/today.html", {"events": today}, 20),
        Panel("cohorts/panels/cohorts.html", {"cohorts": rows}, 30),
    ]
    if gaps:
        panels.append(Panel("cohorts/panels/no_promise.html", {"events": gaps[:5]}, 35))
    return panels


def navigation(actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    at = {"tenant": tenant.slug}
    items = [NavigationItem(_("Home"), reverse("portal:home", kwargs=at), 0)]
    takes_part = actor.holds(Role.PARTICIPANT)
    if actor.holds(Role.STAFF):
        items += [
            NavigationItem(_("Cohorts"), reverse("cohorts:cohort-list", kwargs=at), 20),
            NavigationItem(_("Venues"), reverse("cohorts:venue-list", kwargs=at), 62),
            NavigationItem(_("People"), reverse("tenancy:person-list", kwargs=at), 60),
        ]
    if actor.holds(Role.SPONSOR):
        items.append(NavigationItem(_("Where you’re wanted"), reverse("cohorts:presence-mine", kwargs=at), 23))
    if takes_part or actor.holds(Role.FACILITATOR):
        items += [
            NavigationItem(_("Events"), reverse("cohorts:event-mine", kwargs=at), 22),
            NavigationItem(
                _("My %(word)s") % {"word": term(tenant, "set", 2 if actor.holds(Role.FACILITATOR) else 1)},
                reverse("cohorts:set-mine", kwargs=at),
                24,
            ),
        ]
    if actor.holds(Role.ALUMNUS):
        items.append(NavigationItem(_("Alumni"), reverse("cohorts:alumni-home", kwargs=at), 21))
    if takes_part or actor.holds(Role.ALUMNUS):
        # staff who take part have a list of that name already
        people = _("Directory") if actor.holds(Role.STAFF) else _("People")
        items += [
            NavigationItem(people, reverse("cohorts:directory", kwargs=at), 26),
            NavigationItem(_("Reflections"), reverse("cohorts:reflection-list", kwargs=at), 50),
            NavigationItem(_("Development plan"), reverse("cohorts:development-plan", kwargs=at), 52),
        ]
    elif actor.holds(Role.FACILITATOR) or actor.holds(Role.MENTOR) or actor.holds(Role.SPONSOR):
        items.append(NavigationItem(_("Shared with you"), reverse("cohorts:reflection-list", kwargs=at), 50))
    if actor.holds(Role.FACILITATOR) and not takes_part:
        items.append(NavigationItem(_("Methods"), reverse("cohorts:method-list", kwargs=at), 53))
    if actor.has_role(Role.STAFF):
        items.append(NavigationItem(_("Settings"), reverse("tenancy:tenant-settings", kwargs=at), 90))
    return items


panel_sources.register("cohorts", home_panels)
navigation_sources.register("cohorts", navigation)
