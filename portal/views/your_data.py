"""What we hold about the person signed in, and the pages everybody may read."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from tenancy.privacy import export_person, holdings
from tenancy.retention import periods, retention_kinds
from tenancy.rules import anyone, member
from tenancy.views.base import TenantPage, TenantView


class YourDataView(TenantPage):
    """What each part of the portal holds, for how long; the records themselves are in the copy to download."""

    permission = member
    template_name = "tenancy/your_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.actor.person
        kept = periods()
        rows = []
        for holding in holdings:
            days = kept[holding.kind] if holding.kind else holding.keep_days
            rows.append(
                {
                    "label": holding.label,
                    "count": len(holding.export(person)) if person else 0,
                    "private": holding.private_to_author,
                    "years": (days or 0) // 365 if (days or 0) % 365 in (0, 1) else 0,
                    "days": days,
                    "after": retention_kinds[holding.kind].after if holding.kind else "",
                }
            )
        return super().get_context_data(rows=rows, **kwargs)


def plain(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat() if timezone.is_aware(value) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


class YourDataDownloadView(TenantView):
    permission = member

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.actor.person is not None
        tenant = self.request.tenant
        content = {
            "held by": tenant.name,
            "about": self.actor.person.name,
            "made": timezone.now(),
            "records": export_person(self.actor.person),
        }
        name = f"your-data-{tenant.slug}-{timezone.localdate():%Y-%m-%d}.json"
        return HttpResponse(
            json.dumps(content, default=plain, ensure_ascii=False, indent=2),
            content_type="application/json; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class PolicyPage(TenantPage):
    """A page of a tenant that anybody may read."""

    permission = anyone


class PortalPolicyPage(View):
    """The same page of the portal itself, where no tenant is open."""

    permission = anyone
    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, self.template_name)
