"""Why everybody is in or out as the choice stands, in one sentence each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from redis import RedisError

from selection.composition import Choice, Explanations, Infeasible, Problem, Rule, choose, explain, problem_of_round
from selection.composition.sentences import sentence
from selection.models import Application, Departure, SelectionRound
from selection.selectors.composition import Composition
from selection.selectors.limits import Limits
from selection.selectors.moderation import JUDGED
from selection.selectors.ranking import Ranked
from selection.states import ApplicationState
from selection.steps import BECAUSE
from tenancy.models import Change

# People stand in kept sentences by their public ids between these two, so that no name lies in the cache.
OPEN, CLOSE = "\u2e28", "\u2e29"
MARKED = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
KEEP_SECONDS = 3600


def eligible_rows(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Who can be chosen: assessed, with points, and no offer yet."""
    return [r for r in ranked if r.state == ApplicationState.ELIGIBLE and r.rank is not None]


def problem_for(rows: Sequence[Ranked], limits: Limits | None, *, places: int, decisions: bool = True) -> Problem:
    """The composition's question about these people; without `decisions` as if nobody had been brought in or taken out."""
    candidates = [r.candidate for r in rows]
    # never more than there are places: what was free when they were brought in may have been taken since
    brought = [r.public_id for r in rows if decisions and r.departure == Departure.Direction.IN][:places]
    return problem_of_round(
        places=places,
        candidates=candidates,
        rules=limits.rules(candidates) if limits else (),
        forced_in=set(brought),
        forced_out={r.public_id for r in rows if decisions and r.departure == Departure.Direction.OUT},
    )


def told(explanations: Explanations, rule_name: Callable[[Rule], str], names: Mapping[str, str]) -> dict[str, str]:
    """A sentence by public id."""
    return {each.key: sentence(each, explanations, names=names, rule_name=rule_name) for each in explanations.people}


@dataclass(frozen=True)
class Reasons:
    """Sentences by public id. `by_limits` says that the choice is the best that keeps the limits, and they're why."""

    sentences: Mapping[str, str]
    by_limits: bool


def reasons_of(
    ranked: Sequence[Ranked],
    choice: Composition,
    limits: Limits,
    rule_name: Callable[[Rule], str],
    *,
    by_reference: bool = False,
) -> Reasons:
    """Why each is in or out as the choice stands: by the kept limits where it's the best choice that keeps them, whoever decided it;
    otherwise by rank and decisions. Kept for a while, since the same question has the same answer. `by_reference` for the record."""
    rows = eligible_rows(ranked)
    if not rows or not choice.places:
        return Reasons({}, False)
    key = _key(rows, choice, limits)
    kept = _from_cache(key)
    if kept is None:
        kept = _reasons(rows, choice, limits, rule_name)
        with suppress(RedisError):
            cache.set(key, kept, KEEP_SECONDS)
    names = {r.public_id: r.reference if by_reference else r.name for r in rows}
    sentences, by_limits = kept
    return Reasons({k: with_names(text, names) for k, text in sentences.items()}, by_limits)


def with_recorded_reasons(round_: SelectionRound) -> QuerySet[Application]:
    """The round's applications as conflicts judge them, each with `because`: what the record has said of it since offers were made."""
    steps = Change.objects.filter(
        subject_kind=Application._meta.label, name=BECAUSE, subject_id=OuterRef("public_id")
    ).order_by("-at")
    rows = Application.objects.filter(round=round_).only("public_id", *JUDGED)
    return rows.annotate(because=Coalesce(Subquery(steps.values("reason")[:1]), Value(""), output_field=TextField()))


def _from_cache(key: str) -> tuple[dict[str, str], bool] | None:
    """Nothing rests on the cache: without it the answer is found anew."""
    with suppress(RedisError):
        found: tuple[dict[str, str], bool] | None = cache.get(key)
        return found
    return None


def with_names(text: str, names: Mapping[str, str]) -> str:
    return MARKED.sub(lambda found: names.get(found[1], found[1]), text)


def _reasons(
    rows: Sequence[Ranked], choice: Composition, limits: Limits, rule_name: Callable[[Rule], str]
) -> tuple[dict[str, str], bool]:
    standing = {r.public_id for r in choice.chosen}
    marks = {r.public_id: f"{OPEN}{r.public_id}{CLOSE}" for r in rows}
    if limits:
        for decisions in (False, True):
            problem = problem_for(rows, limits, places=choice.places, decisions=decisions)
            answer = choose(problem)
            if not isinstance(answer, Infeasible) and set(answer.chosen) == standing:
                return told(explain(problem, answer), rule_name, marks), True
    problem = problem_for(rows, None, places=choice.places)
    answer = choose(problem)
    assert isinstance(answer, Choice)  # without limits there's always a choice
    return told(explain(problem, answer), rule_name, marks), False


def _key(rows: Sequence[Ranked], choice: Composition, limits: Limits) -> str:
    """Names exactly this question; names of values may change, so they're in it too."""
    parts = [
        (r.public_id, str(r.points), r.rank, r.departure, sorted((v, k.name) for v, k in r.kinds.items())) for r in rows
    ]
    words = repr((parts, choice.places, choice.seal, limits.rows(), limits.each_organisation, get_language()))
    return f"selection-reasons:{hashlib.sha256(words.encode()).hexdigest()}"
