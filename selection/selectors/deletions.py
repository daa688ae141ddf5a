"""What retention deletes of a round before long, and who is told beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reminders.models import Message
from selection.models import (
    Application,
    AssessorAllocation,
    ExpressionOfInterest,
    NominationImport,
    ScoreImport,
    SelectionRound,
)
from selection.retention import KEPT, decided_at
from selection.states import RoundState
from tenancy.models import Access, Change, RetentionPeriod
from tenancy.retention import held, periods, retention_kinds
from tenancy.words import Words

# Staff have so long to look, and to hold what must stay.
WARNING = timedelta(days=14)
# Whoever has looked isn't asked again for so long about what goes day by day.
LOOKED = timedelta(days=91)
# What is over goes in the coming night.
TOMORROW = timedelta(days=1)
SEEN = "deletion_seen"


def _over_at(kind: str) -> ExpressionWrapper:
    """The moment the period of a kind ends for a round that was decided at `decided`."""
    return _after(F("decided"), kind)


def _after(moment: Any, kind: str) -> ExpressionWrapper:
    """The end of a kind's period from that moment."""
    return ExpressionWrapper(moment + _length(kind), output_field=DateTimeField())


def _length(kind: str) -> ExpressionWrapper:
    """How long a kind is kept: as the tenant has it, within the bounds."""
    known = retention_kinds[kind]
    own = RetentionPeriod.objects.filter(kind=kind).values("days")[:1]
    days = Least(Greatest(Coalesce(Subquery(own), Value(known.days)), Value(known.least)), Value(known.most))
    day = Value(timedelta(days=1), output_field=DurationField())
    return ExpressionWrapper(ExpressionWrapper(days, output_field=IntegerField()) * day, output_field=DurationField())


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


@dataclass(frozen=True)
class DayByDay:
    """Records about a round's people that go one by one, each its period after it was made. `rows` are of the round that `round_id` and its
    fellows lead to, values or OuterRefs."""

    kind: str
    label: Words
    made: str
    rows: Callable[[OfRound], QuerySet[Any]]


@dataclass(frozen=True)
class OfRound:
    """Values, or OuterRefs; `pk_within` is its key as a query within the rows' own names it."""

    pk: Any
    pk_within: Any
    public_id: Any
    programme: Any


def _accesses(of: OfRound) -> QuerySet[Access]:
    applications = Application.objects.filter(round=of.pk_within).values("public_id")
    return Access.objects.filter(
        Q(subject_kind=SelectionRound._meta.label, subject_id=of.public_id)
        | Q(subject_kind=Application._meta.label, subject_id__in=applications)
    )


DAY_BY_DAY = (
    DayByDay(
        "selection.imports",
        _("Nomination logs uploaded for this round"),
        "uploaded_at",
        lambda of: NominationImport.objects.filter(round=of.pk).order_by(),
    ),
    DayByDay(
        "selection.score_sheets",
        _("Sheets of scores that you uploaded"),
        "uploaded_at",
        lambda of: ScoreImport.objects.filter(round=of.pk).order_by(),
    ),
    DayByDay(
        "selection.interest",
        _("Entries of the programme’s register of interest"),
        "confirmed_at",
        lambda of: ExpressionOfInterest.objects.filter(programme=of.programme, confirmed_at__isnull=False).order_by(),
    ),
    DayByDay(
        "reminders.messages",
        _("Messages to people who applied"),
        "queued_at",
        lambda of: Message.objects.filter(
            recipient__in=Application.objects.filter(round=of.pk_within).values("applicant"),
            state__in=(Message.State.SENT, Message.State.DROPPED),
        ).order_by(),
    ),
    DayByDay("tenancy.access", _("Records of who opened or downloaded what"), "at", _accesses),
)


