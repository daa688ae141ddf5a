"""The front door: choose a programme, or go straight to the only one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from tenancy.rules import anyone
from tenancy.scope import account_context
from tenancy.selectors import tenants_of_account


class StartView(View):
    permission = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        with account_context(request.user.pk):
            tenants = tenants_of_account(request.user.pk)
        if len(tenants) == 1:
            return redirect("portal:home", tenant=tenants[0].slug)
        return render(request, "portal/start.html", {"tenants": tenants})
