"""Reads used twice. A list selector is filtered by the same rule as the check on one object."""

from cohorts.selectors.cohorts import (
    cohort_figures,
    cohort_rows,
    is_active_participant,
    participants_of,
    programme_cohorts,
    registers_of,
    staff_cohorts,
    staff_programmes,
)
from cohorts.selectors.events import expected_people, is_expected, my_events
from cohorts.selectors.reflections import reflection_counts, reflections_of, shared_with_me
from cohorts.selectors.sets import live_set_of, live_sets, set_cards, sets_facilitated_by

__all__ = [
    "cohort_figures",
    "cohort_rows",
    "expected_people",
    "is_active_participant",
    "is_expected",
    "live_set_of",
    "live_sets",
    "my_events",
    "participants_of",
    "programme_cohorts",
    "reflection_counts",
    "reflections_of",
    "registers_of",
    "set_cards",
    "sets_facilitated_by",
    "shared_with_me",
    "staff_cohorts",
    "staff_programmes",
]
