"""What stands on a person's home page and in the navigation: each app adds what its roles see first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenancy.actors import Actor
from tenancy.models import Tenant
from tenancy.registry import Registry
from tenancy.words import Words


@dataclass(frozen=True)
class Panel:
    """A block of the home page: a template and its context; `position` orders panels, the first thing first."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    position: int = 50


@dataclass(frozen=True)
class NavigationItem:
    text: Words
    href: str
    position: int = 50


PanelSource = Callable[[Actor, Tenant], list[Panel]]
NavigationSource = Callable[[Actor, Tenant], list[NavigationItem]]
panel_sources: Registry[PanelSource] = Registry("What does this person see first?")
navigation_sources: Registry[NavigationSource] = Registry("Where can this person go?")
