"""Two people on one page of a row that has no version: its words tell whether it is still the one the page showed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from tenancy.errors import AlreadySaved, StaleEdit


def digest_of(values: Mapping[str, Any]) -> str:
    """Short, and the same for the same values whatever their order. A related row counts by its key."""
    words = {name: plain(value) for name, value in values.items()}
    return hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).hexdigest()[:24]


def plain(value: Any) -> Any:
    return getattr(value, "pk", value)


def stored_values(obj: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(obj, name) for name in sorted(names)}


def check_seen(obj: Any, names: Iterable[str], seen: str, *, wanted: Mapping[str, Any]) -> None:
    """StaleEdit unless `obj`, whose lock the caller holds, still says what the page showed; AlreadySaved when it says what is
    `wanted`. No page sends an empty `seen`."""
    theirs = stored_values(obj, names)
    if seen and seen != digest_of(theirs):
        refuse_stale(theirs, wanted)


def refuse_stale(theirs: Mapping[str, Any], wanted: Mapping[str, Any]) -> NoReturn:
    if wanted and all(name in theirs and plain(theirs[name]) == plain(value) for name, value in wanted.items()):
        raise AlreadySaved(_("This has been saved already, as you typed it."))
    raise StaleEdit(stale_text(), theirs=dict(theirs))


def stale_text() -> str:
    return _("Someone else saved this while you were working on it. Your text is still here; compare and save again.")
