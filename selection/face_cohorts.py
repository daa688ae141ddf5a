"""What selection adds where cohorts are compared and copied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.comparing import Cell, Comparison, comparisons
from cohorts.copying import CopiedLine, CopySource, copy_sources
from cohorts.models import Cohort
from cohorts.selectors.copying import open_days
from cohorts.shifting import Shift
from selection.models import Application, SelectionRound
from selection.services.rounds import set_up_round
from selection.states import ApplicationState
from tenancy.actors import Actor
from tenancy.models import Tenant


def counts(cohorts: Sequence[Cohort], tenant: Tenant) -> dict[int, list[Cell]]:
    """How many applications there are, and how many accepted a place."""
    rows = (
        Application.objects.filter(cohort__in=[row.pk for row in cohorts])
        .order_by("cohort")
        .values_list("cohort", "round__public_id")
        .annotate(n=Count("pk"), accepted=Count("pk", filter=Q(state=ApplicationState.ACCEPTED)))
    )
    found: dict[int, list[Cell]] = {}
    for cohort, round_id, n, accepted in rows:
        listed = reverse("selection:application-list", kwargs={"tenant": tenant.slug, "public_id": round_id})
        found[cohort] = [
            Cell(str(n), listed, _("applications")),
            Cell(str(accepted), f"{listed}?state={ApplicationState.ACCEPTED}", _("chosen and accepted")),
        ]
    return found


# In the order in which they follow each other; the words of the page of a round.
DATES = {
    "opens_at": gettext_lazy("Selection opens"),
    "nominate_by": gettext_lazy("Last day to nominate"),
    "closes_at": gettext_lazy("Selection closes"),
    "late_until": gettext_lazy("Last day for late applications"),
    "endorse_by": gettext_lazy("Last day to endorse"),
    "score_by": gettext_lazy("Last day to score"),
}


def shifted(round_: SelectionRound, shift: Shift) -> dict[str, tuple[date, date]]:
    """Each date of the round, as it was and as it follows. What came no earlier than another then doesn't now: where closed days would turn
    them round, the later one waits."""
    found: dict[str, tuple[date, date]] = {}
    latest: date | None = None
    for name in DATES:
        moment: datetime | None = getattr(round_, name)
        if moment is None:
            continue
        was = timezone.localtime(moment).date()
        becomes = shift.move(was).day
        if latest is not None:
            becomes = max(becomes, latest + timedelta(days=1) if name == "late_until" else latest)
        # Nominations end before applications do, and nothing waits for them.
        if name != "nominate_by":
            latest = becomes
        found[name] = (was, becomes)
    if "nominate_by" in found:
        was, becomes = found["nominate_by"]
        found["nominate_by"] = (was, min(becomes, found["closes_at"][1]))
    return found


def round_of(cohort: Cohort) -> SelectionRound | None:
    rows = SelectionRound.objects.filter(cohort=cohort)
    return rows.select_related("framework", "lowest_band", "highest_band").first()


def round_lines(cohort: Cohort, shift: Shift) -> list[CopiedLine]:
    """The selection round's dates. It is made anew, not published: staff look at it before it opens. No look-up where it is at hand,
    and none for whoever asks the cohort for it afterwards."""
    round_ = getattr(cohort, "round", None)
    if round_ is None:
        return []
    notes = {
        "opens_at": _("With its questions and criteria, not published: you open it yourselves when the day comes.")
    }
    return [
        CopiedLine(str(DATES[name]), was, becomes, str(notes.get(name, "")))
        for name, (was, becomes) in shifted(round_, shift).items()
    ]


def copy_round(source: Cohort, cohort: Cohort, by: Actor) -> None:
    """A round of its own with the same settings; its framework a copy of the earlier one, as far as that was ever published."""
    round_ = round_of(source)
    if round_ is None:
        return
    days = shifted(round_, Shift(source.starts_on, cohort.starts_on, open_days(source.programme)))
    set_up_round(
        cohort=cohort,
        opens_on=days["opens_at"][1],
        closes_on=days["closes_at"][1],
        endorse_by=days["endorse_by"][1],
        score_by=days["score_by"][1],
        late_until=days["late_until"][1] if "late_until" in days else None,
        nominate_by=days["nominate_by"][1] if "nominate_by" in days else None,
        assessors_per_application=round_.assessors_per_application,
        blind=round_.blind,
        offer_days=round_.offer_days,
        reserve_length=round_.reserve_length,
        audience=round_.audience,
        decision_scope=round_.decision_scope,
        lowest_band=round_.lowest_band,
        highest_band=round_.highest_band,
        source=round_.framework if round_.framework.frozen_at else None,
        by=by,
    )


copy_sources.register("selection.round", CopySource(round_lines, copy_round))
comparisons.register("selection", Comparison(gettext_lazy("Applied and chosen"), 20, counts))
