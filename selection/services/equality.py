"""Equality answers: the only place that reads or writes them, as portal_sys, in one tenant and a transaction of its own.

Nothing else of the portal knows a token. No step is recorded and no time kept: a record would tell whose an answer is, by when.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from selection.models import Application, EqualityAnswer, EqualityOption, EqualityQuestion, EqualitySecret
from selection.rules import applicant, require
from selection.selectors.equality import asked_of
from selection.services.default_equality import PREFER_NOT, QUESTIONS
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.models import Person
from tenancy.scope import current_scope, tenant_context

BLOCK = 64


@transaction.atomic
def ensure_equality_questions() -> None:
    """The open tenant has the standard questions, which a round asks unless it has its own."""
    if EqualityQuestion.objects.filter(round__isnull=True).exists():
        return
    for position, spec in enumerate(QUESTIONS, start=1):
        question, created = EqualityQuestion.objects.get_or_create(
            round=None,
            key=spec.key,
            defaults={"name": str(spec.name), "text": str(spec.text), "hint": str(spec.hint), "position": position},
        )
        if not created:
            continue
        options = [EqualityOption(question=question, text=str(t), position=n) for n, t in enumerate(spec.options, 1)]
        last = EqualityOption(question=question, text=str(PREFER_NOT), position=len(options) + 1, says_nothing=True)
        EqualityOption.objects.bulk_create([*options, last])


class Tokens:
    """Whose an answer is, for who holds the secret."""

    def __init__(self, secret: EqualitySecret) -> None:
        self.inner, self.outer = bytes(secret.inner_key), bytes(secret.outer_key)

    def of(self, application_id: int, question_id: int) -> bytes:
        """HMAC-SHA256; the database's selection_forget_equality() makes the same."""
        inner = hashlib.sha256(self.inner + f"{application_id}:{question_id}".encode()).digest()
        return hashlib.sha256(self.outer + inner).digest()


@contextmanager
def as_sys(tenant_id: int) -> Iterator[None]:
    with tenant_context(tenant_id, using="sys"):
        yield


def known_tokens(tenant_id: int) -> Tokens | None:
    secret = EqualitySecret.unscoped("sys").filter(tenant_id=tenant_id).first()
    return Tokens(secret) if secret else None


def new_tokens(tenant_id: int) -> Tokens:
    """The tenant's secret, made when the first answer comes."""
    key = secrets.token_bytes(32).ljust(BLOCK, b"\0")
    made = EqualitySecret(
        tenant_id=tenant_id, inner_key=bytes(b ^ 0x36 for b in key), outer_key=bytes(b ^ 0x5C for b in key)
    )
    EqualitySecret.unscoped("sys").bulk_create([made], ignore_conflicts=True)
    found = known_tokens(tenant_id)
    assert found is not None
    return found


def may_answer(application: Application) -> bool:
    """Sent, and the round still takes applications, late ones too: then answers may be given and changed."""
    now, round_ = timezone.now(), application.round
    return application.submitted_at is not None and (round_.takes_applications(now) or round_.takes_late(now))


def save_equality_answers(*, application: Application, chosen: Mapping[str, str], by: Actor) -> None:
    """`chosen` is the public id of an option by the key of its question; what isn't chosen is taken away. Again is the same again."""
    require(applicant, by, application)
    if not may_answer(application):
        raise WrongState(_("These questions are open from when you send your application until the round closes."))
    options = {o.public_id: o for o in EqualityOption.objects.filter(question__in=asked_of(application.round))}
    questions = {q.key: q.pk for q in asked_of(application.round)}
    given: dict[str, EqualityOption] = {}
    for key, public_id in chosen.items():
        if not public_id:
            continue
        option = options.get(public_id)
        if option is None or option.question_id != questions.get(key):
            raise Refused(_("Choose one of the answers"), field=key)
        given[key] = option
    tenant_id = application.tenant_id
    with as_sys(tenant_id):
        tokens = new_tokens(tenant_id) if given else known_tokens(tenant_id)
        if tokens is None:
            return
        rows = EqualityAnswer.unscoped("sys").filter(tenant_id=tenant_id)
        rows.filter(
            token__in=[tokens.of(application.pk, pk) for key, pk in questions.items() if key not in given]
        ).delete()
        EqualityAnswer.unscoped("sys").bulk_create(
            [
                EqualityAnswer(tenant_id=tenant_id, token=tokens.of(application.pk, questions[key]), option=option)
                for key, option in given.items()
            ],
            update_conflicts=True,
            unique_fields=["tenant", "token"],
            update_fields=["option"],
        )


def withdraw_equality_answers(*, application: Application, by: Actor) -> None:
    """The applicant wants them no longer held: at any time, as the law has it. Figures already made hold no answers and stay."""
    require(applicant, by, application)
    tenant_id = application.tenant_id
    questions = list(asked_of(application.round).values_list("pk", flat=True))
    with as_sys(tenant_id):
        if tokens := known_tokens(tenant_id):
            own = [tokens.of(application.pk, pk) for pk in questions]
            EqualityAnswer.unscoped("sys").filter(tenant_id=tenant_id, token__in=own).delete()


def own_equality_answers(*, application: Application, by: Actor) -> dict[str, str]:
    """Public id of the chosen option by key of its question: for the applicant alone."""
    require(applicant, by, application)
    questions = {q.pk: q.key for q in asked_of(application.round)}
    found = options_of([application.pk], questions)[application.pk]
    publics = dict(EqualityOption.objects.filter(pk__in=found.values()).values_list("pk", "public_id"))
    return {questions[pk]: publics[option] for pk, option in found.items()}


def options_of(applications: Iterable[int], questions: Iterable[int]) -> dict[int, dict[int, int]]:
    """application → question → option. Private to the two services of equality."""
    applications, questions = list(applications), list(questions)
    tenant_id = current_scope().tenant_id
    found: dict[int, dict[int, int]] = {pk: {} for pk in applications}
    with as_sys(tenant_id):
        if tokens := known_tokens(tenant_id):
            whose = {tokens.of(a, q): (a, q) for a in applications for q in questions}
            rows = EqualityAnswer.unscoped("sys").filter(tenant_id=tenant_id, token__in=list(whose))
            for token, option_id in rows.values_list("token", "option_id"):
                application_id, question_id = whose[bytes(token)]
                found[application_id][question_id] = option_id
    return found


def export_equality(person: Person) -> list[dict[str, str]]:
    """For the person's own copy; nothing unless read as the person themselves."""
    if current_scope().person_id != person.pk:
        return []
    sent = Application.objects.filter(applicant=person, submitted_at__isnull=False)
    programmes = {a.pk: str(a.round.cohort) for a in sent.select_related("round__cohort__programme")}
    if not programmes:
        return []
    questions = {q.pk: q.text for q in EqualityQuestion.objects.all()}
    texts = dict(EqualityOption.objects.values_list("pk", "text"))
    return [
        {"programme": programmes[application], "question": questions[question], "answer": texts[option]}
        for application, given in options_of(programmes, questions).items()
        for question, option in given.items()
    ]
