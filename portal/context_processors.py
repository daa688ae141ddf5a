from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

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


def demo(request: HttpRequest) -> dict[str, Any]:
    """In the demo: the note at the foot of each page, and the way to its sign-ins and its inbox."""
    if not settings.DEMO:
        return {}
    links = [
        {"text": _("Demo: who you can sign in as"), "href": reverse("demo:sign-ins")},
        {"text": _("Demo: everybody’s mails"), "href": reverse("demo:inbox")},
    ]
    return {"demo": True, "footer_links": links}
