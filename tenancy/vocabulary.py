"""A tenant may rename a term; strings take it as a placeholder, in templates by `{% term "learning set" 2 as sets %}`.

Only terms whose every page reads them from here are listed: settings offer no word that would change nothing.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenancy.models import Tenant

DEFAULTS = {
    "learning set": (_("learning set"), _("learning sets")),
}


def term(tenant: Tenant | None, key: str, count: int = 1) -> str:
    """The tenant's own word for `key`, singular for a count of 1."""
    index = 0 if count == 1 else 1
    own = (tenant.vocabulary if tenant else {}).get(key)
    return str(own[index] if own else DEFAULTS[key][index])
