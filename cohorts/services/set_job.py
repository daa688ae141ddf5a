"""The job that composes learning sets: reads, searches outside any transaction, writes one proposal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Participation
from cohorts.selectors.sets import SET_BARRIERS
from cohorts.services.composing import Arrangement, Candidate
from cohorts.services.sets import save_proposal
from cohorts.states import ParticipationState
from engine.jobs import RunningJob
from tenancy.conflicts import conflicts_among
from tenancy.errors import Refused
from tenancy.models import Tenant
from tenancy.vocabulary import in_own_words

STEPS = 60_000
CHUNK = 4_000


def candidates_of(cohort: Cohort) -> list[Candidate]:
    rows = Participation.objects.filter(cohort=cohort, state=ParticipationState.ACTIVE).values_list(
        "person_id", "person__organisation__sector__name", "person__district", "person__grade"
    )
    return [
        Candidate(key, sector or "", district.casefold(), grade.casefold()) for key, sector, district, grade in rows
    ]


def run_compose_sets(job: RunningJob) -> dict[str, Any]:
    """Safe to run again from the start: a second proposal of the same seed replaces the first."""
    with job.scope():
        cohort = Cohort.by_public_id(job.params["cohort"])
        people = candidates_of(cohort)
        barred = conflicts_among([p.key for p in people], kinds=SET_BARRIERS)
    if len(people) < job.params["sets"]:
        raise Refused(in_own_words(_("Fewer people take part now than there were to be %(sets)s.")))
    search = Arrangement(people, sets=job.params["sets"], barred=barred.keys(), seed=job.params["seed"], total=STEPS)
    while not search.finished:
        search.improve(CHUNK)
        job.progress(search.done, search.total, _("Comparing ways to divide %(n)d people") % {"n": len(people)})
    with job.scope() as actor:
        plan = save_proposal(cohort=cohort, groups=search.sets(), seed=job.params["seed"], steps=search.done, by=actor)
        slug = Tenant.objects.get(pk=job.tenant_id).slug
        path = reverse("cohorts:set-plan", kwargs={"tenant": slug, "public_id": plan.public_id})
    job.progress(search.total, search.total, _("The proposal is ready"))
    return {"path": path, "plan": plan.public_id, "text": str(in_own_words(_("Look at the proposed %(sets)s")))}
