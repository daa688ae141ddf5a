from typing import Any

from django.http import HttpRequest


def tenant(request: HttpRequest) -> dict[str, Any]:
    """`tenant` and `actor` on every page; None before a tenant is open."""
    return {
        "tenant": getattr(request, "tenant", None),
        "actor": getattr(request, "actor", None),
    }
