"""The demo's inbox: anybody can read every mail that would have been sent. These routes exist in demo mode only."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views import View

from engine.views.jobs import rows_per_page
from portal.demo.people import DEMO_PASSWORD, SIGN_INS
from reminders.models import DemoMail
from tenancy.rules import anyone

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class DemoInboxView(View):
    """`?to=` narrows the list to addresses that contain it."""

    permission = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        to = request.GET.get("to", "").strip().lower()
        mails = DemoMail.objects.defer("body_text", "body_html")
        if to:
            mails = mails.filter(to__icontains=to)
        page = Paginator(mails, rows_per_page(request)).get_page(request.GET.get("page"))
        return render(request, "demo/inbox.html", {"page_obj": page, "to": to})


class DemoMailView(View):
    permission = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, "demo/inbox_mail.html", {"mail": get_object_or_404(DemoMail, pk=kwargs["pk"])})


class DemoMailHtmlView(View):
    """The HTML version as a page of its own. Its one style element is let in by its hash, and nothing else is."""

    permission = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mail = get_object_or_404(DemoMail.objects.exclude(body_html=""), pk=kwargs["pk"])
        style = STYLE.search(mail.body_html)
        digest = base64.b64encode(hashlib.sha256((style[1] if style else "").encode()).digest()).decode()
        policy = {directive: [NONE] for directive in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}
        policy["style-src"] = [f"'sha256-{digest}'"]

        @csp_replace(policy)
        def respond(_request: HttpRequest) -> HttpResponseBase:
            return HttpResponse(mail.body_html)

        return respond(request)


class DemoSignInsView(View):
    permission = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, "demo/sign_ins.html", {"sign_ins": SIGN_INS, "password": DEMO_PASSWORD})
