"""Nudging a worker. A nudge is a courtesy: what is to be done stands in the database, and the tick finds it there."""

from __future__ import annotations

import logging
from typing import Any

from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = logging.getLogger("baton.jobs")


def publish(task: Any, *args: Any) -> None:
    """Hand a task to the broker, without waiting for one that is away: whoever pressed the button is not to blame for it."""
    try:
        task.apply_async(args=args, retry=False)
    except (KombuError, RedisError, OSError):
        log.warning("%s not published; the tick will find what it is for", task.name)
