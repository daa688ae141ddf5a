"""What selection keeps for how long, and what of a round stays: figures without people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from engine.imports.retention import delete_uploads
from selection.models import (
    Application,
    AssessorAllocation,
    CentrePlace,
    Endorsement,
    ExpressionOfInterest,
    Nomination,
    NominationImport,
    Nominator,
    ReasonsDue,
    RoundFigures,
    ScoreImport,
    SelectionRound,
)
from selection.states import ApplicationState as S
from selection.states import RoundState
from tenancy.models import Change, Link
from tenancy.retention import SYS, RetentionKind, delete_rows, held, retention_kinds
from tenancy.turns import take_turns

AFTER_DECISION = _("after the round’s offers were made")
# Whoever has a place, now or on a later cohort, or an offer that isn't answered yet, is no unsuccessful applicant.
KEPT = (S.OFFERED, S.ACCEPTED, S.DEFERRED)


def decided_at(round_id: str) -> Subquery:
    """When offers were made in the round whose public id `round_id` leads to."""
    steps = Change.objects.filter(
        subject_kind=SelectionRound._meta.label, subject_id=OuterRef(round_id), name="decide"
    ).order_by("-at")
    return Subquery(steps.values("at")[:1])


def unsuccessful(before: datetime) -> QuerySet[Application]:
    return (
        Application.objects.annotate(decided=decided_at("round__public_id"))
        .filter(round__state=RoundState.DECIDED, decided__lt=before)
        .exclude(state__in=KEPT)
        .exclude(held(Application))
        .exclude(held(SelectionRound, "round__public_id"))
        .order_by("pk")
    )


def close_rounds(rounds: Collection[int]) -> None:
    """Before anything of these rounds goes: what stays is counted, and what was still to be worked out from the points isn't any more."""
    keep_figures(rounds)
    ReasonsDue.objects.filter(round__in=rounds).delete()


def keep_figures(rounds: Collection[int]) -> None:
    """Before the first application or score of a round goes: count them all. Once a round."""
    for round_ in SelectionRound.objects.filter(pk__in=rounds).order_by("pk"):
        take_turns(round_)
        if RoundFigures.objects.filter(round=round_).exists():
            continue
        rows = (
            Application.objects.filter(round=round_)
            .annotate(furthest=furthest())
            .order_by()
            .values("organisation__sector_id", "furthest")
            .annotate(people=Count("pk"))
        )
        RoundFigures.objects.bulk_create(
            RoundFigures(
                round=round_, sector_id=row["organisation__sector_id"], furthest=row["furthest"], people=row["people"]
            )
            for row in rows
        )


FAR = RoundFigures.Furthest


def furthest() -> Case:
    """How far an application came, by its state; those who were told no came as far as assessment if anybody was to score them."""
    assessed = Exists(AssessorAllocation.objects.filter(application=OuterRef("pk")))
    return Case(
        When(state=S.ACCEPTED, then=Value(FAR.PLACED)),
        When(state__in=(S.OFFERED, S.DECLINED, S.LAPSED, S.RESCINDED, S.DEFERRED, S.GAVE_UP), then=Value(FAR.OFFERED)),
        When(assessed, then=Value(FAR.ASSESSED)),
        When(submitted_at__isnull=True, then=Value(FAR.BEGUN)),
        default=Value(FAR.SENT),
    )


def delete_applications(rows: Sequence[Application]) -> None:
    """With answers, endorsements, scores, what was agreed and sent, their histories, and the links to them."""
    ids = [row.pk for row in rows]
    endorsements = Endorsement.objects.using(SYS).filter(application__in=ids)
    told = list(endorsements.values_list("public_id", flat=True))
    nominated = list(Nomination.objects.using(SYS).filter(application__in=ids).values_list("public_id", flat=True))
    delete_rows(Application, ids)
    Change.objects.using(SYS).filter(subject_kind=Nomination._meta.label, subject_id__in=nominated)._raw_delete(SYS)
    own = Q(subject_kind=Application._meta.label, subject_id__in=[row.public_id for row in rows])
    theirs = Q(subject_kind=Endorsement._meta.label, subject_id__in=told)
    Change.objects.using(SYS).filter(own | theirs)._raw_delete(SYS)
    Link.objects.using(SYS).filter(about__in=[*told, *(row.public_id for row in rows)])._raw_delete(SYS)


def old_nominators(before: datetime) -> QuerySet[Nominator]:
    return (
        Nominator.objects.annotate(decided=decided_at("round__public_id"))
        .filter(round__state=RoundState.DECIDED, decided__lt=before)
        .exclude(held(SelectionRound, "round__public_id"))
        .order_by("pk")
    )


