"""The job that composes learning sets: reads, searches outside any transaction, writes one proposal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.composing import Leader, choose_meetings, divide, even_sizes
from cohorts.mixing import aims_of
from cohorts.models import Cohort, HalfDay, LearningSet, SetMembership, SetTerms
from cohorts.selectors.mixing import met_before, people_to_divide, problem_of
from cohorts.selectors.set_terms import MeetsAt, capacities_of, terms_of
from cohorts.selectors.vetoes import vetoed_pairs
from cohorts.services.sets import Arranged, save_proposal
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


def kept_sets(cohort: Cohort, sets: int) -> list[LearningSet]:
    """Those of the cohort's proposal, whose facilitators, half-days and places stay, where it has as many."""
    rows = LearningSet.objects.filter(plan__cohort=cohort, plan__state=PlanState.PROPOSED)
    found = list(rows.select_related("venue").order_by("position"))
    return found if len(found) == sets else []


def can_of(said: SetTerms | None) -> int | None:
    """The half-days somebody can, as bits; None for whoever hasn't said, or can on any."""
    if said is None or not said.never:
        return None
    return sum(1 << at for at, value in enumerate(HalfDay.values) if value not in said.never)


def arrange(
    people: list[int], sizes: list[int], kept: list[LearningSet], takes: dict[int, int], *, anew: bool
) -> list[Arranged]:
    """When each set meets and who facilitates it. A facilitator stays with a set of the proposal as long as they take as many and can then;
    whoever hasn't said how many they take stays where staff put them, and is given no other."""
    terms = terms_of([*people, *takes, *(row.facilitator_id for row in kept if row.facilitator_id)])
    values = list(HalfDay.values)
    given_times = {} if anew else {n: values.index(row.half_day) for n, row in enumerate(kept) if row.half_day}
    able = sorted(takes)
    leaders = [Leader(takes[who], can_of(terms.get(who))) for who in able]
    given_leaders: dict[int, int] = {}
    for n, row in enumerate(kept):
        who = row.facilitator_id
        if who in takes and list(given_leaders.values()).count(able.index(who)) < takes[who]:
            can, time = leaders[able.index(who)].can, given_times.get(n)
            if can is None or time is None or can >> time & 1:
                given_leaders[n] = able.index(who)
    by_staff = {
        n: row.facilitator_id for n, row in enumerate(kept) if row.facilitator_id and row.facilitator_id not in takes
    }
    found = choose_meetings(
        [can_of(terms.get(who)) for who in people],
        sizes,
        times=len(values),
        leaders=leaders,
        given_times=given_times,
        given_leaders=given_leaders,
        led_already=by_staff,
    )
    return [
        Arranged("" if time is None else values[time], by_staff.get(n) if leader is None else able[leader])
        for n, (time, leader) in enumerate(zip(found.times, found.leaders, strict=True))
    ]


def run_compose_sets(job: RunningJob) -> dict[str, Any]:
    """Safe to run again from the start: a second proposal of the same seed replaces the first."""
    sets, seed, aims = job.params["sets"], job.params["seed"], job.params["aims"]
    with job.scope():
        cohort = Cohort.by_public_id(job.params["cohort"])
        people = people_to_divide(cohort.pk)
        if len(people) < sets:
            raise Refused(_("Fewer people take part now than there were to be sets."))
        locked = locks_of(cohort, sets)
        sizes, kept = even_sizes(len(people), sets), kept_sets(cohort, sets)
        arranged = arrange(
            [person.pk for person in people],
            [most for _fewest, most in sizes],
            kept,
            capacities_of(cohort.pk),
            anew=job.params.get("anew", False),
        )
        venues = {n: row.venue for n, row in enumerate(kept)}
        problem = problem_of(
            people,
            sizes=sizes,
            aims=aims_of(aims),
            met=met_before([person.pk for person in people]) if job.params["fresh"] else {},
            locked=locked,
            facilitators={n: one.facilitator_id for n, one in enumerate(arranged) if one.facilitator_id},
            vetoed=vetoed_pairs(cohort.pk),
            meets={n: MeetsAt(one.half_day, venues.get(n)) for n, one in enumerate(arranged)},
            terms=terms_of([person.pk for person in people]),
        )
    words = _("Comparing ways to divide %(n)d people") % {"n": len(people)}
    found = divide(problem, seed=seed, going=lambda done, total: job.progress(done, total, words))
    groups = [[p.pk for p, at in zip(people, found.places, strict=True) if at == place] for place in range(sets)]
    with job.scope() as actor:
        plan = save_proposal(
            cohort=cohort,
            groups=groups,
            seed=seed,
            steps=found.steps,
            aims=aims,
            locked=set(locked),
            arranged=arranged,
            by=actor,
        )
        slug = Tenant.objects.get(pk=job.tenant_id).slug
        path = reverse("cohorts:set-plan", kwargs={"tenant": slug, "public_id": plan.public_id})
    job.progress(1, 1, _("The proposal is ready"))
    return {"path": path, "plan": plan.public_id, "text": _("Look at the proposed sets")}
