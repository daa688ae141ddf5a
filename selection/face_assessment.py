"""What selection tells of assessment, moderation, choosing and offers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, DateTimeField, ExpressionWrapper, F, Max, Min, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.navigation import cohort_navigation_sources
from engine.home import NavigationItem, Panel, panel_sources
from engine.reports import ReportSection, report_sections
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from selection.models import (
    ASKED_BEFORE,
    AllowedEndorser,
    Application,
    AssessorAllocation,
    AssessorTerms,
    Deferral,
    Departure,
    Endorsement,
    Feedback,
    KnownConflict,
    Moderation,
    Offer,
    Score,
    SelectionRound,
    Suspension,
)
from selection.rules import chair
from selection.selectors.assessment import open_allocations, pace_by_round, time_left
from selection.selectors.balance import balance_title, funnel_counts, sector_lines
from selection.selectors.seats import seats_figure
from selection.services import conflicts
from selection.states import TOLD, ApplicationState, DeferralState, RoundState
from selection.steps import BECAUSE
from tenancy.actors import Actor
from tenancy.conflicts import NOTHING_MORE, ConflictSource, conflict_sources
from tenancy.models import Change, Person, Role, Tenant
from tenancy.privacy import Holding, holdings
from tenancy.rules import staff

__all__ = ["conflicts"]  # its import registers what follows from a declaration

TEXT = CharField()
MODERATION_DAYS = 7


# --- what is owed ---


def scores_owed() -> QuerySet:
    """One row an assessor and round: the count says how much, the round's date by when."""
    return (
        open_allocations()
        .order_by()
        .values("assessor", "application__round")
        .annotate(
            owed_by=F("assessor"),
            owed_about=Cast(Count("pk"), TEXT),
            owed_key=Max("application__round__public_id"),
            owed_due=Max("application__round__score_by"),
            owed_since=Min("allocated_at"),
            owed_cohort=Max("application__cohort"),
        )
    )


def answers_owed() -> QuerySet:
    """Offers that nobody has answered; overdue ones lapse by themselves. None while staff decide whether it may be deferred."""
    open_offers = Offer.objects.filter(answered_at__isnull=True, application__state=ApplicationState.OFFERED)
    return open_offers.exclude(application__deferral__state=DeferralState.ASKED).annotate(
        owed_by=F("application__applicant"),
        owed_about=F("application__cohort__name"),
        owed_key=F("application__public_id"),
        owed_due=F("deadline"),
        owed_since=F("offered_at"),
        owed_cohort=F("application__cohort"),
    )


def at(name: str, slug: str, public_id: str) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": slug, "public_id": public_id})


def moderation_owed() -> QuerySet:
    """One row for each round being moderated that has a chair, until it is locked or decided. There is no date of its own: a week
    after the last score is asked for."""
    return SelectionRound.objects.filter(
        state=RoundState.MODERATING, chair__isnull=False, moderation_locked_at__isnull=True
    ).annotate(
        owed_by=F("chair"),
        owed_about=F("cohort__name"),
        owed_key=F("public_id"),
        owed_due=ExpressionWrapper(F("score_by") + timedelta(days=MODERATION_DAYS), output_field=DateTimeField()),
        owed_since=F("score_by"),
        owed_cohort=F("cohort"),
    )


obligation_sources.register(
    "selection.moderate",
    ObligationSource(
        kind="selection.moderate",
        label=gettext_lazy("Moderate the applications of {about} and lock moderation"),
        board_label=gettext_lazy("Moderation"),
        rows=moderation_owed,
        path=lambda slug, key: at("moderation-list", slug, key),
        ends=gettext_lazy("Ends when moderation is locked or offers are made."),
    ),
)
obligation_sources.register(
    "selection.score",
    ObligationSource(
        kind="selection.score",
        label=gettext_lazy("Score the applications in your pile ({about} left)"),
        board_label=gettext_lazy("Scores"),
        rows=scores_owed,
        path=lambda slug, key: at("assess-pile", slug, key),
        ends=gettext_lazy("Ends when every application in the pile is finished or given to somebody else."),
    ),
)
obligation_sources.register(
    "selection.offer",
    ObligationSource(
        kind="selection.offer",
        label=gettext_lazy("Accept or decline your place on {about}"),
        board_label=gettext_lazy("Answers to offers"),
        rows=answers_owed,
        path=lambda slug, key: at("offer-answer", slug, key),
        ends=gettext_lazy("Ends when the offer is accepted, declined or lapses at its deadline."),
        remind_every=3,
    ),
)


