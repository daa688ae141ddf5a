"""Where allauth meets Baton: nobody signs up by themselves, and account mails leave without being kept."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations, applications and imports; an open sign-up page would only collect strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A tenant's own provider signs in accounts it already knows by issuer and subject, or a verified invited address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


def trust_new_authenticator(*, request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Whoever has this moment shown a new second step isn't asked for it again on the very next page (their recovery codes):
    an app's code works once, so the same code would be refused there for half a minute."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        post_authentication(request, authenticator, reauthenticated=True)
