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
    `recorded_subject` answers None then. Lists that are taken away are recorded as downloads; a page that is itself a file says so
    by `recorded_file`."""

    recorded_what: ClassVar[Words]
    recorded_role: ClassVar[Words]
    recorded_file: ClassVar[bool] = False

    def recorded_subject(self) -> TenantModel | None:
        return self.object if isinstance(self.object, TenantModel) else None

    def recorded_words(self) -> tuple[str, str]:
        """What and in what part."""
        return str(self.recorded_what), str(self.recorded_role)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        page = self.recorded_file or not response.has_header("Content-Disposition")
        shown = request.method == "GET" and response.status_code == 200 and page
        if shown and (subject := self.recorded_subject()) is not None:
            what, role = self.recorded_words()
            record_opening(what=what, subject=subject, role=role, by=self.actor)
        return response