# --- who must not judge or match ---


def assessed(person_ids: Collection[int]) -> list[QuerySet]:
    """An assessor and whom they have assessed: no mentor of somebody they judged."""
    rows = AssessorAllocation.objects.filter(
        assessor__in=person_ids, application__applicant__in=person_ids, withdrawn_at__isnull=True
    )
    return [
        rows.annotate(
            conflict_one=F("assessor"), conflict_other=F("application__applicant"), conflict_detail=NOTHING_MORE
        )
    ]


def endorsed(person_ids: Collection[int]) -> list[QuerySet]:
    """Whoever is asked to endorse, or was before somebody else."""
    rows = Endorsement.objects.filter(endorser__in=person_ids, application__applicant__in=person_ids)
    before = KnownConflict.objects.filter(
        kind=ASKED_BEFORE, person__in=person_ids, application__applicant__in=person_ids
    )
    return [
        rows.annotate(
            conflict_one=F("endorser"), conflict_other=F("application__applicant"), conflict_detail=NOTHING_MORE
        ),
        before.annotate(
            conflict_one=F("person"), conflict_other=F("application__applicant"), conflict_detail=NOTHING_MORE
        ),
    ]


conflict_sources.register(
    "selection.assessor", ConflictSource(assessed, gettext_lazy("One assessed the other’s application."))
)
conflict_sources.register(
    "selection.endorser", ConflictSource(endorsed, gettext_lazy("One was asked to endorse the other’s application."))
)


# --- what is held about a person ---


def export_assessing(person: Person) -> list[dict[str, Any]]:
    """What the person did as assessor. Scores are read as that person, so only their own come out."""
    rows = AssessorAllocation.objects.filter(assessor=person).select_related("application")
    work: list[dict[str, Any]] = [
        {
            "application": row.application.reference,
            "allocated": row.allocated_at,
            "finished": row.finished_at,
            "withdrawn": row.withdrawn_at,
            "minutes": None if row.active_seconds is None else round(row.active_seconds / 60),
            "scores": [
                {"criterion": s.criterion.name, "points": s.points, "comment": s.comment}
                for s in Score.objects.filter(allocation=row, allocation__assessor=person).select_related("criterion")
            ],
        }
        for row in rows
    ]
    terms = AssessorTerms.objects.filter(assessor=person).select_related("round__cohort__programme")
    chaired = SelectionRound.objects.filter(chair=person).select_related("cohort__programme")
    return [
        *work,
        *(
            {
                "assessor of": str(t.round.cohort),
                "at most": t.most,
                "knows": [(e.sector or e.criterion).name for e in t.expertise.select_related("sector", "criterion")],
            }
            for t in terms
        ),
        *({"moderation chaired": str(r.cohort)} for r in chaired),
    ]


def export_known_conflicts(person: Person) -> list[dict[str, Any]]:
    """As whoever could have assessed: what barred them, without saying from whose application."""
    return [
        {"why": k.reason, "known": k.known_at, "ended": k.ended_at} for k in KnownConflict.objects.filter(person=person)
    ]


