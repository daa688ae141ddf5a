"""Figures of many people's answers: the only place that reads answers of others, as portal_sys and for one named tenant.

Answers never leave this module. What does has been through outcomes.disclosure and is rounded: pages, the report's snapshot
and its PDF hold nothing finer. Figures come out only once their waves have closed, or a later answer could be told from the
difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from outcomes.disclosure import (
    Thresholds,
    difference_is_safe,
    rounded,
    safe_mean,
    suppress_counts,
)
from outcomes.models import (
    DisclosureSetting,
    Domain,
    Indicator,
    IndicatorKind,
    ResponseAnswer,
    Survey,
    SurveyInvitation,
    SurveyWave,
    WaveKind,
)
from outcomes.rules import staff
from outcomes.stats import paired_change
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, WrongState

# A wave's own means are rounded coarsely, or the paired ones would give away the few who answered only one wave.
WAVE_STEP = 0.5
# A change of a person's mean rating smaller than this counts as about the same.
SAME = 0.25

Ratings = dict[int, dict[int, int]]


@dataclass(frozen=True)
class Line:
    """One statement or domain of one wave; `mean` None is withheld."""

    text: str
    domain: str
    mean: float | None
    is_domain: bool = False


@dataclass(frozen=True)
class ChangeLine:
    """One statement or domain before and after, in the same people; everything is None where it is withheld."""

    text: str
    domain: str
    n: int | None
    before: float | None = None
    after: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    dz: float | None = None
    is_domain: bool = False


@dataclass(frozen=True)
class Direction:
    """Of the people who answered both, how many moved which way in one domain."""

    domain: str
    up: int | None
    same: int | None
    down: int | None


@dataclass(frozen=True)
class SectorLine:
    """How many of one sector answered each wave, in the order of the waves asked about."""

    sector: str
    answered: list[int | None]


@dataclass(frozen=True)
class WaveCounts:
    """Response to one wave: facts, not answers."""

    kind: str
    invited: int
    answered: int

    @property
    def share(self) -> int:
        return round(100 * self.answered / self.invited) if self.invited else 0


@dataclass(frozen=True)
class PairedResults:
    """`paired` is None when so few answered both, or one, that the number would tell who."""

    counts: tuple[WaveCounts, WaveCounts]
    paired: int | None
    lines: list[ChangeLine]
    kinds: list[ChangeLine]
    directions: list[Direction]
    thresholds: Thresholds


def thresholds_of_tenant() -> Thresholds:
    """The open tenant's thresholds."""
    setting = DisclosureSetting.objects.first()
    return setting.thresholds if setting else Thresholds()


