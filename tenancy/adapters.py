"""Where allauth meets Baton: nobody signs up by themselves, and account mails leave without being kept."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from tenancy.scope import account_context
from tenancy.selectors import tenants_of_account

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations, applications and imports; an open sign-up page would only collect strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_notification_mail(self, template_prefix: str, *args: Any, **kwargs: Any) -> None:
        """What it tells of has been done already: a mail server that is away must not answer it with an error page."""
        try:
            super().send_notification_mail(template_prefix, *args, **kwargs)
        except (SMTPException, OSError):
            logger.exception("The mail about %s could not be sent", template_prefix)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A tenant's own provider signs in accounts it already knows by issuer and subject, or a verified invited address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Once, by an address that the provider has verified and we have too; from then on issuer and subject are what counts.

        Only into an account whose every programme signs in with this provider: its keepers can verify any address they like,
        and must not get into what another tenant, or the operators, trust an account with.
        """
        known = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
        if known is None or known.user.is_staff:
            return False
        with account_context(known.user_id):
            tenants = tenants_of_account(known.user_id)
        return bool(tenants) and all(t.openid_provider == login.account.provider for t in tenants)


def trust_new_authenticator(*, request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Whoever has this moment shown a new second step isn't asked for it again on the very next page (their recovery codes):
    an app's code works once, so the same code would be refused there for half a minute."""
    if authenticator.type == Authenticator.Type.TOTP:
        # Turning the app on only compares the code; asking once more is what uses it up, so that nobody signs in with it.
        authenticator.wrap().validate_code(request.POST.get("code", ""))
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        post_authentication(request, authenticator, reauthenticated=True)
