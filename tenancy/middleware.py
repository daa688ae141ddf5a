"""The first lock: the tenant is in the URL, resolved once, and the whole request runs in its scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.cache import add_never_cache_headers

from tenancy.models import Tenant
from tenancy.models.tenant import RESERVED_SLUGS
from tenancy.scope import become, tenant_context
from tenancy.selectors import actor_of_account

GetResponse = Callable[[HttpRequest], HttpResponse]


class NoStoreMiddleware:
    """Nothing that a signed-in person was shown is kept by a browser or proxy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/static/") and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class NoNulMiddleware:
    """PostgreSQL takes no NUL in a text, and browsers send none: an address with one is 404, and what is posted with one 400,
    before a look-up makes an error of ours out of it. After the CSRF middleware, which has read the form by then."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or has_nul(request.GET):
            raise Http404
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if has_nul(request.POST):
            raise SuspiciousOperation("NUL in a form")


def has_nul(words: QueryDict) -> bool:
    return any("\0" in value for name, values in words.lists() for value in (name, *values))


class TenantMiddleware:
    """Resolve the tenant, re-check the membership, open the scope; a transaction around view *and* rendering.

    Unknown tenant: 404. Signed in but no member: the view decides through its permission, and a member's page answers 404, so
    that nobody learns more of a tenant than its public pages say. Responses of 500 and more roll back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = None  # type: ignore[attr-defined]
        request.actor = None  # type: ignore[attr-defined]
        slug = request.path_info.strip("/").split("/", 1)[0]
        if not slug or slug in RESERVED_SLUGS:
            return self.get_response(request)
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            # The URLconf answers: every path below an unknown slug is a 404 of the portal's own.
            return self.get_response(request)
        request.tenant = tenant  # type: ignore[attr-defined]
        account_id = request.user.pk if request.user.is_authenticated else None
        with tenant_context(tenant, account=account_id):
            if account_id is not None and (actor := actor_of_account(account_id)):
                become(actor.person_id, account=account_id)
                request.actor = actor  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response
