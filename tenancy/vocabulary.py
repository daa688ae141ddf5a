"""A tenant may rename a term; strings take it as a placeholder: in templates by `{% term "learning set" 2 as sets %}`, in Python by
`in_own_words(_("Publish these %(sets)s"))`.

Only terms whose every page and message reads them from here are listed: settings offer no word that would change nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from tenancy.scope import scope_or_none

if TYPE_CHECKING:
    from tenancy.models import Tenant

DEFAULTS = {
    "learning set": (_("learning set"), _("learning sets")),
}
# What a term is called once it's plain what is meant. A tenant's own word is short for itself, unless it ends in the short one.
SHORT = {"set": ("learning set", (_("set"), _("sets")))}


def term(tenant: Tenant | None, key: str, count: int = 1) -> str:
    """The tenant's own word for `key`, singular for a count of 1."""
    index = 0 if count == 1 else 1
    whole, default = SHORT.get(key) or (key, DEFAULTS[key])
    own = (tenant.vocabulary if tenant else {}).get(whole)
    if own and (key == whole or not own[index].casefold().endswith(str(default[index]))):
        return str(own[index])
    return str(default[index])


def open_tenant() -> Tenant | None:
    """The tenant whose scope is open, for what has no request at hand; None where none is."""
    from tenancy.models import Tenant

    scope = scope_or_none()
    if scope is None:
        return None
    return scope.tenant or Tenant.objects.filter(pk=scope.tenant_id).first()


class OwnWords(dict[str, Any]):
    """`%(set)s`, `%(sets)s`, `%(learning_set)s`, `%(learning_sets)s`, each also with a capital, beside what is given."""

    def __missing__(self, key: str) -> str:
        low = key[0].lower() + key[1:]
        name = low.replace("_", " ")
        single = name.removesuffix("s")
        if single not in SHORT and single not in DEFAULTS:
            raise KeyError(key)
        if "" not in self:
            self[""] = open_tenant()
        word = term(self[""], single, 1 if name == single else 2)
        return word if key == low else word[0].upper() + word[1:]


class _Said:
    def __init__(self, text: Any, values: dict[str, Any]) -> None:
        self.text, self.values = text, values

    def __str__(self) -> str:
        return str(self.text) % OwnWords(self.values)


def in_own_words(text: Any, **values: Any) -> Any:
    """`text` with its placeholders filled, lazily: terms as the tenant calls them whose scope is open when it is read."""
    return lazystr(_Said(text, values))
