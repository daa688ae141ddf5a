from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from engine.home import navigation_sources


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The service navigation: what this person's roles can open, in order."""
    actor = getattr(request, "actor", None)
    tenant = getattr(request, "tenant", None)
    if actor is None or tenant is None or actor.kind != "person":
        return {"navigation": []}
    items = [item for source in navigation_sources for item in source(actor, tenant)]
    return {
        "navigation": [
            {"text": i.text, "href": i.href, "active": request.path == i.href}
            for i in sorted(items, key=lambda i: i.position)
        ]
    }
