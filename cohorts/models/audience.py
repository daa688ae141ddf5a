"""To whom somebody shows a thing: pieces of SQL that walls are built from, one for each audience."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.set_room import belongs
from tenancy.vocabulary import in_own_words


class ShownTo(models.TextChoices):
    """From nobody outwards. Everybody on the programme is everybody with a place on any of its cohorts: earlier, later, finished."""

    NOBODY = "nobody", _("Nobody but you")
    SET = "set", in_own_words(_("Your %(set)s"))
    COHORT = "cohort", _("Your cohort")
    LATER = "later", _("Cohorts that come after yours")
    PROGRAMME = "programme", _("All of the programme: every cohort, and its alumni")


def place_on(cohort: str, person: str) -> str:
    """SQL: the person has a place on the cohort, or had one to the end."""
    return (
        f"EXISTS (SELECT 1 FROM cohorts_participation place WHERE place.cohort_id = {cohort}"  # noqa: S608 -- pieces of this module
        f" AND place.person_id = {person} AND place.state <> 'withdrawn')"
    )


def is_there(owner: str) -> str:
    """SQL: they take part now, or belong to a programme as an alumnus who hasn't left. Who left is on no list."""
    return (
        f"(EXISTS (SELECT 1 FROM cohorts_participation now_on WHERE now_on.person_id = {owner} AND now_on.state = 'active')"  # noqa: S608 -- pieces of this module
        f" OR NOT EXISTS (SELECT 1 FROM cohorts_alumnimembership gone WHERE gone.person_id = {owner} AND gone.state = 'left'))"
    )


def beside(owner: str) -> str:
    """SQL: the person of the request and the owner have a place on one cohort."""
    return (
        "EXISTS (SELECT 1 FROM cohorts_participation mine JOIN cohorts_participation theirs"  # noqa: S608 -- pieces of this module
        " ON theirs.cohort_id = mine.cohort_id AND theirs.state <> 'withdrawn'"
        f" WHERE mine.person_id = {{me}} AND mine.state <> 'withdrawn' AND theirs.person_id = {owner})"
    )


def on_programme_of(owner: str) -> str:
    """SQL: both have a place on cohorts of one programme, whether the same or not."""
    return (
        "EXISTS (SELECT 1 FROM cohorts_participation mine JOIN cohorts_cohort mc ON mc.id = mine.cohort_id"  # noqa: S608 -- pieces of this module
        " JOIN cohorts_cohort tc ON tc.programme_id = mc.programme_id"
        " JOIN cohorts_participation theirs ON theirs.cohort_id = tc.id AND theirs.state <> 'withdrawn'"
        f" WHERE mine.person_id = {{me}} AND mine.state <> 'withdrawn' AND theirs.person_id = {owner})"
    )


def in_set_of(owner: str) -> str:
    """SQL: both are members of one set in force."""
    return (
        "EXISTS (SELECT 1 FROM cohorts_setmembership own JOIN cohorts_setplan plan ON plan.id = own.plan_id"  # noqa: S608 -- pieces of set_room
        f" WHERE own.person_id = {owner} AND plan.state = 'published'"
        f" AND {belongs('own.learning_set_id', owner)} AND {belongs('own.learning_set_id', '{me}')})"
    )


def on_cohort_like(cohort: str, compared: str) -> str:
    """SQL: the person of the request has a place on a cohort of the same programme that compares so with this one."""
    return (
        "EXISTS (SELECT 1 FROM cohorts_cohort own JOIN cohorts_cohort mc ON mc.programme_id = own.programme_id"  # noqa: S608 -- pieces of this module
        f" AND {compared} JOIN cohorts_participation mine ON mine.cohort_id = mc.id AND mine.state <> 'withdrawn'"
        f" WHERE own.id = {cohort} AND mine.person_id = {{me}})"
    )


def reaches(table: str, owner: str) -> str:
    """SQL: a row with columns `audience` and `cohort_id` is meant for the person of the request, and its owner still has their
    place there."""
    cohort = f"{table}.cohort_id"
    return (
        f"({place_on(cohort, owner)} AND ("
        f"({table}.audience = 'set' AND {in_set_of(owner)})"
        f" OR ({table}.audience = 'cohort' AND {place_on(cohort, '{me}')})"
        f" OR ({table}.audience = 'later' AND {on_cohort_like(cohort, 'mc.starts_on > own.starts_on')})"
        f" OR ({table}.audience = 'programme' AND {on_cohort_like(cohort, 'true')})))"
    )


def leads_in(cohort: str) -> str:
    """SQL: the person of the request facilitates a set in force of the cohort, alone or beside another."""
    return (
        "EXISTS (SELECT 1 FROM cohorts_learningset led JOIN cohorts_setplan plan ON plan.id = led.plan_id"  # noqa: S608 -- pieces of this module
        " LEFT JOIN cohorts_setcofacilitator co ON co.learning_set_id = led.id AND co.person_id = {me}"
        f" WHERE led.cohort_id = {cohort} AND plan.state = 'published' AND (led.facilitator_id = {{me}} OR co.id IS NOT NULL))"
    )


def runs_cohort(cohort: str) -> str:
    """SQL: the person of the request is staff now of the cohort, its programme or the whole tenant."""
    return (
        "EXISTS (SELECT 1 FROM tenancy_roleassignment held JOIN cohorts_cohort hc"  # noqa: S608 -- pieces of this module
        f" ON hc.id = {cohort} WHERE held.person_id = {{me}} AND held.role = 'staff'"
        " AND held.valid_from <= clock_timestamp() AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
        " AND (held.cohort_id = hc.id OR held.programme_id = hc.programme_id"
        " OR (held.cohort_id IS NULL AND held.programme_id IS NULL)))"
    )


def runs_programme(programme: str) -> str:
    """SQL: the person of the request is staff now of the programme or the whole tenant; staff of one cohort aren't."""
    return (
        "EXISTS (SELECT 1 FROM tenancy_roleassignment held WHERE held.person_id = {me} AND held.role = 'staff'"  # noqa: S608 -- pieces of this module
        " AND held.valid_from <= clock_timestamp() AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
        f" AND held.cohort_id IS NULL AND (held.programme_id IS NULL OR held.programme_id = {programme}))"
    )
