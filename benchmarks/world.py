"""The tenant that is measured: a round with all its scores, a round that waits for endorsements, a cohort in full life."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from cohorts.models import Attendance, Cohort, Event, SetPlan
from engine.jobs import run
from outcomes.services.reports import make_report
from projects.models import Project, ProjectMembership, ProjectUpdate
from selection.models import Application, AssessorAllocation, Endorsement, Nomination, Nominator, Score, SelectionRound
from selection.states import ApplicationState, EndorsementState, NominationState, RoundState
from tenancy.models import Organisation, Person, Role, Tenant
from tenancy.models.base import new_public_id
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.cohorts import make_past_event, make_sets, sign_in_as
from tests.factories.outcomes import add_people, answered_survey
from tests.factories.outcomes import make_cohort as make_running_cohort
from tests.factories.tenancy import make_organisation, make_tenant
from tests.selection.assess_setup import Scene, make_closed_round, make_scene

SECTORS = ("local government", "health", "police and fire", "higher education", "voluntary and community")


@dataclass(frozen=True)
class World:
    tenant: Tenant
    staff: SimpleNamespace
    scored: SelectionRound
    cohort: Cohort
    plan: SetPlan
    event: Event
    participant: SimpleNamespace


def build(*, applications: int, participants: int) -> World:
    """Committed rows of one tenant; its report is made by the job that makes every report."""
    tenant = make_tenant("essex", "Essex Partners")
    staff = make_member(tenant, "Sita Staff", Role.STAFF)
    scene = make_scene(tenant, staff, applications=0, places=50, reserve_length=20)
    with scene.inside(staff):
        organisations = [make_organisation(f"Body {n:02}", SECTORS[n % 5]) for n in range(40)]
    applied = apply(scene, organisations, applications)
    nominate(scene, applied)
    score(scene, applied)
    with tenant_context(tenant, staff.person):
        wait_for_endorsements(organisations, applications)
        cohort = make_running_cohort("Cohort 7")
    plan, event, one = live(tenant, staff, cohort, participants)
    return World(tenant, staff, scene.round, cohort, plan, event, sign_in_as(tenant, one))


def make_people(count: int, stem: str, organisations: list[Organisation]) -> list[Person]:
    return Person.objects.bulk_create(
        Person(
            name=f"{stem.title()} Person-{n:04}", sort_key=f"{stem} person-{n:04}", email=f"{stem}{n}@people.example",
            organisation=organisations[n % len(organisations)], job_title="Head of service", public_id=new_public_id(),
        )
        for n in range(count)
    )  # fmt: skip


def apply(scene: Scene, organisations: list[Organisation], count: int) -> list[Application]:
    with scene.inside(scene.staff):
        return Application.objects.bulk_create(
            Application(
                round=scene.round, cohort=scene.cohort, applicant=person, organisation=person.organisation,
                job_title="Head of service", route="own", reference=f"A-{n:04}", state=ApplicationState.ELIGIBLE,
                submitted_at=timezone.now(),
            )
            for n, person in enumerate(make_people(count, "ada", organisations))
        )  # fmt: skip


def nominate(scene: Scene, applications: list[Application]) -> None:
    """Twenty of them by each senior leader: one row an application in the list of nominations."""
    now = timezone.now()
    with scene.inside(scene.staff):
        leaders = make_people(-(-len(applications) // 20), "lea", [row.organisation for row in applications[:5]])
        asked = Nominator.objects.bulk_create(
            Nominator(round=scene.round, person=person, named=person.name, asked_at=now, public_id=new_public_id())
            for person in leaders
        )
        Nomination.objects.bulk_create(
            Nomination(
                nominator=asked[n // 20], name=row.applicant.name, email=row.applicant.email, job_title=row.job_title,
                organisation=row.organisation, reason="Calm in a crisis.", knows=True, state=NominationState.PASSED,
                sent_at=now, settled_at=now, nominee=row.applicant, application=row, public_id=new_public_id(),
            )
            for n, row in enumerate(applications)
        )  # fmt: skip


def score(scene: Scene, applications: list[Application]) -> None:
    """Two assessors each, finished; written as each of them, since nobody else could."""
    dice = random.Random(7)  # noqa: S311 -- the same figures at every run
    now = timezone.now()
    for who in scene.assessors:
        with scene.inside(who):
            rows = AssessorAllocation.objects.bulk_create(
                AssessorAllocation(application=a, assessor=who.person, allocated_at=now) for a in applications
            )
            Score.objects.bulk_create(
                Score(allocation=row, criterion=c, points=dice.randint(2, 6)) for row in rows for c in scene.criteria
            )
            AssessorAllocation.objects.filter(pk__in=[row.pk for row in rows]).update(finished_at=now)
    with scene.inside(scene.staff):
        scene.round.state = RoundState.MODERATING
        scene.round.save()


def wait_for_endorsements(organisations: list[Organisation], count: int) -> None:
    """As many people who owe an endorsement: the rows of the board."""
    cohort, round_ = make_closed_round(50, 2, 10)
    now = timezone.now()
    applications = Application.objects.bulk_create(
        Application(
            round=round_, cohort=cohort, applicant=person, organisation=person.organisation, route="nominated",
            reference=f"B-{n:04}", state=ApplicationState.SUBMITTED, submitted_at=now,
        )
        for n, person in enumerate(make_people(count, "ben", organisations))
    )  # fmt: skip
    Endorsement.objects.bulk_create(
        Endorsement(
            application=application, kind=Endorsement.Kind.LINE_MANAGER, endorser=boss, state=EndorsementState.ASKED,
            asked_at=now - timedelta(days=n % 30),
        )
        for n, (application, boss) in enumerate(zip(applications, make_people(count, "eve", organisations), strict=True))
    )  # fmt: skip


def live(tenant: Tenant, staff: SimpleNamespace, cohort: Cohort, participants: int) -> tuple[SetPlan, Event, Person]:
    """Events with registers, sets, projects with updates, a survey before and after, and a report of all that. Its sets, its last
    event, and one of those who take part, of whom nothing else is made."""
    with tenant_context(tenant, staff.person):
        per_sector = -(-participants // len(SECTORS))
        people = [p for s in SECTORS for p in add_people(cohort, per_sector, sector=s, prefix=f"{s[:3]} person")]
        plan = make_sets(cohort, [people[n : n + 7] for n in range(0, len(people), 7)])
        events = [make_past_event(cohort, f"Workshop {number}", owner=staff.person) for number in range(6)]
        for event in events:
            keep_register(event, people, staff.person)
        for number, lead in enumerate(people[:8]):
            begin_project(cohort, number, lead, sponsor=people[-1 - number])
        answered_survey(tenant, cohort, people, lambda n, i: 2 + (n + i) % 2, lambda n, i: 3 + (n * i) % 3)
    with tenant_context(tenant, staff.person):
        job = make_report(cohort=cohort, by=staff.actor)
    run(tenant.pk, job.pk)
    return plan, events[-1], people[0]


def keep_register(event: Event, people: list[Person], by: Person) -> None:
    now = timezone.now()
    Attendance.objects.bulk_create(
        Attendance(
            event=event,
            person=p,
            state="absent" if (n + event.pk) % 7 == 0 else "present",
            recorded_by=by,
            recorded_at=now,
        )
        for n, p in enumerate(people)
    )
    event.registered_at = now
    event.save(update_fields=["registered_at"])


def begin_project(cohort: Cohort, number: int, lead: Person, *, sponsor: Person) -> None:
    now = timezone.now()
    project = Project.objects.create(
        cohort=cohort,
        title=f"Project {number}",
        summary="One front door.",
        benefit="Told once.",
        sponsor=sponsor,
        state="active",
        proposed_at=now,
        decided_at=now,
        decide_by=now,
    )
    ProjectMembership.objects.create(project=project, person=lead, is_lead=True, joined_at=now)
    ProjectUpdate.objects.create(
        project=project, rag=("green", "amber", "red")[number % 3], reason="Why", by=lead, at=now
    )
