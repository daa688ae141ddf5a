from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register("baton", deploy=True)
def broker_is_not_the_cache(**_: Any) -> list[CheckMessage]:
    """The cache holds sign-in limits and may drop what it likes; the broker must not. One server for both does neither well."""
    if settings.CACHES["default"]["LOCATION"] != settings.CELERY_BROKER_URL:
        return []
    hint = "Give REDIS_URL and CACHE_URL a server each: emptying one then harms nothing of the other."
    return [Warning("The broker and the cache are the same Redis database.", hint=hint, id="baton.W002")]


@register("baton")
def pdf_can_be_made(**_: Any) -> list[CheckMessage]:
    """The portal starts without WeasyPrint's native library; whoever asks for a PDF is told the same words."""
    from engine.pdf import pdf_ready

    problem = pdf_ready()
    return [Warning(problem, id="baton.W001")] if problem else []
