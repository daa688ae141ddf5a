"""Where a link of a purpose leads: the page that takes it says so itself, by its permission."""

from __future__ import annotations

from functools import cache

from django.urls import reverse

from tenancy.checks import own_patterns


@cache
def pages_by_purpose() -> dict[str, str]:
    """Purpose → URL name. The first page in the URLconf whose permission is by_link(purpose) and whose path has a token."""
    found: dict[str, str] = {}
    for name, pattern in own_patterns():
        view = getattr(pattern.callback, "view_class", pattern.callback)
        purpose = getattr(getattr(view, "permission", None), "purpose", "")
        if purpose and "token" in pattern.pattern.converters:
            found.setdefault(purpose, name)
    return found


def link_path(purpose: str, tenant_slug: str, token: str) -> str:
    """The path that this token opens. LookupError for a purpose no page takes."""
    try:
        name = pages_by_purpose()[purpose]
    except KeyError:
        raise LookupError(f"No page takes links for {purpose!r}.") from None
    return reverse(name, kwargs={"tenant": tenant_slug, "token": token})
