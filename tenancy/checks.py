"""System checks: every view declares who may open it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

# Routes of libraries that guard themselves; everything else must declare.
FOREIGN_MODULES = ("allauth.", "django.")


def patterns(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every (dotted name, pattern) of the URLconf."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from patterns(entry, namespace)
        else:
            yield f"{prefix}{entry.name}", entry


def own_patterns() -> Iterator[tuple[str, URLPattern]]:
    """The patterns whose views are Baton's own."""
    for name, pattern in patterns(get_resolver()):
        if name.startswith("admin:"):
            # One site asks for all its pages: portal.operators.
            continue
        view = getattr(pattern.callback, "view_class", pattern.callback)
        if not view.__module__.startswith(FOREIGN_MODULES) and view.__module__ != "functools":
            yield name, pattern


@register("baton")
def every_view_declares_a_permission(**_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"The view of URL “{name}” declares no permission.",
            hint="Set `permission = …` to a Rule from the app's rules.py.",
            id="baton.E001",
        )
        for name, pattern in own_patterns()
        if getattr(getattr(pattern.callback, "view_class", pattern.callback), "permission", None) is None
    ]