def _later(moment: Any, by: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(moment + Value(by), output_field=DateTimeField())


def rounds_going(now: datetime | None = None) -> QuerySet[SelectionRound]:
    """Those whose applications or scores go within the time of the warning, as `goes_at`, and that nobody of staff has looked at since."""
    moment = Now() if now is None else Value(now)
    warned_at = ExpressionWrapper(F("goes_at") - Value(WARNING), output_field=DateTimeField())
    rounds = with_ends().annotate(goes_at=Least("applications_at", "scores_at"))
    rounds = rounds.filter(goes_at__gte=moment, goes_at__lt=_later(moment, WARNING)).annotate(warned_at=warned_at)
    return rounds.exclude(Exists(_looks().filter(at__gte=OuterRef("warned_at"))))


def rounds_going_daily(now: datetime | None = None) -> QuerySet[SelectionRound]:
    """Those of which something goes one by one within the time of the warning, the first of it at `goes_at`, and that nobody has looked at
    for LOOKED. Each kind is asked twice and no more, since the list of what is owed is read on every home page."""
    moment = Now() if now is None else Value(now)
    of = OfRound(OuterRef("pk"), OuterRef(OuterRef("pk")), OuterRef("public_id"), OuterRef("cohort__programme"))
    firsts, soon = [], Q()
    for each in DAY_BY_DAY:
        rows = each.rows(of).order_by()
        over = ExpressionWrapper(_later(moment, WARNING) - _length(each.kind), output_field=DateTimeField())
        soon |= Q(Exists(rows.filter(**{f"{each.made}__lt": over})))
        first = Subquery(rows.order_by(each.made).values(each.made)[:1])
        firsts.append(ExpressionWrapper(first + _length(each.kind), output_field=DateTimeField()))
    rounds = SelectionRound.objects.filter(state=RoundState.DECIDED).exclude(held(SelectionRound))
    rounds = rounds.exclude(Exists(_looks().filter(at__gte=_later(moment, -LOOKED)))).filter(soon)
    return rounds.annotate(goes_at=Greatest(Least(*firsts), _later(moment, TOMORROW)))


def _looks() -> QuerySet[Change]:
    return Change.objects.filter(subject_kind=SelectionRound._meta.label, subject_id=OuterRef("public_id"), name=SEEN)


def is_going(round_: SelectionRound, now: datetime | None = None) -> bool:
    """Whether staff are asked to look now."""
    return any(rounds.filter(pk=round_.pk).exists() for rounds in (rounds_going(now), rounds_going_daily(now)))


def what_goes(round_: SelectionRound) -> dict[str, Any]:
    """What goes when, for the page: four statements."""
    now, days = timezone.now(), periods()
    found = with_ends().filter(pk=round_.pk).first()
    of = OfRound(round_.pk, round_.pk, round_.public_id, round_.cohort.programme_id)
    scores = going_scores().filter(application__round=round_)
    kept = Application.objects.filter(Q(held(Application)), round=round_)
    counted = [
        _counted(each.rows(of), each.kind, each.made, now - timedelta(days=days[each.kind])) for each in DAY_BY_DAY
    ]
    others = (_counted(scores, "scores", "allocated_at", now), _counted(kept, "kept", "submitted_at", now))
    counts = {row["of"]: row for row in counted[0].union(*counted[1:], *others, all=True)}
    return {
        "applications_at": found.applications_at if found else None,  # type: ignore[attr-defined]
        "scores_at": found.scores_at if found else None,  # type: ignore[attr-defined]
        "scores": counts["scores"]["every"],
        "kept": counts["kept"]["every"],
        "is_held": found is None and round_.state == RoundState.DECIDED,
        "rows": going_applications()
        .filter(round=round_)
        .select_related("applicant", "organisation")
        .order_by("reference"),
        "day_by_day": [
            {
                "label": each.label,
                "count": counts[each.kind]["every"],
                "near": counts[each.kind]["near"],
                "first": counts[each.kind]["first"] + timedelta(days=days[each.kind]),
            }
            for each in DAY_BY_DAY
            if counts[each.kind]["every"]
        ],
        "asked": is_going(round_, now),
    }


def _counted(rows: QuerySet[Any], name: str, made: str, over: datetime) -> QuerySet[Any]:
    """One row: how many, the first moment, and how many are over within the time of the warning."""
    soon = Count("pk", filter=Q(**{f"{made}__lt": over + WARNING}))
    grouped = rows.order_by().values(of=Value(name))
    return grouped.annotate(every=Count("pk"), first=Min(made), near=soon).values("of", "every", "first", "near")
