"""What is answered where nothing is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page in the tenant's own look; for somebody signed in who doesn't belong to it, the same page as at an address of no tenant."""
    user, actor = getattr(request, "user", None), getattr(request, "actor", None)
    stranger = user is not None and user.is_authenticated and (actor is None or actor.kind != "person")
    look: dict[str, Any] = {"tenant": None} if stranger else {}
    return HttpResponseNotFound(render_to_string("404.html", look, request))