def delete_nominators(rows: Sequence[Nominator]) -> None:
    """With what they nominated, its history, and their links. The applications that came of it stay."""
    ids = [row.pk for row in rows]
    nominations = Nomination.objects.using(SYS).filter(nominator__in=ids)
    theirs = list(nominations.values_list("public_id", flat=True))
    delete_rows(Nominator, ids)
    asked = [row.public_id for row in rows]
    gone = Q(subject_kind=Nominator._meta.label, subject_id__in=asked) | Q(
        subject_kind=Nomination._meta.label, subject_id__in=theirs
    )
    Change.objects.using(SYS).filter(gone)._raw_delete(SYS)
    Link.objects.using(SYS).filter(about__in=asked)._raw_delete(SYS)


def old_scores(before: datetime) -> QuerySet[AssessorAllocation]:
    """Of those who have a place: everybody else's go with the application."""
    return (
        AssessorAllocation.objects.select_related("application")
        .annotate(decided=decided_at("application__round__public_id"))
        .filter(application__round__state=RoundState.DECIDED, decided__lt=before)
        .exclude(held(Application, "application__public_id"))
        .exclude(held(SelectionRound, "application__round__public_id"))
        .order_by("pk")
    )


def delete_scores(rows: Sequence[AssessorAllocation]) -> None:
    """With what was seen of the same people at an assessment centre."""
    places = CentrePlace.objects.using(SYS).filter(application__in={row.application_id for row in rows})
    delete_rows(CentrePlace, list(places.values_list("pk", flat=True)))
    delete_rows(AssessorAllocation, [row.pk for row in rows])


def unconfirmed(before: datetime) -> QuerySet[ExpressionOfInterest]:
    return ExpressionOfInterest.objects.filter(
        Q(confirmed_at__isnull=True, registered_at__lt=before) | Q(withdrawn_at__lt=before)
    ).order_by("pk")


def confirmed(before: datetime) -> QuerySet[ExpressionOfInterest]:
    return ExpressionOfInterest.objects.filter(confirmed_at__lt=before).order_by("pk")


def old_imports(before: datetime) -> QuerySet[NominationImport]:
    rows = NominationImport.objects.filter(uploaded_at__lt=before).exclude(held(SelectionRound, "round__public_id"))
    return rows.only("pk", "file_id").order_by("pk")


def old_score_sheets(before: datetime) -> QuerySet[ScoreImport]:
    rows = ScoreImport.objects.filter(uploaded_at__lt=before).exclude(held(SelectionRound, "round__public_id"))
    return rows.only("pk", "file_id").order_by("pk")


def delete_by_key(model: Any) -> Any:
    return lambda rows: delete_rows(model, [row.pk for row in rows])


retention_kinds.register(
    "selection.applications",
    RetentionKind(
        label=_("Applications that didn’t lead to a place, with endorsements and scores"),
        after=AFTER_DECISION,
        days=183,
        least=90,
        most=730,
        due=unsuccessful,
        delete=delete_applications,
        prepare=lambda rows: close_rounds({row.round_id for row in rows}),
    ),
)
retention_kinds.register(
    "selection.nominations",
    RetentionKind(
        label=_("Who was asked to nominate, and what they wrote"),
        after=AFTER_DECISION,
        days=183,
        least=90,
        most=730,
        due=old_nominators,
        delete=delete_nominators,
    ),
)
retention_kinds.register(
    "selection.scores",
    RetentionKind(
        label=_("Scores of those who have a place"),
        after=AFTER_DECISION,
        days=183,
        least=90,
        most=1096,
        due=old_scores,
        prepare=lambda rows: close_rounds({row.application.round_id for row in rows}),
        delete=delete_scores,
    ),
)
retention_kinds.register(
    "selection.unconfirmed",
    RetentionKind(
        label=_("Interest that nobody confirmed, or that was withdrawn"),
        after=_("after it was registered or withdrawn"),
        days=30,
        least=7,
        most=90,
        due=unconfirmed,
        delete=delete_by_key(ExpressionOfInterest),
    ),
)
retention_kinds.register(
    "selection.interest",
    RetentionKind(
        label=_("Interest that was confirmed"),
        after=_("after it was confirmed"),
        days=730,
        least=183,
        most=1826,
        due=confirmed,
        delete=delete_by_key(ExpressionOfInterest),
    ),
)
retention_kinds.register(
    "selection.imports",
    RetentionKind(
        label=_("Nomination logs that were uploaded"),
        after=_("after the upload"),
        days=183,
        least=30,
        most=730,
        due=old_imports,
        delete=delete_uploads,
    ),
)
retention_kinds.register(
    "selection.score_sheets",
    RetentionKind(
        label=_("Sheets of scores that were uploaded"),
        after=_("after the upload"),
        days=90,
        least=30,
        most=183,
        due=old_score_sheets,
        delete=delete_uploads,
    ),
)
