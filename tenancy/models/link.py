from __future__ import annotations

from django.db import models

from tenancy.models.base import TenantModel, Wall
from tenancy.models.person import Person


class Link(TenantModel):
    """A signed link somebody holds without an account: only the SHA-256 of its token is kept.

    Found through the database function tenancy_find_link, before any tenant is open. `about` is the public id of the row
    it was made for; `purpose` names the page that takes it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=40)
    about = models.CharField(max_length=16, blank=True)
    token_sha256 = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT", "INSERT", "UPDATE", "DELETE"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_sha256"], name="link_token_unique")]
        indexes = [models.Index(fields=["tenant", "purpose", "about"], name="link_about")]
