"""What every view of a tenant is: one declared permission, asked before anything is shown or done."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.core.ratelimit import consume_or_429
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import View
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from tenancy.actors import Actor
from tenancy.errors import NotAllowed
from tenancy.links import find_link
from tenancy.models import Link, Person, Tenant, TenantModel
from tenancy.rules import Rule
from tenancy.scope import become


class TenantRequest(HttpRequest):
    tenant: Tenant
    actor: Actor


def count_bad_link(request: HttpRequest) -> HttpResponse | None:
    """Note that this address tried a link that opens nothing; the page to answer with once it has tried too many."""
    return consume_or_429(request, action="bad_link", limit_get=True)


class OpensByLink:
    """For pages behind a link in a mail (`token` in the address). Used, withdrawn, run out or never made: one page for all, which says
    nothing about anybody. `permission` is that of the link's purpose."""

    permission: ClassVar[Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tenant = getattr(request, "tenant", None)
        found = find_link(kwargs["token"]) if tenant else None
        if tenant and (found is None or found.tenant_id != tenant.pk or found.purpose != self.permission.purpose):
            gone = render(request, "tenancy/link_gone.html", status=404)
            return count_bad_link(request) or gone
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]


class TenantView(ContextMixin, View):
    """Order of refusal: not signed in → sign-in page; no member or foreign or absent object → 404; not allowed → 403.

    `get_object` finds what the page is about (None if nothing in particular); it raises the model's DoesNotExist or Http404.
    """

    permission: ClassVar[Rule]
    # TenantRequest, from dispatch() on; Any, since Django's own generic views declare it otherwise.
    request: Any
    object: Any = None

    def get_object(self) -> Any:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "tenant", None) is None:
            raise Http404
        if "token" in kwargs and self.permission.purpose and (refusal := self.open_link(kwargs["token"])):
            return refusal
        if request.actor is None:  # type: ignore[attr-defined]
            if self.permission.needs_sign_in:
                if request.user.is_authenticated:
                    raise Http404
                sign_in = reverse("portal:sign-in", kwargs={"tenant": request.tenant.slug})  # type: ignore[attr-defined]
                return redirect_to_login(self.way_back(request), sign_in)
            request.actor = Actor("visitor")  # type: ignore[attr-defined]
        elif self.permission.needs_sign_in and (refusal := self.sign_in_refusal()):
            return refusal
        try:
            self.object = self.get_object()
        except ObjectDoesNotExist:
            raise Http404 from None
        self.check(self.permission, self.object)
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error

    def way_back(self, request: HttpRequest) -> str:
        """Where signing in leads: to this page, or where it is only a button's, to the page that had the button."""
        if "GET" in self._allowed_methods():  # type: ignore[attr-defined]
            return request.get_full_path()
        home = reverse("portal:home", kwargs={"tenant": request.tenant.slug})  # type: ignore[attr-defined]
        came_from = urlsplit(request.headers.get("Referer", ""))
        own = came_from.netloc == request.get_host() and came_from.path.startswith(home)
        return came_from.path if own else home

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A page to read: browsers come here when somebody opens the address of a button."""
        refusal = super().http_method_not_allowed(request, *args, **kwargs)
        if request.method != "GET":
            return refusal
        page = render(request, "405.html", status=405)
        page["Allow"] = refusal["Allow"]
        return page

    def sign_in_refusal(self) -> HttpResponse | None:
        """Whether how the person signed in is enough for this tenant; see tenancy.trust."""
        from tenancy.trust import refusal_for

        return refusal_for(self.request)

    def check(self, rule: Rule, obj: Any = None) -> None:
        if not rule(self.request.actor, obj):
            raise PermissionDenied

    @property
    def actor(self) -> Actor:
        return self.request.actor

    def open_link(self, token: str) -> HttpResponse | None:
        """Become the link's person, for its purpose; 404 for any link that isn't live or is another tenant's or purpose's, and
        429 (which is returned) to an address that tries them by the hundred."""
        found = find_link(token)
        if found is None or found.tenant_id != self.request.tenant.pk or found.purpose != self.permission.purpose:
            if too_many := count_bad_link(self.request):
                return too_many
            raise Http404
        become(found.person_id)
        person = Person.objects.select_related("organisation").get(pk=found.person_id)
        self.link = Link.objects.get(pk=found.link_id)
        self.request.actor = Actor.for_link(person, found.purpose, found.link_id)
        return None

    def find(self, model: type[TenantModel], name: str = "public_id", **select: Any) -> Any:
        """The row of the open tenant named in the URL; Http404 otherwise."""
        queryset = select.pop("queryset", None)
        rows = model.objects.all() if queryset is None else queryset  # type: ignore[attr-defined]
        try:
            return rows.get(public_id=self.kwargs[name])
        except model.DoesNotExist:
            raise Http404 from None


class TenantPage(TenantView, TemplateResponseMixin):
    """A page that only reads."""

    request: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The URL's words stay out of the context: `tenant` there is the Tenant, not its slug.
        return self.render_to_response(self.get_context_data())
