"""Nothing about anybody in the log: no name, address, private word or anything typed, whatever is asked for and whatever goes wrong."""

from __future__ import annotations

import json
import logging
import re
import smtplib
from collections.abc import Callable, Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from celery import shared_task
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engine import jobs
from engine.home import panel_sources
from engine.jobs import start_job
from engine.logs import WithoutPersonalData
from reminders.dispatch import dispatch_due
from reminders.models import Message
from tenancy.models import ConflictDeclaration, Person, Role
from tenancy.scope import tenant_context
from tests.access.filling import POSTS, fill
from tests.access.small_world import PRIVATE, World, undone
from tests.access.test_every_url import GETS, address
from tests.conftest import make_member, sign_in
from tests.smtp_sink import Sink, smtp_sink  # noqa: F401 -- a fixture

SECRET = "Wasserralle"
TYPED = "Uferschnepfe"
# What keeps the words of a set's room.
WORDS_KEPT = re.compile(r'(INSERT INTO|UPDATE) "cohorts_(groundrulestext|setactiontext|processnote)"')


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """What the portal's own handler writes from now on."""
    (handler,) = (h for h in logging.getLogger().handlers if any(isinstance(f, WithoutPersonalData) for f in h.filters))
    assert isinstance(handler, logging.StreamHandler)
    written = StringIO()
    before = handler.setStream(written)
    yield written.getvalue
    handler.setStream(before)


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# --- requests, as the whole matrix asks them ---


def test_no_page_asked_for_leaves_a_name(world: World, log: Callable[[], str]) -> None:
    """Opened, refused and not found: with somebody's name and address in the query, as a search has them."""
    person = world.person("participant")
    with undone():
        for name in GETS:
            for client in (world.cast["staff"].client, world.cast["nobody"].client, world.stranger.client):
                client.get(address(world, name), {"q": f"{person.name} {person.email}", "search": TYPED})
    said = lines_of(log())
    assert {line.get("status_code") for line in said} >= {403, 404}
    assert words_in(log(), world) == []


def words_in(text: str, world: World) -> list[str]:
    people = [member.person for member in world.cast.values()]
    words = {TYPED, SECRET, *PRIVATE.values(), *(p.name for p in people), *(p.email for p in people)}
    assert len(words) > 30
    tokens = {row["token"] for row in world.at.values() if "token" in row}
    assert len(tokens) > 3
    return [word for word in words | tokens if word in text]


def test_nothing_typed_into_a_form_is_logged(world: World, log: Callable[[], str]) -> None:
    """Every form, as its first allowed role, with the same word in each of its boxes: taken or refused with what was typed."""
    answers = set()
    for name in POSTS:
        with undone():
            filled = fill(world, name)
            if filled.typed:
                typed = {box: f"{TYPED} {n}" for n, box in enumerate(filled.typed)}
                answers.add(filled.send(**typed).status_code)
                answers.add(filled.client.post(filled.url, {**typed, "version": TYPED}).status_code)
    assert answers >= {302, 422}
    assert any(line.get("status_code") == 422 for line in lines_of(log()))
    assert words_in(log(), world) == []


# --- what goes wrong on our side ---


def not_a_number(person: Person) -> None:
    int(f"{SECRET} {person.name}")


def no_such_key(person: Person) -> None:
    _ = {}[f"{SECRET} {person.name}"]  # type: ignore[var-annotated]


def not_valid(person: Person) -> None:
    raise ValidationError({"name": f"{SECRET} isn’t allowed"})


def one_after_another(person: Person) -> None:
    try:
        int(SECRET)
    except ValueError as error:
        raise RuntimeError(f"{person.name} {SECRET}") from error


def taken_already(person: Person) -> None:
    """PostgreSQL quotes the key."""
    Person.objects.create(name=SECRET, email=person.email.upper())


def against_a_constraint(person: Person) -> None:
    """PostgreSQL quotes the whole row."""
    ConflictDeclaration.objects.create(
        person=person, other=person, kind="other", declared_by=person, declared_at=timezone.now(), lifted_reason=SECRET
    )


