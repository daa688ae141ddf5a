from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def tenant(request: HttpRequest) -> dict[str, Any]:
    """`tenant` and `actor` on every page; None before a tenant is open. `draft_owner` tells the browser whose drafts it keeps, and
    nothing about them."""
    user = getattr(request, "user", None)
    key = user.pk if user is not None and user.is_authenticated else None
    return {
        "tenant": getattr(request, "tenant", None),
        "actor": getattr(request, "actor", None),
        "draft_owner": salted_hmac("baton.drafts", str(key)).hexdigest()[:16] if key else "",
    }
