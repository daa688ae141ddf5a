"""Two dispatchers, killed again and again in mid-mail, and 300 messages: none lost, none sent twice by itself."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.utils import timezone

from reminders.mail import message_id
from reminders.models import Message
from tenancy.models.base import new_public_id
from tenancy.scope import tenant_context
from tests.factories.reminders import make_person
from tests.smtp_sink import smtp_sink  # noqa: F401 -- a fixture
from tests.worker import ROOT, process_env, until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
COUNT = 300
KILLS = 6


def start(sink):
    env = process_env(
        BATON_EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        BATON_SMTP_HOST="127.0.0.1",
        BATON_SMTP_PORT=str(sink.port),
        BATON_MAIL_LEASE_SECONDS="2",
    )
    command = [sys.executable, "manage.py", "dispatch_messages", "--watch"]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, start_new_session=True)


def kill(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def left():
    return Message.unscoped("sys").filter(state__in=("pending", "sending")).count()


def test_chaos(essex, smtp_sink):
    now = timezone.now()
    with tenant_context(essex):
        person = make_person("Ann")
        Message.objects.bulk_create(
            Message(
                public_id=new_public_id(),
                dedupe_key=f"test.chaos:{n}::ann:email",
                kind="test.chaos",
                recipient=person,
                subject=f"Number {n}",
                body_text="Hello",
                available_at=now,
                queued_at=now,
                queued_by="test",
            )
            for n in range(COUNT)
        )
    smtp_sink.delay = 0.03
    rng = random.Random(7)
    processes = [start(smtp_sink), start(smtp_sink)]
    try:
        for _kill in range(KILLS):
            seen = len(smtp_sink.mails)
            until(lambda: len(smtp_sink.mails) >= seen + 15 or not left(), what="the next mails")  # noqa: B023
            time.sleep(rng.uniform(0, 0.05))
            victim = rng.randrange(2)
            kill(processes[victim])
            processes[victim] = start(smtp_sink)
        until(lambda: not left(), seconds=60, what="the end of the queue")
    finally:
        for process in processes:
            kill(process)

    rows = list(Message.unscoped("sys").filter(kind="test.chaos"))
    states = {state: {message_id(m) for m in rows if m.state == state} for state in ("sent", "uncertain")}
    arrived = smtp_sink.ids()
    assert len(rows) == COUNT and len(states["sent"]) + len(states["uncertain"]) == COUNT
    assert len(arrived) == len(set(arrived)), "nothing arrives twice without somebody's decision"
    assert states["sent"] <= set(arrived), "whatever is marked as sent has arrived"
    assert set(arrived) <= states["sent"] | states["uncertain"]
    assert len(states["uncertain"]) <= KILLS
