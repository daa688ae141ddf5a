from __future__ import annotations

from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# First path segments that belong to the portal itself.
RESERVED_SLUGS = frozenset(
    {
        "accounts",
        "admin",
        "static",
        "health",
        "demo",
        "link",
        "help",
        "api",
        "media",
        "favicon.ico",
        "robots.txt",
        "brand",
    }
)


def not_reserved(slug: str) -> None:
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("“%(slug)s” is an address of the portal itself.") % {"slug": slug})


def default_vocabulary() -> dict[str, list[str]]:
    return {}


class Tenant(models.Model):
    """One commissioning partnership: the owner of programmes, never an employer. Global; opened by operators."""

    slug = models.SlugField(max_length=40, unique=True, validators=[RegexValidator(r"^[a-z][a-z0-9-]+$"), not_reserved])
    name = models.CharField(max_length=120)
    colour = models.CharField(max_length=7, default="#1d5b79", validators=[RegexValidator(r"^#[0-9a-f]{6}$")])
    reply_to = models.EmailField(blank=True)
    # When messages may leave: local wall time, working days of the nation (govuk-bank-holidays division).
    time_zone = models.CharField(max_length=40, default="Europe/London")
    nation = models.CharField(max_length=20, default="england-and-wales")
    work_starts = models.TimeField(default=time(8, 0))
    work_ends = models.TimeField(default=time(18, 0))
    require_mfa_for_staff = models.BooleanField(default=False)
    accepts_password = models.BooleanField(default=True)
    accepts_code = models.BooleanField(default=True)
    openid_provider = models.CharField(max_length=60, blank=True)
    # Renamed terms: {"learning set": ["action set", "action sets"]}; see tenancy.vocabulary.
    vocabulary = models.JSONField(default=default_vocabulary, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
