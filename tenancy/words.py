"""Text that may still wait to be translated: what constants hold and pages turn into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words: TypeAlias = str | _StrPromise
else:
    Words = str | Promise
