"""Opening a tenant: the one thing only an operator does."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Account, Person, Role, Tenant
from tenancy.scope import tenant_context
from tenancy.services.bands import ensure_bands
from tenancy.services.people import ensure_account, ensure_person, give_role


@transaction.atomic
def open_tenant(
    *, slug: str, name: str, staff_name: str, staff_email: str, by: Actor, password: str | None = None, **settings: str
) -> tuple[Tenant, Person, Account]:
    """A new tenant with the usual seniority bands and its first member of staff, who signs in by e-mailed code (or the password, if one
    is given)."""
    tenant = Tenant(slug=slug, name=name, **settings)
    try:
        tenant.full_clean()
    except ValidationError as error:
        raise Refused("; ".join(error.messages)) from error
    tenant.save()
    with tenant_context(tenant):
        person, _made = ensure_person(name=staff_name, email=staff_email, by=by)
        if not person.email:
            raise Refused(_("The first member of staff needs an email address."), field="staff_email")
        give_role(person=person, role=Role.STAFF, by=by)
        account = ensure_account(person=person, password=password)
        ensure_bands(by=by)
    return tenant, person, account
