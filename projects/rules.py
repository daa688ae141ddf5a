"""Who may, in projects. Rights come from the project itself: its team, its lead, its sponsor."""

from __future__ import annotations

from typing import Any

from tenancy.actors import Actor
from tenancy.rules import Rule, any_staff, by_link, has_role, holds_role, rule, staff

DECISION = "project-decision"


@rule
def team_member(actor: Actor, obj: Any) -> bool:
    """Signed in as one of the project's team."""
    if actor.kind != "person" or obj is None:
        return False
    return any(m.person_id == actor.person_id for m in obj.memberships.all())


@rule
def lead(actor: Actor, obj: Any) -> bool:
    """Signed in as the member who leads the project."""
    if actor.kind != "person" or obj is None:
        return False
    return any(m.person_id == actor.person_id and m.is_lead for m in obj.memberships.all())


@rule
def sponsor(actor: Actor, obj: Any) -> bool:
    """The one accountable chief officer: signed in, or by the link that asked for the decision."""
    if actor.person_id is None or obj is None or obj.sponsor_id != actor.person_id:
        return False
    return actor.kind == "person" or (actor.kind == "link" and actor.purpose == DECISION)


@rule
def shown_map(actor: Actor, obj: Any) -> bool:
    """Signed in as the sponsor with whom the team shares its stakeholder map."""
    share = getattr(obj, "stakeholder_share", None)
    if actor.kind != "person" or share is None or obj.state == "draft":
        return False
    return bool(share.sponsor_id == actor.person_id and obj.sponsor_id == actor.person_id)


@rule
def stakeholder_keeper(actor: Actor, obj: Any) -> bool:
    """Of the team whose stakeholder this is."""
    return obj is not None and team_member(actor, obj.project)


@rule
def stakeholder_reader(actor: Actor, obj: Any) -> bool:
    """Of the team whose stakeholder this is, or the sponsor they share it with."""
    return obj is not None and map_reader(actor, obj.project)


map_reader = team_member | shown_map
participant = has_role("participant")
participant_anywhere = holds_role("participant")
lead_or_staff = lead | staff
team_or_staff = team_member | staff
sponsor_or_staff = sponsor | staff
may_see = team_member | sponsor | staff
decider_by_link = by_link(DECISION)
portfolio_reader = Rule(
    "member of the tenant with projects to see",
    lambda actor, obj: actor.kind == "person",
)

__all__ = [
    "DECISION",
    "any_staff",
    "decider_by_link",
    "lead",
    "lead_or_staff",
    "map_reader",
    "may_see",
    "participant",
    "participant_anywhere",
    "portfolio_reader",
    "shown_map",
    "sponsor",
    "sponsor_or_staff",
    "staff",
    "stakeholder_keeper",
    "stakeholder_reader",
    "team_member",
    "team_or_staff",
]
