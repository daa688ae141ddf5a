"""A tenant's own sign-in page: its name, its colour and, nowhere else, the button of its own provider."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from tenancy.rules import anyone


class SignInView(LoginView):
    """Shows the form; allauth's own page takes what is posted, so its rate limits count every try."""

    permission = anyone
    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.tenant is None:  # type: ignore[attr-defined]
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tenant = self.request.tenant
        home = reverse("portal:home", kwargs={"tenant": tenant.slug})
        wanted = self.request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {self.request.get_host()}, self.request.is_secure())
        then = wanted if safe else home
        context = super().get_context_data(**kwargs)
        # allauth checks `next` when it is posted, but writes whatever the address says into its forms
        context.update(
            tenant=tenant,
            redirect_field_name="next",
            redirect_field_value=then,
            redirect_field=format_html('<input type="hidden" name="next" value="{}">', then),
            sign_in_providers=self.providers(tenant.openid_provider, then),
        )
        return context

    def providers(self, provider_id: str, then: str) -> list[dict[str, str]]:
        if not provider_id:
            return []
        provider = get_adapter().get_provider(self.request, provider_id)
        return [{"name": provider.app.name, "href": provider.get_login_url(self.request, next=then)}]
