"""One home per person: what waits for you, then what your roles see first."""

from __future__ import annotations

from typing import Any

from engine.home import panel_sources, panels_of
from tenancy.models import Role
from tenancy.rules import member
from tenancy.views.base import TenantPage


class HomeView(TenantPage):
    permission = member
    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor, tenant = self.request.actor, self.request.tenant
        panels = panels_of(panel for source in panel_sources for panel in source(actor, tenant))
        # Each role once, in the order in which the portal lists them, however many cohorts it is held in.
        roles = [str(role.label) for role in Role if actor.holds(role)]
        return super().get_context_data(panels=panels, roles=roles, **kwargs)
