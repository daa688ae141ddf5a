"""The job that composes learning sets: reads, searches outside any transaction, writes one proposal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.composing import divide, even_sizes
from cohorts.mixing import aims_of
from cohorts.models import Cohort, LearningSet, SetMembership
from cohorts.selectors.mixing import met_before, people_to_divide, problem_of
from cohorts.selectors.vetoes import vetoed_pairs
from cohorts.services.sets import save_proposal
from cohorts.states import PlanState
from engine.jobs import RunningJob
from tenancy.errors import Refused
from tenancy.models import Tenant


def locks_of(cohort: Cohort, sets: int) -> dict[int, int]:
    """Who stays where in the present proposal, as positions from 0; a lock on a set that is no longer made is forgotten."""
    rows = SetMembership.objects.filter(plan__cohort=cohort, plan__state=PlanState.PROPOSED, locked=True)
    return {
        person: position - 1
        for person, position in rows.values_list("person_id", "learning_set__position")
        if position <= sets
    }


def facilitators_of(cohort: Cohort, sets: int) -> dict[int, int]:
    """Set → the facilitator it keeps: of the cohort's proposal, where it has as many sets."""
    rows = LearningSet.objects.filter(plan__cohort=cohort, plan__state=PlanState.PROPOSED)
    found = dict(rows.values_list("position", "facilitator_id"))
    return {position - 1: who for position, who in found.items() if who} if len(found) == sets else {}


def run_compose_sets(job: RunningJob) -> dict[str, Any]:
    """Safe to run again from the start: a second proposal of the same seed replaces the first."""
    sets, seed, aims = job.params["sets"], job.params["seed"], job.params["aims"]
    with job.scope():
        cohort = Cohort.by_public_id(job.params["cohort"])
        people = people_to_divide(cohort.pk)
        if len(people) < sets:
            raise Refused(_("Fewer people take part now than there were to be sets."))
        locked = locks_of(cohort, sets)
        problem = problem_of(
            people,
            sizes=even_sizes(len(people), sets),
            aims=aims_of(aims),
            met=met_before([person.pk for person in people]) if job.params["fresh"] else {},
            locked=locked,
            facilitators=facilitators_of(cohort, sets),
            vetoed=vetoed_pairs(cohort.pk),
        )
    words = _("Comparing ways to divide %(n)d people") % {"n": len(people)}
    found = divide(problem, seed=seed, going=lambda done, total: job.progress(done, total, words))
    groups = [[p.pk for p, at in zip(people, found.places, strict=True) if at == place] for place in range(sets)]
    with job.scope() as actor:
        plan = save_proposal(
            cohort=cohort, groups=groups, seed=seed, steps=found.steps, aims=aims, locked=set(locked), by=actor
        )
        slug = Tenant.objects.get(pk=job.tenant_id).slug
        path = reverse("cohorts:set-plan", kwargs={"tenant": slug, "public_id": plan.public_id})
    job.progress(1, 1, _("The proposal is ready"))
    return {"path": path, "plan": plan.public_id, "text": _("Look at the proposed sets")}
