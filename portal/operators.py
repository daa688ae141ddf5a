"""The operators' admin site: global models only, behind the same sign-in as everybody's, with a second factor."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.trust import methods_of

# Of the libraries' own pages only this one is needed: a tenant's sign-in provider is set up there.
KEPT_OF_LIBRARIES = {"socialaccount.SocialApp"}


class OperatorsSite(AdminSite):
    site_header = gettext_lazy("Baton operators")
    site_title = gettext_lazy("Baton operators")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Pages of our own, and the few named above. What libraries add would let an operator be somebody else: it shows session
        keys and the secrets of second factors, and gives anybody's account another address or another provider's subject."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else list(model_or_iterable)
        own = getattr(admin_class, "__module__", "").startswith(("tenancy.", "portal."))
        if kept := [m for m in models if own or m._meta.label in KEPT_OF_LIBRARIES]:
            super().register(kept, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """An operator who signed in with a second factor, or with a passkey, which is one."""
        return super().has_permission(request) and is_mfa_enabled(request.user) and "mfa" in methods_of(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The portal's own sign-in instead of Django's, whose tries no rate limit counts."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        if is_mfa_enabled(request.user):
            messages.warning(request, _("Sign out, then sign in with your second factor to open the operators’ pages."))
            return redirect("account_logout")
        messages.warning(request, _("Operators need a second way to prove who they are. Set one up now."))
        return redirect("mfa_index")
