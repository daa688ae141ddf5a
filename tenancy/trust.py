"""Sign-in trust: a tenant lists what ways of signing in it accepts; entering re-checks the session's own way."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tenancy.models import Role, Tenant


def methods_of(request: HttpRequest) -> set[str]:
    """The methods this session was signed in with: 'password', 'code', 'mfa', 'socialaccount:PROVIDER'."""
    found = set()
    for record in get_authentication_records(request, request.user):
        method = record.get("method", "")
        found.add(f"{method}:{record.get('provider')}" if method == "socialaccount" else method)
    return found


def accepted(tenant: Tenant, methods: set[str]) -> bool:
    """Whether these methods are enough here. A second step mends a weak first one; not one by another tenant's provider, whose
    keepers can sign in as anybody of theirs, and then set up a second step."""
    if any(m.startswith("socialaccount:") and m != f"socialaccount:{tenant.openid_provider}" for m in methods):
        return False
    if "mfa" in methods:
        return True
    if tenant.openid_provider and f"socialaccount:{tenant.openid_provider}" in methods:
        return True
    return (tenant.accepts_password and "password" in methods) or (tenant.accepts_code and "code" in methods)


def refusal_for(request: HttpRequest) -> HttpResponse | None:
    """A redirect to what is missing (another way to sign in, a second factor), or None when all is well."""
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    methods = methods_of(request)
    if not accepted(tenant, methods):
        messages.error(
            request,
            _("%(tenant)s doesn't accept the way you signed in. Sign out, then sign in another way.")
            % {"tenant": tenant.name},
        )
        return redirect("account_logout")
    actor = request.actor  # type: ignore[attr-defined]
    if tenant.require_mfa_for_staff and actor.holds(Role.STAFF) and not is_mfa_enabled(request.user):
        messages.warning(request, _("Programme staff here need a second way to prove who they are. Set one up now."))
        return redirect("mfa_index")
    return None
