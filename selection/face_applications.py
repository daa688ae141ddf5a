"""What selection tells of rounds, nominations, applications and endorsement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.navigation import cohort_navigation_sources
from engine.home import Line, Lines, NavigationItem, Panel, lines_of, panel_sources
from engine.imports.job import register_import
from engine.models import file_readers
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from selection.models import (
    AdjustmentNeed,
    AdjustmentRequest,
    Application,
    ApplicationAnswer,
    ApplicationFile,
    Endorsement,
    NominationImport,
    ObjectionReason,
    ProjectInterest,
    ScoreImport,
    SelectionRound,
)
from selection.models.files import OF_APPLICATION
from selection.rules import ENDORSE, staff
from selection.selectors.deletions import WARNING, rounds_going, rounds_going_daily
from selection.selectors.record import accesses_of_application
from selection.selectors.rounds import rounds_of_staff
from selection.selectors.seats import alerts_for
from selection.services.equality import export_equality
from selection.services.nominations.kind import NOMINATIONS
from selection.services.score_imports.kind import SCORES
from selection.states import ENDED, TOLD, ApplicationState, EndorsementState, RoundState
from tenancy.actors import Actor
from tenancy.models import Person, Role, RoleAssignment, Tenant
from tenancy.privacy import Holding, holdings

register_import(NOMINATIONS)
register_import(SCORES)

S = ApplicationState
OPEN_STAGES = (RoundState.DRAFT, RoundState.OPEN, RoundState.CLOSED, RoundState.ASSESSING, RoundState.MODERATING)


def unsent_applications() -> QuerySet[Application]:
    """While the round takes applications, or takes late what was begun: after that there is nothing the applicant could do."""
    in_time = Q(state__in=[S.INVITED, S.DRAFT], round__state=RoundState.OPEN, round__closes_at__gt=Now())
    late = Q(
        state=S.DRAFT,
        round__state__in=[RoundState.OPEN, RoundState.CLOSED],
        round__closes_at__lte=Now(),
        round__late_until__gt=Now(),
    )
    return Application.objects.filter(in_time | late, round__opens_at__lte=Now()).annotate(
        owed_by=F("applicant_id"),
        owed_about=F("round__cohort__programme__name"),
        owed_key=F("public_id"),
        owed_due=F("round__closes_at"),
        owed_since=F("created_at"),
        owed_cohort=F("cohort_id"),
    )


def unanswered_endorsements() -> QuerySet[Endorsement]:
    return Endorsement.objects.filter(
        state=EndorsementState.ASKED, application__state__in=[S.SUBMITTED, S.ENDORSED]
    ).annotate(
        owed_by=F("endorser_id"),
        owed_about=F("application__applicant__name"),
        owed_key=F("public_id"),
        owed_due=F("application__round__endorse_by"),
        owed_since=F("asked_at"),
        owed_cohort=F("application__cohort_id"),
    )


obligation_sources.register(
    "selection.application",
    ObligationSource(
        kind="selection.application",
        label=gettext_lazy("Finish and send your application for {about}"),
        board_label=gettext_lazy("Applications"),
        rows=unsent_applications,
        path=lambda slug, key: reverse("selection:application-detail", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when the application is sent or withdrawn, or the round closes with its late window"),
        remind_before=7,
    ),
)


def nearest_staff(cohort: str) -> Subquery:
    """Whoever is staff of the cohort at that path first, or of its programme, or of everything."""
    staff_rows = RoleAssignment.objects.filter(
        Q(cohort=OuterRef(cohort))
        | Q(programme=OuterRef(f"{cohort}__programme"))
        | Q(cohort__isnull=True, programme__isnull=True),
        Q(valid_to__isnull=True) | Q(valid_to__gt=Now()),
        role=Role.STAFF,
        valid_from__lte=Now(),
    )
    nearest = staff_rows.order_by(F("cohort").asc(nulls_last=True), F("programme").asc(nulls_last=True), "pk")
    return Subquery(nearest.values("person_id")[:1])


def unarranged_adjustments() -> QuerySet[AdjustmentRequest]:
    """By whoever is nearest: one person, and all staff see it on the board."""
    return (
        AdjustmentRequest.objects.filter(arranged_at__isnull=True)
        .exclude(application__state__in=ENDED)
        .annotate(
            owed_by=nearest_staff("application__cohort"),
            owed_about=F("application__applicant__name"),
            owed_key=F("application__public_id"),
            owed_due=ExpressionWrapper(F("asked_at") + timedelta(days=14), output_field=DateTimeField()),
            owed_since=F("asked_at"),
            owed_cohort=F("application__cohort_id"),
        )
        .filter(owed_by__isnull=False)
    )


obligation_sources.register(
    "selection.adjustment",
    ObligationSource(
        kind="selection.adjustment",
        label=gettext_lazy("Arrange what {about} needs to take part"),
        board_label=gettext_lazy("Adjustments"),
        rows=unarranged_adjustments,
        path=lambda slug, key: reverse("selection:adjustment-arrange", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when it’s said what was arranged, or the applicant takes it back"),
        remind_before=5,
    ),
)


def looks_owed(rounds: QuerySet[SelectionRound], *, since: Any) -> QuerySet[SelectionRound]:
    """Rounds annotated with `goes_at`, to be looked at by whoever is nearest; all staff see it on the board."""
    return rounds.annotate(
        owed_by=nearest_staff("cohort"),
        owed_about=F("cohort__name"),
        owed_key=F("public_id"),
        owed_due=F("goes_at"),
        owed_since=since,
        owed_cohort=F("cohort_id"),
    ).filter(owed_by__isnull=False)


def deletions_to_look_at() -> QuerySet[SelectionRound]:
    """Rounds something of which is about to be deleted."""
    return looks_owed(rounds_going(), since=F("warned_at"))


def daily_deletions_to_look_at() -> QuerySet[SelectionRound]:
    """The same for what goes day by day."""
    return looks_owed(rounds_going_daily(), since=Now() - WARNING)


obligation_sources.register(
    "selection.deletion_daily",
    ObligationSource(
        kind="selection.deletion_daily",
        label=gettext_lazy("Look at what of {about} will be deleted day by day"),
        board_label=gettext_lazy("Records about to be deleted day by day"),
        rows=daily_deletions_to_look_at,
        path=lambda slug, key: reverse("selection:round-deletion", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("for a quarter, when somebody of staff says that they’ve looked"),
        remind_before=13,
    ),
)
obligation_sources.register(
    "selection.deletion",
    ObligationSource(
        kind="selection.deletion",
        label=gettext_lazy("Look at what will be deleted of {about}"),
        board_label=gettext_lazy("Records about to be deleted"),
        rows=deletions_to_look_at,
        path=lambda slug, key: reverse("selection:round-deletion", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when somebody of staff says that they’ve looked, holds the round, or it is deleted"),
        # The day after it begins to be owed: a step on that very day is passed over.
        remind_before=13,
    ),
)
obligation_sources.register(
    "selection.endorsement",
    ObligationSource(
        kind="selection.endorsement",
        label=gettext_lazy("Endorse {about}’s application"),
        board_label=gettext_lazy("Endorsements"),
        rows=unanswered_endorsements,
        path=lambda slug, key: reverse("selection:endorsement-detail", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when the endorser answers or passes it on, or the application is re-opened or withdrawn"),
        link_purpose=ENDORSE,
        remind_before=5,
    ),
)


def settled(application: Application) -> dict[str, Any]:
    """What staff settled about it, once the applicant has been told what was decided: the copy says it no sooner than the letter."""
    if application.state not in TOLD:
        return {}
    return {
        "eligibility": application.get_eligibility_display(),
        "eligibility because": application.eligibility_reason,
        "late": application.get_lateness_display(),
        "late because": application.lateness_reason,
    }


def adjustment_of(application: Application) -> dict[str, Any] | None:
    """Readable to the person themselves and to staff of the cohort."""
    need = AdjustmentNeed.objects.filter(application=application).first()
    return {"asked for": need.text, "arranged": need.arranged} if need else None


def interest_of(application: Application) -> dict[str, Any] | None:
    row = ProjectInterest.objects.filter(application=application).prefetch_related("ambitions__ambition").first()
    if row is None:
        return None
    return {"ambitions": [a.ambition.name for a in row.ambitions.all()], "question": row.question}  # type: ignore[attr-defined]


def export_applications(person: Person) -> list[dict[str, Any]]:
    rows = Application.objects.filter(applicant=person).select_related(
        "organisation", "band", "round__cohort__programme"
    )
    return [
        {
            "reference": a.reference,
            "programme": str(a.round.cohort),
            "state": a.state,
            "route": a.route,
            "employer": a.organisation.name,
            "job title": a.job_title,
            "grade": a.grade,
            "service or function": a.service_area,
            "seniority band": a.band.name if a.band else "",
            "decision scope": a.decision_scope,
            **settled(a),
            "received": a.received_on,
            "sent": a.submitted_at,
            "needs to take part": adjustment_of(a),
            "projects of interest": interest_of(a),
            "answers": [
                {"question": answer.question.text, "answer": answer.text}
                for answer in ApplicationAnswer.objects.filter(application=a).select_related("question")
            ],
            # The file itself is theirs to download from the application.
            "files": [
                {
                    "question": f.question.text,
                    "file": f.file.name if f.file else "",
                    "kind of file": f.file.content_type if f.file else "",
                    "bytes": f.size,
                    "saved": f.saved_at,
                }
                for f in ApplicationFile.objects.filter(application=a)
                .select_related("question", "file")
                .defer("file__content")
            ],
            "endorsements": [
                {
                    "kind": e.kind,
                    "endorser": e.named,
                    "state": e.state,
                    "comment": e.comment,
                    "days released": e.days_released,
                    "cover": e.cover,
                    "costs paid": e.will_fund,
                    "idea of a project": e.project_idea,
                }
                for e in a.endorsements.all()
            ],
            "line manager as named": a.manager_named,
            "chief officer as named": a.sponsor_named,
            "who shouldn't assess it": [
                {
                    "name": o.name,
                    "address": o.email,
                    "named": o.named_at,
                    "reason": [why.text for why in ObjectionReason.objects.filter(objection=o)],
                }
                for o in a.objections.all()
            ],
            "addresses of endorsers allowed": [
                {"address": r.email, "reason": r.reason, "at": r.at} for r in a.allowed_endorsers.all()
            ],
            # In what part, not who: assessors of a blind round don't learn whose it is, nor the applicant whose they are.
            "opened by others": [
                {"as": access.by_role, "at": access.at} for access in accesses_of_application(a).order_by("at")
            ],
        }
        for a in rows.prefetch_related(
            "endorsements__endorser", "endorsements__application", "allowed_endorsers", "objections"
        )
    ]


def export_endorsements(person: Person) -> list[dict[str, Any]]:
    rows = Endorsement.objects.filter(endorser=person).select_related("application__applicant")
    return [
        {
            "applicant": e.application.applicant.name,
            "kind": e.kind,
            "state": e.state,
            "asked": e.asked_at,
            "answered": e.answered_at,
            "comment": e.comment,
            "days released": e.days_released,
            "cover": e.cover,
            "costs paid": e.will_fund,
            "idea of a project": e.project_idea,
        }
        for e in rows
    ]


def export_imports(person: Person) -> list[dict[str, Any]]:
    rows = NominationImport.objects.filter(uploaded_by=person).select_related("file").defer("file__content", "outcome")
    scores = ScoreImport.objects.filter(uploaded_by=person).select_related("file").defer("file__content", "outcome")
    return [{"file": i.file.name, "uploaded": i.uploaded_at, "state": i.state} for some in (rows, scores) for i in some]


file_readers.register("selection.applications", OF_APPLICATION)
holdings.register(
    "selection.applications",
    Holding(
        label=gettext_lazy("Applications and nominations"),
        models=(
            "selection.Application",
            "selection.AllowedEndorser",
            "selection.AdjustmentRequest",
            "selection.AssessorObjection",
        ),
        export=export_applications,
        kind="selection.applications",
    ),
)
holdings.register(
    "selection.equality",
    Holding(
        label=gettext_lazy("Your answers to equality questions"),
        models=(),
        export=export_equality,
        keep_days=183,
        private_to_author=True,
    ),
)
holdings.register(
    "selection.endorsements",
    Holding(
        label=gettext_lazy("Endorsements you were asked for"),
        models=("selection.Endorsement",),
        export=export_endorsements,
        kind="selection.applications",
    ),
)
holdings.register(
    "selection.imports",
    Holding(
        label=gettext_lazy("Nomination logs and sheets of scores you uploaded"),
        models=("selection.NominationImport", "selection.ScoreImport"),
        export=export_imports,
        kind="selection.imports",
    ),
)


def panels(actor: Actor, tenant: Tenant) -> list[Panel | Lines]:
    """An applicant's own applications first; for staff the rounds that are under way."""
    found: list[Panel | Lines] = []
    if actor.holds(Role.APPLICANT):
        own = Application.objects.filter(applicant=actor.person_id).select_related("round__cohort__programme")
        rows = list(own.order_by("-created_at"))
        if rows:
            current = [a for a in rows if not a.has_ended]
            found.append(
                Panel(
                    "selection/panel_applications.html",
                    {"applications": current, "ended": len(rows) - len(current)},
                    20,
                )
            )
    if actor.holds(Role.STAFF):
        rounds = rounds_of_staff(actor).filter(state__in=OPEN_STAGES)
        named = Concat("cohort__programme__name", Value(", "), "cohort__name")
        lines = lines_of(rounds, key="public_id", title=named, at="closes_at", note="state")
        found.append(Lines(lines, round_panel, 5))
        if alerts := alerts_for(rounds_of_staff(actor)):
            found.append(Panel("selection/_panel_seats.html", {"alerts": alerts}, 44))
    return found


