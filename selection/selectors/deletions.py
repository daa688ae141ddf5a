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
from django.db.models.functions import Coalesce, Greatest, Least
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
    """The end of a kind's period from that moment: the tenant's own, within the bounds."""
    known = retention_kinds[kind]
    own = RetentionPeriod.objects.filter(kind=kind).values("days")[:1]
    days = Least(Greatest(Coalesce(Subquery(own), Value(known.days)), Value(known.least)), Value(known.most))
    day = Value(timedelta(days=1), output_field=DurationField())
    length = ExpressionWrapper(ExpressionWrapper(days, output_field=IntegerField()) * day, output_field=DurationField())
    return ExpressionWrapper(moment + length, output_field=DateTimeField())


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


def first_day_by_day(now: datetime) -> dict[str, Any]:
    """Annotations of a round: when the first record of each such kind goes. Not asked of rounds too young to have any so old."""
    of = OfRound(OuterRef("pk"), OuterRef(OuterRef("pk")), OuterRef("public_id"), OuterRef("cohort__programme"))
    found = {}
    for each in DAY_BY_DAY:
        first = each.rows(of).order_by(each.made).values(each.made)[:1]
        old = now + WARNING - timedelta(days=retention_kinds[each.kind].least)
        found[_name(each)] = Case(When(decided__lt=old, then=_after(Subquery(first), each.kind)))
    return found


def _name(each: DayByDay) -> str:
    return f"first_{each.kind.partition('.')[2]}_at"


def rounds_going(now: datetime | None = None) -> QuerySet[SelectionRound]:
    """Those something of which goes within the time of the warning, as `goes_at`, and that nobody of staff has looked at since.

    Applications and scores go at once, and are asked about once. What goes day by day is asked about once in LOOKED."""
    now = now or timezone.now()
    first = first_day_by_day(now)
    rounds = with_ends().annotate(at_once=Least("applications_at", "scores_at"), **first)
    rounds = rounds.annotate(one_by_one=Least(*first))
    looked = Change.objects.filter(subject_kind=SelectionRound._meta.label, subject_id=OuterRef("public_id"), name=SEEN)
    since_warned = looked.filter(at__gte=ExpressionWrapper(OuterRef("at_once") - Value(WARNING), DateTimeField()))
    rounds = rounds.annotate(
        at_once_asked=Case(
            When(Q(at_once__gte=now, at_once__lt=now + WARNING) & ~Exists(since_warned), then=F("at_once"))
        ),
        one_by_one_asked=Case(
            When(
                Q(one_by_one__lt=now + WARNING) & ~Exists(looked.filter(at__gte=now - LOOKED)),
                then=Greatest(F("one_by_one"), Value(now + TOMORROW)),
            )
        ),
    )
    rounds = rounds.annotate(goes_at=Least("at_once_asked", "one_by_one_asked")).filter(goes_at__isnull=False)
    return rounds.annotate(warned_at=ExpressionWrapper(F("goes_at") - Value(WARNING), output_field=DateTimeField()))


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
        "asked": rounds_going(now).filter(pk=round_.pk).exists(),
    }


def _counted(rows: QuerySet[Any], name: str, made: str, over: datetime) -> QuerySet[Any]:
    """One row: how many, the first moment, and how many are over within the time of the warning."""
    soon = Count("pk", filter=Q(**{f"{made}__lt": over + WARNING}))
    grouped = rows.order_by().values(of=Value(name))
    return grouped.annotate(every=Count("pk"), first=Min(made), near=soon).values("of", "every", "first", "near")