def not_a_number_to_the_database(person: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", [f"{SECRET} {person.name}"])


def refused_by_the_mail_server(person: Person) -> None:
    raise smtplib.SMTPRecipientsRefused({person.email: (550, f"{SECRET} {person.name} has left".encode())})


def an_answer_of_the_mail_server(person: Person) -> None:
    raise smtplib.SMTPDataError(554, f"the mail to {person.name} names {SECRET}".encode())


WRONG = [
    not_a_number,
    no_such_key,
    not_valid,
    one_after_another,
    taken_already,
    against_a_constraint,
    not_a_number_to_the_database,
    refused_by_the_mail_server,
    an_answer_of_the_mail_server,
]


@pytest.fixture
def member(essex) -> SimpleNamespace:
    return make_member(essex, "Wilma Waldkauz", Role.STAFF, email="wilma@waldkauz.example")


def assert_nothing_of(member: SimpleNamespace, text: str) -> None:
    assert text
    for word in (SECRET, "Wilma", "Waldkauz", "waldkauz.example"):
        assert word.lower() not in text.lower(), word


@pytest.mark.parametrize("wrong", WRONG, ids=lambda f: f.__name__)
def test_an_error_page_quotes_nothing(member, log, wrong) -> None:
    """500, with a traceback that says where and what kind of error it was, and not on whose words."""
    panel_sources.register("falls over", lambda actor, _tenant: wrong(actor.person) or [])
    try:
        client = sign_in(Client(raise_request_exception=False), member.account)
        answer = client.get(reverse("portal:home", kwargs={"tenant": "essex"}))
    finally:
        panel_sources._answers.pop("falls over")
    assert answer.status_code == 500 and SECRET not in answer.content.decode()
    assert_nothing_of(member, log())
    (line,) = (each for each in lines_of(log()) if each.get("status_code") == 500)
    assert f"in {wrong.__name__}" in line["exc_info"]


def test_an_error_while_a_sets_words_are_kept_quotes_none_of_them(world: World, log: Callable[[], str]) -> None:
    """The database refuses what was to be kept in the set's room, quoting it: nothing of that on the page, in the log or in a mail."""
    quoted: list[str] = []

    def refuse(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        words = [p for p in params or () if isinstance(p, str) and p.startswith(SECRET)]
        if not words or not WORDS_KEPT.match(sql):
            return execute(sql, params, many, context)
        try:
            return execute("SELECT %s::int", words[:1], False, context)
        except DatabaseError as error:
            quoted.append(str(error))
            raise

    review = {"tenant": "essex", "public_id": world.at["begun"]["public_id"], "step": "review"}
    answers = []
    with undone(), connection.execute_wrapper(refuse):
        for name in ("cohorts:set-rules-change", "cohorts:set-action-add", "cohorts:set-meeting-step"):
            filled = fill(world, name)
            if name == "cohorts:set-meeting-step":
                filled.url, filled.data = reverse(name, kwargs=review), {"version": "1"}
            client = Client(raise_request_exception=False)
            client.cookies = filled.client.cookies
            answers.append(client.post(filled.url, {**filled.data, "body": f"{SECRET} {name}"}))
    assert len(quoted) == 3 and all(SECRET in text for text in quoted)
    assert [answer.status_code for answer in answers] == [500, 500, 500]
    assert [answer for answer in answers if SECRET in answer.content.decode()] == []
    assert [line["status_code"] for line in lines_of(log()) if "exc_info" in line] == [500, 500, 500]
    assert words_in(log(), world) == []
    # the portal sends no error by mail, to operators neither
    assert not settings.ADMINS and mail.outbox == []


def test_a_database_error_keeps_what_finds_it(member, log) -> None:
    with tenant_context(member.tenant, member.person):
        try:
            taken_already(member.person)
        except DatabaseError:
            logging.getLogger("baton.test").exception("It failed")
    trace = lines_of(log())[0]["exc_info"]
    assert "IntegrityError: 23505 tenancy_person person_email_unique" in trace


def test_errors_about_the_program_keep_their_words(log) -> None:
    try:
        _ = SimpleNamespace().colour
    except AttributeError:
        logging.getLogger("baton.test").exception("It failed")
    assert "AttributeError: 'types.SimpleNamespace' object has no attribute 'colour'" in lines_of(log())[0]["exc_info"]


def test_an_error_in_a_message_is_named_only(log) -> None:
    logging.getLogger("baton.test").warning("It failed: %s", ValueError(SECRET))
    logging.getLogger("baton.test").warning("It failed: %(why)s", {"why": KeyError(SECRET)})
    assert [line["message"] for line in lines_of(log())] == ["It failed: ValueError", "It failed: KeyError"]


def test_a_job_that_falls_over_quotes_nothing(member, log) -> None:
    def handler(_job: jobs.RunningJob) -> dict[str, Any]:
        raise ValueError(f"{SECRET} of {member.person.name}")

    jobs.handlers.register("test.quotes", handler)
    try:
        with tenant_context(member.tenant, member.person):
            job = start_job(kind="test.quotes", title="Quote", params={"about": 1}, by=member.actor)
        jobs.run(job.tenant_id, job.pk)
    finally:
        jobs.handlers._answers.pop("test.quotes")
    assert_nothing_of(member, log())
    with tenant_context(member.tenant, member.person):
        job.refresh_from_db()
    assert job.state == "failed" and SECRET not in f"{job.error} {job.progress_text} {job.result}"


def test_a_task_that_falls_over_quotes_nothing(member, log) -> None:
    """Celery itself logs it: the error's words stand in its message, in what it attaches, and among the arguments."""

    @shared_task(name="test.quotes")
    def quotes(words: str) -> None:
        raise ValueError(words)

    quotes.apply(args=[f"{SECRET} of {member.person.name}"])
    assert_nothing_of(member, log())
    assert "test.quotes" in log() and "ValueError" in log()


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
@pytest.mark.parametrize(
    "answer", ["550 Wilma Waldkauz <wilma@waldkauz.example> has left", "451 Wasserralle", "hang up"]
)
def test_a_mail_that_fails_quotes_nothing(essex, member, log, settings, smtp_sink: Sink, answer) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    smtp_sink.answers["wilma@waldkauz.example"] = answer
    now = timezone.now()
    with tenant_context(essex):
        message = Message.objects.create(
            dedupe_key="one",
            kind="cohorts.welcome",
            recipient=member.person,
            subject=f"{SECRET} one",
            body_text=f"{SECRET} two",
            available_at=now,
            queued_at=now,
            queued_by="a test",
            attempts=4,
        )
    dispatch_due()
    assert_nothing_of(member, log())
    with tenant_context(essex):
        message.refresh_from_db()
    assert message.state in {"failed", "uncertain"}
    assert SECRET not in message.error and "waldkauz" not in message.error.lower()