def wave_counts(waves: Iterable[SurveyWave]) -> dict[int, WaveCounts]:
    """Invited and answered by wave id, from the fact rows."""
    waves = list(waves)
    rows = (
        SurveyInvitation.objects.filter(wave__in=waves)
        .values("wave_id")
        .annotate(invited=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
        .order_by()
    )
    found = {r["wave_id"]: r for r in rows}
    return {
        w.pk: WaveCounts(w.kind, found.get(w.pk, {}).get("invited", 0), found.get(w.pk, {}).get("answered", 0))
        for w in waves
    }


def check_may_read(by: Actor, obj: Survey | SurveyWave, waves: Sequence[SurveyWave]) -> None:
    if by.kind != "system" and not staff(by, obj):
        raise NotAllowed(_("You can’t see these results."))
    if not all(wave.is_closed for wave in waves):
        raise WrongState(_("Results are shown once the survey has closed."))


def read_ratings(tenant_id: int, wave_ids: Sequence[int]) -> dict[int, Ratings]:
    """wave id → person id → indicator id → rating, of answers that were sent. Private to this module."""
    rows = (
        ResponseAnswer.unscoped("sys")  # portal_sys sees all tenants: the tenant is named here
        .filter(tenant_id=tenant_id, response__wave__in=wave_ids, response__sent_at__isnull=False)
        .values_list("response__wave_id", "person_id", "indicator_id", "value")
    )
    found: dict[int, Ratings] = {wave_id: defaultdict(dict) for wave_id in wave_ids}
    for wave_id, person_id, indicator_id, value in rows:
        found[wave_id][person_id][indicator_id] = value
    return found


def groups_of(indicators: Sequence[Indicator]) -> list[tuple[str, str, bool, list[int]]]:
    """(text, domain, is a domain, ids): each domain, then its statements."""
    found = []
    for domain in Domain:
        own = [i for i in indicators if i.domain == domain]
        if own:
            found.append((str(domain.label), domain.value, True, [i.pk for i in own]))
            found += [(i.text, domain.value, False, [i.pk]) for i in own]
    return found


def groups_by_kind(indicators: Sequence[Indicator]) -> list[tuple[str, str, bool, list[int]]]:
    """As `groups_of`, for each kind that statements were said to be of."""
    found = []
    for kind in IndicatorKind:
        if own := [i.pk for i in indicators if i.kind == kind]:
            found.append((str(kind.label), kind.value, True, own))
    return found


def scores(people: Iterable[int], ratings: Ratings, ids: Sequence[int]) -> list[float]:
    """Each person's mean rating over these statements, in the order of `people`."""
    return [sum(ratings[p][i] for i in ids) / len(ids) for p in people]


def wave_results(*, wave: SurveyWave, by: Actor) -> list[Line]:
    """How everyone who answered rated each domain and statement, to the nearest half."""
    check_may_read(by, wave, [wave])
    limits = thresholds_of_tenant()
    ratings = read_ratings(wave.tenant_id, [wave.pk])[wave.pk]
    indicators = list(Indicator.objects.filter(survey_id=wave.survey_id))
    return [
        Line(text, domain, safe_mean(scores(ratings, ratings, ids), thresholds=limits, step=WAVE_STEP), is_domain)
        for text, domain, is_domain, ids in groups_of(indicators)
    ]


def paired_results(*, survey: Survey, by: Actor) -> PairedResults | None:
    """Before and after of the people who answered both; None until both waves have closed."""
    pair = closed_pair(survey)
    if pair is None:
        return None
    check_may_read(by, survey, pair)
    ratings = read_ratings(survey.tenant_id, [w.pk for w in pair])
    return pair_up(survey, pair, wave_counts(pair), ratings, thresholds_of_tenant())


def closed_pair(survey: Survey) -> tuple[SurveyWave, SurveyWave] | None:
    """Its waves before and after, once both have closed."""
    waves = {w.kind: w for w in survey.waves.all()}
    if set(waves) != set(WaveKind.values) or not all(w.is_closed for w in waves.values()):
        return None
    return waves[WaveKind.BEFORE], waves[WaveKind.AFTER]


@dataclass(frozen=True)
class Version:
    """Surveys of several cohorts with the same statements, each of the same domain: only they are compared."""

    statements: tuple[tuple[str, str], ...]
    results: list[tuple[Survey, PairedResults]]


def compare_versions(*, surveys: Iterable[Survey], by: Actor) -> list[Version]:
    """Before and after of each survey whose waves have closed, by version, the one asked of most cohorts first. In as many statements
    however many there are; load waves, indicators and cohorts with the surveys."""
    pairs = {survey: pair for survey in surveys if (pair := closed_pair(survey))}
    for survey, pair in pairs.items():
        check_may_read(by, survey, pair)
    waves = [wave for pair in pairs.values() for wave in pair]
    if not waves:
        return []
    counts, limits = wave_counts(waves), thresholds_of_tenant()
    ratings = read_ratings(waves[0].tenant_id, [wave.pk for wave in waves])
    found: dict[tuple[tuple[str, str], ...], list[tuple[Survey, PairedResults]]] = {}
    for survey, pair in pairs.items():
        version = tuple(sorted((i.domain, i.text) for i in survey.indicators.all()))
        found.setdefault(version, []).append((survey, pair_up(survey, pair, counts, ratings, limits)))
    return sorted((Version(*one) for one in found.items()), key=lambda one: -len(one.results))


def pair_up(
    survey: Survey,
    pair: tuple[SurveyWave, SurveyWave],
    counts: dict[int, WaveCounts],
    ratings: dict[int, Ratings],
    limits: Thresholds,
) -> PairedResults:
    before, after = (ratings[w.pk] for w in pair)
    both = sorted(set(before) & set(after))
    indicators = list(survey.indicators.all())
    groups = groups_of(indicators)
    lines = [change_line(group, before, after, both, limits) for group in groups]
    # A kind is made of the same statements as the domains: from it and what is shown, what is withheld could be worked out.
    withheld = {pk for group, line in zip(groups, lines, strict=True) if line.change is None for pk in group[3]}
    kinds = [group for group in groups_by_kind(indicators) if not withheld.intersection(group[3])]
    return PairedResults(
        counts=(counts[pair[0].pk], counts[pair[1].pk]),
        paired=len(both) if len(both) >= limits.count else None,
        lines=lines,
        kinds=[change_line(group, before, after, both, limits) for group in kinds],
        directions=directions(groups, before, after, both, limits),
        thresholds=limits,
    )


def change_line(
    group: tuple[str, str, bool, list[int]], before: Ratings, after: Ratings, both: list[int], limits: Thresholds
) -> ChangeLine:
    text, domain, is_domain, ids = group
    shown_n = len(both) if len(both) >= limits.count else None
    withheld = ChangeLine(text, domain, shown_n, is_domain=is_domain)
    start, end = scores(both, before, ids), scores(both, after, ids)
    means = [safe_mean(values, thresholds=limits) for values in (start, end)]
    if None in means:
        return withheld
    for everyone, mean in ((before, means[0]), (after, means[1])):
        whole = safe_mean(scores(everyone, everyone, ids), thresholds=limits, step=WAVE_STEP)
        if not difference_is_safe(whole, len(everyone), mean, len(both), thresholds=limits):
            return withheld
    moved = paired_change(start, end)
    if moved is None:
        return withheld
    # Without spread the interval would say that everybody moved by exactly as much.
    spread = moved.dz is not None
    return ChangeLine(
        text,
        domain,
        shown_n,
        before=means[0],
        after=means[1],
        change=rounded(moved.change),
        low=rounded(moved.low) if spread else None,
        high=rounded(moved.high) if spread else None,
        dz=rounded(moved.dz) if moved.dz is not None else None,
        is_domain=is_domain,
    )


def directions(
    groups: list[tuple[str, str, bool, list[int]]], before: Ratings, after: Ratings, both: list[int], limits: Thresholds
) -> list[Direction]:
    """How many moved up, stayed about the same or moved down in each domain: counts, so each row is suppressed against its total."""
    found = []
    for text, _domain, is_domain, ids in groups:
        if not is_domain:
            continue
        changes = [b - a for a, b in zip(scores(both, before, ids), scores(both, after, ids), strict=True)]
        up, down = sum(c >= SAME for c in changes), sum(c <= -SAME for c in changes)
        cells = suppress_counts([up, len(changes) - up - down, down], least=limits.count).cells
        found.append(Direction(text, *cells))
    return found


def response_by_sector(waves: Sequence[SurveyWave], *, by: Actor) -> list[SectorLine]:
    """How many answered, by the sector that sent the person; groups of few are withheld. Each wave's total is known."""
    for wave in waves:
        check_may_read(by, wave, [wave])
    if not waves:
        return []
    name = "person__participations__organisation__sector__name"
    rows = (
        SurveyInvitation.objects.filter(
            wave__in=list(waves), person__participations__cohort=waves[0].cohort_id, answered_at__isnull=False
        )
        .values(name, "wave_id")
        .annotate(answered=Count("pk"))
        .order_by("person__participations__organisation__sector__position", name)
    )
    counts: dict[str, dict[int, int]] = {}
    for r in rows:
        counts.setdefault(r[name] or _("No sector recorded"), {})[r["wave_id"]] = r["answered"]
    least = thresholds_of_tenant().breakdown
    columns = [suppress_counts([c.get(w.pk, 0) for c in counts.values()], least=least).cells for w in waves]
    return [SectorLine(sector, [column[i] for column in columns]) for i, sector in enumerate(counts)]
