"""GET /health/: is it alive, and is anything waiting too long?"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.views import View

from tenancy.rules import anyone

# A worker is silent when its heartbeat is older than this; a message is late when it has been due for longer.
WORKER_SILENT_SECONDS = 90
MESSAGE_LATE_SECONDS = 600


class HealthView(View):
    permission = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        """200 when the database and Redis answer, 503 otherwise; a silent worker or a late message is 'degraded', still 200."""
        state: dict[str, Any] = {"database": "ok", "redis": "ok", "worker": "ok"}
        fatal = False
        try:
            with connections["sys"].cursor() as cursor:
                cursor.execute(
                    "SELECT (SELECT extract(epoch FROM now() - max(seen_at)) FROM engine_heartbeat WHERE name = 'worker'),"
                    " (SELECT extract(epoch FROM now() - min(available_at)) FROM reminders_message"
                    "  WHERE state IN ('pending', 'sending') AND available_at <= now())"
                )
                beat, oldest = cursor.fetchone()
        except Exception:
            state["database"], beat, oldest, fatal = "down", None, None, True
        try:
            cache.set("health", 1, 5)
        except Exception:
            state["redis"], fatal = "down", True
        if beat is None or beat > WORKER_SILENT_SECONDS:
            state["worker"] = "silent"
        state["worker_seen_seconds_ago"] = None if beat is None else round(float(beat))
        state["oldest_due_message_seconds"] = 0 if oldest is None else round(float(oldest))
        late = state["oldest_due_message_seconds"] > MESSAGE_LATE_SECONDS
        degraded = late or state["worker"] != "ok"
        state["status"] = "down" if fatal else "degraded" if degraded else "ok"
        return JsonResponse(state, status=503 if fatal else 200)
