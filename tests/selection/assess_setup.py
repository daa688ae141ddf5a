"""A round ready for assessment: applications that are endorsed, assessors of another organisation, staff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from cohorts.models import Cohort, Programme, SectorTarget
from cohorts.states import CohortStage
from selection.models import (
    Application,
    ApplicationAnswer,
    AssessorAllocation,
    Criterion,
    Endorsement,
    Question,
    RatingDescriptor,
    SelectionFramework,
    SelectionRound,
)
from selection.selectors.ranking import rank_round
from selection.services.assessment import Mark, save_scores, start_assessment, start_moderation
from selection.services.choosing import composition_of, make_offers
from selection.services.moderation import agree_means
from selection.states import ApplicationState, EndorsementState, RoundState
from tenancy.actors import Actor
from tenancy.models import Role, Tenant
from tenancy.scope import tenant_context
from tenancy.services.people import ensure_person, give_role
from tests.conftest import make_member
from tests.factories.tenancy import make_organisation

SYSTEM = Actor.system("test set-up")
CRITERIA = ("Leadership potential", "Working across the system", "Commitment to development")
Points = Callable[[Application, int], Sequence[int]]


@dataclass
class Scene:
    tenant: Tenant
    round: SelectionRound
    cohort: Cohort
    staff: SimpleNamespace
    assessors: list[SimpleNamespace]
    applications: list[Application]
    criteria: list[Criterion]
    extra: dict = field(default_factory=dict)

    def inside(self, who: SimpleNamespace | None = None):
        return tenant_context(self.tenant, who.person if who else None)

    def start(self):
        with self.inside(self.staff):
            return start_assessment(round=self.round, by=self.staff.actor)

    def allocation(self, application: Application, who: SimpleNamespace) -> AssessorAllocation:
        return AssessorAllocation.objects.select_related("application__round").get(
            application=application, assessor=who.person
        )

    def score(self, who: SimpleNamespace, application: Application, points: Sequence[int], *, finish: bool = True):
        with self.inside(who):
            return save_scores(
                allocation=self.allocation(application, who),
                by=who.actor,
                finish=finish,
                marks={c.pk: Mark(p, "seen") for c, p in zip(self.criteria, points, strict=True)},
            )

    def score_all(self, points: Points) -> None:
        """`points(application, index of assessor)` for every piece of work."""
        for index, who in enumerate(self.assessors):
            with self.inside(who):
                rows = list(
                    AssessorAllocation.objects.filter(
                        assessor=who.person, withdrawn_at__isnull=True, finished_at__isnull=True
                    ).select_related("application")
                )
            for row in rows:
                self.score(who, row.application, points(row.application, index))

    def moderating(self, points: Points | None = None) -> Scene:
        """Everything scored and moderation begun; by default earlier references have more points and assessors agree."""
        self.start()
        order = {a.pk: index for index, a in enumerate(self.applications)}
        self.score_all(points or (lambda a, _i: [max(7 - order[a.pk], 1)] * 3))
        with self.inside(self.staff):
            start_moderation(round=self.round, by=self.staff.actor)
            self.round.refresh_from_db()
        return self

    def decided(self, points: Points | None = None) -> Scene:
        self.moderating(points)
        with self.inside(self.staff):
            ranked = rank_round(self.round, places=self.cohort.places)
            if needy := [r.public_id for r in ranked if r.needs_moderation]:
                agree_means(round=self.round, applications=needy, reason="agreed", by=self.staff.actor)
                ranked = rank_round(self.round, places=self.cohort.places)
            make_offers(round=self.round, seal=composition_of(self.round, ranked).seal, by=self.staff.actor)
            self.round.refresh_from_db()
        return self

    def fresh(self, application: Application) -> Application:
        with self.inside(self.staff):
            return Application.objects.select_related("applicant", "cohort", "round").get(pk=application.pk)

    def member(self, application: Application) -> SimpleNamespace:
        """The applicant, signed in."""
        return make_member(self.tenant, application.applicant.name, email=application.applicant.email)


def make_scene(
    tenant: Tenant,
    staff: SimpleNamespace,
    *,
    applications: int = 4,
    assessors: int = 2,
    places: int = 2,
    per_application: int = 2,
    reserve_length: int = 2,
    sectors: Sequence[str] = ("health",),
    weights: Sequence[int] = (1, 1, 1),
    targets: dict[str, int] | None = None,
) -> Scene:
    people = [make_member(tenant, f"Assessor {'ABCDEFGHIJ'[n]}", Role.ASSESSOR) for n in range(assessors)]
    with tenant_context(tenant, staff.person):
        cohort, round_ = make_closed_round(places, per_application, reserve_length)
        criteria = [
            Criterion.objects.create(framework=round_.framework, name=name, position=n, weight=weights[n])
            for n, name in enumerate(CRITERIA)
        ]
        for criterion in criteria:
            for points, label in ((1, "Not demonstrated"), (4, "Acceptable"), (7, "Outstanding")):
                RatingDescriptor.objects.create(
                    criterion=criterion, points=points, label=label, example=f"e.g. {label}"
                )
        questions = [
            Question.objects.create(framework=round_.framework, text=f"Question {n}?", criterion=c, position=n)
            for n, c in enumerate(criteria)
        ]
        SelectionFramework.objects.filter(round=round_).update(frozen_at=timezone.now())
        made = [make_endorsed(round_, n, sectors[n % len(sectors)], questions) for n in range(applications)]
        for sector, count in (targets or {}).items():
            organisation = make_organisation(f"{sector} body 0", sector)
            SectorTarget.objects.create(cohort=cohort, sector=organisation.sector, places=count)
    return Scene(tenant, round_, cohort, staff, people, made, criteria)


def make_closed_round(places: int, per_application: int, reserve_length: int) -> tuple[Cohort, SelectionRound]:
    programme, _ = Programme.objects.get_or_create(
        slug="leading-greater-essex", defaults={"name": "Leading Greater Essex"}
    )
    cohort = Cohort.objects.create(
        programme=programme,
        name="Cohort 2",
        slug=f"scene-{Cohort.objects.count() + 1}",
        places=places,
        starts_on=timezone.localdate() + timedelta(days=150),
        ends_on=timezone.localdate() + timedelta(days=420),
        stage=CohortStage.SELECTING,
    )
    now = timezone.now()
    number = SelectionFramework.objects.filter(programme=programme).count() + 1
    round_ = SelectionRound.objects.create(
        cohort=cohort,
        framework=SelectionFramework.objects.create(programme=programme, number=number),
        state=RoundState.CLOSED,
        opens_at=now - timedelta(days=60),
        closes_at=now - timedelta(days=2),
        endorse_by=now - timedelta(days=1),
        score_by=now + timedelta(days=14),
        assessors_per_application=per_application,
        reserve_length=reserve_length,
    )
    return cohort, round_


def make_endorsed(round_: SelectionRound, n: int, sector: str, questions: Sequence[Question]) -> Application:
    organisation = make_organisation(f"{sector} body {n % 3}", sector)
    name = f"Nominee Number{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[n % 26]}{n}"
    person, _ = ensure_person(
        name=name,
        email=f"nominee{n}.{round_.pk}@health.example",
        organisation=organisation,
        job_title="Head",
        by=SYSTEM,
    )
    boss, _ = ensure_person(
        name=f"Boss {n}", email=f"boss{n}.{round_.pk}@health.example", organisation=organisation, by=SYSTEM
    )
    give_role(person=person, role=Role.APPLICANT, by=SYSTEM, cohort_id=round_.cohort_id)
    application = Application.objects.create(
        round=round_,
        cohort=round_.cohort,
        applicant=person,
        organisation=organisation,
        job_title="Head",
        route=Application.Route.NOMINATED,
        line_manager=boss,
        state=ApplicationState.ENDORSED,
        reference=f"LGE{round_.pk % 1000}-{n:04}",
        submitted_at=timezone.now(),
    )
    Endorsement.objects.create(
        application=application, kind=Endorsement.Kind.LINE_MANAGER, endorser=boss, state=EndorsementState.GIVEN
    )
    for question in questions:
        ApplicationAnswer.objects.create(
            application=application,
            question=question,
            text=f"I, {name}, of {organisation.name} led change. Write to {person.email}. Answer canary{n}.",
        )
    return application
