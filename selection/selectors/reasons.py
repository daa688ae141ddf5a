"""Why everybody is in or out as the choice stands, in one sentence each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from redis import RedisError

from selection.composition import (
    QUICK,
    Candidate,
    Choice,
    Explanations,
    Infeasible,
    Problem,
    Rule,
    choose,
    explain,
    problem_of_round,
)
from selection.composition.sentences import sentence
from selection.models import Application, Departure, ReasonsDue, SelectionRound
from selection.selectors.attributes import Kind, Value
from selection.selectors.composition import Composition
from selection.selectors.limits import Kept, Limits, namer
from selection.selectors.moderation import JUDGED
from selection.selectors.ranking import ABOVE, Ranked
from selection.states import ApplicationState
from selection.steps import BECAUSE
from tenancy.models import Change

# People stand in kept sentences by their public ids between these two, so that no name lies in the cache.
OPEN, CLOSE = "\u2e28", "\u2e29"
MARKED = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
KEEP_SECONDS = 3600
Sentences = tuple[dict[str, str], bool]


def eligible_rows(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Who can be chosen: assessed, with points, and no offer yet."""
    return [r for r in ranked if r.state == ApplicationState.ELIGIBLE and r.rank is not None]


def problem_for(rows: Sequence[Ranked], limits: Limits | None, *, places: int) -> Problem:
    """The composition's question about these people, with the departures that stand."""
    decided = {r.public_id: r.departure for r in rows if r.departure}
    return problem_of([r.candidate for r in rows], decided, limits, places=places)


def told(
    explanations: Explanations, rule_name: Callable[[Rule], str], names: Mapping[str, str], seen: Collection[str]
) -> dict[str, str]:
    """A sentence by public id."""
    return {
        each.key: sentence(each, explanations, names=names, rule_name=rule_name, seen=seen)
        for each in explanations.people
    }


@dataclass(frozen=True)
class Reasons:
    """Sentences by public id. `by_limits` says that the choice is the best that keeps the limits, and they're why."""

    sentences: Mapping[str, str]
    by_limits: bool


def reasons_of(ranked: Sequence[Ranked], choice: Composition, kept: Kept) -> Reasons:
    """Why each is in or out as the choice stands: by the kept limits where it's the best choice that keeps them, whoever decided it;
    otherwise by rank and decisions. Kept for a while, since the same question has the same answer. Somebody waits: where it would take
    long the reasons are those found quickly, unless all are known already."""
    rows = eligible_rows(ranked)
    if not rows or not choice.places:
        return Reasons({}, False)
    question = question_of(ranked, choice, kept)
    sentences, by_limits = known_answer(question) or find_answer(question, quick=question.takes_long)
    names = {r.public_id: r.name for r in rows}
    return Reasons({k: with_names(text, names) for k, text in sentences.items()}, by_limits)


def are_due(round_: SelectionRound, recorded: Mapping[str, str]) -> bool:
    """Whether a worker is still finding the reasons of a decided round, of which so much is on record."""
    return not any(recorded.values()) and ReasonsDue.objects.filter(round=round_).exists()


def known_answer(question: Question) -> Sentences | None:
    """What was answered to the same question a while ago. Nothing rests on it: without it the answer is found anew."""
    with suppress(RedisError):
        found: Sentences | None = cache.get(_key(question))
        return found
    return None


def find_answer(question: Question, *, quick: bool = False) -> Sentences:
    """All reasons, or those found quickly; kept apart, since only the first go on record."""
    key = _key(question) + (":quick" if quick else "")
    if quick:
        with suppress(RedisError):
            if kept := cache.get(key):
                found: Sentences = kept
                return found
    found = question.answer(questions=QUICK if quick else None)
    with suppress(RedisError):
        cache.set(key, found, KEEP_SECONDS)
    return found


def with_recorded_reasons(round_: SelectionRound) -> QuerySet[Application]:
    """The round's applications as conflicts judge them, each with `because`: what the record has said of it since offers were made."""
    steps = Change.objects.filter(
        subject_kind=Application._meta.label, name=BECAUSE, subject_id=OuterRef("public_id")
    ).order_by("-at")
    rows = Application.objects.filter(round=round_).only("public_id", *JUDGED)
    return rows.annotate(because=Coalesce(Subquery(steps.values("reason")[:1]), Constant(""), output_field=TextField()))


