"""Places: how many are taken, who answers by when, who is next."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cohorts.models import Cohort, Participation
from cohorts.states import CohortStage, ParticipationState
from selection.composition import Candidate, promote
from selection.composition.sentences import promotion_in_words
from selection.models import Application, Offer, SelectionRound
from selection.selectors.attributes import COLUMNS, Kind, Value, kinds_from, values_of
from selection.selectors.limits import limits_in_force, namer
from selection.states import ApplicationState as S


def free_places(cohort: Cohort, *, over: int = 0) -> int:
    """Places neither held nor on offer, `over` more than the cohort has. Exact only under the round's lock."""
    held = Participation.objects.filter(cohort=cohort).exclude(state=ParticipationState.WITHDRAWN).values_list("pk")
    offered = Application.objects.filter(cohort=cohort, state=S.OFFERED).values_list("pk")
    return max(cohort.places + over - held.union(offered, all=True).count(), 0)


def with_free_places(rounds: QuerySet[SelectionRound]) -> QuerySet[SelectionRound]:
    """Each with `free_places`: what free_places() counts, before the round's own places over the number."""
    on_it = Participation.objects.filter(cohort=OuterRef("cohort")).exclude(state=ParticipationState.WITHDRAWN)
    offered = Application.objects.filter(cohort=OuterRef("cohort"), state=S.OFFERED)
    held = [
        Coalesce(Subquery(rows.order_by().values("cohort").annotate(n=Count("pk")).values("n")), 0)
        for rows in (on_it, offered)
    ]
    return rounds.annotate(free_places=F("cohort__places") - held[0] - held[1])


def offers_of(round_: SelectionRound) -> QuerySet[Offer]:
    """The unanswered first, by deadline."""
    return (
        Offer.objects.filter(application__round=round_)
        .select_related("application__applicant", "application__organisation__sector", "in_place_of")
        .order_by(F("answered_at").asc(nulls_first=True), "deadline", "application__reference")
    )


def reserves_of(round_: SelectionRound) -> QuerySet[Application]:
    return (
        Application.objects.filter(round=round_, state=S.RESERVE)
        .select_related("applicant", "organisation__sector", "cohort__programme")
        .order_by("reserve_position", "reference")
    )


def still_selecting(cohort: Cohort) -> bool:
    """Whether a place that falls free still goes to the reserve list by itself; once the cohort runs, staff decide."""
    return cohort.stage in {CohortStage.PLANNING, CohortStage.SELECTING}


def next_reserve(round_: SelectionRound, reserves: Sequence[Application]) -> tuple[Application, str] | None:
    """Who moves up, and why in words: the first reserve with whom the limits in force can be kept. Others are named by their
    references. None if there's no reserve or no place."""
    kept = limits_in_force(round_)
    waiting = {
        row[0]: row[1:]
        for row in Application.objects.filter(pk__in=[a.pk for a in reserves]).order_by().values_list("pk", *COLUMNS)
    }
    kinds = [kinds_from(waiting[a.pk]) for a in reserves]
    held_kinds = holders(round_)
    held = [Candidate(f"held {n}", 0, n, values_of(of)) for n, of in enumerate(held_kinds)]
    candidates = [
        Candidate(a.public_id, 0, n, values_of(of)) for n, (a, of) in enumerate(zip(reserves, kinds, strict=True))
    ]
    rules = kept.limits.rules([*held, *candidates])
    found = promote(places=round_.cohort.places, held=held, reserves=candidates, rules=rules)
    if found is None:
        return None
    why = promotion_in_words(
        found,
        limited=bool(rules),
        names={a.public_id: a.reference for a in reserves},
        rule_name=namer(kept.kinds, *kinds, *held_kinds),
    )
    return next(a for a in reserves if a.public_id == found.key), why


def holders(round_: SelectionRound) -> list[dict[Value, Kind]]:
    """What everybody counts as who has a place on the cohort or an offer of one. Whoever joined without an application counts by
    their employer."""
    on_it = Participation.objects.filter(cohort=round_.cohort_id).exclude(state=ParticipationState.WITHDRAWN)
    applications = Application.objects.filter(
        Q(state=S.OFFERED) | Q(applicant__in=on_it.values("person")), round=round_
    ).order_by()
    found = [kinds_from(row) for row in applications.values_list(*COLUMNS)]
    others = on_it.exclude(person__in=Application.objects.filter(round=round_).values("applicant"))
    for place in others.select_related("organisation__sector", "organisation__district", "person"):
        found.append(kinds_of_participant(place))
    return found


def kinds_of_participant(place: Participation) -> dict[Value, Kind]:
    person, employer = place.person, place.organisation
    if employer is None:
        return {}
    sector, district = employer.sector, employer.district
    return kinds_from(
        (
            *(sector.pk, sector.name, sector.position, employer.pk, employer.name, employer.place),
            *(person.district, None, None, None, person.service_area),
            *(employer.rurality, district.rurality if district else "", employer.decile),
            district.decile if district else None,
        )
    )
