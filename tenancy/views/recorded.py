"""Pages whose opening is written down, because they show what is told in confidence."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenancy.models import TenantModel
from tenancy.services.access import record_opening
from tenancy.views.base import TenantView
from tenancy.words import Words


class Recorded(TenantView):
    """`recorded_what` says what the page is, `recorded_role` in what part it is read there. Looking at one's own is not recorded:
    `recorded_subject` answers None then."""

    recorded_what: ClassVar[Words]
    recorded_role: ClassVar[Words]

    def recorded_subject(self) -> TenantModel | None:
        return self.object if isinstance(self.object, TenantModel) else None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        shown = (
            request.method == "GET" and response.status_code == 200 and not response.has_header("Content-Disposition")
        )
        if shown and (subject := self.recorded_subject()) is not None:
            record_opening(what=str(self.recorded_what), subject=subject, role=str(self.recorded_role), by=self.actor)
        return response
