"""A tenant may rename terms; strings take them as placeholders from the first day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenancy.models import Tenant

DEFAULTS = {
    "cohort": (_("cohort"), _("cohorts")),
    "learning set": (_("learning set"), _("learning sets")),
    "sponsor": (_("sponsor"), _("sponsors")),
    "mentor": (_("mentor"), _("mentors")),
    "baton": (_("baton"), _("batons")),
}


def term(tenant: Tenant | None, key: str, count: int = 1) -> str:
    """The tenant's own word for `key`, singular for a count of 1."""
    index = 0 if count == 1 else 1
    own = (tenant.vocabulary if tenant else {}).get(key)
    return str(own[index] if own else DEFAULTS[key][index])
