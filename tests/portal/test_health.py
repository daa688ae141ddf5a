from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from engine.models import Heartbeat
from engine.tasks import record_heartbeat
from reminders.models import Message
from tenancy.scope import tenant_context
from tests.factories.reminders import make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


def health():
    response = Client().get("/health/")
    return response.status_code, response.json()


def message(tenant, age):
    now = timezone.now()
    with tenant_context(tenant):
        Message.objects.create(
            dedupe_key="x",
            kind="a.b",
            recipient=make_person("Ann"),
            subject="s",
            body_text="t",
            available_at=now - age,
            queued_at=now,
            queued_by="test",
        )


def test_all_is_well():
    record_heartbeat()
    code, state = health()
    assert (code, state["status"], state["database"], state["redis"], state["worker"]) == (200, "ok", "ok", "ok", "ok")


def test_a_silent_worker_is_told_of():
    assert health()[1]["worker"] == "silent"
    Heartbeat.objects.create(name="worker", seen_at=timezone.now() - timedelta(minutes=5))
    code, state = health()
    assert (code, state["status"]) == (200, "degraded") and state["worker_seen_seconds_ago"] >= 299


def test_the_oldest_due_message_is_told_of_across_tenants(essex):
    record_heartbeat()
    message(essex, timedelta(minutes=11))
    code, state = health()
    assert (code, state["status"]) == (200, "degraded") and state["oldest_due_message_seconds"] >= 659


def test_a_message_of_the_future_is_not_late(essex):
    record_heartbeat()
    message(essex, timedelta(hours=-1))
    assert health()[1]["oldest_due_message_seconds"] == 0


def test_without_redis_it_is_down(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }
    code, state = health()
    assert (code, state["status"], state["redis"], state["database"]) == (503, "down", "down", "ok")