def with_names(text: str, names: Mapping[str, str]) -> str:
    return MARKED.sub(lambda found: names.get(found[1], found[1]), text)


@dataclass(frozen=True)
class Question:
    """Who would be in and why, frozen: everything that the answer depends on, and nobody's name.

    `places` and `limits` are those of the choice, `standing` the public ids of the chosen; `kinds` says what a limit is about.
    """

    people: Sequence[Candidate]
    decided: Mapping[str, str]
    places: int
    limits: Limits
    standing: frozenset[str]
    kinds: Mapping[Value, Kind]

    @property
    def takes_long(self) -> bool:
        """Whether it may take seconds: many people, and limits."""
        return bool(self.limits) and len(self.people) > settings.REASONS_AT_ONCE

    def answer(self, *, questions: int | None = None) -> Sentences:
        """A sentence for each, people in it marked by their public ids; and whether the limits are why. `questions` as for
        explain()."""
        seen = {c.key for c in self.people if c.score > ABOVE}
        rule_name, marks = namer(self.kinds), {c.key: f"{OPEN}{c.key}{CLOSE}" for c in self.people}
        if self.limits:
            for decisions in (False, True):
                problem = problem_of(self.people, self.decided if decisions else {}, self.limits, places=self.places)
                answer = choose(problem)
                if not isinstance(answer, Infeasible) and set(answer.chosen) == self.standing:
                    return told(explain(problem, answer, questions=questions), rule_name, marks, seen), True
        problem = problem_of(self.people, self.decided, None, places=self.places)
        answer = choose(problem)
        assert isinstance(answer, Choice)  # without limits there's always a choice
        return told(explain(problem, answer), rule_name, marks, seen), False

    def as_data(self) -> dict[str, Any]:
        """For a JSON column; from_data() gives the same question back."""
        return {
            "people": [[c.key, str(c.score), c.position, dict(c.attributes)] for c in self.people],
            "decided": dict(self.decided),
            "places": self.places,
            "limits": [self.limits.rows(), self.limits.each_organisation],
            "standing": sorted(self.standing),
            "kinds": [[*value, kind.name] for value, kind in self.kinds.items()],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Question:
        rows, each = data["limits"]
        return cls(
            [Candidate(key, Decimal(score), position, held) for key, score, position, held in data["people"]],
            data["decided"],
            data["places"],
            Limits(
                {tuple(value): floor for value, floor, _ceiling in rows if floor},
                {tuple(value): ceiling for value, _floor, ceiling in rows if ceiling is not None},
                each,
            ),
            frozenset(data["standing"]),
            {(attribute, value): Kind(name) for attribute, value, name in data["kinds"]},
        )


def question_of(ranked: Sequence[Ranked], choice: Composition, kept: Kept) -> Question:
    """The question about a choice as it stands."""
    rows = eligible_rows(ranked)
    return Question(
        [r.candidate for r in rows],
        {r.public_id: r.departure for r in rows if r.departure},
        choice.places,
        kept.limits,
        frozenset(r.public_id for r in choice.chosen),
        {value: kind for each in (kept.kinds, *(r.kinds for r in rows)) for value, kind in each.items()},
    )


def problem_of(
    people: Sequence[Candidate], decided: Mapping[str, str], limits: Limits | None, *, places: int
) -> Problem:
    """The composition's question about these people, with what was decided of some."""
    # never more than there are places: what was free when they were brought in may have been taken since
    brought = [c.key for c in people if decided.get(c.key) == Departure.Direction.IN][:places]
    return problem_of_round(
        places=places,
        candidates=people,
        rules=limits.rules(people) if limits else (),
        forced_in=set(brought),
        forced_out={c.key for c in people if decided.get(c.key) == Departure.Direction.OUT},
    )


def _key(question: Question) -> str:
    """Names exactly this question; names of values may change, so they're in it too."""
    words = repr((sorted(question.as_data().items()), get_language()))
    return f"selection-reasons:{hashlib.sha256(words.encode()).hexdigest()}"
