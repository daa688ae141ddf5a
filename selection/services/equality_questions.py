"""What a round asks about equality: the tenant's standard questions, or its own, until it opens.

A round's own begin as a copy of the standard ones. Within docs/decisions/0011-equality-answers.md: answers are chosen from a list, never
typed; “prefer not to say” is always among them; nobody has to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from engine.names import sort_key
from engine.transitions import record_change
from selection.models import EqualityOption, EqualityQuestion, SelectionRound
from selection.rules import require, staff
from selection.selectors.equality import equality_questions
from selection.services.default_equality import PREFER_NOT
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.seen import check_seen, stored_values
from tenancy.turns import take_turns

MOST_QUESTIONS = 12
FEWEST_ANSWERS, MOST_ANSWERS = 2, 12
LONGEST_ANSWER = 120
WORDS = ("name", "text", "hint", "answers")


class QuestionAsShown:
    """A question as its form has it: `answers` are those that say something, in their order."""

    def __init__(self, question: EqualityQuestion) -> None:
        self.name, self.text, self.hint = question.name, question.text, question.hint
        options = question.options.all()  # type: ignore[attr-defined]
        self.answers = [option.text for option in options if not option.says_nothing]


@transaction.atomic
def add_equality_question(*, round: SelectionRound, by: Actor, **words: Any) -> EqualityQuestion:
    """`words` are WORDS. Added twice with the same name, it's refused."""
    own = _own(round, by)
    if len(own) >= MOST_QUESTIONS:
        raise Refused(_("A round asks at most %(n)d equality questions.") % {"n": MOST_QUESTIONS})
    words = _checked(words, own)
    question = EqualityQuestion.objects.create(
        round=round,
        key=_free_key(words["name"], own),
        position=max((q.position for q in own.values()), default=0) + 1,
        **{name: words[name] for name in ("name", "text", "hint")},
    )
    _set_answers(question, words["answers"])
    record_change(round, "add_equality_question", by=by, reason=question.name)
    return question


@transaction.atomic
def change_equality_question(
    *, round: SelectionRound, key: str, by: Actor, seen: str = "", **words: Any
) -> EqualityQuestion:
    """`seen` is the digest of what the page showed."""
    own = _own(round, by)
    question = _one(own, key)
    shown, words = QuestionAsShown(question), _checked(words, own, but=key)
    check_seen(shown, WORDS, seen, wanted=words)
    if stored_values(shown, WORDS) == words:
        return question
    for name in ("name", "text", "hint"):
        setattr(question, name, words[name])
    question.save(update_fields=["name", "text", "hint"])
    if shown.answers != words["answers"]:
        _set_answers(question, words["answers"])
    record_change(round, "change_equality_question", by=by, reason=question.name)
    return question


@transaction.atomic
def remove_equality_question(*, round: SelectionRound, key: str, by: Actor) -> None:
    """Removed twice, it's removed once."""
    own = _own(round, by)
    if key not in own:
        return
    if len(own) == 1:
        raise Refused(_("A round asks at least one equality question. Nobody has to answer it."))
    record_change(round, "remove_equality_question", by=by, reason=own[key].name)
    _delete(EqualityQuestion.objects.filter(pk=own[key].pk))


@transaction.atomic
def ask_standard_questions(*, round: SelectionRound, by: Actor) -> None:
    """Give up the round's own questions."""
    _preparing(round, by)
    if _delete(EqualityQuestion.objects.filter(round=round)):
        record_change(round, "standard_equality_questions", by=by)


def copy_equality_questions(*, source: SelectionRound, round: SelectionRound) -> None:
    """A round that begins from another one's framework asks what that one asked. The caller has checked who may."""
    own = EqualityQuestion.objects.filter(round=source).prefetch_related("options")
    _copy(list(own), round)


def _copy(questions: Sequence[EqualityQuestion], round: SelectionRound) -> None:
    made = EqualityQuestion.objects.bulk_create(
        EqualityQuestion(round=round, key=q.key, name=q.name, text=q.text, hint=q.hint, position=q.position)
        for q in questions
    )
    EqualityOption.objects.bulk_create(
        EqualityOption(question=twin, text=o.text, position=o.position, says_nothing=o.says_nothing)
        for question, twin in zip(questions, made, strict=True)
        for o in question.options.all()  # type: ignore[attr-defined]
    )


def _preparing(round: SelectionRound, by: Actor) -> None:
    require(staff, by, round)
    take_turns(round)
    round.refresh_from_db(fields=["state"])
    if round.state != RoundState.DRAFT:
        raise WrongState(
            _("The round is open, so its equality questions can’t change: everybody’s answers are counted together.")
        )


def _own(round: SelectionRound, by: Actor) -> dict[str, EqualityQuestion]:
    """The round's own questions by key, its turn taken; copied from the standard ones if it has none yet."""
    _preparing(round, by)
    asked = list(equality_questions(round))
    if any(question.round_id is None for question in asked):
        _copy(asked, round)
        asked = list(equality_questions(round))
    return {question.key: question for question in asked}


def _one(own: dict[str, EqualityQuestion], key: str) -> EqualityQuestion:
    if key not in own:
        raise Refused(_("This question has been taken out meanwhile."))
    return own[key]


def _checked(words: dict[str, Any], own: dict[str, EqualityQuestion], *, but: str = "") -> dict[str, Any]:
    found = {name: " ".join(words[name].split()) for name in ("name", "text", "hint")}
    answers = [text for line in words["answers"] if (text := " ".join(line.split()))]
    if any(sort_key(q.name) == sort_key(found["name"]) for key, q in own.items() if key != but):
        raise Refused(_("There is a question of this name already"), field="name")
    keys = [sort_key(text) for text in answers]
    if sort_key(str(PREFER_NOT)) in keys:
        raise Refused(_("Leave out “Prefer not to say”: it’s always the last answer"), field="answers")
    if len(set(keys)) < len(keys):
        raise Refused(_("Write each answer once"), field="answers")
    if not FEWEST_ANSWERS <= len(answers) <= MOST_ANSWERS:
        text = _("Write %(fewest)d to %(most)d answers, each in a line of its own")
        raise Refused(text % {"fewest": FEWEST_ANSWERS, "most": MOST_ANSWERS}, field="answers")
    if any(len(text) > LONGEST_ANSWER for text in answers):
        raise Refused(_("An answer has at most %(n)d characters") % {"n": LONGEST_ANSWER}, field="answers")
    return found | {"answers": answers}


def _set_answers(question: EqualityQuestion, answers: Sequence[str]) -> None:
    _delete(EqualityOption.objects.filter(question=question))
    last = EqualityOption(question=question, text=str(PREFER_NOT), position=len(answers) + 1, says_nothing=True)
    made = [EqualityOption(question=question, text=text, position=n) for n, text in enumerate(answers, start=1)]
    EqualityOption.objects.bulk_create([*made, last])


def _delete(rows: QuerySet[Any]) -> int:
    """Without looking for answers, which portal_app may not: the database takes what hangs on these rows."""
    return rows._raw_delete(rows.db)


def _free_key(name: str, own: dict[str, EqualityQuestion]) -> str:
    base = slugify(name)[:30] or "question"
    return next(key for n in range(1, MOST_QUESTIONS + 2) if (key := base if n == 1 else f"{base}-{n}") not in own)