def round_panel(lines: list[Line]) -> Panel | None:
    rounds = [(line, RoundState(line.note).label) for line in lines]
    return Panel("selection/panel_rounds.html", {"rounds": rounds}, 45) if rounds else None


panel_sources.register("selection.applications", panels)


def cohort_pages(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    """The pages of the cohort's round, or the one that sets it up. One look-up a page, none where the round is at hand."""
    if not staff(actor, cohort):
        return []
    try:
        public_id = cohort.round.public_id  # type: ignore[attr-defined]
    except SelectionRound.DoesNotExist:
        href = reverse("selection:round-create", kwargs={"tenant": tenant.slug, "cohort_id": cohort.public_id})
        return [NavigationItem(_("Set up selection"), href, 10)]
    at = {"tenant": tenant.slug, "public_id": public_id}
    return [
        NavigationItem(_("Selection round"), reverse("selection:round-detail", kwargs=at), 10),
        NavigationItem(_("Applications"), reverse("selection:application-list", kwargs=at), 11),
        NavigationItem(_("Nominations"), reverse("selection:nomination-list", kwargs=at), 11),
        NavigationItem(_("Endorsements"), reverse("selection:endorsement-list", kwargs=at), 12),
        NavigationItem(_("Equality figures"), reverse("selection:equality-figures", kwargs=at), 19),
    ]


def seat_page(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    """Seats are promised long before there's a round."""
    if not staff(actor, cohort):
        return []
    at = {"tenant": tenant.slug, "public_id": cohort.public_id}
    return [NavigationItem(_("Seats promised"), reverse("selection:seat-list", kwargs=at), 9)]


cohort_navigation_sources.register("selection.seats", seat_page)


cohort_navigation_sources.register("selection.applications", cohort_pages)

name_kinds(
    "selection",
    {
        "nominated": gettext_lazy("Nominated: invited to apply"),
        "submitted": gettext_lazy("Application received"),
        "endorse": gettext_lazy("Endorsement asked for"),
        "endorsed": gettext_lazy("Application endorsed"),
        "not_endorsed": gettext_lazy("Application not endorsed"),
        "passed_on": gettext_lazy("Endorsement passed on"),
        "withdrawn": gettext_lazy("Application withdrawn"),
    },
)
