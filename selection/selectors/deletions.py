"""What retention deletes of a round before long, and who is told beforehand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from selection.models import Application, AssessorAllocation, SelectionRound
from selection.retention import KEPT, decided_at
from selection.states import RoundState
from tenancy.models import Change, RetentionPeriod
from tenancy.retention import held, retention_kinds

# Staff have so long to look, and to hold what must stay.
WARNING = timedelta(days=14)
SEEN = "deletion_seen"


def _over_at(kind: str) -> ExpressionWrapper:
    """The moment the period of a kind ends for a round that was decided at `decided`: the tenant's own, within the bounds."""
    known = retention_kinds[kind]
    own = RetentionPeriod.objects.filter(kind=kind).values("days")[:1]
    days = Least(Greatest(Coalesce(Subquery(own), Value(known.days)), Value(known.least)), Value(known.most))
    day = Value(timedelta(days=1), output_field=DurationField())
    length = ExpressionWrapper(ExpressionWrapper(days, output_field=IntegerField()) * day, output_field=DurationField())
    return ExpressionWrapper(F("decided") + length, output_field=DateTimeField())


def going_applications() -> QuerySet[Application]:
    """Of a round (`round=OuterRef` or a value): those that didn't lead to a place and that nobody holds."""
    return Application.objects.exclude(state__in=KEPT).exclude(held(Application))


def going_scores() -> QuerySet[AssessorAllocation]:
    return AssessorAllocation.objects.filter(application__state__in=KEPT).exclude(
        held(Application, "application__public_id")
    )


def with_ends() -> QuerySet[SelectionRound]:
    """Decided rounds nobody holds, with `applications_at` and `scores_at`: when each kind goes, None where there's nothing of it."""
    rounds = SelectionRound.objects.filter(state=RoundState.DECIDED).exclude(held(SelectionRound))
    return rounds.annotate(decided=decided_at("public_id")).annotate(
        applications_at=Case(
            When(Exists(going_applications().filter(round=OuterRef("pk"))), then=_over_at("selection.applications"))
        ),
        scores_at=Case(
            When(Exists(going_scores().filter(application__round=OuterRef("pk"))), then=_over_at("selection.scores"))
        ),
    )


def rounds_going(now: datetime | None = None) -> QuerySet[SelectionRound]:
    """Those something of which goes within the time of the warning, as `goes_at`, and that nobody of staff has looked at since."""
    now = now or timezone.now()
    warned_at = ExpressionWrapper(F("goes_at") - Value(WARNING), output_field=DateTimeField())
    rounds = with_ends().annotate(goes_at=Least("applications_at", "scores_at"))
    rounds = rounds.filter(goes_at__gte=now, goes_at__lt=now + WARNING).annotate(warned_at=warned_at)
    seen = Change.objects.filter(
        subject_kind=SelectionRound._meta.label,
        subject_id=OuterRef("public_id"),
        name=SEEN,
        at__gte=OuterRef("warned_at"),
    )
    return rounds.exclude(Exists(seen))


def what_goes(round_: SelectionRound) -> dict[str, Any]:
    """Counts of what goes when, for the page: three statements."""
    found = with_ends().filter(pk=round_.pk).first()
    applications = going_applications().filter(round=round_)
    return {
        "applications_at": found.applications_at if found else None,  # type: ignore[attr-defined]
        "scores_at": found.scores_at if found else None,  # type: ignore[attr-defined]
        "applications": applications.count(),
        "scores": going_scores().filter(application__round=round_).count(),
        "is_held": found is None and round_.state == RoundState.DECIDED,
        "rows": applications.select_related("applicant", "organisation").order_by("reference"),
        "kept": Application.objects.filter(Q(held(Application)), round=round_).count(),
    }
