"""The Celery application: an engine only. What is due is asked of the database, never of Redis."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("baton")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def ask_for_a_heartbeat(**_: Any) -> None:
    """The worker reports as soon as it works, not only at beat's next round; by way of the broker, as a heartbeat has to."""
    app.send_task("engine.tasks.record_heartbeat")