def export_outcome(person: Person) -> list[dict[str, Any]]:
    """What was decided about the person's applications, and decisions they took about others'.

    Nothing of a decision that is still being made: the copy must tell an applicant no sooner than the letter does."""
    mine = Q(application__applicant=person)
    told = mine & Q(application__state__in=TOLD)
    return [
        {
            "moderated points": [{"points": m.points, "reason": m.reason} for m in Moderation.objects.filter(told)],
            "departures from rank": [
                {"what": d.get_direction_display(), "reason": d.reason, "by the limits": d.sentence}
                for d in Departure.objects.filter(told)
            ],
            "why in or out": list(
                Change.objects.filter(
                    subject_kind=Application._meta.label,
                    name=BECAUSE,
                    subject_id__in=Application.objects.filter(applicant=person, state__in=TOLD).values("public_id"),
                ).values_list("reason", flat=True)
            ),
            "offers": [
                {"offered": o.offered_at, "deadline": o.deadline, "answered": o.answered_at, "because": o.reason}
                for o in Offer.objects.filter(mine)
            ],
            "wishes to defer": [
                {"wish": d.wish, "asked": d.asked_at, "answer": d.decision, "kept until": d.keep_until}
                for d in Deferral.objects.filter(mine)
            ],
            "feedback": [
                {"sent": f.sent_at, "text": f.text} for f in Feedback.objects.filter(mine, sent_at__isnull=False)
            ],
            "decisions taken": Moderation.objects.filter(by=person).count()
            + Departure.objects.filter(by=person).count()
            + Feedback.objects.filter(by=person).count()
            + Deferral.objects.filter(decided_by=person).count()
            + AllowedEndorser.objects.filter(by=person).count(),
        }
    ]


holdings.register(
    "selection.assessing",
    Holding(
        label=gettext_lazy("Applications assessed, moderation chaired"),
        models=(
            AssessorAllocation._meta.label,
            Score._meta.label,
            AssessorTerms._meta.label,
            SelectionRound._meta.label,
        ),
        export=export_assessing,
        kind="selection.scores",
    ),
)
holdings.register(
    "selection.conflicts",
    Holding(
        label=gettext_lazy("Applications you couldn’t assess, and why"),
        models=(KnownConflict._meta.label, Suspension._meta.label),
        export=export_known_conflicts,
        keep_days=180,
    ),
)
holdings.register(
    "selection.outcome",
    Holding(
        label=gettext_lazy("Moderation, offers and feedback"),
        models=tuple(m._meta.label for m in (Moderation, Departure, Offer, Deferral, Feedback)),
        export=export_outcome,
        kind="selection.applications",
    ),
)


# --- what stands on the home page and in the navigation ---


def pile_panels(actor: Actor, tenant: Tenant) -> list[Panel]:
    if actor.kind != "person" or not actor.holds(Role.ASSESSOR):
        return []
    rows = list(
        open_allocations()
        .filter(assessor_id=actor.person_id)
        .order_by()
        .values(
            "application__round",
            "application__round__public_id",
            "application__round__score_by",
            "application__cohort__name",
        )
        .annotate(left=Count("pk"))
        .order_by("application__round__score_by")
    )
    paces = pace_by_round([row["application__round"] for row in rows], actor.person_id) if rows else {}
    piles = [
        {
            "left": row["left"],
            "cohort": row["application__cohort__name"],
            "due": row["application__round__score_by"],
            "time_left": time_left(row["left"], paces[row["application__round"]]),
            "href": at("assess-pile", tenant.slug, row["application__round__public_id"]),
        }
        for row in rows
    ]
    return [Panel("selection/_panel_pile.html", {"piles": piles}, position=15)] if piles else []


def offer_panels(actor: Actor, tenant: Tenant) -> list[Panel]:
    if actor.kind != "person" or not actor.holds(Role.APPLICANT):
        return []
    offers = list(
        Offer.objects.filter(
            application__applicant_id=actor.person_id,
            application__state=ApplicationState.OFFERED,
            answered_at__isnull=True,
        ).select_related("application__cohort")
    )
    return [Panel("selection/_panel_offer.html", {"offers": offers}, position=5)] if offers else []


panel_sources.register("selection.pile", pile_panels)
panel_sources.register("selection.offer", offer_panels)

STEPS = (
    (
        "assess-round",
        gettext_lazy("Assessment"),
        20,
        (RoundState.CLOSED, RoundState.ASSESSING, RoundState.MODERATING, RoundState.DECIDED),
    ),
    (
        "conflict-list",
        gettext_lazy("Conflicts"),
        21,
        (RoundState.CLOSED, RoundState.ASSESSING, RoundState.MODERATING, RoundState.DECIDED),
    ),
    ("moderation-list", gettext_lazy("Moderation"), 22, (RoundState.MODERATING, RoundState.DECIDED)),
    ("choosing-board", gettext_lazy("Choosing"), 24, (RoundState.MODERATING, RoundState.DECIDED)),
    ("offer-list", gettext_lazy("Offers"), 26, (RoundState.DECIDED,)),
    ("feedback-list", gettext_lazy("Feedback"), 27, (RoundState.DECIDED,)),
)


def round_steps(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    """The steps of the cohort's round that have something to show. Free when the cohort came with its round."""
    may = staff(actor, cohort)
    if not may and "round" not in cohort._state.fields_cache:
        return []  # the chair comes from pages of the round
    try:
        round_ = cohort.round  # type: ignore[attr-defined]
    except SelectionRound.DoesNotExist:
        return []
    if not may and not chair(actor, round_):
        return []
    return [
        NavigationItem(str(text), at(name, tenant.slug, round_.public_id), position)
        for name, text, position, states in STEPS
        if round_.state in states and (may or name == "moderation-list")
    ]


cohort_navigation_sources.register("selection.assessment", round_steps)


# --- what the report says ---


def report_figures(cohort_id: int) -> list[dict[str, Any]]:
    lines = sector_lines(cohort_id)
    names = {
        "nominated": _("Nominated or applied"),
        "submitted": _("Submitted"),
        "endorsed": _("Endorsed"),
        "assessed": _("Assessed"),
        "offered": _("Offered a place"),
        "accepted": _("Accepted"),
    }
    counts = funnel_counts(lines)
    if not counts["nominated"]:
        return []
    seats = seats_figure(Cohort.objects.get(pk=cohort_id))
    promised = [seats] if seats else []
    return [
        {
            "key": "funnel",
            "kind": "funnel",
            "title": _("%(accepted)s of %(nominated)s people took a place")
            % {"accepted": counts["accepted"], "nominated": counts["nominated"]},
            "definition": _(
                "People at each stage: nominated or started an application; submitted it; endorsed by everyone asked; scored "
                "by at least one assessor; offered a place, from the reserve list too; accepted it."
            ),
            "data": [[names[stage], count] for stage, count in counts.items()],
        },
        {
            "key": "balance",
            "kind": "balance",
            "title": balance_title(lines, {line.sector_id: line.accepted for line in lines}),
            "definition": _(
                "Places accepted, by sector of the organisation at the time of applying, against the target set for the "
                "cohort. Applied counts submitted applications."
            ),
            "data": {"groups": [[line.name, line.accepted, line.target] for line in lines], "unit": ""},
            "table": {
                "header": [_("Sector"), _("Applied"), _("Endorsed"), _("Offered"), _("Accepted"), _("Target")],
                "rows": [
                    [
                        line.name,
                        line.submitted,
                        line.endorsed,
                        line.offered,
                        line.accepted,
                        _("none") if line.target is None else line.target,
                    ]
                    for line in lines
                ],
            },
        },
        *promised,
    ]


report_sections.register(
    "selection", ReportSection(title=gettext_lazy("Selection"), position=10, figures=report_figures)
)

name_kinds(
    "selection",
    {
        "pile": gettext_lazy("Applications to score"),
        "chair": gettext_lazy("Named to chair moderation"),
        "conflict": gettext_lazy("Assessor declared a conflict of interest"),
        "offered": gettext_lazy("Place offered"),
        "accepted": gettext_lazy("Place confirmed"),
        "reserve": gettext_lazy("On the reserve list"),
        "not_selected": gettext_lazy("Not selected"),
        "lapsed": gettext_lazy("Offer ended unanswered"),
        "place_free": gettext_lazy("Place free again"),
    },
)
